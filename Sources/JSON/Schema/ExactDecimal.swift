// Exact arithmetic on numbers as they are written: no double is ever made, so 19.99 is a multiple of 0.01 and
// 9007199254740993 is not 9007199254740992.

/// A number's significant digits where they lie. Value = digits × 10^exponent.
struct ExactDecimal {
    /// First significant digit's place and the place after the last one; a dot may stand between.
    var first = 0
    var last = 0
    /// Significant digits; 0 for zero, which is never negative.
    var count = 0
    var exponent = 0
    var isNegative = false

    /// Exponents beyond this are all the same: no product with a thousand digits comes near.
    static let exponentMax = 1 << 40

    /// Reads a number that the parser has accepted.
    init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        var place = range.lowerBound
        let end = range.upperBound
        if place < end, bytes[place] == 0x2D {
            isNegative = true
            place += 1
        }
        var fraction = 0
        var inFraction = false
        var pendingZeros = 0
        while place < end {
            let byte = bytes[place]
            if byte == 0x2E {
                inFraction = true
            } else if byte &- 0x30 < 10 {
                if inFraction { fraction += 1 }
                if byte != 0x30 {
                    if count == 0 { first = place } else { count += pendingZeros }
                    count += 1
                    pendingZeros = 0
                    last = place + 1
                } else if count > 0 {
                    pendingZeros += 1
                }
            } else {
                break
            }
            place += 1
        }
        if count == 0 {
            isNegative = false
            return
        }
        exponent = pendingZeros - fraction + ExactDecimal.writtenExponent(bytes, place, end)
    }

    /// The part after `e`, held to `exponentMax`.
    private static func writtenExponent(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var place = start + 1
        guard place < end else { return 0 }
        let isNegative = bytes[place] == 0x2D
        if isNegative || bytes[place] == 0x2B { place += 1 }
        var value = 0
        while place < end {
            value = min(value * 10 + Int(bytes[place] &- 0x30), exponentMax)
            place += 1
        }
        return isNegative ? -value : value
    }

    var isInteger: Bool { exponent >= 0 }

    /// The digits in order, the dot left out.
    func forEachDigit(_ bytes: Span<UInt8>, _ body: (UInt8) -> Void) {
        for place in first..<last where bytes[place] != 0x2E { body(bytes[place] &- 0x30) }
    }

    /// -1, 0 or 1 as `left` is less than, equal to or greater than `right`.
    static func compare(
        _ left: ExactDecimal, _ leftBytes: Span<UInt8>, _ right: ExactDecimal, _ rightBytes: Span<UInt8>
    )
        -> Int
    {
        if left.count == 0 || right.count == 0 || left.isNegative != right.isNegative {
            let leftSign = left.count == 0 ? 0 : left.isNegative ? -1 : 1
            let rightSign = right.count == 0 ? 0 : right.isNegative ? -1 : 1
            return (leftSign - rightSign).signum()
        }
        let sign = left.isNegative ? -1 : 1
        let magnitudes = left.exponent + left.count - right.exponent - right.count
        if magnitudes != 0 { return magnitudes > 0 ? sign : -sign }
        var leftPlace = left.first
        var rightPlace = right.first
        while leftPlace < left.last || rightPlace < right.last {
            if leftPlace < left.last, leftBytes[leftPlace] == 0x2E { leftPlace += 1 }
            if rightPlace < right.last, rightBytes[rightPlace] == 0x2E { rightPlace += 1 }
            let first: UInt8 = leftPlace < left.last ? leftBytes[leftPlace] : 0x30
            let second: UInt8 = rightPlace < right.last ? rightBytes[rightPlace] : 0x30
            if first != second { return first > second ? sign : -sign }
            leftPlace += 1
            rightPlace += 1
        }
        return 0
    }

    /// Mixes sign, digits and exponent, so that equal numbers hash the same however they are written.
    func hash(_ bytes: Span<UInt8>) -> UInt64 {
        var hash: UInt64 = isNegative ? 3 : 5
        for place in first..<last where bytes[place] != 0x2E { hash = hash &* 0x100_0000_01B3 ^ UInt64(bytes[place]) }
        return KeyHash.fold(hash ^ 0x9E37_79B9_7F4A_7C15, UInt64(bitPattern: Int64(exponent)) ^ 0xD6E8_FEB8_6659_FD93)
    }
}
