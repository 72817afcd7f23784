// The broker's metrics over HTTP, where a Prometheus scrapes them.
import Broker
import Dispatch
import HTTP
import Synchronization

enum BrokerMetricsServer {
    private static let secondsMax = 5.0

    /// Serves `GET /metrics` until the process ends.
    ///
    /// - Throws: `CommandFailure` where the address cannot be used.
    static func start(_ listen: String, _ broker: BrokerServer) throws -> HTTPServer {
        guard let colon = listen.lastIndex(of: ":"), let port = UInt16(listen[listen.index(after: colon)...]) else {
            throw CommandFailure(.usage, "--metrics \(listen): needs the form HOST:PORT")
        }
        let endpoint = HTTPEndpoint(host: String(listen[..<colon]), port: port)
        do {
            return try HTTPServer(listen: endpoint, tls: nil, workers: 1) { request, _ in respond(request, broker) }
        } catch {
            throw CommandFailure(.unreachable, "--metrics \(listen): \(error)")
        }
    }

    private static func respond(_ request: HTTPRequest, _ broker: BrokerServer) -> HTTPResponse {
        guard request.path == "/metrics" else { return HTTPResponse(404, body: Array("there is /metrics\n".utf8)) }
        guard request.method == "GET" || request.method == "HEAD" else { return HTTPResponse(405) }
        let page = Answer()
        broker.askMetrics { page.set($0) }
        guard let text = page.wait(seconds: secondsMax) else { return HTTPResponse(503) }
        return HTTPResponse(
            200, fields: ["content-type": "text/plain; version=0.0.4; charset=utf-8"], body: Array(text.utf8))
    }

    /// What the broker's thread hands to the one that asked.
    private final class Answer: Sendable {
        private let text = Mutex<String?>(nil)
        private let isThere = DispatchSemaphore(value: 0)

        func set(_ page: String) {
            text.withLock { $0 = page }
            isThere.signal()
        }

        func wait(seconds: Double) -> String? {
            _ = isThere.wait(timeout: .now() + seconds)
            return text.withLock { $0 }
        }
    }
}
