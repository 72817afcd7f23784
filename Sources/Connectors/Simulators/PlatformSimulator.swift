// A simulated national platform: a TLS server that answers as the real one does, counts what it was asked
// under which key, and misbehaves on request. For tests and for running the hub without the real platforms.

public import Crypto
import Glibc
public import HTTP
import JSON
import Runtime
import Synchronization

/// The platforms that can be simulated.
public enum SimulatedPlatform: String, Sendable, CaseIterable {
    case population, vneid
}

private let spaces = [UInt8](repeating: UInt8(ascii: " "), count: 65_536)

/// What the simulator knows of one idempotency key or request id.
public struct SimulatorKeyRecord: Sendable, Equatable {
    /// Requests that bore it.
    public var requests = 0
    /// Of those, how many took effect: 1 at most, or the platform would show a document twice.
    public var effects = 0
}

/// The answer of a platform's own logic, before faults.
struct SimulatedAnswer: Sendable {
    var response: HTTPResponse
    /// What it did: `verify`, `lookup`, `token`, `create`, `delete`, `refuse`.
    var operation: String
    /// Whether the platform's state, or the caller's knowledge, is another after it.
    var effect: Bool
}

/// The logic of one platform. Called under the simulator's lock.
protocol PlatformLogic: Sendable {
    /// The proper answer; `refusesToken` makes an otherwise good token bad.
    mutating func answer(_ request: HTTPRequest, wallMilliseconds: Int64, refusesToken: Bool) -> SimulatedAnswer
    /// What a request is counted under: its idempotency key or request id; empty for token requests.
    func key(of request: HTTPRequest) -> String
}

/// A running simulator.
public final class PlatformSimulator: Sendable {
    private struct State: Sendable {
        var logic: any PlatformLogic
        var faults: SimulatorFaults
        var generator: SeededGenerator
        var keys: [String: SimulatorKeyRecord] = [:]
        var requests = 0
        var log: Int32
    }

    private let server: HTTPServer
    private let core: Core
    public let platform: SimulatedPlatform

    /// The part that the server's threads hold.
    private final class Core: Sendable {
        let state: Mutex<State>
        init(_ state: consuming State) { self.state = Mutex(state) }
    }

    /// Starts a simulator.
    /// - Parameters:
    ///   - listen: port 0 takes a free one.
    ///   - tls: the platform's certificate and whom it trusts; nil for plain HTTP, which connectors never speak.
    ///   - logPath: a file that one JSON line is appended to for every request.
    public static func start(
        _ platform: SimulatedPlatform, listen: HTTPEndpoint, tls: TLSContext?,
        citizens: CitizenRegistry = CitizenRegistry(),
        faults: SimulatorFaults = SimulatorFaults(), seed: UInt64 = 1, logPath: String? = nil
    ) throws(HTTPError) -> PlatformSimulator {
        try PlatformSimulator(
            platform, listen: listen, tls: tls, citizens: citizens, faults: faults, seed: seed, logPath: logPath)
    }

    private init(
        _ platform: SimulatedPlatform, listen: HTTPEndpoint, tls: TLSContext?, citizens: CitizenRegistry,
        faults: SimulatorFaults, seed: UInt64, logPath: String?
    ) throws(HTTPError) {
        var log: Int32 = -1
        if let logPath {
            log = unsafe open(logPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
            guard log >= 0 else { throw HTTPError(.unreachable, "cannot open the simulator's log: error \(errno)") }
        }
        let logic: any PlatformLogic =
            switch platform {
            case .population: PopulationLogic(citizens: citizens)
            case .vneid: VNeIDLogic(tokenSeconds: faults.tokenSeconds, seed: seed)
            }
        self.platform = platform
        let core = Core(State(logic: logic, faults: faults, generator: SeededGenerator(seed: seed), log: log))
        self.core = core
        server = try HTTPServer(listen: listen, tls: tls, workers: 2) { request, _ in
            PlatformSimulator.respond(core, platform, request)
        }
    }

    deinit { stop() }

    public var port: UInt16 { server.port }

    /// Changes what goes wrong from the next request on.
    public func setFaults(_ faults: SimulatorFaults) { core.state.withLock { $0.faults = faults } }

    /// What was asked, by idempotency key (VNeID) or MaYeuCau (population).
    public var keys: [String: SimulatorKeyRecord] { core.state.withLock { $0.keys } }

    /// Requests that were read, whatever became of them.
    public var requestCount: Int { core.state.withLock { $0.requests } }

    public func stop() {
        server.stop()
        let log = core.state.withLock { state in
            let taken = state.log
            state.log = -1
            return taken
        }
        if log >= 0 { close(log) }
    }

    private static func respond(_ core: Core, _ platform: SimulatedPlatform, _ request: HTTPRequest) -> HTTPResponse {
        let wall = SystemClock().wallMilliseconds()
        return core.state.withLock { state in
            state.requests += 1
            let choice = state.faults.choose(using: &state.generator)
            let key = state.logic.key(of: request)
            if !key.isEmpty { state.keys[key, default: SimulatorKeyRecord()].requests += 1 }
            var response: HTTPResponse
            var operation = "fault"
            if let failure = failure(choice, platform) {
                response = failure
            } else {
                let answer = state.logic.answer(request, wallMilliseconds: wall, refusesToken: choice == .tokenRefused)
                if answer.effect, !key.isEmpty { state.keys[key, default: SimulatorKeyRecord()].effects += 1 }
                operation = answer.operation
                response = answer.response
                if choice == .resetInsteadOfAnswer { response.ending = .resetInsteadOfAnswer }
                if choice == .resetAfterAnswer { response.ending = .resetAfterAnswer }
            }
            response.delayMilliseconds = state.faults.latencyMilliseconds
            write(state.log, platform, key, operation, choice, response.status, wall)
            return response
        }
    }

    /// The answer of a fault that comes before any effect; nil where the platform's logic answers.
    private static func failure(_ choice: SimulatorFaults.Choice, _ platform: SimulatedPlatform) -> HTTPResponse? {
        var response = HTTPResponse(500)
        switch choice {
        case .none, .resetInsteadOfAnswer, .resetAfterAnswer, .tokenRefused: return nil
        case .serverError: break
        case .unavailable: response = HTTPResponse(503)
        case .tooMany: response = HTTPResponse(429, fields: ["retry-after": "1"])
        case .soapFault:
            if platform == .population { response.body = PopulationLogic.fault("soapenv:Server", "Loi he thong") }
        case .reset: response.ending = .resetInsteadOfAnswer
        case .hang: response.ending = .hang
        case .redirect: response = HTTPResponse(302, fields: ["location": "https://127.0.0.1:9/"])
        case .hugeBody:
            response.status = 200
            response.bodySource = { chunk in
                chunk = spaces
                return true
            }
        case .gzip: response = HTTPResponse(200, fields: ["content-encoding": "gzip"], body: [0x1f, 0x8b, 8, 0])
        }
        return response
    }

    /// One line of the log: keys and words, no person's data.
    private static func write(
        _ log: Int32, _ platform: SimulatedPlatform, _ key: String, _ operation: String,
        _ choice: SimulatorFaults.Choice,
        _ status: Int, _ wall: Int64
    ) {
        guard log >= 0 else { return }
        let line: JSONValue = [
            "at": .string(Timestamp.text(wall)), "platform": .string(platform.rawValue), "key": .string(key),
            "operation": .string(operation), "fault": .string("\(choice)"), "status": .integer(status),
        ]
        let bytes = line.write() + [0x0a]
        // A full disk costs the simulator its log, not its answers.
        _ = unsafe Glibc.write(log, bytes, bytes.count)
    }
}
