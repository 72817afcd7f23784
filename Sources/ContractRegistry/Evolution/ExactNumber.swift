// Numbers of a schema compared as they are written, without a detour through binary fractions.

/// A decimal number: digits × 10^exponent, digits without zeros at either end.
struct ExactNumber: Comparable, Sendable {
    private(set) var isNegative = false
    private(set) var digits: [UInt8] = []
    private(set) var exponent = 0

    /// Exponents beyond this count as this.
    private static let exponentMax = 1 << 30

    /// A digit.
    init(_ digit: UInt8) { digits = digit == 0 ? [] : [digit % 10] }

    init?(_ text: String) {
        var bytes = Array(text.utf8)[...]
        if bytes.first == UInt8(ascii: "-") {
            isNegative = true
            bytes = bytes.dropFirst()
        }
        var written = 0
        if let mark = bytes.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
            let power = String(decoding: bytes[(mark + 1)...], as: UTF8.self)
            let isSmall = power.hasPrefix("-")
            written = Int(power) ?? (isSmall ? -Self.exponentMax : Self.exponentMax)
            written = max(-Self.exponentMax, min(Self.exponentMax, written))
            bytes = bytes[..<mark]
        }
        var fraction = 0
        var isFraction = false
        for byte in bytes {
            if byte == UInt8(ascii: ".") {
                isFraction = true
            } else if byte &- 0x30 < 10 {
                digits.append(byte &- 0x30)
                if isFraction { fraction += 1 }
            } else {
                return nil
            }
        }
        if digits.isEmpty { return nil }
        exponent = written - fraction
        while digits.last == 0 {
            digits.removeLast()
            exponent += 1
        }
        digits = Array(digits.drop { $0 == 0 })
        if digits.isEmpty {
            exponent = 0
            isNegative = false
        }
    }

    /// The value as an integer; nil where it is none or too large.
    var integer: Int? {
        guard exponent >= 0, digits.count + exponent <= 18 else { return digits.isEmpty ? 0 : nil }
        var value = digits.reduce(0) { $0 * 10 + Int($1) }
        for _ in 0..<exponent { value *= 10 }
        return isNegative ? -value : value
    }

    var isWhole: Bool { exponent >= 0 }

    static func < (left: ExactNumber, right: ExactNumber) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        let isSmaller = left.magnitudeIsSmaller(than: right)
        if left == right { return false }
        return left.isNegative ? !isSmaller : isSmaller
    }

    private func magnitudeIsSmaller(than other: ExactNumber) -> Bool {
        if digits.isEmpty || other.digits.isEmpty { return digits.isEmpty && !other.digits.isEmpty }
        let size = digits.count + exponent
        let otherSize = other.digits.count + other.exponent
        if size != otherSize { return size < otherSize }
        return digits.lexicographicallyPrecedes(other.digits)
    }

    /// Whether this is a whole multiple of `step`; false also where the digits are too many to tell.
    func isMultiple(of step: ExactNumber) -> Bool {
        if digits.isEmpty { return true }
        guard !step.digits.isEmpty else { return false }
        let shift = min(exponent, step.exponent)
        guard let own = scaled(exponent - shift), let divisor = step.scaled(step.exponent - shift) else { return false }
        return own % divisor == 0
    }

    private func scaled(_ zeros: Int) -> Int128? {
        guard digits.count + zeros <= 36 else { return nil }
        var value = digits.reduce(Int128(0)) { $0 * 10 + Int128($1) }
        for _ in 0..<zeros { value *= 10 }
        return value
    }
}
