// `lgsp rejected`: what the hub did not take, where it stands in the source and how to mend it.
import Bus
import JSON
import Records

enum RejectedCommands {
    static let all: [Command] = [list, show]

    private static let choice: [Option] = [
        .value("topic", "T", "one rejection topic only, such as rejected.health (default: all)"),
        .value("filter", "MEMBER=TEXT", "only rejections with that text in a member (code, stage, feed, file, place); again for more"),
    ]

    static let list = Command(
        words: ["rejected", "list"], summary: "how many records were rejected, by topic, feed, code and place",
        options: choice,
        example: "lgsp rejected list --topic rejected.health"
    ) { arguments in
        var counts: [[String]: Int] = [:]
        try read(arguments) { topic, value, _ in
            func text(_ name: String) -> String { value[name]?.stringValue ?? "" }
            counts[[topic, text("feed"), text("code"), text("place"), text("fix")], default: 0] += 1
            return true
        }
        let rows = counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key.lexicographicallyPrecedes($1.key) }
        if arguments.json {
            let titles = ["topic", "feed", "code", "place", "fix"]
            Output.json(
                .array(
                    rows.map { row in
                        .object(
                            zip(titles, row.key).map { JSONMember($0, .string($1)) } + [JSONMember("records", .integer(row.value))])
                    }))
        } else {
            Output.table(["topic", "feed", "code", "place", "records", "fix"], rows.map { Array($0.key[..<4]) + ["\($0.value)", $0.key[4]] })
            Output.line("total: \(rows.reduce(0) { $0 + $1.value }) rejected records")
        }
        return .done
    }

    static let show = Command(
        words: ["rejected", "show"], summary: "the rejected records one by one, oldest first, with their raw coordinates",
        options: choice + [.value("max", "N", "stop after so many (default: 20)")],
        example: "lgsp rejected show --topic rejected.health --filter code=map.date --max 5"
    ) { arguments in
        let limit = try arguments.integer("max", default: 20, in: 1...Int.max)
        var shown = 0
        try read(arguments) { topic, value, place in
            guard shown < limit else { return false }
            shown += 1
            let members = [JSONMember("topic", .string(topic)), JSONMember("at", .string(place))] + (value.objectValue ?? [])
            if arguments.json {
                Output.json(.object(members))
            } else {
                Output.line("── \(place)")
                for member in value.objectValue ?? [] {
                    Output.line("   \(member.name): \(member.value.stringValue ?? String(decoding: member.value.write(), as: UTF8.self))")
                }
            }
            return true
        }
        if shown == 0, !arguments.json { Output.line("nothing was rejected") }
        return .done
    }

    /// Hands over every rejection that the options choose until the body has enough.
    private static func read(
        _ arguments: Arguments, _ body: (_ topic: String, _ value: JSONValue, _ place: String) -> Bool
    ) throws {
        var filters: [(name: String, text: String)] = []
        for filter in arguments.all("filter") {
            guard let equals = filter.firstIndex(of: "=") else {
                throw CommandFailure(.usage, "--filter \(filter): needs the form MEMBER=TEXT, such as code=map.date")
            }
            filters.append((String(filter[..<equals]), String(filter[filter.index(after: equals)...])))
        }
        let bus = try BusCommands.bus(arguments)
        let known = try Admin(bus).listTopics().map(\.name).filter { $0.hasPrefix("rejected.") }.sorted()
        var topics = known
        if let topic = arguments.value("topic") {
            guard known.contains(topic) else {
                throw CommandFailure(.usage, "--topic \(topic): no such topic of rejections; there are \(known.joined(separator: ", "))")
            }
            topics = [topic]
        }
        for topic in topics {
            var wantsMore = true
            try BusCommands.readToEnd(topic, bus) { batch in
                for slot in batch.slots where wantsMore && !slot.value.isAbsent {
                    guard let value = try? JSONValue(parsing: Array(batch.arena[slot.value.range])) else { continue }
                    let isChosen = filters.allSatisfy { filter in value[filter.name]?.stringValue?.contains(filter.text) ?? false }
                    if isChosen { wantsMore = body(topic, value, "\(topic)/\(slot.partition)/\(slot.offset)") }
                }
            }
            if !wantsMore { return }
        }
    }
}
