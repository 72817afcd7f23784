// Paths into a source record as adapters write them: `XML1/MA_LK`, `FILEHOSO[LOAIHOSO=XML1]/NGAYLAP`,
// `owners[0]/hoTen`. A leading `/` starts at the record's root instead of the current element.

/// Which of several elements of one name a step means.
enum PathSelector: Hashable, Sendable {
    case first
    /// The n-th from 0: of an array's elements, or of the elements of that name.
    case index(Int)
    /// The first whose child has that text.
    case whose(child: [UInt8], equals: [UInt8])
}

/// One step of a path.
struct PathStep: Hashable, Sendable {
    var name: [UInt8]
    var selector: PathSelector
}

/// A parsed path.
struct SourcePath: Hashable, Sendable {
    var isAbsolute: Bool
    var steps: [PathStep]

    static let stepsMax = 16

    /// Reads a path; nil where it is none.
    init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        isAbsolute = rest.first == UInt8(ascii: "/")
        if isAbsolute { rest = rest.dropFirst() }
        steps = []
        if text == "/" || text == "." {
            isAbsolute = text == "/"
            return
        }
        // A slash inside brackets belongs to a predicate's text.
        var depth = 0
        var parts: [[UInt8]] = [[]]
        for byte in rest {
            if byte == UInt8(ascii: "[") { depth += 1 }
            if byte == UInt8(ascii: "]") { depth -= 1 }
            if byte == UInt8(ascii: "/"), depth == 0 {
                parts.append([])
            } else {
                parts[parts.count - 1].append(byte)
            }
        }
        guard depth == 0, parts.count <= SourcePath.stepsMax else { return nil }
        for part in parts {
            guard let step = PathStep(part) else { return nil }
            steps.append(step)
        }
    }
}

extension PathStep {
    fileprivate init?(_ part: [UInt8]) {
        guard let bracket = part.firstIndex(of: UInt8(ascii: "[")) else {
            guard !part.isEmpty else { return nil }
            self.init(name: part, selector: .first)
            return
        }
        guard part.last == UInt8(ascii: "]"), bracket + 2 < part.count else { return nil }
        let inside = Array(part[(bracket + 1)..<(part.count - 1)])
        if let equals = inside.firstIndex(of: UInt8(ascii: "=")) {
            guard equals > 0 else { return nil }
            self.init(
                name: Array(part[..<bracket]),
                selector: .whose(child: Array(inside[..<equals]), equals: Array(inside[(equals + 1)...])))
        } else {
            guard let index = Int(String(decoding: inside, as: UTF8.self)), index >= 0, index < 100_000 else {
                return nil
            }
            self.init(name: Array(part[..<bracket]), selector: .index(index))
        }
    }
}
