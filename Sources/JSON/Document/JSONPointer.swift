// JSON Pointer (RFC 6901): a path into a document, compiled once into its tokens.

/// What is wrong with a pointer's text.
public struct JSONPointerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The first byte that breaks RFC 6901 §3, from 0.
    public var byteOffset: Int
    public init(byteOffset: Int) { self.byteOffset = byteOffset }
    public var description: String {
        "byte \(byteOffset): a JSON Pointer is empty or starts with '/', and '~' is written '~0' or '~1' with '/'"
    }
}

/// Reference tokens, decoded to UTF-8. The empty pointer is the whole document.
public struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
    public private(set) var tokens: [[UInt8]]

    public init(tokens: [[UInt8]] = []) { self.tokens = tokens }

    /// Parses the string form: empty, or tokens each after a slash (RFC 6901 §3).
    public init(_ text: String) throws(JSONPointerError) { try self.init(utf8: Array(text.utf8)) }

    public init(utf8 text: [UInt8]) throws(JSONPointerError) {
        tokens = []
        if text.isEmpty { return }
        if text[0] != 0x2F { throw JSONPointerError(byteOffset: 0) }
        var token: [UInt8] = []
        var place = 1
        while place < text.count {
            switch text[place] {
            case 0x2F:
                tokens.append(token)
                token = []
            case 0x7E:
                guard place + 1 < text.count, text[place + 1] == 0x30 || text[place + 1] == 0x31 else {
                    throw JSONPointerError(byteOffset: place)
                }
                token.append(text[place + 1] == 0x30 ? 0x7E : 0x2F)
                place += 1
            default: token.append(text[place])
            }
            place += 1
        }
        tokens.append(token)
    }

    public func appending(_ token: String) -> JSONPointer { JSONPointer(tokens: tokens + [Array(token.utf8)]) }
    public func appending(_ index: Int) -> JSONPointer { appending(String(index)) }

    public var description: String {
        var text: [UInt8] = []
        for token in tokens { JSONPointer.appendToken(token, to: &text) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends a slash and the escaped token.
    public static func appendToken(_ token: some Sequence<UInt8>, to text: inout [UInt8]) {
        text.append(0x2F)
        for byte in token {
            switch byte {
            case 0x7E: text.append(contentsOf: [0x7E, 0x30])
            case 0x2F: text.append(contentsOf: [0x7E, 0x31])
            default: text.append(byte)
            }
        }
    }

    /// An array index as RFC 6901 §4 writes it: no sign, no leading zero.
    static func arrayIndex(_ token: [UInt8]) -> Int? {
        guard !token.isEmpty, token.count <= 10, token.count == 1 || token[0] != 0x30 else { return nil }
        var value = 0
        for byte in token {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }
}

extension JSONView {
    /// The value a pointer names, from the root; nil where the document has none there.
    public func resolve(_ pointer: JSONPointer) -> JSONNode? { resolve(pointer, from: root) }

    public func resolve(_ pointer: JSONPointer, from start: JSONNode) -> JSONNode? {
        guard Int(start.index) < entries.count else { return nil }
        var node = start
        for token in pointer.tokens {
            switch kind(node) {
            case .object:
                guard let value = member(node, token) else { return nil }
                node = value
            case .array:
                guard let position = JSONPointer.arrayIndex(token), let value = element(node, at: position)
                else { return nil }
                node = value
            default: return nil
            }
        }
        return node
    }
}
