// One client connection: bytes received and not yet handled, responses waiting for their turn, bytes to
// be sent. The receive buffer grows only as bytes arrive, never by what a length prefix promises.

import Bytes

/// The state of one socket.
final class Connection {
    let id: Int
    let descriptor: Int32
    let host: String
    var input: [UInt8] = []
    /// Bytes of `input` already handled.
    var consumed = 0
    /// Bytes of `input` that hold received data.
    var received = 0
    var nextSlot: UInt64 = 0
    private var nextSlotToSend: UInt64 = 0
    /// Responses that wait for an earlier one; nil is a request without response.
    private var ready: [UInt64: [UInt8]?] = [:]
    private(set) var output: [[UInt8]] = []
    private var outputStart = 0
    private(set) var outputBytes = 0
    var isClosing = false
    var wantsWrite = false
    var isReadPaused = false
    var lastActive: Int64

    init(id: Int, descriptor: Int32, host: String, now: Int64) {
        self.id = id
        self.descriptor = descriptor
        self.host = host
        lastActive = now
    }

    var requestsInFlight: Int { Int(nextSlot - nextSlotToSend) }

    /// The next whole frame in `input`, without its length; nil when it has not arrived yet.
    func nextFrame(bytesMax: Int) -> FrameState {
        guard received - consumed >= 4 else { return .incomplete }
        let length = input.bigEndian(at: consumed, as: Int32.self)
        // The shortest request header is 8 bytes and a null client id.
        guard length >= 8, Int(length) <= bytesMax else { return .invalid }
        guard received - consumed >= 4 + Int(length) else { return .incomplete }
        return .frame((consumed + 4)..<(consumed + 4 + Int(length)))
    }

    enum FrameState {
        case frame(Range<Int>)
        case incomplete
        case invalid
    }

    /// Makes room behind the received bytes and returns how much there is.
    func prepareToReceive(_ bytesMax: Int) -> Int {
        // A peer that says little gets little room; one that fills it gets twice as much next time.
        let least = min(bytesMax, max(4 << 10, received - consumed))
        if consumed > 0 {
            if consumed == received {
                consumed = 0
                received = 0
                // A large frame's buffer is given back once it is handled.
                if input.count > 2 << 20 { input = [] }
            } else if input.count - received < least {
                input.replaceSubrange(0..<(received - consumed), with: input[consumed..<received])
                received -= consumed
                consumed = 0
            }
        }
        if input.count - received < least {
            input.append(contentsOf: repeatElement(0, count: max(least, min(input.count, 1 << 20))))
        }
        return input.count - received
    }

    /// Takes in the response of a slot; those whose turn has come are queued for sending.
    func complete(_ slot: UInt64, _ frame: [UInt8]?) {
        guard slot >= nextSlotToSend else { return }
        if slot == nextSlotToSend {
            queue(frame)
            while let next = ready.removeValue(forKey: nextSlotToSend) { queue(next) }
        } else {
            ready[slot] = .some(frame)
        }
    }

    private func queue(_ frame: [UInt8]?) {
        nextSlotToSend += 1
        guard let frame else { return }
        output.append(frame)
        outputBytes += frame.count
    }

    /// The bytes to send next, from `sent` on; nil when there are none.
    var sendable: (frame: [UInt8], sent: Int)? {
        output.isEmpty ? nil : (output[0], outputStart)
    }

    func didSend(_ count: Int) {
        outputBytes -= count
        outputStart += count
        if let first = output.first, outputStart == first.count {
            output.removeFirst()
            outputStart = 0
        }
    }
}
