// `lgsp model` and `lgsp report`: the 42 models of the province's decision, and what the indicators on the bus say
// of them.
import Bus
import Models
import Records
import JSON
import Runtime

enum ModelCommands {
    static let all: [Command] = [list, show, report]

    static let list = Command(
        words: ["model", "list"], summary: "the 42 models with lead agency and deadline, and which of them are built",
        example: "lgsp model list --lang en"
    ) { arguments in
        let language = try arguments.language()
        let today = CalendarDay.today()
        if arguments.json {
            Output.json(.array(ModelCatalogue.heads.map { head($0, on: today) }))
        } else {
            Output.table(
                ["model", "built", "deadline", "lead agency", "title"],
                ModelCatalogue.heads.map { head in
                    [
                        head.code, ModelRegistry.model(head.number) == nil ? "" : "yes", language(head.deadline.title),
                        head.leads.map { language($0.title(on: today)) }.joined(separator: ", "), language(head.title),
                    ]
                })
        }
        return .done
    }

    static let show = Command(
        words: ["model", "show"], summary: "one model: target, contracts and fields it reads, indicators, method",
        positional: "NN",
        example: "lgsp model show 05"
    ) { arguments in
        let text = try arguments.required(0, "NN, the model's number,")
        guard let number = Int(text), let found = ModelCatalogue.heads.first(where: { $0.number == number }) else {
            throw CommandFailure(.usage, "no model \(text); lgsp model list has them, 01 to \(ModelCatalogue.heads.count)")
        }
        let language = try arguments.language()
        let today = CalendarDay.today()
        let spec = ModelRegistry.model(number)?.spec
        if arguments.json {
            Output.json(.object((head(found, on: today).objectValue ?? []) + (spec.map(members) ?? [])))
            return .done
        }
        Output.line("\(found.code) \(language(found.title))")
        Output.line("lead: \(found.leads.map { language($0.title(on: today)) }.joined(separator: ", "))")
        Output.line("with: \(found.partners.map { language($0.title(on: today)) }.joined(separator: ", "))")
        Output.line("deadline: \(language(found.deadline.title)) · target: \(language(found.target))")
        guard let spec else {
            Output.line("not built yet: the report has a row for it, without data")
            return .done
        }
        Output.line("group: \(found.group) · findings: \(spec.output)")
        for input in spec.inputs {
            Output.line("reads \(input.contract): \(input.pointers.joined(separator: " "))")
        }
        Output.line("")
        Output.table(
            ["indicator", "role", "formula", "target", "title"],
            spec.indicators.map {
                [
                    $0.name, $0.role.rawValue, $0.formula.rawValue, $0.target.map { "\($0)" } ?? "-",
                    language($0.title),
                ]
            })
        Output.line("")
        Output.line(spec.method)
        return .done
    }

    private static func head(_ head: ModelHead, on day: CalendarDay) -> JSONValue {
        [
            "model": .integer(head.number), "title": title(head.title),
            "built": .bool(ModelRegistry.model(head.number) != nil),
            "leads": .array(head.leads.map { title($0.title(on: day)) }),
            "deadline": title(head.deadline.title), "target": title(head.target),
        ]
    }

    private static func members(of spec: ModelSpec) -> [JSONMember] {
        let inputs = spec.inputs.map { input -> JSONValue in
            [
                "contract": .string(input.contract),
                "fields": .array(input.pointers.map { .string($0) }),
            ]
        }
        let indicators = spec.indicators.map { indicator -> JSONValue in
            [
                "indicator": .string(indicator.name), "title": title(indicator.title),
                "role": .string(indicator.role.rawValue), "formula": .string(indicator.formula.rawValue),
                "target": indicator.target.map { .integer($0) } ?? .null,
            ]
        }
        return [
            JSONMember("group", .string(spec.head.group)), JSONMember("output", .string(spec.output)),
            JSONMember("inputs", .array(inputs)), JSONMember("indicators", .array(indicators)),
            JSONMember("method", .string(spec.method)),
        ]
    }

    private static func title(_ title: Title) -> JSONValue {
        ["vi": .string(title.vietnamese), "en": .string(title.english)]
    }

    // MARK: report

    static let report = Command(
        words: ["report"], summary: "the report on the 42 models for a month or a quarter, from the indicators on the bus",
        options: [
            .value("month", "YYYY-MM", "the month to report on"),
            .value("quarter", "YYYY-Qn", "the quarter to report on"),
            .value("format", "text|csv|json|html", "how it is written (default: text; json with --json)"),
            .value("as-of", "DATE", "the day on which status and overdue are judged (default: today)"),
        ],
        example: "lgsp report --quarter 2024-Q2 --format html --lang vi > report.html"
    ) { arguments in
        let period = try period(arguments)
        let language = try arguments.language()
        let name = arguments.value("format") ?? (arguments.json ? "json" : "text")
        guard let format = ReportFormat(rawValue: name) else {
            throw CommandFailure(.usage, "--format \(name): must be text, csv, json or html")
        }
        var day = CalendarDay.today()
        if let text = arguments.value("as-of") {
            guard let given = CalendarDay(text) else {
                throw CommandFailure(.usage, "--as-of \(text): needs a date such as 2024-07-15")
            }
            day = given
        }
        var indicators: [IndicatorRecord] = []
        let isThere = try BusCommands.readToEnd(TopicName.indicator, try BusCommands.bus(arguments)) { batch in
            for slot in batch.slots {
                indicators.append(
                    IndicatorRecord(
                        key: Array(batch.arena[slot.key.range]),
                        value: slot.value.isAbsent ? nil : Array(batch.arena[slot.value.range]),
                        updatedMilliseconds: slot.timestampMilliseconds))
            }
        }
        if !isThere {
            Output.diagnostic("lgsp report: the bus has no topic \(TopicName.indicator) yet: no model has run, so every row is without data")
        }
        Output.bytes(Report.build(indicators: indicators, asOf: day, period: period).render(as: format, in: language))
        return .done
    }

    private static func period(_ arguments: Arguments) throws(CommandFailure) -> ReportPeriod {
        let month = arguments.value("month")
        let quarter = arguments.value("quarter")
        guard (month == nil) != (quarter == nil), let text = month ?? quarter else {
            throw CommandFailure(.usage, "give either --month YYYY-MM or --quarter YYYY-Qn")
        }
        guard let period = ReportPeriod(text), period.monthCount == (month == nil ? 3 : 1) else {
            throw CommandFailure(
                .usage, month == nil ? "--quarter \(text): needs the form 2024-Q2" : "--month \(text): needs the form 2024-06")
        }
        return period
    }
}

extension CalendarDay {
    /// The present day in Vietnam.
    static func today() -> CalendarDay {
        CalendarDay(daysSince1970: (SystemClock().wallMilliseconds() + 7 * 3_600_000) / 86_400_000)
    }
}
