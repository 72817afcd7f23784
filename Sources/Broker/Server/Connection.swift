// One client connection: bytes received and not yet handled, responses waiting for their turn, bytes to be sent, in
// the clear or through TLS. The receive buffer grows only as bytes arrive, never by what a length prefix promises.

import Bytes
import Crypto

/// The state of one socket.
final class Connection {
    let id: Int
    let descriptor: Int32
    let host: String
    let listener: Int
    let startedAt: Int64
    /// Nil for a connection in the clear.
    let tls: TLSConnection?
    /// Whether the core knows the connection: at once, or after the TLS handshake.
    var isOpen: Bool { tls?.isEstablished ?? true }

    var input: [UInt8] = []
    /// Bytes of `input` already handled.
    var consumed = 0
    /// Bytes of `input` that hold received data.
    var received = 0
    /// When the first byte of the frame that is arriving came; nil between frames.
    var frameStartedAt: Int64?
    /// What `input` counts for in the server's total.
    var chargedBytes = 0
    var nextSlot: UInt64 = 0
    private var nextSlotToSend: UInt64 = 0
    /// Responses that wait for an earlier one; nil is a request without response.
    private var ready: [UInt64: [UInt8]?] = [:]
    private var output: [[UInt8]] = []
    private var outputStart = 0
    /// Bytes of responses that are not sent yet.
    private(set) var outputBytes = 0
    /// What TLS has made of the output, to be sent before more of it is encrypted.
    private var sealed: [UInt8] = []
    private var sealedStart = 0
    var isClosing = false
    var wantsWrite = false
    var isReadPaused = false
    /// Whether it is not read because the server's receive buffers are full.
    var isStarved = false
    var lastActive: Int64
    /// When the peer last took something, or there was nothing to take.
    var lastProgress: Int64

    /// Plain bytes that go through TLS at a time.
    private static let sealBytesMax = 64 << 10

    init(id: Int, descriptor: Int32, host: String, listener: Int, tls: TLSConnection?, now: Int64) {
        self.id = id
        self.descriptor = descriptor
        self.host = host
        self.listener = listener
        self.tls = tls
        startedAt = now
        lastActive = now
        lastProgress = now
    }

    var requestsInFlight: Int { Int(nextSlot - nextSlotToSend) }
    var hasOutput: Bool { outputBytes > 0 || sealedStart < sealed.count || tls?.hasOutgoing == true }

    // MARK: Receiving

    /// The length that the next frame says it has; nil before its four bytes are there.
    private var promisedBytes: Int? {
        guard received - consumed >= 4 else { return nil }
        return Int(input.bigEndian(at: consumed, as: Int32.self))
    }

    /// The next whole frame in `input`, without its length; `incomplete` when it has not arrived yet.
    func nextFrame(_ bytes: ClosedRange<Int>) -> FrameState {
        guard let length = promisedBytes else { return .incomplete }
        guard bytes.contains(length) else { return .invalid }
        guard received - consumed >= 4 + length else { return .incomplete }
        return .frame((consumed + 4)..<(consumed + 4 + length))
    }

    enum FrameState {
        case frame(Range<Int>)
        case incomplete
        case invalid
    }

    /// The size that `input` needs before the next receive: as it is while there is room in it, then double, up to the
    /// end of the frame that is arriving.
    func sizeToReceive() -> Int {
        let held = received - consumed
        let frame = max(promisedBytes.map { $0 + 4 } ?? 0, held + 1)
        let room = input.count - (held == 0 ? 0 : received)
        if room >= min(Self.roomBytesMin, frame - held) { return input.count }
        let doubled = max(Self.roomBytesMin, min(2 * held, held + (1 << 20)))
        // Small frames are received many at a time, large ones to their end.
        return held + max(1, min(doubled, max(frame - held, Self.roomBytesMin)))
    }

    /// A receive into less room than this is put off until the buffer is larger, unless the frame ends there.
    private static let roomBytesMin = 4 << 10

    /// Makes `input` so large, what is held at its front.
    func makeRoom(_ size: Int) {
        if consumed == received {
            consumed = 0
            received = 0
        }
        guard size != input.count || input.count == received else { return }
        // A whole new array: one that grows by itself takes up to twice as much.
        var larger = [UInt8](repeating: 0, count: size)
        let held = received - consumed
        if held > 0 {
            unsafe input.withUnsafeBytes { from in
                unsafe larger.withUnsafeMutableBytes { to in
                    unsafe to.copyMemory(from: UnsafeRawBufferPointer(rebasing: from[consumed..<received]))
                }
            }
        }
        input = larger
        received = held
        consumed = 0
    }

    /// Gives the buffer back where nothing is held in it.
    func releaseInput() {
        guard consumed == received else { return }
        input = []
        consumed = 0
        received = 0
    }

    /// Takes bytes that came through TLS: the handshake goes on, plain bytes are appended to `input`.
    func takeSealed(_ bytes: Span<UInt8>) throws(CryptoError) -> Bool {
        guard let tls else { return false }
        try tls.receive(bytes)
        guard try tls.handshake() else { return false }
        // What has been handled goes; arrays of plain bytes grow by what arrives.
        input.removeLast(input.count - received)
        if consumed == received { input.removeAll(keepingCapacity: true) } else { input.removeFirst(consumed) }
        received -= consumed
        consumed = 0
        while true {
            switch try tls.read(into: &input) {
            case .bytes(let count): received += count
            case .needsBytes: return false
            case .closed: return true
            }
        }
    }

    // MARK: Sending

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
    func nextToSend() throws(CryptoError) -> (bytes: [UInt8], sent: Int)? {
        guard let tls else { return output.isEmpty ? nil : (output[0], outputStart) }
        if sealedStart == sealed.count {
            sealed.removeAll(keepingCapacity: outputBytes > 0)
            sealedStart = 0
            if tls.isEstablished, let first = output.first {
                let end = min(first.count, outputStart + Self.sealBytesMax)
                try tls.write(first.span.extracting(outputStart..<end))
                advance(end - outputStart)
            }
            tls.takeOutgoing(into: &sealed)
        }
        return sealed.isEmpty ? nil : (sealed, sealedStart)
    }

    func didSend(_ count: Int) {
        if tls == nil { advance(count) } else { sealedStart += count }
    }

    private func advance(_ count: Int) {
        outputBytes -= count
        outputStart += count
        if let first = output.first, outputStart == first.count {
            output.removeFirst()
            outputStart = 0
        }
    }
}
