// What a setting's value may be: its kind, as DescribeConfigs tells it, and the bounds within the kind. One rule
// serves topics, groups, client metrics and the broker alike.

/// A kind of value, numbered as on the wire.
enum SettingKind: Int8, Sendable {
    case boolean = 1
    case string = 2
    case integer = 3
    case short = 4
    case long = 5
    case double = 6
    case list = 7
}

/// Bounds within a kind.
enum SettingBounds: Sendable {
    case any
    case atLeast(Int64)
    case between(Int64, Int64)
    /// Gzip's levels: -1 for the codec's own choice, or 1 to 9.
    case gzipLevel
    case fraction
    /// Exactly one of these words, or for a list any of them.
    case words([String])
    /// `partition:broker` pairs, or `*` for all.
    case replicas

    func allow(_ number: Int64) -> Bool {
        switch self {
        case .atLeast(let low): number >= low
        case .between(let low, let high): (low...high).contains(number)
        case .gzipLevel: number == -1 || (1...9).contains(number)
        default: true
        }
    }
}

/// A kind with its bounds.
struct SettingRule: Sendable {
    var kind: SettingKind
    var bounds: SettingBounds = .any

    static func boolean() -> SettingRule { .init(kind: .boolean) }
    static func string(_ bounds: SettingBounds = .any) -> SettingRule { .init(kind: .string, bounds: bounds) }
    static func integer(_ bounds: SettingBounds = .any) -> SettingRule { .init(kind: .integer, bounds: bounds) }
    static func short(_ bounds: SettingBounds = .any) -> SettingRule { .init(kind: .short, bounds: bounds) }
    static func long(_ bounds: SettingBounds = .any) -> SettingRule { .init(kind: .long, bounds: bounds) }
    static func double(_ bounds: SettingBounds = .any) -> SettingRule { .init(kind: .double, bounds: bounds) }
    static func list(_ bounds: SettingBounds = .any) -> SettingRule { .init(kind: .list, bounds: bounds) }

    /// Why a value cannot be; nil when it can.
    func complaint(about value: String) -> String? {
        let text = Self.trimmed(value)
        switch kind {
        case .boolean: return ["true", "false"].contains(text.lowercased()) ? nil : "must be true or false"
        case .integer: return number(text, Int32.self)
        case .short: return number(text, Int16.self)
        case .long: return number(text, Int64.self)
        case .double:
            guard let number = Double(text), !number.isNaN else { return "must be a number" }
            if case .fraction = bounds, !(0...1).contains(number) { return "must lie between 0 and 1" }
            return nil
        case .string:
            if case .words(let words) = bounds, !words.contains(text) {
                return "must be one of \(words.joined(separator: ", "))"
            }
            return nil
        case .list: return listComplaint(text)
        }
    }

    /// The items of a list value.
    static func items(_ value: String) -> [String] {
        value.split(separator: ",").map { trimmed(String($0)) }.filter { !$0.isEmpty }
    }

    static func trimmed(_ value: String) -> String {
        let bytes = Array(value.utf8)
        guard let first = bytes.firstIndex(where: { $0 > 32 }), let last = bytes.lastIndex(where: { $0 > 32 }) else {
            return ""
        }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }

    private func number<T: FixedWidthInteger>(_ text: String, _ type: T.Type) -> String? {
        guard let number = T(text) else { return "must be a whole number of \(T.bitWidth) bits" }
        guard let wide = Int64(exactly: number), bounds.allow(wide) else {
            return switch bounds {
            case .atLeast(let low): "must be at least \(low)"
            case .between(let low, let high): "must lie between \(low) and \(high)"
            default: "is out of range"
            }
        }
        return nil
    }

    private func listComplaint(_ text: String) -> String? {
        let items = Self.items(text)
        guard Set(items).count == items.count else { return "names something twice" }
        switch bounds {
        case .words(let words):
            return items.allSatisfy(words.contains) ? nil : "may hold \(words.joined(separator: ", "))"
        case .replicas:
            let isWell = items.allSatisfy { item in
                let parts = item.split(separator: ":", omittingEmptySubsequences: false)
                return item == "*" || parts.count == 2 && parts.allSatisfy { Int32($0) != nil }
            }
            return isWell ? nil : "must be * or a list of PARTITION:BROKER"
        default: return nil
        }
    }
}
