// `multipleOf` in whole numbers: digits modulo digits, so that no rounding can decide.

/// A divisor: mantissa × 10^exponent, the mantissa without trailing zeros.
struct ExactDivisor: Sendable {
    /// The mantissa where it has 18 digits at most; 0 where it is longer.
    let mantissa: UInt64
    let exponent: Int
    /// The mantissa's limbs of 32 bits, lowest first, where it is longer.
    private let limbs: [UInt32]

    /// Nil where the number is not over zero.
    init?(_ bytes: Span<UInt8>) {
        let decimal = ExactDecimal(bytes, bytes.indices)
        guard decimal.count > 0, !decimal.isNegative else { return nil }
        exponent = decimal.exponent
        if decimal.count <= 18 {
            var value: UInt64 = 0
            decimal.forEachDigit(bytes) { value = value * 10 + UInt64($0) }
            mantissa = value
            limbs = []
        } else {
            var value: [UInt32] = []
            decimal.forEachDigit(bytes) { ExactDivisor.append($0, to: &value) }
            mantissa = 0
            limbs = value
        }
    }

    /// Whether a number is a whole multiple. Digits of both are stripped of trailing zeros, so a number with
    /// the smaller exponent is none; otherwise it is one if digits × 10^difference is 0 modulo the mantissa.
    func divides(_ decimal: ExactDecimal, _ bytes: Span<UInt8>) -> Bool {
        if decimal.count == 0 { return true }
        if decimal.exponent < exponent { return false }
        if mantissa == 0 { return dividesLong(decimal, bytes) }
        var rest: UInt64 = 0
        for place in decimal.first..<decimal.last where bytes[place] != 0x2E {
            rest = multiply(rest, 10)
            rest = (rest + UInt64(bytes[place] &- 0x30)) % mantissa
        }
        var power = decimal.exponent - exponent
        var base = 10 % mantissa
        while power > 0, rest != 0 {
            if power & 1 == 1 { rest = multiply(rest, base) }
            base = multiply(base, base)
            power >>= 1
        }
        return rest == 0
    }

    /// left × right modulo the mantissa; both are under it, so the quotient fits.
    private func multiply(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = (left % mantissa).multipliedFullWidth(by: right % mantissa)
        return mantissa.dividingFullWidth(product).remainder
    }

    // MARK: Long mantissas

    /// The power of ten takes twos or fives (never both: there are no trailing zeros) out of the mantissa; what is
    /// left of it must divide the digits.
    private func dividesLong(_ decimal: ExactDecimal, _ bytes: Span<UInt8>) -> Bool {
        var divisor = limbs
        var power = decimal.exponent - exponent
        let factor: UInt32 = limbs[0] & 1 == 0 ? 2 : 5
        while power > 0 {
            let (quotient, rest) = ExactDivisor.divided(divisor, by: factor)
            if rest != 0 { break }
            divisor = quotient
            power -= 1
        }
        var rest: [UInt32] = []
        decimal.forEachDigit(bytes) { digit in
            ExactDivisor.append(digit, to: &rest)
            while ExactDivisor.isAtLeast(rest, divisor) { ExactDivisor.subtract(divisor, from: &rest) }
        }
        return rest.isEmpty
    }

    /// value × 10 + digit.
    private static func append(_ digit: UInt8, to value: inout [UInt32]) {
        var carry = UInt64(digit)
        for place in value.indices {
            carry += UInt64(value[place]) * 10
            value[place] = UInt32(truncatingIfNeeded: carry)
            carry >>= 32
        }
        if carry > 0 { value.append(UInt32(truncatingIfNeeded: carry)) }
    }

    private static func divided(_ value: [UInt32], by divisor: UInt32) -> (quotient: [UInt32], rest: UInt32) {
        var quotient = value
        var rest: UInt64 = 0
        for place in value.indices.reversed() {
            rest = rest << 32 | UInt64(value[place])
            quotient[place] = UInt32(truncatingIfNeeded: rest / UInt64(divisor))
            rest %= UInt64(divisor)
        }
        while quotient.last == 0 { quotient.removeLast() }
        return (quotient, UInt32(truncatingIfNeeded: rest))
    }

    private static func isAtLeast(_ left: [UInt32], _ right: [UInt32]) -> Bool {
        if left.count != right.count { return left.count > right.count }
        for place in left.indices.reversed() where left[place] != right[place] { return left[place] > right[place] }
        return true
    }

    private static func subtract(_ right: [UInt32], from left: inout [UInt32]) {
        var borrow: Int64 = 0
        for place in left.indices {
            var difference = Int64(left[place]) - borrow - (place < right.count ? Int64(right[place]) : 0)
            borrow = difference < 0 ? 1 : 0
            if difference < 0 { difference += 1 << 32 }
            left[place] = UInt32(truncatingIfNeeded: difference)
        }
        while left.last == 0 { left.removeLast() }
    }
}
