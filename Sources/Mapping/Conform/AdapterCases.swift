// The cases beside an adapter (`<feed>.cases.json`): inputs and what must become of them. The hub's tests and
// `lgsp adapter test` run the same cases, so an integrator sees what the hub sees.
//
// A case: {"name", "input", "expect"}. Input: {"text"} (a string or a list of lines), {"base64"} or {"file"}: a
// whole file; with "titles" the text is one record. "embedded" gives documents by name; `${NAME}` in the text
// stands for the base64 of one. Expect: {"events": [{"contract", "fields": {pointer: value}, "present": [pointer],
// "absent": [pointer], "issues": [code]}], "rejections": [{"code", "place"}]}, each list in order and complete.

import Bytes
public import Crypto
import JSON
public import Records

/// How one case ended.
public struct AdapterCaseResult: Sendable {
    public var name: String
    /// What differs, one sentence each; empty where the case passed.
    public var differences: [String]
    public var isPassed: Bool { differences.isEmpty }
}

/// The cases of one adapter.
public struct AdapterCases: Sendable {
    public let file: String
    private let cases: [JSONValue]

    public static let suffix = ".cases.json"

    /// Reads the cases beside an adapter's file; throws where there are none or the file is wrong.
    public init(of adapter: CompiledAdapter, tree: FileTree) throws(ConfigurationFaults) {
        let file = String(adapter.file.dropLast(CompiledAdapter.suffix.count)) + AdapterCases.suffix
        func failure(_ detail: String, _ fix: String) -> ConfigurationFaults {
            ConfigurationFaults([ConfigurationFault(file: file, pointer: "", detail: detail, fix: fix)])
        }
        guard let bytes = tree[file] else { throw failure("no such file", "write cases beside the adapter") }
        let document: JSONValue
        do { document = try JSONValue(parsing: bytes) } catch {
            throw failure("not JSON: \(error)", "correct the file at that byte")
        }
        guard let list = document.arrayValue, !list.isEmpty else {
            throw failure("not a list of cases", "write at least one case in brackets")
        }
        self.file = file
        cases = list
    }

    public var count: Int { cases.count }

    /// Runs every case.
    public func run(_ adapter: CompiledAdapter, tree: FileTree, key: SubjectReferenceKey) -> [AdapterCaseResult] {
        cases.enumerated().map { number, testCase in
            let name = testCase["name"]?.stringValue ?? "case \(number + 1)"
            guard let expected = testCase["expect"], let input = testCase["input"],
                let bytes = AdapterCases.bytes(of: input, tree: tree)
            else {
                return AdapterCaseResult(name: name, differences: ["no input or no expectation that can be read"])
            }
            var translation = FileTranslation(adapter: adapter, key: key)
            var records: [TranslatedRecord] = []
            if let titles = AdapterCases.text(input["titles"]) {
                records = [translation.translate(record: bytes.span, titles: titles.span)]
            } else {
                translation.feed(bytes.span, isLast: true) { records.append($0) }
            }
            return AdapterCaseResult(name: name, differences: AdapterCases.compare(records, expected, adapter))
        }
    }

    // MARK: Input

    private static func bytes(of input: JSONValue, tree: FileTree) -> [UInt8]? {
        if let file = input["file"]?.stringValue { return tree[file] }
        if let base64 = input["base64"]?.stringValue { return try? Base64.decode(Array(base64.utf8)) }
        guard var text = text(input["text"]) else { return nil }
        for document in input["embedded"]?.objectValue ?? [] {
            guard let content = AdapterCases.text(document.value) else { return nil }
            text = replacing(Array("${\(document.name)}".utf8), in: text, with: Array(Base64.encode(content).utf8))
        }
        return text
    }

    /// A string, or lines joined by line ends.
    private static func text(_ value: JSONValue?) -> [UInt8]? {
        if let text = value?.stringValue { return Array(text.utf8) }
        guard let lines = value?.arrayValue else { return nil }
        return Array(lines.compactMap(\.stringValue).joined(separator: "\n").utf8)
    }

    private static func replacing(_ mark: [UInt8], in text: [UInt8], with content: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var place = 0
        while place < text.count {
            if text[place...].starts(with: mark) {
                result.append(contentsOf: content)
                place += mark.count
            } else {
                result.append(text[place])
                place += 1
            }
        }
        return result
    }

    // MARK: Comparison

    private static func compare(
        _ records: [TranslatedRecord], _ expected: JSONValue, _ adapter: CompiledAdapter
    ) -> [String] {
        let events = records.flatMap { record in record.events.events.map { (record, $0) } }
        let rejections = records.compactMap { record in record.rejection.map { (record.number, $0) } }
        let wantedEvents = expected["events"]?.arrayValue ?? []
        let wantedRejections = expected["rejections"]?.arrayValue ?? []
        var differences: [String] = []
        if events.count != wantedEvents.count || rejections.count != wantedRejections.count {
            differences.append(
                "\(events.count) events and \(rejections.count) rejections, expected \(wantedEvents.count) and "
                    + "\(wantedRejections.count)")
            differences += rejections.map { "record \($0): \($1.code.rawValue) at \($1.place): \($1.detail)" }
        }
        for (number, (got, wanted)) in zip(rejections, wantedRejections).enumerated() {
            let rejection = got.1
            for (name, value) in [("code", rejection.code.rawValue), ("place", rejection.place)] {
                if let text = wanted[name]?.stringValue, text.utf8.elementsEqual(value.utf8) { continue }
                differences.append("rejection \(number + 1): \(name) is \(value); \(rejection.detail)")
            }
        }
        for (number, (got, wanted)) in zip(events, wantedEvents).enumerated() {
            let value = (try? JSONValue(parsing: Array(got.0.events.bytes[got.1.value.range]))) ?? .null
            let contract = adapter.contracts[Int(got.1.contract)].name
            differences += compare(value, contract, wanted).map { "event \(number + 1): \($0)" }
        }
        return differences
    }

    private static func compare(_ value: JSONValue, _ contract: String, _ wanted: JSONValue) -> [String] {
        var differences: [String] = []
        if let name = wanted["contract"]?.stringValue, name != contract {
            differences.append("contract is \(contract)")
        }
        func resolved(_ pointer: String) -> JSONValue? { (try? JSONPointer(pointer)).flatMap { value.resolve($0) } }
        for field in wanted["fields"]?.objectValue ?? [] {
            let found = resolved(field.name)
            if found != field.value {
                let text = found.map { String(decoding: $0.write(), as: UTF8.self) } ?? "absent"
                differences.append("\(field.name) is \(text)")
            }
        }
        for pointer in wanted["present"]?.arrayValue?.compactMap(\.stringValue) ?? [] where resolved(pointer) == nil {
            differences.append("\(pointer) is absent")
        }
        for pointer in wanted["absent"]?.arrayValue?.compactMap(\.stringValue) ?? [] where resolved(pointer) != nil {
            differences.append("\(pointer) is there")
        }
        let issues = value["qualityIssues"]?.arrayValue?.compactMap { $0["code"]?.stringValue } ?? []
        let wantedIssues = wanted["issues"]?.arrayValue?.compactMap(\.stringValue) ?? []
        if issues != wantedIssues { differences.append("quality issues are \(issues)") }
        return differences
    }
}
