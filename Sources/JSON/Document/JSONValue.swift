// A document as a tree, for configuration: order kept, numbers as written. Records never become one.

/// A member of an object, in the order of the document.
public struct JSONMember: Sendable, Equatable {
    public var name: String
    public var value: JSONValue

    public init(_ name: String, _ value: JSONValue) {
        self.name = name
        self.value = value
    }

    /// Names are compared as bytes: Swift's `String ==` would fold NFC and NFD.
    public static func == (left: JSONMember, right: JSONMember) -> Bool {
        left.name.utf8.elementsEqual(right.name.utf8) && left.value == right.value
    }
}

/// A JSON value. Equality is of bytes: strings are not folded, `1` and `1.0` differ, members are in order.
public indirect enum JSONValue: Sendable {
    case null
    case bool(Bool)
    /// The number as written.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([JSONMember])

    /// Parses a whole document under `limits`.
    public init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        var tape = JSONTape(limits: limits)
        try tape.parse(bytes.span)
        let view = JSONView(bytes: bytes.span, tape: tape)
        self = JSONValue(view, view.root)
    }

    public init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }

    /// Copies a value out of a view; as deep as the document, which the parse has limited.
    public init(_ view: borrowing JSONView, _ node: JSONNode) {
        switch view.kind(node) {
        case .null: self = .null
        case .bool: self = .bool(view.bool(node) ?? false)
        case .number:
            var text: [UInt8] = []
            let range = view.rawRange(node)
            for place in range { text.append(view.bytes[place]) }
            self = .number(String(decoding: text, as: UTF8.self))
        case .string: self = .string(view.string(node) ?? "")
        case .array:
            var elements: [JSONValue] = []
            var child = view.firstChild(node)
            while let element = child {
                elements.append(JSONValue(view, element))
                child = view.next(element, in: node)
            }
            self = .array(elements)
        case .object:
            var members: [JSONMember] = []
            var child = view.firstChild(node)
            while let value = child {
                members.append(JSONMember(view.key(value), JSONValue(view, value)))
                child = view.next(value, in: node)
            }
            self = .object(members)
        }
    }

    /// An integer as a JSON number.
    public static func integer(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }

    // MARK: Reading

    /// The member of that name, compared as bytes; nil for other kinds.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    /// The element at that position; nil for other kinds and out of range.
    public subscript(position: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(position) else { return nil }
        return elements[position]
    }

    public var kind: JSONKind {
        switch self {
        case .null: .null
        case .bool: .bool
        case .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }

    public var isNull: Bool { kind == .null }
    public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var stringValue: String? { if case .string(let value) = self { value } else { nil } }
    public var arrayValue: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    public var objectValue: [JSONMember]? { if case .object(let value) = self { value } else { nil } }
    /// The number as written.
    public var numberText: String? { if case .number(let value) = self { value } else { nil } }
    /// A number written as an integer that fits.
    public var intValue: Int? { numberText.flatMap { Int($0) } }
    public var doubleValue: Double? { numberText.flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil } }

    /// The value a pointer names.
    public func resolve(_ pointer: JSONPointer) -> JSONValue? {
        var value = self
        for token in pointer.tokens {
            switch value {
            case .object(let members):
                guard let member = members.first(where: { $0.name.utf8.elementsEqual(token) }) else { return nil }
                value = member.value
            case .array(let elements):
                guard let position = JSONPointer.arrayIndex(token), position < elements.count else { return nil }
                value = elements[position]
            default: return nil
            }
        }
        return value
    }

    // MARK: Writing

    /// The document without insignificant space.
    public func write() -> [UInt8] {
        var text: [UInt8] = []
        JSONWriter.append(self, to: &text)
        return text
    }

    /// The document, two spaces a level if `pretty`.
    public func write(pretty: Bool) -> [UInt8] {
        var text: [UInt8] = []
        JSONWriter.append(self, to: &text, indentation: pretty ? 0 : nil)
        return text
    }
}

extension JSONValue: Equatable {
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left.utf8.elementsEqual(right.utf8)
        case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .number(String(value)) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(nilLiteral: ()) { self = .null }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { JSONMember($0.0, $0.1) })
    }
}
