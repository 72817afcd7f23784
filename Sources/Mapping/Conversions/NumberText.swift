// Numbers from agencies' texts, exact: the digits are copied, never put through a floating-point number.

/// How a feed writes numbers.
struct NumberStyle: Sendable, Equatable {
    var decimalSeparator: UInt8 = UInt8(ascii: ".")
    /// A second decimal separator for feeds of mixed habits; 0 where there is none.
    var otherDecimalSeparator: UInt8 = 0
    /// 0 where the feed groups no thousands.
    var thousandsSeparator: UInt8 = 0
    /// More digits than any amount or area has.
    static let digitsMax = 30
}

/// Reading of decimal texts.
struct NumberText {
    private(set) var isNegative = false
    /// The digits before the separator, without leading zeros; empty for zero.
    private(set) var whole: [UInt8] = []
    private(set) var fraction: [UInt8] = []

    init() {}

    /// Reads a trimmed text; false where it is no number in that style. Spaces group thousands in every style.
    mutating func read(_ text: Span<UInt8>, _ style: NumberStyle) -> Bool {
        isNegative = false
        whole.removeAll(keepingCapacity: true)
        fraction.removeAll(keepingCapacity: true)
        var place = 0
        if place < text.count, text[place] == UInt8(ascii: "-") || text[place] == UInt8(ascii: "+") {
            isNegative = text[place] == UInt8(ascii: "-")
            place += 1
        }
        guard let end = readWhole(text, place, style) else { return false }
        if end < text.count {
            guard text[end] == style.decimalSeparator || text[end] == style.otherDecimalSeparator, end + 1 < text.count
            else { return false }
            for index in end + 1..<text.count {
                guard isDigit(text[index]), fraction.count < NumberStyle.digitsMax else { return false }
                fraction.append(text[index])
            }
        }
        if isZero { isNegative = false }
        return true
    }

    /// The digits up to the decimal separator or the end; nil where grouping or a character is wrong.
    private mutating func readWhole(_ text: Span<UInt8>, _ start: Int, _ style: NumberStyle) -> Int? {
        var place = start
        var digitsInGroup = 0
        var groups = 0
        var digitCount = 0
        while place < text.count {
            let byte = text[place]
            if isDigit(byte) {
                digitsInGroup += 1
                digitCount += 1
                if digitCount > NumberStyle.digitsMax { return nil }
                if byte != 0x30 || !whole.isEmpty { whole.append(byte) }
            } else if byte == style.thousandsSeparator || byte == 0x20 {
                // A group is three digits, but for the first; 1.5 with a dot for thousands is a typing error.
                guard groups == 0 ? (1...3).contains(digitsInGroup) : digitsInGroup == 3 else { return nil }
                groups += 1
                digitsInGroup = 0
            } else {
                break
            }
            place += 1
        }
        guard digitCount > 0, groups == 0 || digitsInGroup == 3 else { return nil }
        return place
    }

    var isZero: Bool { whole.isEmpty && fraction.allSatisfy { $0 == 0x30 } }
    /// Whether nothing but zeros stands behind the separator.
    var isInteger: Bool { fraction.allSatisfy { $0 == 0x30 } }

    /// Appends the JSON number.
    func append(to output: inout [UInt8], asInteger: Bool) {
        if isNegative { output.append(UInt8(ascii: "-")) }
        if whole.isEmpty { output.append(0x30) }
        output.append(contentsOf: whole)
        if !asInteger, !fraction.isEmpty {
            output.append(UInt8(ascii: "."))
            output.append(contentsOf: fraction)
        }
    }

    /// The number in ten-thousandths, for comparisons; nil beyond 9 × 10^14 or with finer digits.
    var tenThousandths: Int64? {
        guard whole.count <= 14, fraction.dropFirst(4).allSatisfy({ $0 == 0x30 }) else { return nil }
        var value: Int64 = 0
        for digit in whole { value = value * 10 + Int64(digit - 0x30) }
        for place in 0..<4 { value = value * 10 + (place < fraction.count ? Int64(fraction[place] - 0x30) : 0) }
        return isNegative ? -value : value
    }
}
