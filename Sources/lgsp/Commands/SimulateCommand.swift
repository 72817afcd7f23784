// `lgsp simulate`: servers that behave like the national platforms, with faults to switch on, to try connectors.
import Connectors
import Crypto
import HTTP
import Runtime

enum SimulateCommand {
    static let all: [Command] = [simulate]

    static let simulate = Command(
        words: ["simulate"], summary: "TLS servers that behave like the national platforms, until SIGTERM",
        positional: SimulatedPlatform.allCases.map(\.rawValue).joined(separator: "|") + "…",
        options: [
            .value("listen", "HOST:PORT", "where the first listens, the others on the ports after it (default: 127.0.0.1:9443)"),
            .value("certificate", "FILE", "the servers' certificate, PEM (required; lgsp pki issue --server makes one)"),
            .value("key", "FILE", "its key, PEM (required)"),
            .value("authority", "FILE", "who vouches for the clients, PEM (required)"),
            .value("registry", "FILE", "citizens that the population database knows, JSON lines"),
            .value("latency", "MS", "hold every answer back so long"),
            .value("fault", "NAME=RATE", "a fault and its rate from 0 to 1; again for more: \(faults.map(\.name).joined(separator: " "))"),
            .value("seed", "N", "what the faults are drawn from (default: 1)"),
            .value("log", "FILE", "append one JSON line a request here"),
        ],
        example: "lgsp simulate population vneid --certificate sim.crt.pem --key sim.key.pem --authority pki/ca.crt.pem "
            + "--registry citizens.jsonl --fault unavailable=0.1"
    ) { arguments in
        guard !arguments.positional.isEmpty else {
            throw CommandFailure(.usage, "name one platform or several: \(SimulatedPlatform.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        var kinds: [SimulatedPlatform] = []
        for word in arguments.positional {
            guard let kind = SimulatedPlatform(rawValue: word) else {
                throw CommandFailure(.usage, "no platform \(word); there are \(SimulatedPlatform.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            kinds.append(kind)
        }
        let listen = try endpoint(arguments.value("listen") ?? "127.0.0.1:9443", count: kinds.count)
        let tls = try tls(arguments)
        let faults = try faults(arguments)
        let seed = UInt64(try arguments.integer("seed", default: 1, in: 0...Int.max))
        var citizens = CitizenRegistry()
        if let file = arguments.value("registry") {
            let bytes = try FileRoot.bytes(of: file)
            do {
                citizens = try CitizenRegistry(jsonLines: bytes)
            } catch {
                throw CommandFailure(.usage, "--registry \(file): a line is not JSON (\(error))")
            }
        }
        let shutdown = try ShutdownSignal.installed()
        var simulators: [PlatformSimulator] = []
        defer { simulators.forEach { $0.stop() } }
        for (place, kind) in kinds.enumerated() {
            let port = listen.port == 0 ? 0 : listen.port + UInt16(place)
            do {
                simulators.append(
                    try PlatformSimulator.start(
                        kind, listen: HTTPEndpoint(host: listen.host, port: port), tls: tls, citizens: citizens,
                        faults: faults, seed: seed, logPath: arguments.value("log")))
            } catch {
                throw CommandFailure(.unreachable, "\(kind.rawValue) cannot listen on \(listen.host):\(port): \(error)")
            }
            Log.info("simulator.listening", ["platform": kind.rawValue, "address": "\(listen.host):\(simulators[place].port)"])
        }
        while !shutdown.wait(until: Deadline(afterMilliseconds: 60_000)) {}
        return .done
    }

    private static func endpoint(_ text: String, count: Int) throws(CommandFailure) -> HTTPEndpoint {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]),
            Int(port) + count - 1 <= Int(UInt16.max)
        else { throw CommandFailure(.usage, "--listen \(text): needs the form HOST:PORT") }
        return HTTPEndpoint(host: String(text[..<colon]), port: port)
    }

    private static func tls(_ arguments: Arguments) throws(CommandFailure) -> TLSContext {
        func bytes(_ name: String) throws(CommandFailure) -> [UInt8] {
            guard let file = arguments.value(name) else {
                throw CommandFailure(.usage, "--\(name) FILE is missing; lgsp pki init, then lgsp pki issue --server 127.0.0.1 --out sim make all three files")
            }
            return try FileRoot.bytes(of: file)
        }
        let chain = try bytes("certificate")
        let key = try bytes("key")
        let roots = try bytes("authority")
        do {
            return try TLSContext(
                .server,
                TLSConfiguration(
                    identity: TLSIdentity(chain: try Certificate.chain(pem: chain), key: try PrivateKey(pem: key)),
                    trustedRoots: try Certificate.chain(pem: roots)))
        } catch {
            throw CommandFailure(.usage, "certificate, key and authority do not fit: \(error)")
        }
    }

    /// The faults by the names of the command line.
    private static let faults: [(name: String, path: any WritableKeyPath<SimulatorFaults, Double> & Sendable)] = [
        ("server-error", \.serverErrorRate), ("unavailable", \.unavailableRate), ("too-many", \.tooManyRate),
        ("soap-fault", \.soapFaultRate), ("reset", \.resetRate), ("reset-instead", \.resetInsteadOfAnswerRate),
        ("reset-after", \.resetAfterAnswerRate), ("hang", \.hangRate), ("redirect", \.redirectRate),
        ("huge-body", \.hugeBodyRate), ("gzip", \.gzipRate), ("token-refused", \.tokenRefusedRate),
    ]

    private static func faults(_ arguments: Arguments) throws(CommandFailure) -> SimulatorFaults {
        var result = SimulatorFaults()
        result.latencyMilliseconds = Int64(try arguments.integer("latency", default: 0, in: 0...600_000))
        for text in arguments.all("fault") {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let fault = faults.first(where: { $0.name == parts[0] }), let rate = Double(parts[1]),
                (0...1).contains(rate)
            else {
                throw CommandFailure(.usage, "--fault \(text): needs NAME=RATE, a rate from 0 to 1, a name of \(faults.map(\.name).joined(separator: ", "))")
            }
            result[keyPath: fault.path] = rate
        }
        return result
    }
}
