// `lgsp contract asyncapi`: every topic of the hub as one AsyncAPI 3.1 document, and the check that what lies on
// the topics is what the document says.
import Bus
import ContractRegistry
import Crypto
import JSON
import Pipeline
import Records
import Routing

enum ContractAsyncAPICommand {
    static let asyncapi = Command(
        words: ["contract", "asyncapi"], summary: "the hub's topics as an AsyncAPI 3.1 document",
        options: [
            .flag("check", "reads records of every topic of the running bus and compares them with the document"),
            .value("samples", "N", "records of each topic to compare (default: 20)"),
        ],
        example: "lgsp contract asyncapi --bootstrap-servers 127.0.0.1:9092 --check"
    ) { arguments in
        let rules = try HubRules(
            tree: try FileRoot.load(arguments.root), subjectSecret: try RandomBytes.make(count: 32))
        let bus = try BusCommands.bus(arguments)
        // Of a running hub the document tells the partitions that there are, else those that would be made.
        let isLive = arguments.bootstrapServers != nil || arguments.has("check")
        let topics = isLive ? try liveTopics(bus, rules) : plannedTopics(rules)
        let released = rules.routes.recipients.flatMap { recipient in
            recipient.routes.map {
                ReleasedFields(
                    recipient: recipient.recipient, contract: $0.contract, major: $0.major,
                    pointers: $0.release.map(\.description))
            }
        }
        let channels = topics.compactMap { HubChannel.make($0, contracts: rules.contracts, released: released) }
        let document = AsyncAPIDocument.make(channels, servers: bus.bootstrapServers, version: "1.0.0")
        if !arguments.has("check") {
            Output.bytes(document.write(pretty: true))
            Output.line("")
            return .done
        }
        let samples = try arguments.integer("samples", default: 20, in: 1...1_000_000)
        return try check(AsyncAPICheck(document), topics, bus, samples: samples, json: arguments.json)
    }

    private static func plannedTopics(_ rules: HubRules) -> [HubTopic] {
        Topology.plan(rules.topology, partitions: HubSettings().partitions).map {
            HubTopic(name: $0.name, partitions: $0.partitions, isCompacted: $0.isCompacted)
        }
    }

    /// The hub's topics as the bus has them.
    private static func liveTopics(_ bus: BusSettings, _ rules: HubRules) throws -> [HubTopic] {
        let planned = Dictionary(uniqueKeysWithValues: plannedTopics(rules).map { ($0.name, $0) })
        return try Admin(bus).listTopics().compactMap { topic in
            planned[topic.name].map {
                HubTopic(name: $0.name, partitions: topic.partitionCount, isCompacted: $0.isCompacted)
            }
        }
    }

    private static func check(
        _ check: AsyncAPICheck, _ topics: [HubTopic], _ bus: BusSettings, samples: Int, json: Bool
    ) throws -> ExitCode {
        var compared = 0
        var empty: [String] = []
        var wrong: [String] = []
        for topic in topics {
            var left = samples
            try BusCommands.readToEnd(topic.name, bus) { batch in
                for slot in batch.slots.prefix(left) {
                    let first = Int(slot.headerStart)
                    let headers = batch.headerSlots[first..<first + Int(slot.headerCount)].map {
                        (name: batch.text($0.name), value: batch.text($0.value))
                    }
                    let value = slot.value.isAbsent ? nil : Array(batch.arena[slot.value.range])
                    let found = check.disagreements(topic: topic.name, headers: headers, value: value)
                    wrong += found.map { "\(topic.name)/\(slot.partition)/\(slot.offset): \($0)" }
                }
                compared += min(left, batch.count)
                left -= min(left, batch.count)
            }
            if left == samples { empty.append(topic.name) }
        }
        if json {
            Output.json([
                "agrees": .bool(wrong.isEmpty), "topics": .integer(topics.count), "records": .integer(compared),
                "empty": .array(empty.map { .string($0) }), "disagreements": .array(wrong.map { .string($0) }),
            ])
        } else {
            wrong.prefix(50).forEach { Output.line("disagrees: \($0)") }
            Output.line(
                "\(topics.count) topics, \(topics.count - empty.count) with records: \(compared) records compared, "
                + "\(wrong.count) disagreements")
        }
        return wrong.isEmpty ? .done : .doesNotHold
    }
}
