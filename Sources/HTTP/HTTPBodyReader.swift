// Body framing: how long a body is (RFC 9112 §6) and the chunked coding as a state machine.

/// How a body's end is found.
enum HTTPFraming: Equatable, Sendable {
    case none
    case length(Int)
    case chunked
    case untilClose

    /// The framing that a message's fields name; nil where they name none. Both fields, a repeated one, or any
    /// coding but `chunked` is refused: these are the ways in which two parsers come to differ.
    static func named(by fields: HTTPFields, isVersion11: Bool, limits: HTTPLimits) throws(HTTPRefusal) -> HTTPFraming?
    {
        let lengths = fields.all("content-length")
        let codings = fields.all("transfer-encoding")
        if !codings.isEmpty {
            guard lengths.isEmpty else { throw HTTPRefusal(400, "both content-length and transfer-encoding") }
            guard isVersion11 else { throw HTTPRefusal(400, "transfer-encoding in HTTP/1.0") }
            guard codings.count == 1, codings[0].lowercased().utf8.elementsEqual("chunked".utf8) else {
                throw HTTPRefusal(501, "a transfer coding other than chunked")
            }
            return .chunked
        }
        guard let text = lengths.first else { return nil }
        guard lengths.count == 1, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), !text.utf8.isEmpty else {
            throw HTTPRefusal(400, "content-length is not one number")
        }
        guard let length = HTTPSyntax.decimal(Array(text.utf8)), length <= limits.bodyBytesMax else {
            throw HTTPRefusal(413, "the body is too large")
        }
        return .length(length)
    }
}

/// Reads one body.
struct HTTPBodyReader: Sendable {
    private enum State: Sendable {
        case bytes(Int)
        case chunkLine
        case chunk(Int)
        case chunkEnd
        case trailers(count: Int, bytes: Int)
        case untilClose
        case done
    }

    private var state: State
    private(set) var body: [UInt8] = []
    private let limits: HTTPLimits

    init(_ framing: HTTPFraming, limits: HTTPLimits) {
        self.limits = limits
        state =
            switch framing {
            case .none, .length(0): .done
            case .length(let count): .bytes(count)
            case .chunked: .chunkLine
            case .untilClose: .untilClose
            }
        if case .length(let count) = framing { body.reserveCapacity(min(count, 64 * 1024)) }
    }

    var isDone: Bool { if case .done = state { true } else { false } }
    var endsWithConnection: Bool { if case .untilClose = state { true } else { false } }

    /// Hands the body over and keeps nothing of it.
    mutating func takeBody() -> [UInt8] {
        var result: [UInt8] = []
        swap(&result, &body)
        return result
    }

    /// Goes on with what has come; true when the body is whole.
    mutating func read(_ input: inout HTTPInput) throws(HTTPRefusal) -> Bool {
        while true {
            switch state {
            case .done: return true
            case .bytes(let left):
                let taken = input.take(left, into: &body)
                if taken < left {
                    state = .bytes(left - taken)
                    return false
                }
                state = .done
            case .chunkLine:
                guard let line = try input.line(limit: limits.chunkLineBytesMax, tooLong: 400) else { return false }
                let size = try HTTPBodyReader.chunkSize(line)
                guard size <= limits.bodyBytesMax - body.count else { throw HTTPRefusal(413, "the body is too large") }
                state = size == 0 ? .trailers(count: 0, bytes: 0) : .chunk(size)
            case .chunk(let left):
                let taken = input.take(left, into: &body)
                if taken < left {
                    state = .chunk(left - taken)
                    return false
                }
                state = .chunkEnd
            case .chunkEnd:
                guard try input.takeLineEnd() != nil else { return false }
                state = .chunkLine
            case .trailers(let count, let bytes):
                guard let line = try input.line(limit: limits.fieldBytesMax, tooLong: 431) else { return false }
                if line.isEmpty {
                    state = .done
                    continue
                }
                // Trailers are checked like fields and then dropped: nothing may act on a late field.
                let field = try HTTPSyntax.field(line)
                try HTTPBodyReader.refuseFramingTrailer(field)
                guard count < limits.fieldCountMax, bytes + line.count <= limits.fieldBlockBytesMax else {
                    throw HTTPRefusal(431, "too many trailers")
                }
                state = .trailers(count: count + 1, bytes: bytes + line.count)
            case .untilClose:
                _ = input.take(limits.bodyBytesMax - body.count, into: &body)
                guard input.count == 0 else { throw HTTPRefusal(413, "the body is too large") }
                return false
            }
        }
    }

    private static func refuseFramingTrailer(_ field: HTTPField) throws(HTTPRefusal) {
        for name in ["content-length", "transfer-encoding", "host"] where field.name.utf8.elementsEqual(name.utf8) {
            throw HTTPRefusal(400, "a framing field among the trailers")
        }
    }

    /// chunk-size [ chunk-ext ]: hex digits, then nothing or `;` and extensions, which are not acted on.
    private static func chunkSize(_ line: ArraySlice<UInt8>) throws(HTTPRefusal) -> Int {
        var size = 0
        var digits = 0
        var place = line.startIndex
        while place < line.endIndex, let digit = HTTPSyntax.hexadecimal(line[place]) {
            digits += 1
            guard digits <= 15 else { throw HTTPRefusal(400, "a chunk size has too many digits") }
            size = size << 4 | Int(digit)
            place += 1
        }
        guard digits > 0 else { throw HTTPRefusal(400, "a chunk has no size") }
        guard place < line.endIndex else { return size }
        guard line[place] == 0x3b, areExtensions(line[place...]) else {
            throw HTTPRefusal(400, "a chunk size is followed by something else")
        }
        return size
    }

    /// *( ";" token [ "=" ( token / quoted-string ) ] ), without white space.
    private static func areExtensions(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        func token() -> Bool {
            let count = rest.prefix(while: HTTPSyntax.isToken).count
            rest = rest.dropFirst(count)
            return count > 0
        }
        while let mark = rest.first {
            guard mark == 0x3b else { return false }
            rest = rest.dropFirst()
            guard token() else { return false }
            guard rest.first == 0x3d else { continue }
            rest = rest.dropFirst()
            if rest.first == 0x22 {
                rest = rest.dropFirst()
                while let byte = rest.first, byte != 0x22 {
                    rest = rest.dropFirst(byte == 0x5c ? 2 : 1)
                }
                guard rest.first == 0x22 else { return false }
                rest = rest.dropFirst()
            } else {
                guard token() else { return false }
            }
        }
        return true
    }
}
