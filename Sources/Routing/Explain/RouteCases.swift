// The cases beside the route files: an event, consents and a time with the decision and the released fields
// that must come of them. Run by the tests and by `lgsp route check`, so that an integrator runs the same.

import Consent
import JSON
public import Records

/// One case that did not come out as written.
public struct RouteCaseFailure: Sendable, Equatable, CustomStringConvertible {
    public var file: String
    public var name: String
    public var detail: String
    public var description: String { "\(file): \(name): \(detail)" }
}

/// What running the cases gave.
public struct RouteCasesReport: Sendable {
    public var passedCount = 0
    public var failures: [RouteCaseFailure] = []
    /// Recipients with a route file and no cases.
    public var recipientsWithoutCases: [String] = []
}

/// The runner of `Routes/<recipient>.cases.json`.
public enum RouteCases {
    /// Runs every case of a tree against loaded routes.
    public static func run(tree: FileTree, routes: RouteSet) -> RouteCasesReport {
        var report = RouteCasesReport()
        for rules in routes.recipients {
            let path = "Routes/\(rules.recipient).cases.json"
            guard let bytes = tree[path] else {
                report.recipientsWithoutCases.append(rules.recipient)
                continue
            }
            run(bytes, path, rules.recipient, routes, &report)
        }
        return report
    }

    private static func run(
        _ bytes: [UInt8], _ path: String, _ recipient: String, _ routes: RouteSet, _ report: inout RouteCasesReport
    ) {
        let document: JSONValue
        do {
            document = try JSONValue(parsing: bytes)
        } catch {
            report.failures.append(RouteCaseFailure(file: path, name: "", detail: "not JSON: \(error)"))
            return
        }
        var collector = FaultCollector(file: path)
        if collector.object(document, "", known: ["events", "cases"]) != nil {
            for (number, one) in collector.array(document, "cases", "", countMax: 10_000).enumerated() {
                let known = ["name", "event", "patch", "consents", "at", "expect"]
                guard collector.object(one, "/cases/\(number)", known: known) != nil else { continue }
                let name = one["name"]?.stringValue ?? "case \(number + 1)"
                if let detail = failure(one, recipient, document["events"], routes) {
                    report.failures.append(RouteCaseFailure(file: path, name: name, detail: detail))
                } else {
                    report.passedCount += 1
                }
            }
        }
        for fault in collector.faults {
            report.failures.append(RouteCaseFailure(file: path, name: fault.pointer, detail: fault.detail))
        }
    }

    /// What went otherwise than written; nil where nothing did.
    private static func failure(
        _ one: JSONValue, _ recipient: String, _ events: JSONValue?, _ routes: RouteSet
    ) -> String? {
        guard let name = one["event"]?.stringValue, let written = events?[name] else {
            return "\"event\" names none of \"events\""
        }
        let document = one["patch"].map { merge(written, ["data": $0]) } ?? written
        let event: SharedEvent
        do { event = try SharedEvent(document) } catch { return "event \(name): \(error)" }
        guard let at = one["at"]?.stringValue.flatMap({ Instant.dateOrDateTime($0) }) else {
            return "\"at\" is no time"
        }
        var consents = ConsentView()
        for value in one["consents"]?.arrayValue ?? [] {
            do {
                let record = try ConsentRecord(value: value)
                let key = record.key
                let bytes = record.value
                consents.apply(key: key.span, value: bytes.span)
            } catch {
                return "a consent is malformed: \(error.rawValue)"
            }
        }
        let explained = RouteExplanation.explain(
            event, routes: routes, consents: consents, at: at, referenceSecret: Array("cases".utf8)
        ).first {
            $0.recipient == recipient && $0.contract == "\(event.contract).v\(event.major)"
        }
        guard let explained else { return "the recipient has no route on \(event.contract).v\(event.major)" }
        guard let expected = one["expect"] else { return "\"expect\" is missing" }
        return difference(explained, expected)
    }

    private static func difference(_ explained: RouteExplanation, _ expected: JSONValue) -> String? {
        for member in expected.objectValue ?? []
        where !["decision", "reason", "basis", "fields"].contains(member.name) {
            return "\"expect\" has the unknown member \(member.name)"
        }
        if explained.outcome.word != expected["decision"]?.stringValue {
            return "decision \(explained.outcome), expected \(expected["decision"]?.stringValue ?? "none")"
        }
        switch explained.outcome {
        case .deny(let reason):
            if reason.rawValue != expected["reason"]?.stringValue { return "reason \(reason.rawValue)" }
        case .permit:
            if let basis = expected["basis"]?.stringValue, basis != explained.basis {
                return "basis \(explained.basis ?? "none")"
            }
            guard let fields = expected["fields"]?.arrayValue?.compactMap(\.stringValue) else {
                return "\"fields\" must list what is released: \(explained.released.joined(separator: " "))"
            }
            let extra = explained.released.filter { !fields.contains($0) }
            let missing = fields.filter { !explained.released.contains($0) }
            if !extra.isEmpty { return "releases also \(extra.joined(separator: " "))" }
            if !missing.isEmpty { return "does not release \(missing.joined(separator: " "))" }
        case .conditionFails, .otherContract: break
        }
        return nil
    }

    /// JSON Merge Patch (RFC 7386).
    private static func merge(_ target: JSONValue, _ patch: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var members = target.objectValue ?? []
        for change in changes {
            let name = Array(change.name.utf8)
            let place = members.firstIndex { Array($0.name.utf8) == name }
            if change.value.isNull {
                if let place { members.remove(at: place) }
            } else if let place {
                members[place].value = merge(members[place].value, change.value)
            } else {
                members.append(JSONMember(change.name, merge(.null, change.value)))
            }
        }
        return .object(members)
    }
}
