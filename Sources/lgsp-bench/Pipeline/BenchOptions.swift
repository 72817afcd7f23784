// The options that the benchmark's processes hand to each other and take from the command line.

/// `--name value` pairs.
struct BenchOptions {
    private var values: [String: String] = [:]
    /// Words that are no options.
    private(set) var positional: [String] = []

    init(_ words: [String], known: Set<String>) throws {
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("--") else {
                positional.append(word)
                continue
            }
            let name = String(word.dropFirst(2))
            guard known.contains(name), let value = rest.popFirst() else {
                throw BenchFailure("\(word): not an option with a value; known: \(known.sorted().joined(separator: " "))")
            }
            values[name] = value
        }
    }

    subscript(name: String) -> String? { values[name] }

    func text(_ name: String) throws -> String {
        guard let value = values[name] else { throw BenchFailure("--\(name) is missing") }
        return value
    }

    func integer(_ name: String, default standard: Int? = nil) throws -> Int {
        guard let text = values[name] else {
            guard let standard else { throw BenchFailure("--\(name) is missing") }
            return standard
        }
        guard let value = Int(text), value > 0 else { throw BenchFailure("--\(name) \(text): not a number above 0") }
        return value
    }
}
