// Prometheus' text format 0.0.4, written family by family.

/// The page that a scrape gets.
public struct MetricsPage: Sendable {
    public enum Kind: String, Sendable { case counter, gauge, summary }

    public private(set) var text = ""
    private var name = ""

    public init() {}

    /// Begins the family that the next values belong to.
    public mutating func begin(_ name: String, _ kind: Kind, _ title: String) {
        self.name = name
        text += "# HELP \(name) \(Self.escaped(title, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
    }

    /// A value of the family begun last; the suffix is `_count` or `_sum` of a summary.
    public mutating func add(_ value: Int, _ labels: KeyValuePairs<String, String> = [:], suffix: String = "") {
        add(String(value), labelText: Self.labelText(labels), suffix: suffix)
    }

    public mutating func add(seconds: Double, _ labels: KeyValuePairs<String, String> = [:]) {
        add(String(seconds), labelText: Self.labelText(labels), suffix: "")
    }

    mutating func add(_ value: String, labelText: String, suffix: String) {
        text += name + suffix + labelText + " " + value + "\n"
    }

    static func labelText(_ labels: KeyValuePairs<String, String>) -> String {
        if labels.isEmpty { return "" }
        return "{" + labels.map { "\($0.key)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",") + "}"
    }

    static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x5C: escaped += [0x5C, 0x5C]
            case 0x0A: escaped += [0x5C, 0x6E]
            case 0x22 where quotes: escaped += [0x5C, 0x22]
            default: escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
