// `lgsp route`: who receives what, whether the rules do what their cases say, and what they make of one event.
import Consent
import ContractRegistry
import Crypto
import JSON
import Models
import Records
import Routing
import Runtime

enum RouteCommands {
    static let all: [Command] = [list, check, explain]

    static let list = Command(
        words: ["route", "list"], summary: "the routes: recipient, contract, purpose, basis, released fields",
        example: "lgsp route list"
    ) { arguments in
        let routes = try load(try FileRoot.load(arguments.root))
        var rows: [[String]] = []
        var documents: [JSONValue] = []
        for rules in routes.recipients {
            for route in rules.routes {
                let bases = route.basis.map { basis -> String in
                    switch basis {
                    case .law(let law): "law: \(law.text)"
                    case .consent(let consent): "consent: \(consent.purpose)"
                    }
                }
                rows.append([
                    rules.recipient, "\(route.contract).v\(route.major)", route.purpose, "\(route.release.count)",
                    route.dataClass.rawValue, bases.joined(separator: "; "),
                ])
                documents.append([
                    "recipient": .string(rules.recipient), "kind": .string(rules.kind.rawValue),
                    "contract": .string("\(route.contract).v\(route.major)"), "purpose": .string(route.purpose),
                    "basis": .array(bases.map { .string($0) }), "dataClass": .string(route.dataClass.rawValue),
                    "release": .array(route.release.map { .string($0.description) }),
                ])
            }
        }
        arguments.json
            ? Output.json(.array(documents))
            : Output.table(["recipient", "contract", "purpose", "fields", "class", "basis"], rows)
        return .done
    }

    static let check = Command(
        words: ["route", "check"], summary: "loads every route and runs the cases beside them",
        example: "lgsp route check"
    ) { arguments in
        let tree = try FileRoot.load(arguments.root)
        let routes = try load(tree)
        let report = RouteCases.run(tree: tree, routes: routes)
        let holds = report.failures.isEmpty && report.recipientsWithoutCases.isEmpty
        if arguments.json {
            Output.json([
                "passed": .integer(report.passedCount), "failed": .integer(report.failures.count),
                "failures": .array(
                    report.failures.map {
                        ["file": .string($0.file), "case": .string($0.name), "detail": .string($0.detail)]
                    }),
                "recipientsWithoutCases": .array(report.recipientsWithoutCases.map { .string($0) }),
                "notices": .array(routes.notices.map(\.json)),
            ])
        } else {
            routes.notices.forEach { Output.line("notice: \($0)") }
            report.failures.forEach { Output.line("failed: \($0)") }
            for recipient in report.recipientsWithoutCases {
                Output.line("failed: \(recipient) has no cases; write Routes/\(recipient).cases.json")
            }
            Output.line(
                "\(routes.recipients.count) recipients, \(routes.recipients.reduce(0) { $0 + $1.routes.count }) routes; "
                    + "cases: \(report.passedCount) passed, \(report.failures.count) failed")
        }
        return holds ? .done : .doesNotHold
    }

    static let explain = Command(
        words: ["route", "explain"],
        summary: "what every recipient gets of one event, on which basis, or why it does not",
        options: [
            .value("event", "FILE", "a CloudEvent as JSON, such as a line of lgsp adapter run; - for standard input (required)"),
            .value("consents", "FILE", "consent records, one JSON document a line (default: nobody has consented)"),
            .value("at", "TIME", "RFC 3339 date or date-time at which it is decided (default: now)"),
            .value("data", "DIR", "the hub's folder, for its own subject references (default: a key thrown away afterwards)"),
            .flag("all", "also the routes on other contracts"),
        ],
        example: "lgsp route explain --event event.json --consents consents.jsonl --at 2026-01-15"
    ) { arguments in
        guard let file = arguments.value("event") else {
            throw CommandFailure(.usage, "--event FILE is missing: a CloudEvent as JSON; lgsp adapter run writes them")
        }
        let event: SharedEvent
        do {
            event = try SharedEvent(try JSONValue(parsing: try FileRoot.bytes(of: file)))
        } catch let error as JSONError {
            throw CommandFailure(.doesNotHold, "\(file): not one JSON document: \(error)")
        } catch let error as SharedEventError {
            throw CommandFailure(.doesNotHold, "\(file)#/\(error.attribute): not an event of the hub: \(error.fix)")
        }
        let secret = try arguments.value("data").map { data throws(CommandFailure) in try HubSecrets.subjectKey(data: data) }
        let key = try secret ?? AdapterCommands.throwAwayKey()
        let consents = try consents(arguments.value("consents"), secret: key)
        let tree = try FileRoot.load(arguments.root)
        let contracts = try ContractSet.load(tree)
        guard contracts.contract(event.contract, major: event.major) != nil else {
            throw CommandFailure(.doesNotHold, "\(file)#/type: no contract \(event.contract).v\(event.major); lgsp contract list shows them")
        }
        let explanations = RouteExplanation.explain(
            event, routes: try load(tree), consents: consents, at: try time(arguments), referenceSecret: key)
        let shown = explanations.filter { arguments.has("all") || arguments.json || $0.outcome != .otherContract }
        if arguments.json {
            Output.json(.array(shown.map(\.json)))
        } else {
            let english = try arguments.language() == .english
            for explanation in shown { Output.bytes(explanation.text(english: english).utf8) }
            if shown.isEmpty { Output.line("no route is on \(event.contract).v\(event.major)") }
        }
        return .done
    }

    private static func time(_ arguments: Arguments) throws(CommandFailure) -> Int64 {
        guard let text = arguments.value("at") else { return SystemClock().wallMilliseconds() }
        guard let time = Instant.dateOrDateTime(text) else {
            throw CommandFailure(.usage, "--at \(text): needs a date (2026-01-15) or a date-time (2026-01-15T08:00:00+07:00)")
        }
        return time
    }

    private static func consents(_ file: String?, secret: [UInt8]) throws(CommandFailure) -> ConsentView {
        var view = ConsentView()
        guard let file else { return view }
        for record in try ConsentImport.records(
            try FileRoot.bytes(of: file), file: file, key: SubjectReferenceKey(secret: secret))
        {
            let key = record.key
            let value = record.value
            view.apply(key: key.span, value: value.span)
        }
        return view
    }

    static func load(_ tree: FileTree) throws(ConfigurationFaults) -> RouteSet {
        try RouteSet.load(tree: tree, contracts: try ContractSet.load(tree).contracts.map { ContractFields($0) })
    }
}
