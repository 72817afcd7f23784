// `lgsp broker fsck` and `lgsp broker dump`: a data directory looked at without its broker; nothing is changed.
import Broker
import Bytes
import Crypto
import JSON

enum BrokerLogCommands {
    static let all: [Command] = [fsck, dump]

    static let fsck = Command(
        words: ["broker", "fsck"], summary: "reads every byte of a broker's log and says what is damaged (exit 4)",
        options: [.value("data", "DIR", "the broker's folder (required)")],
        example: "lgsp broker fsck --data hub-data/broker"
    ) { arguments in
        let data = try folder(arguments)
        let findings: [BrokerLog.Finding]
        do {
            findings = try BrokerLog.check(data)
        } catch {
            throw CommandFailure(.unreachable, "\(data): \(error); may this user read every file below it?")
        }
        let damageCount = findings.count { $0.isDamage }
        if arguments.json {
            Output.json([
                "intact": .bool(damageCount == 0),
                "findings": .array(
                    findings.map {
                        [
                            "topic": .string($0.topic), "partition": .integer($0.partition),
                            "damage": .bool($0.isDamage), "detail": .string($0.detail),
                        ]
                    }),
            ])
        } else {
            for finding in findings {
                Output.line("\(finding.isDamage ? "DAMAGE" : "notice") \(finding.topic)-\(finding.partition): \(finding.detail)")
            }
            Output.line(damageCount == 0 ? "\(data): intact" : "\(data): \(damageCount) damaged places; put a backup back, or let agencies send again")
        }
        return damageCount == 0 ? .done : .integrity
    }

    static let dump = Command(
        words: ["broker", "dump"], summary: "the records of a topic in a broker's log, one JSON document a line",
        options: [
            .value("data", "DIR", "the broker's folder (required)"), .value("topic", "T", "the topic (required)"),
        ],
        example: "lgsp broker dump --data hub-data/broker --topic audit"
    ) { arguments in
        let data = try folder(arguments)
        guard let topic = arguments.value("topic") else { throw CommandFailure(.usage, "--topic T is missing") }
        do {
            try BrokerLog.dump(data, topic: topic) { Output.json(document($0)) }
        } catch {
            throw CommandFailure(.integrity, "\(data), topic \(topic): \(error); lgsp broker fsck says what is damaged")
        }
        return .done
    }

    private static func document(_ record: BrokerLog.DumpedRecord) -> JSONValue {
        var members = [
            JSONMember("partition", .integer(record.partition)), JSONMember("offset", .integer(record.offset)),
            JSONMember("timestamp", .integer(record.timestamp)), JSONMember("key", text(record.key)),
            JSONMember("sha256", record.value.map { .string(SHA256.hash($0).hex) } ?? .null),
            JSONMember("valueBytes", record.value.map { .integer($0.count) } ?? .null),
            JSONMember("producerId", .integer(record.producerID)), JSONMember("epoch", .integer(record.producerEpoch)),
            JSONMember("sequence", .integer(record.sequence)),
            JSONMember("transactional", .bool(record.isTransactional)),
            JSONMember("transaction", .string(record.transaction.rawValue)), JSONMember("control", .bool(record.isControl)),
        ]
        if record.isCompressed {
            members += [JSONMember("compressed", true), JSONMember("lastOffset", .integer(record.lastOffset))]
        }
        return .object(members)
    }

    /// A key as text; bytes that are not UTF-8 as `base64:…`.
    private static func text(_ key: [UInt8]?) -> JSONValue {
        guard let key else { return .null }
        return .string(String(validating: key, as: UTF8.self) ?? "base64:" + Base64.encode(key))
    }

    private static func folder(_ arguments: Arguments) throws(CommandFailure) -> String {
        guard let data = arguments.value("data") else {
            throw CommandFailure(.usage, "--data DIR is missing: the broker's folder, <data>/broker of a hub")
        }
        guard FileRoot.isFolder(data) else {
            throw CommandFailure(.usage, "\(data) is no folder that can be read; is the path right?")
        }
        return data
    }
}
