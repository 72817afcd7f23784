// Internationalised host names (RFC 5890 to 5893) as far as the standard library's tables reach: label rules,
// combining marks, the contextual characters of RFC 5892 appendix A. Bidirectional labels are not judged.

enum HostnameIDN {
    static func isHostname(_ text: Span<UInt8>) -> Bool {
        var labels: [[UInt32]] = [[]]
        var place = 0
        while place < text.count {
            let scalar = CodePoints.next(text, &place)
            if [0x2E, 0x3002, 0xFF0E, 0xFF61].contains(scalar) {
                labels.append([])
            } else {
                labels[labels.count - 1].append(scalar)
            }
        }
        guard text.count <= 253 * 4, labels.allSatisfy(isLabel) else { return false }
        // The name's length is that of its ASCII form.
        let lengths = labels.map { label in
            label.allSatisfy { $0 < 0x80 } ? label.count : 4 + Punycode.encoded(label).count
        }
        return lengths.reduce(labels.count - 1, +) <= 253
    }

    static func isLabel(_ label: [UInt32]) -> Bool {
        guard let first = label.first, let last = label.last, label.count <= 63, first != 0x2D, last != 0x2D else {
            return false
        }
        if label.allSatisfy({ $0 < 0x80 }) {
            let bytes = label.map { UInt8(truncatingIfNeeded: $0) }
            return NetworkFormat.isHostname(bytes.span, 0..<bytes.count)
        }
        if label.count >= 4, label[2] == 0x2D, label[3] == 0x2D { return false }
        guard let scalar = Unicode.Scalar(first), !isMark(scalar) else { return false }
        guard label.indices.allSatisfy({ isAllowed(label, $0) }) else { return false }
        return Punycode.encoded(label).count <= 59
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }

    private static func isAllowed(_ label: [UInt32], _ place: Int) -> Bool {
        guard let scalar = Unicode.Scalar(label[place]) else { return false }
        let value = scalar.value
        if value < 0x80 {
            let byte = UInt8(truncatingIfNeeded: value)
            return ASCII.isDigit(byte) || ASCII.isLetter(byte) || byte == 0x2D
        }
        switch value {
        // Middle dot between two l; Greek keraia before Greek; geresh and gershayim after Hebrew.
        case 0xB7: return place > 0 && place + 1 < label.count && label[place - 1] == 0x6C && label[place + 1] == 0x6C
        case 0x375: return place + 1 < label.count && (0x370...0x3FF).contains(label[place + 1])
        case 0x5F3, 0x5F4: return place > 0 && (0x590...0x5FF).contains(label[place - 1])
        // Katakana middle dot needs Japanese or Chinese in the label.
        case 0x30FB:
            return label.contains {
                (0x3040...0x30FF).contains($0) && $0 != 0x30FB || (0x4E00...0x9FFF).contains($0) || $0 == 0x3005
            }
        // The two kinds of Arabic digits do not mix.
        case 0x660...0x669: return !label.contains { (0x6F0...0x6F9).contains($0) }
        case 0x6F0...0x6F9: return !label.contains { (0x660...0x669).contains($0) }
        // Joiners after a virama.
        case 0x200C, 0x200D: return place > 0 && isVirama(label[place - 1])
        case 0xDF, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0x3007: return true
        case 0x640, 0x7FA, 0x302E, 0x302F, 0x3031...0x3035, 0x303B: return false
        default: break
        }
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .uppercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark,
            .decimalNumber:
            return true
        default: return false
        }
    }

    private static func isVirama(_ value: UInt32) -> Bool {
        Unicode.Scalar(value)?.properties.canonicalCombiningClass == .virama
    }

    /// Whether what follows `xn--` decodes to a label that may be one.
    static func isPunycodeLabel(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard let label = Punycode.decoded(text, range), label.contains(where: { $0 >= 0x80 }) else { return false }
        guard let first = label.first.flatMap(Unicode.Scalar.init), !isMark(first), first != "-", label.last != 0x2D
        else { return false }
        if label.count >= 4, label[2] == 0x2D, label[3] == 0x2D { return false }
        // Only the spelling that the label itself encodes to is one.
        let spelling = Punycode.encoded(label)
        guard spelling.count == range.count, zip(spelling, range).allSatisfy({ lowercased(text[$1]) == lowercased($0) })
        else { return false }
        return label.indices.allSatisfy { isAllowed(label, $0) }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 { ASCII.isLetter(byte) ? byte | 0x20 : byte }
}

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
