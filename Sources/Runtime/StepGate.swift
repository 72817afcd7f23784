// A turnstile for fault tests: with LGSP_TEST=1 and `--step-fd N` the program writes the name of each
// step to descriptor N and goes on when it has read one byte from it. A harness can then kill or stop
// the process exactly between two steps. Without it a step costs one comparison.

import Glibc
import Synchronization

/// Stops the program at its named steps while a harness watches.
public final class StepGate: Sendable {
    /// The gate that stands open: what everything uses outside of fault tests.
    public static let open = StepGate(descriptor: -1)

    private let descriptor: Int32
    private let turn = Mutex<Bool>(true)

    private init(descriptor: Int32) { self.descriptor = descriptor }

    /// The gate on a descriptor.
    /// - Parameter isTest: whether the environment has `LGSP_TEST=1`.
    /// - Throws: `Refusal` without the variable, or where the descriptor is not open.
    public static func watched(descriptor: Int32, isTest: Bool) throws(Refusal) -> StepGate {
        guard isTest else { throw Refusal(reason: "--step-fd works only with LGSP_TEST=1 in the environment") }
        guard fcntl(descriptor, F_GETFD) != -1 else {
            throw Refusal(reason: "--step-fd \(descriptor): no such descriptor is open")
        }
        return StepGate(descriptor: descriptor)
    }

    /// Announces a step such as `share.produced` and waits for leave to go on. Steps of several threads
    /// pass one after the other. When the harness has gone, the gate stands open.
    public func step(_ name: StaticString) {
        if descriptor < 0 { return }
        turn.withLock { isWatched in
            guard isWatched else { return }
            let line = Array("\(name)\n".utf8)
            guard unsafe line.withUnsafeBytes({ unsafe write(descriptor, $0.baseAddress, $0.count) }) == line.count
            else {
                isWatched = false
                return
            }
            var byte: UInt8 = 0
            var count = 0
            repeat { count = unsafe read(descriptor, &byte, 1) } while count < 0 && errno == EINTR
            if count != 1 { isWatched = false }
        }
    }

    /// Why there is no gate.
    public struct Refusal: Error, CustomStringConvertible {
        public let reason: String
        public var description: String { reason }
    }
}
