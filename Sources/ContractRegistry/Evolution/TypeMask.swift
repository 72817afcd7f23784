// Which types of value a schema leaves possible.

import JSON

/// A set of JSON types; whole and broken numbers are told apart, since `integer` is the former.
struct TypeMask: OptionSet, Sendable {
    let rawValue: UInt8

    static let null = TypeMask(rawValue: 1)
    static let boolean = TypeMask(rawValue: 2)
    static let integer = TypeMask(rawValue: 4)
    static let fraction = TypeMask(rawValue: 8)
    static let string = TypeMask(rawValue: 16)
    static let array = TypeMask(rawValue: 32)
    static let object = TypeMask(rawValue: 64)
    static let number: TypeMask = [.integer, .fraction]
    static let all = TypeMask(rawValue: 127)

    static let names: [(name: String, mask: TypeMask)] = [
        ("null", .null), ("boolean", .boolean), ("integer", .integer), ("number", .number), ("string", .string),
        ("array", .array), ("object", .object),
    ]

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The value of `type`; all where there is none.
    init(keyword: JSONValue?) {
        guard let keyword else {
            self = .all
            return
        }
        let words = keyword.arrayValue?.compactMap(\.stringValue) ?? [keyword.stringValue].compactMap { $0 }
        self = words.reduce(into: []) { mask, word in
            mask.formUnion(TypeMask.names.first { $0.name == word }?.mask ?? [])
        }
    }

    init(of value: JSONValue) {
        switch value {
        case .null: self = .null
        case .bool: self = .boolean
        case .number(let text): self = ExactNumber(text)?.isWhole == true ? .integer : .fraction
        case .string: self = .string
        case .array: self = .array
        case .object: self = .object
        }
    }

    var words: String {
        var words: [String] = []
        for (name, mask) in TypeMask.names where isSuperset(of: mask) {
            if name == "number" { words.removeAll { $0 == "integer" } }
            words.append(name)
        }
        if contains(.fraction), !contains(.integer) { words.append("broken number") }
        return words.joined(separator: ", ")
    }
}
