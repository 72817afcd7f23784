// The examples beside the contracts: valid ones must pass; an invalid one must fail at the keyword that its name
// states and at the place that the folder's list states, and for no other reason.
// `Contracts/<domain>/examples/valid/<contract>.v<N>.<slug>.json`,
// `…/invalid/<contract>.v<N>.<keyword>-<slug>.json`, `…/failures.json`: file name to keyword and path.

import JSON
public import Records

/// What checking a contract's examples came to.
public struct ExampleResult: Sendable {
    public var validCount = 0
    public var invalidCount = 0
    public var faults: [ConfigurationFault] = []

    public static let validCountMin = 3
    public static let invalidCountMin = 5
}

extension Contract {
    /// Checks the examples of a tree against this contract.
    public func checkExamples(_ tree: FileTree) -> ExampleResult {
        var result = ExampleResult()
        let folder = "\(ContractSet.folder)/\(domain)/examples"
        let stem = "\(name).v\(major)."
        for path in tree.paths(under: "\(folder)/valid", suffix: ".json") {
            guard let slug = Contract.slug(of: path, stem: stem) else { continue }
            result.validCount += 1
            if let failures = failures(tree[path] ?? [], path, &result), let first = failures.first {
                result.add(path, first.instanceLocation, "\(slug): \(first.keyword): \(first.message)", "make it valid")
            }
        }
        let expected = tree["\(folder)/failures.json"].flatMap { try? JSONValue(parsing: $0) }
        for path in tree.paths(under: "\(folder)/invalid", suffix: ".json") {
            guard let slug = Contract.slug(of: path, stem: stem) else { continue }
            result.invalidCount += 1
            guard let failures = failures(tree[path] ?? [], path, &result) else { continue }
            checkInvalid(path, slug, failures, expected, &result)
        }
        if result.validCount < ExampleResult.validCountMin || result.invalidCount < ExampleResult.invalidCountMin {
            result.add(
                file, "", "\(result.validCount) valid and \(result.invalidCount) invalid examples",
                "give at least \(ExampleResult.validCountMin) and \(ExampleResult.invalidCountMin) below \(folder)")
        }
        return result
    }

    /// One invalid example: the keyword of its name, the place of the list, and nothing else.
    private func checkInvalid(
        _ path: String, _ slug: String, _ failures: [SchemaFailure], _ expected: JSONValue?,
        _ result: inout ExampleResult
    ) {
        let keyword = String(slug.prefix { $0 != "-" })
        let found = failures.map { "\($0.keyword) at \($0.pointer)" }.joined(separator: ", ")
        guard failures.contains(where: { $0.keyword == keyword }) else {
            return result.add(
                path, "", failures.isEmpty ? "is valid" : "fails with \(found), not with \(keyword)",
                "name the example for the keyword that refuses it")
        }
        // A folder without a list is checked by keyword alone; one with a list must list every file.
        guard let expected else { return }
        let file = path.split(separator: "/").last.map(String.init) ?? ""
        guard let place = expected[file]?["path"]?.stringValue, expected[file]?["keyword"]?.stringValue == keyword else {
            return result.add(path, "", "is not in failures.json with its keyword", "list it with keyword and path")
        }
        if !failures.contains(where: { $0.keyword == keyword && $0.pointer == place }) {
            result.add(path, place, "fails with \(found)", "list the place at which it fails")
        }
        // What follows from the failure through conditions and names is the same mistake once more.
        let others = failures.filter {
            !($0.keyword == keyword && $0.pointer == place)
                && !["/then/", "/else/", "/anyOf/", "/oneOf/", "/propertyNames/"].contains(where: $0.keywordLocation.contains)
        }
        if let other = others.first {
            result.add(path, other.pointer, "fails with \(found)", "make one mistake in an example")
        }
    }

    private static func slug(of path: String, stem: String) -> String? {
        let file = path.split(separator: "/").last.map(String.init) ?? ""
        guard file.hasPrefix(stem) else { return nil }
        return String(file.dropFirst(stem.count).dropLast(".json".count))
    }

    private func failures(_ bytes: [UInt8], _ path: String, _ result: inout ExampleResult) -> [SchemaFailure]? {
        var tape = JSONTape()
        do { try tape.parse(bytes) } catch {
            result.add(path, "", "not JSON: \(error)", "correct the file")
            return nil
        }
        let view = JSONView(bytes: bytes.span, tape: tape)
        var scratch = ValidationScratch()
        let isValid = schema.isValid(view, scratch: &scratch)
        let failures = schema.failures(view)
        // Two ways through one validator: if they differ, neither can be trusted.
        if isValid != failures.isEmpty {
            result.add(path, "", "fast and full validation disagree", "report this as a fault of the hub")
        }
        return failures
    }
}

extension ExampleResult {
    fileprivate mutating func add(_ file: String, _ pointer: String, _ detail: String, _ fix: String) {
        faults.append(ConfigurationFault(file: file, pointer: pointer, detail: detail, fix: fix))
    }
}
