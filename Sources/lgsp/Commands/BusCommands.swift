// Looking at the bus: topics, lag, the records of a topic.
import Bus
import Foundation
import JSON
import Operations
import Records
import Runtime

enum BusCommands {
    static let all: [Command] = [topics, lag, tail]

    /// How to reach the bus: `--bootstrap-servers`, else the configuration, else the embedded broker's own address.
    static func bus(_ arguments: Arguments, clientId: String = "lgsp-cli") throws(CommandFailure) -> BusSettings {
        if let servers = arguments.bootstrapServers { return BusSettings(bootstrapServers: servers, clientId: clientId) }
        var settings = HubSettings()
        if let file = arguments.value("config") {
            settings = try HubSettings(parsing: try FileRoot.bytes(of: file), file: file)
        }
        return BusSettings(
            bootstrapServers: settings.bootstrapServers ?? settings.listen, clientId: clientId, extra: settings.kafka)
    }

    /// Hands over every record that a topic holds now, partition by partition in order.
    ///
    /// - Returns: false where there is no such topic.
    @discardableResult
    static func readToEnd(_ topic: String, _ bus: BusSettings, _ body: (borrowing RecordBatch) -> Void) throws -> Bool {
        guard let found = try Admin(bus).describeTopic(topic) else { return false }
        try AssignedReader(bus, from: found.partitions.map { .oldest($0.topic, $0.partition) }).readToEnd(body)
        return true
    }

    static let topics = Command(
        words: ["topics"], summary: "the topics of the bus with partitions and records",
        example: "lgsp topics --bootstrap-servers 127.0.0.1:9092"
    ) { arguments in
        let admin = try Admin(try bus(arguments))
        let topics = try admin.listTopics().filter { !$0.name.hasPrefix("__") }
        let partitions = topics.flatMap(\.partitions)
        let ends = try admin.endOffsets(of: partitions)
        let oldest = try admin.oldestOffsets(of: partitions)
        var held: [String: Int64] = [:]
        for (end, start) in zip(ends, oldest) { held[end.topic, default: 0] += max(0, end.offset - start.offset) }
        if arguments.json {
            let list = topics.map { topic in
                JSONValue.object([
                    JSONMember("topic", .string(topic.name)), JSONMember("partitions", .integer(topic.partitionCount)),
                    JSONMember("offsets", .integer(held[topic.name] ?? 0)),
                ])
            }
            Output.bytes(JSONValue.array(list).write())
            Output.line("")
        } else {
            Output.table(
                ["topic", "partitions", "offsets held"],
                topics.map { [$0.name, "\($0.partitionCount)", "\(held[$0.name] ?? 0)"] })
        }
        return .done
    }

    static let lag = Command(
        words: ["lag"], summary: "how far each consumer group is behind, in records and seconds",
        options: [
            .value("group", "G", "one group only"), .flag("watch", "again every 2 seconds until interrupted"),
        ],
        example: "lgsp lag --bootstrap-servers 127.0.0.1:9092 --group share"
    ) { arguments in
        let admin = try Admin(try bus(arguments))
        let shutdown = try ShutdownSignal.installed()
        repeat {
            let rows = try GroupLag.measure(admin, groups: arguments.value("group").map { [$0] })
            show(rows, json: arguments.json)
            Output.flush()
            guard arguments.has("watch") else { break }
        } while !shutdown.wait(until: Deadline(afterMilliseconds: 2_000))
        return .done
    }

    static func show(_ rows: [PartitionLag], json: Bool) {
        if json {
            Output.bytes(JSONValue.array(rows.map(document)).write())
            Output.line("")
            return
        }
        Output.table(
            ["group", "topic", "partition", "committed", "end", "lag", "seconds", "status"],
            rows.map { row in
                [
                    row.group, row.topic, "\(row.partition)", row.committed.map { "\($0)" } ?? "-", "\(row.end)",
                    "\(row.records)", row.seconds.map { String(format: "%.1f", $0) } ?? "-", row.status.rawValue,
                ]
            })
        Output.line("total lag: \(rows.reduce(0) { $0 + $1.records }) records in \(Set(rows.map(\.group)).count) groups")
    }

    static func document(_ row: PartitionLag) -> JSONValue {
        var members = [
            JSONMember("group", .string(row.group)), JSONMember("topic", .string(row.topic)),
            JSONMember("partition", .integer(row.partition)), JSONMember("end", .integer(row.end)),
            JSONMember("lag", .integer(row.records)), JSONMember("status", .string(row.status.rawValue)),
        ]
        members.append(JSONMember("committed", row.committed.map { .integer($0) } ?? .null))
        members.append(JSONMember("seconds", row.seconds.map { .number(String(format: "%.3f", $0)) } ?? .null))
        return .object(members)
    }

    static let tail = Command(
        words: ["tail"], summary: "the records of a topic, from the oldest on, as they are committed",
        positional: "TOPIC",
        options: [
            .value("max", "N", "stop after so many records"), .flag("end", "stop at the present end of the topic"),
        ],
        example: "lgsp tail contract.medical-visit.v1 --max 3"
    ) { arguments in
        let name = try arguments.required(0, "TOPIC")
        let limit = try arguments.integer("max", default: Int.max, in: 1...Int.max)
        let settings = try bus(arguments)
        guard let topic = try Admin(settings).describeTopic(name) else {
            throw CommandFailure(.doesNotHold, "no topic \(name); lgsp topics lists them")
        }
        let shutdown = try ShutdownSignal.installed()
        let reader = try AssignedReader(settings, from: topic.partitions.map { .oldest($0.topic, $0.partition) })
        let ends = try reader.endOffsets()
        var batch = RecordBatch()
        var shown = 0
        while !shutdown.isRequested, shown < limit, !(arguments.has("end") && reader.hasReached(ends)) {
            _ = try reader.poll(into: &batch, timeoutMilliseconds: 100)
            for slot in batch.slots.prefix(limit - shown) { print(slot, of: batch, json: arguments.json) }
            shown += min(batch.count, limit - shown)
            Output.flush()
        }
        return .done
    }

    private static func print(_ slot: RecordSlot, of batch: borrowing RecordBatch, json: Bool) {
        let value = slot.value.isAbsent ? nil : batch.text(slot.value)
        let first = Int(slot.headerStart)
        var headers: [JSONMember] = []
        for header in batch.headerSlots[first..<first + Int(slot.headerCount)] {
            headers.append(JSONMember(batch.text(header.name), .string(batch.text(header.value))))
        }
        if json {
            Output.bytes(
                JSONValue.object([
                    JSONMember("topic", .string(batch.topics[Int(slot.topic)])),
                    JSONMember("partition", .integer(slot.partition)), JSONMember("offset", .integer(slot.offset)),
                    JSONMember("key", slot.key.isAbsent ? .null : .string(batch.text(slot.key))),
                    JSONMember("headers", .object(headers)), JSONMember("value", value.map { .string($0) } ?? .null),
                ]).write())
            Output.line("")
        } else {
            Output.line("── \(batch.topics[Int(slot.topic)])/\(slot.partition)/\(slot.offset) key=\(batch.text(slot.key))")
            for header in headers { Output.line("   \(header.name): \(header.value.stringValue ?? "")") }
            Output.line("   \(value ?? "(tombstone)")")
        }
    }
}
