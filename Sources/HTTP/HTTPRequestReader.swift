// Requests out of a byte stream, without I/O: bytes go in, whole requests come out one at a time. After a
// refusal the stream cannot be trusted any more: answer and close.

/// Reads the requests of one connection.
public struct HTTPRequestReader: Sendable {
    private enum State: Sendable {
        case line(emptyLines: Int)
        case fields
        case body
    }

    /// Where the reader stands: decides which deadline runs.
    public enum Phase: Equatable, Sendable {
        /// Nothing of the next request has come.
        case idle
        case head
        /// So many bytes of the body have come.
        case body(Int)
    }

    private let limits: HTTPLimits
    private var input = HTTPInput()
    private var state = State.line(emptyLines: 0)
    private var request = HTTPRequest(method: "", target: "")
    private var fieldBytes = 0
    // Beside the state, not inside it, so that it is changed in place and its body never copied.
    private var body = HTTPBodyReader(.none, limits: HTTPLimits())
    /// True once after a head that asks for `100 Continue`; the caller answers it and sets it to false.
    public var awaitsContinue = false

    public init(limits: HTTPLimits = HTTPLimits()) { self.limits = limits }

    public var phase: Phase {
        switch state {
        case .line: input.count == 0 ? .idle : .head
        case .fields: .head
        case .body: .body(body.body.count)
        }
    }

    /// Takes bytes that have come.
    public mutating func receive(_ bytes: Span<UInt8>) { input.receive(bytes) }

    /// The next request that is whole; nil where more bytes are needed.
    public mutating func next() throws(HTTPRefusal) -> HTTPRequest? {
        while true {
            switch state {
            case .line(let emptyLines):
                // RFC 9112 §2.2: one empty line before a request is let pass, for old clients.
                if emptyLines == 0, input.skipEmptyLine() {
                    state = .line(emptyLines: 1)
                    continue
                }
                guard let line = try input.line(limit: limits.lineBytesMax, tooLong: 414) else { return nil }
                request = try HTTPRequestReader.requestLine(line)
                fieldBytes = 0
                state = .fields
            case .fields:
                guard let line = try input.line(limit: limits.fieldBytesMax, tooLong: 431) else { return nil }
                if line.isEmpty {
                    body = HTTPBodyReader(try framing(), limits: limits)
                    state = .body
                    continue
                }
                fieldBytes += line.count
                guard request.fields.entries.count < limits.fieldCountMax, fieldBytes <= limits.fieldBlockBytesMax
                else {
                    throw HTTPRefusal(431, "too many fields")
                }
                let field = try HTTPSyntax.field(line)
                request.fields.add(field.name, field.value)
            case .body:
                guard try body.read(&input) else {
                    if !body.body.isEmpty { awaitsContinue = false }
                    return nil
                }
                awaitsContinue = false
                request.body = body.takeBody()
                state = .line(emptyLines: 0)
                return request
            }
        }
    }

    private static func requestLine(_ line: ArraySlice<UInt8>) throws(HTTPRefusal) -> HTTPRequest {
        let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(HTTPSyntax.isToken) else {
            throw HTTPRefusal(400, "the request line is not method, target and version")
        }
        var isVersion11 = true
        if !parts[2].elementsEqual("HTTP/1.1".utf8) {
            guard parts[2].elementsEqual("HTTP/1.0".utf8) else {
                let isVersion = parts[2].starts(with: "HTTP/".utf8) && parts[2].count == 8
                throw HTTPRefusal(isVersion ? 505 : 400, "the version is not HTTP/1.1")
            }
            isVersion11 = false
        }
        let method = String(decoding: parts[0], as: UTF8.self)
        guard HTTPSyntax.methods.contains(where: { $0.utf8.elementsEqual(method.utf8) }) else {
            throw HTTPRefusal(501, "the method is not served")
        }
        let isAsterisk = parts[1].elementsEqual([0x2a]) && method == "OPTIONS"
        guard isAsterisk || HTTPSyntax.isTarget(parts[1]) else { throw HTTPRefusal(400, "the target is not a path") }
        var request = HTTPRequest(method: method, target: String(decoding: parts[1], as: UTF8.self))
        request.isVersion11 = isVersion11
        return request
    }

    private mutating func framing() throws(HTTPRefusal) -> HTTPFraming {
        let hosts = request.fields.all("host")
        guard hosts.count == 1 || (hosts.isEmpty && !request.isVersion11) else {
            throw HTTPRefusal(400, "not exactly one host field")
        }
        if let host = hosts.first, !HTTPSyntax.isHost(Array(host.utf8)) {
            throw HTTPRefusal(400, "the host field is no host")
        }
        // An upgrade is never made; the field is ignored as RFC 9110 §7.8 allows.
        if let expectation = request.fields["expect"] {
            guard expectation.lowercased().utf8.elementsEqual("100-continue".utf8) else {
                throw HTTPRefusal(417, "an expectation other than 100-continue")
            }
            awaitsContinue = request.isVersion11
        }
        return try HTTPFraming.named(by: request.fields, isVersion11: request.isVersion11, limits: limits) ?? .none
    }
}
