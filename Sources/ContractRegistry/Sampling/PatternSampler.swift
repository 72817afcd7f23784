// A text that a pattern of a contract matches. Reads the part of the pattern language that contracts use:
// literals, classes, groups, alternatives, counts, the usual escapes and anchors at the ends. Look-ahead is
// skipped: whoever asks checks the text afterwards.

import JSON

struct PatternSampler {
    private let scalars: [Unicode.Scalar]
    private var place = 0
    private var depth = 0

    /// Repetitions without an upper bound go this far beyond the lower one.
    private static let repeatMax = 3
    private static let depthMax = 32

    /// A text, or nil where the pattern has something that is not read here.
    static func text(_ pattern: String, _ numbers: inout SeededNumbers) -> String? {
        var sampler = PatternSampler(scalars: Array(pattern.unicodeScalars))
        var out = String.UnicodeScalarView()
        guard sampler.alternatives(&out, &numbers, isWanted: true), sampler.place == sampler.scalars.count else {
            return nil
        }
        return String(out)
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private var next: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        place += 1
        return true
    }

    /// Reads alternatives; one of them, chosen evenly, goes to `out` if wanted.
    private mutating func alternatives(
        _ out: inout String.UnicodeScalarView, _ numbers: inout SeededNumbers, isWanted: Bool
    ) -> Bool {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.depthMax else { return false }
        var chosen = String.UnicodeScalarView()
        var count = 0
        repeat {
            var branch = String.UnicodeScalarView()
            guard sequence(&branch, &numbers) else { return false }
            count += 1
            if numbers.once(in: count) { chosen = branch }
        } while take("|")
        if isWanted { out.append(contentsOf: chosen) }
        return true
    }

    private mutating func sequence(_ out: inout String.UnicodeScalarView, _ numbers: inout SeededNumbers) -> Bool {
        while let scalar = next, scalar != "|", scalar != ")" {
            let start = place
            var piece = String.UnicodeScalarView()
            guard atom(&piece, &numbers) else { return false }
            let end = place
            guard let (least, most) = quantifier() else { return false }
            let after = place
            let count = numbers.number(least...max(least, most))
            for _ in 0..<count {
                // Read the atom again: each repetition is another sample of it.
                place = start
                var again = String.UnicodeScalarView()
                guard atom(&again, &numbers), place == end else { return false }
                out.append(contentsOf: again)
            }
            place = after
        }
        return true
    }

    private mutating func quantifier() -> (Int, Int)? {
        var bounds = (1, 1)
        if take("*") {
            bounds = (0, Self.repeatMax)
        } else if take("+") {
            bounds = (1, 1 + Self.repeatMax)
        } else if take("?") {
            bounds = (0, 1)
        } else if take("{") {
            guard let least = count() else { return nil }
            var most = least
            if take(",") { most = next == "}" ? least + Self.repeatMax : count() ?? -1 }
            guard take("}"), most >= least, most <= 512 else { return nil }
            bounds = (least, most)
        } else {
            return bounds
        }
        _ = take("?")
        return bounds
    }

    private mutating func count() -> Int? {
        var digits = ""
        while let scalar = next, scalar.properties.numericType == .decimal {
            digits.unicodeScalars.append(scalar)
            place += 1
        }
        return Int(digits)
    }

    private mutating func atom(_ out: inout String.UnicodeScalarView, _ numbers: inout SeededNumbers) -> Bool {
        guard let scalar = next else { return false }
        place += 1
        switch scalar {
        case "^", "$": return true
        case ".": return add(Self.range("a", "z"), &out, &numbers)
        case "(":
            var isWanted = true
            if take("?") {
                if take("=") || take("!") { isWanted = false } else if !take(":") { return false }
            }
            return alternatives(&out, &numbers, isWanted: isWanted) && take(")")
        case "[":
            guard let set = characterClass() else { return false }
            return add(set, &out, &numbers)
        case "\\":
            guard let set = escape() else { return false }
            return add(set, &out, &numbers)
        case ")", "]", "{", "}", "*", "+", "?": return false
        default:
            out.append(scalar)
            return true
        }
    }

    private func add(
        _ set: [Unicode.Scalar], _ out: inout String.UnicodeScalarView, _ numbers: inout SeededNumbers
    ) -> Bool {
        guard let scalar = numbers.pick(set) else { return false }
        out.append(scalar)
        return true
    }

    private mutating func escape() -> [Unicode.Scalar]? {
        guard let scalar = next else { return nil }
        place += 1
        switch scalar {
        case "d": return Self.range("0", "9")
        case "w": return Self.range("a", "z") + Self.range("A", "Z") + Self.range("0", "9") + ["_"]
        case "s": return [" "]
        case "S", "D", "W":
            return scalar == "W" ? ["-", "."] : Self.range("a", "z")
        case "b", "B": return nil
        case "p", "P":
            // A property of Unicode: letters stand for any of them, the caller checks.
            guard take("{") else { return nil }
            while let scalar = next, scalar != "}" {
                _ = scalar
                place += 1
            }
            return take("}") ? Self.range("a", "z") + ["ă", "ê", "ơ", "đ"] : nil
        default: return scalar.properties.isAlphabetic ? nil : [scalar]
        }
    }

    private mutating func characterClass() -> [Unicode.Scalar]? {
        let isNegated = take("^")
        var set: [Unicode.Scalar] = []
        while let scalar = next, scalar != "]" {
            place += 1
            var found = [scalar]
            if scalar == "\\" {
                guard let escaped = escape() else { return nil }
                found = escaped
            }
            if found.count == 1, next == "-", place + 1 < scalars.count, scalars[place + 1] != "]" {
                place += 1
                guard let last = next else { return nil }
                place += 1
                found = Self.range(found[0], last)
            }
            set += found
        }
        guard take("]") else { return nil }
        if !isNegated { return set }
        let excluded = Set(set)
        return Self.range(" ", "~").filter { !excluded.contains($0) }
    }

    /// At most 256 of a range.
    private static func range(_ first: Unicode.Scalar, _ last: Unicode.Scalar) -> [Unicode.Scalar] {
        guard first <= last else { return [] }
        return (first.value...min(last.value, first.value + 255)).compactMap(Unicode.Scalar.init)
    }
}
