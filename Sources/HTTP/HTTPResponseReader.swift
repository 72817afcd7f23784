// Responses out of a byte stream, without I/O. A platform's answer is as hostile as a client's request: the
// same limits hold, and an encoded body is refused because nothing here would decode it within a bound.

/// Reads the answer to one request.
public struct HTTPResponseReader: Sendable {
    private enum State: Sendable {
        case line
        case fields
        case body
    }

    private let limits: HTTPLimits
    private let isAnswerToHead: Bool
    private var input = HTTPInput()
    private var state = State.line
    private var response = HTTPResponse(0)
    private var isVersion11 = true
    private var fieldBytes = 0
    // Beside the state, not inside it, so that it is changed in place and its body never copied.
    private var body = HTTPBodyReader(.none, limits: HTTPLimits())
    private var interimCount = 0
    /// Whether any byte of the answer has come.
    public private(set) var hasBegun = false

    /// The most `1xx` answers before the final one.
    static let interimMax = 8

    public init(limits: HTTPLimits = HTTPLimits(), method: String) {
        self.limits = limits
        isAnswerToHead = method == "HEAD"
    }

    public mutating func receive(_ bytes: Span<UInt8>) {
        if bytes.count > 0 { hasBegun = true }
        input.receive(bytes)
    }

    /// The response when it is whole; nil where more bytes are needed. Its `ending` says whether the connection
    /// can be used again.
    public mutating func next() throws(HTTPRefusal) -> HTTPResponse? {
        while true {
            switch state {
            case .line:
                guard let line = try input.line(limit: limits.lineBytesMax, tooLong: 400) else { return nil }
                try readStatus(line)
                state = .fields
            case .fields:
                guard let line = try input.line(limit: limits.fieldBytesMax, tooLong: 400) else { return nil }
                if line.isEmpty {
                    if (100..<200).contains(response.status) {
                        interimCount += 1
                        guard interimCount <= HTTPResponseReader.interimMax, response.status != 101 else {
                            throw HTTPRefusal(502, "too many interim answers")
                        }
                        state = .line
                    } else {
                        body = HTTPBodyReader(try framing(), limits: limits)
                        state = .body
                    }
                    continue
                }
                fieldBytes += line.count
                guard response.fields.entries.count < limits.fieldCountMax, fieldBytes <= limits.fieldBlockBytesMax
                else {
                    throw HTTPRefusal(502, "too many fields")
                }
                let field = try HTTPSyntax.field(line)
                response.fields.add(field.name, field.value)
            case .body: return try body.read(&input) ? finished() : nil
            }
        }
    }

    /// To be called at the connection's end: the response where only the end told its length.
    public mutating func connectionEnded() throws(HTTPRefusal) -> HTTPResponse? {
        guard case .body = state, body.endsWithConnection else { return nil }
        return finished()
    }

    private mutating func finished() -> HTTPResponse {
        var result = response
        result.body = body.takeBody()
        let keeps = isVersion11 && !response.fields.lists("connection", "close") && !body.endsWithConnection
        // Bytes after the answer belong to no request of ours.
        result.ending = keeps && input.count == 0 ? .keepAlive : .close
        return result
    }

    private mutating func readStatus(_ line: ArraySlice<UInt8>) throws(HTTPRefusal) {
        let bytes = Array(line)
        let isNewer = bytes.starts(with: "HTTP/1.1 ".utf8)
        guard isNewer || bytes.starts(with: "HTTP/1.0 ".utf8), bytes.count >= 12,
            let status = HTTPSyntax.decimal(bytes[9..<12]), (100..<600).contains(status),
            bytes.count == 12 || bytes[12] == 0x20
        else { throw HTTPRefusal(502, "the status line cannot be read") }
        isVersion11 = isNewer
        fieldBytes = 0
        response = HTTPResponse(status)
    }

    private func framing() throws(HTTPRefusal) -> HTTPFraming {
        if isAnswerToHead || response.status == 204 || response.status == 304 { return .none }
        let codings = response.fields.all("content-encoding")
        guard codings.allSatisfy({ $0.lowercased().utf8.elementsEqual("identity".utf8) }) else {
            throw HTTPRefusal(502, "the answer is encoded although identity was asked for")
        }
        let named = try HTTPFraming.named(by: response.fields, isVersion11: isVersion11, limits: limits)
        return named ?? .untilClose
    }
}
