// Writes members of a JSON object, one after the other, each led by a comma: what a rule adds to its finding.

import JSON

/// Members of an output record.
public struct DetailWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// A string member; nothing where the value is absent.
    public mutating func text(_ name: StaticString, _ value: (some Collection<UInt8>)?) {
        guard let value else { return }
        open(name)
        JSONWriter.appendString(value, to: &bytes)
    }

    public mutating func text(_ name: StaticString, _ value: String) { text(name, value.utf8) }

    public mutating func integer(_ name: StaticString, _ value: Int64?) {
        guard let value else { return }
        open(name)
        JSONWriter.appendInt(value, to: &bytes)
    }

    public mutating func boolean(_ name: StaticString, _ value: Bool) {
        open(name)
        JSONWriter.appendBool(value, to: &bytes)
    }

    /// A number given in millionths, without trailing zeros.
    public mutating func millionths(_ name: StaticString, _ value: Int64) {
        open(name)
        bytes.append(contentsOf: Decimal.text(value, places: 6).utf8)
    }

    public mutating func thousandths(_ name: StaticString, _ value: Int64) {
        open(name)
        bytes.append(contentsOf: Decimal.text(value, places: 3).utf8)
    }

    /// A list of strings; nothing where it is empty.
    public mutating func texts(_ name: StaticString, _ values: [String]) {
        if values.isEmpty { return }
        open(name)
        bytes.append(UInt8(ascii: "["))
        for (place, value) in values.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            JSONWriter.appendString(value, to: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func open(_ name: StaticString) {
        bytes.append(UInt8(ascii: ","))
        JSONWriter.appendKey(name, to: &bytes)
    }
}

/// Integers scaled by a power of ten, as decimal text.
enum Decimal {
    /// `value / 10^places` without trailing zeros.
    static func text(_ value: Int64, places: Int) -> String {
        var digits = String(value.magnitude)
        if digits.count <= places { digits = String(repeating: "0", count: places + 1 - digits.count) + digits }
        var fraction = digits.suffix(places)
        while fraction.last == "0" { fraction.removeLast() }
        let whole = digits.dropLast(places)
        return (value < 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
    }

    /// A JSON number in millionths, rounded half away from zero; nil past 64 bits or for anything else.
    static func millionths(_ text: some Collection<UInt8>) -> Int64? {
        var rest = text[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        let exponentPlace = rest.firstIndex { $0 | 0x20 == UInt8(ascii: "e") } ?? rest.endIndex
        var exponent = 0
        if exponentPlace != rest.endIndex {
            let digits = String(decoding: rest[exponentPlace...].dropFirst(), as: UTF8.self)
            guard let parsed = Int(digits), abs(parsed) <= 30 else { return nil }
            exponent = parsed
        }
        let mantissa = rest[..<exponentPlace]
        let point = mantissa.firstIndex(of: UInt8(ascii: ".")) ?? mantissa.endIndex
        // How many more digits count; at 0 the next digit only rounds.
        var left = mantissa[..<point].count + exponent + 6
        var value: Int64 = 0
        var isEmpty = true
        for byte in mantissa where byte != UInt8(ascii: ".") {
            guard (0x30...0x39).contains(byte) else { return nil }
            isEmpty = false
            if left > 0 {
                let (product, overflow) = value.multipliedReportingOverflow(by: 10)
                let (sum, carry) = product.addingReportingOverflow(Int64(byte - 0x30))
                if overflow || carry { return nil }
                value = sum
            } else if left == 0, byte >= 0x35 {
                value += 1
            }
            left -= 1
        }
        if isEmpty { return nil }
        while left > 0 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            (value, left) = (product, left - 1)
        }
        return isNegative ? -value : value
    }
}
