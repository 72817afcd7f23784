// Punycode (RFC 3492): the ASCII form of internationalised labels, both ways.

/// The ASCII form of labels (RFC 3492).
enum Punycode {
    private static func adapt(_ delta: Int, _ count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / 700 : delta / 2
        delta += delta / count
        var steps = 0
        while delta > 455 {
            delta /= 35
            steps += 36
        }
        return steps + 36 * delta / (delta + 38)
    }

    static func decoded(_ text: Span<UInt8>, _ range: Range<Int>) -> [UInt32]? {
        guard !range.isEmpty, range.count <= 63 else { return nil }
        var output: [UInt32] = []
        var place = range.lowerBound
        if let dash = range.last(where: { text[$0] == 0x2D }) {
            for index in range.lowerBound..<dash { output.append(UInt32(text[index])) }
            place = dash + 1
        }
        var scalar = 128
        var index = 0
        var bias = 72
        while place < range.upperBound {
            let old = index
            var weight = 1
            var step = 36
            while true {
                guard place < range.upperBound else { return nil }
                let byte = text[place]
                place += 1
                let digit: Int
                if ASCII.isLetter(byte) {
                    digit = Int(byte | 0x20) - 0x61
                } else if ASCII.isDigit(byte) {
                    digit = Int(byte) - 0x30 + 26
                } else {
                    return nil
                }
                index += digit * weight
                if index > 1 << 40 { return nil }
                let threshold = min(max(step - bias, 1), 26)
                if digit < threshold { break }
                weight *= 36 - threshold
                if weight > 1 << 40 { return nil }
                step += 36
            }
            bias = adapt(index - old, output.count + 1, isFirst: old == 0)
            scalar += index / (output.count + 1)
            index %= output.count + 1
            guard scalar <= 0x10FFFF else { return nil }
            output.insert(UInt32(scalar), at: index)
            index += 1
        }
        return output
    }

    /// The label's ASCII form without its prefix.
    static func encoded(_ label: [UInt32]) -> [UInt8] {
        var output = label.filter { $0 < 0x80 }.map { UInt8(truncatingIfNeeded: $0) }
        let basic = output.count
        var handled = basic
        if basic > 0 { output.append(0x2D) }
        var scalar = 128
        var delta = 0
        var bias = 72
        while handled < label.count {
            let next = Int(label.filter { Int($0) >= scalar }.min() ?? 0x10FFFF)
            delta += (next - scalar) * (handled + 1)
            scalar = next
            for value in label.map(Int.init) {
                if value < scalar { delta += 1 }
                if value != scalar { continue }
                appendInteger(delta, bias, to: &output)
                bias = adapt(delta, handled + 1, isFirst: handled == basic)
                delta = 0
                handled += 1
            }
            delta += 1
            scalar += 1
        }
        return output
    }

    private static func appendInteger(_ value: Int, _ bias: Int, to output: inout [UInt8]) {
        func digit(_ value: Int) -> UInt8 { UInt8(truncatingIfNeeded: value < 26 ? 0x61 + value : 0x30 + value - 26) }
        var rest = value
        var step = 36
        while true {
            let threshold = min(max(step - bias, 1), 26)
            if rest < threshold { break }
            output.append(digit(threshold + (rest - threshold) % (36 - threshold)))
            rest = (rest - threshold) / (36 - threshold)
            step += 36
        }
        output.append(digit(rest))
    }
}
