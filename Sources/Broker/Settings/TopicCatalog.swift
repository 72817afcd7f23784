// Which topics there are: names, ids, partition counts and settings, with the cluster's id and the
// producer ids given out. Kept in one file that is replaced whole and durably before a change takes
// effect, so that a crash leaves the state before or after.
//
// File `catalog`, version 1, big-endian: "LGCT", version i16, cluster id, next producer id i64, topic
// count i32, topics (name, id 2 x u64, partition count i32, setting count i32, names and values),
// CRC-32C. Texts are a length i32 and UTF-8.

import Bytes
import KafkaWire

/// A topic and its partitions.
final class Topic {
    let name: String
    let id: TopicID
    var values: [String: String]
    var partitions: [PartitionLog] = []
    var partitionCount: Int

    init(name: String, id: TopicID, partitionCount: Int, values: [String: String]) {
        self.name = name
        self.id = id
        self.partitionCount = partitionCount
        self.values = values
    }

    var isInternal: Bool { name == TopicCatalog.offsetsTopic || name == TopicCatalog.transactionsTopic }

    func partition(_ index: Int32) -> PartitionLog? {
        index >= 0 && index < partitions.count ? partitions[Int(index)] : nil
    }
}

/// All topics, by name and id.
final class TopicCatalog {
    static let offsetsTopic = "__consumer_offsets"
    static let transactionsTopic = "__transaction_state"
    private static let magic: UInt32 = 0x4c47_4354
    /// What a catalog can say of one topic; more is no catalog of ours.
    private static let partitionCountMax = 1_000_000
    /// Producer ids reserved with one write of the file.
    private static let producerIDBlock: Int64 = 1_000

    let settings: BrokerSettings
    let disk: any Disk
    private(set) var clusterID = ""
    private(set) var topics: [String: Topic] = [:]
    private(set) var namesByID: [TopicID: String] = [:]
    /// Changes whenever a topic comes, goes or grows.
    private(set) var revision = 0
    /// Broker-wide values set while the broker runs; see `AdministrationStore`.
    private var dynamicValues: [String: String] = [:]
    private var nextProducerID: Int64 = 1
    private var reservedProducerIDs: Int64 = 1

    init(settings: BrokerSettings, disk: any Disk, now: Int64) throws(DiskError) {
        self.settings = settings
        self.disk = disk
        try disk.createDirectory(settings.dataDirectory)
        if let bytes = try disk.readAll(path) {
            guard decode(bytes) else { throw DiskError(operation: "decode", path: path, code: 74) }
        } else {
            try refuseOrphans()
            let id = Self.randomID()
            var raw = ByteWriter()
            raw.integer(id.high)
            raw.integer(id.low)
            clusterID = Base64.encode(raw.bytes, urlSafe: true)
            try save()
        }
        for topic in topics.values {
            for index in 0..<topic.partitionCount { topic.partitions.append(try openLog(topic, index, now: now)) }
        }
    }

    /// Partitions without a catalog are somebody's data: a fresh catalog would number them anew.
    private func refuseOrphans() throws(DiskError) {
        for name in try disk.list(settings.dataDirectory) {
            let names = (try? disk.list(settings.dataDirectory + "/" + name)) ?? []
            guard names.contains(where: { $0.hasSuffix(".log") }) else { continue }
            throw DiskError(operation: "find the catalog of the partitions beside", path: path, code: 2)
        }
    }

    private var path: String { settings.dataDirectory + "/catalog" }
    var partitionCount: Int { topics.values.reduce(0) { $0 + $1.partitions.count } }
    var sortedTopics: [Topic] { topics.values.sorted { $0.name < $1.name } }

    func topic(_ id: TopicID) -> Topic? { namesByID[id].flatMap { topics[$0] } }
    func log(_ topic: String, _ index: Int32) -> PartitionLog? { topics[topic]?.partition(index) }

    static func randomID() -> TopicID {
        TopicID(high: .random(in: 1...UInt64.max), low: .random(in: 1...UInt64.max))
    }

    /// Letters, digits, `.`, `_` and `-`; at most 249; so names are also safe as directory names.
    static func isLegal(_ name: String) -> Bool {
        guard (1...249).contains(name.utf8.count), name != ".", name != ".." else { return false }
        return name.utf8.allSatisfy { character in
            switch character {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }

    // MARK: Settings

    /// A topic setting's value: the topic's own, else the broker's, else Kafka's default.
    func value(_ key: TopicSettingKey, of topic: Topic?) -> String {
        if let own = topic?.values[key.name] { return own }
        guard let name = key.brokerName else { return key.initial }
        return dynamicValues[name] ?? settings.values[name] ?? key.initial
    }

    func resolve(_ topic: Topic) -> TopicSettings {
        TopicSettings { name in
            TopicSettingKey.named(name).map { self.value($0, of: topic) } ?? topic.values[name] ?? ""
        }
    }

    /// Lets all logs go by broker-wide values that have changed.
    func useDynamicValues(_ values: [String: String]) {
        guard values != dynamicValues else { return }
        dynamicValues = values
        for topic in topics.values {
            let resolved = resolve(topic)
            for log in topic.partitions { log.settings = resolved }
        }
    }

    func setValues(_ values: [String: String], of topic: Topic) throws(DiskError) {
        let before = topic.values
        topic.values = values
        do throws(DiskError) {
            try save()
        } catch {
            topic.values = before
            throw error
        }
        let resolved = resolve(topic)
        for log in topic.partitions { log.settings = resolved }
    }

    // MARK: Changing

    /// Creates topics, all of them with one write of the file.
    func create(_ wanted: [(name: String, partitions: Int, values: [String: String])], now: Int64) throws(DiskError) {
        for item in wanted {
            let topic = Topic(
                name: item.name, id: Self.randomID(), partitionCount: item.partitions, values: item.values)
            topics[item.name] = topic
            namesByID[topic.id] = item.name
        }
        do throws(DiskError) {
            for item in wanted {
                guard let topic = topics[item.name] else { continue }
                // A directory left by a deleted topic of that name must not lend its records.
                for index in 0..<item.partitions { try removeDirectory(directory(topic, index)) }
            }
            try save()
            for item in wanted {
                guard let topic = topics[item.name] else { continue }
                for index in 0..<item.partitions { topic.partitions.append(try openLog(topic, index, now: now)) }
            }
            try disk.directory(settings.dataDirectory).sync()
        } catch {
            for item in wanted {
                if let topic = topics.removeValue(forKey: item.name) { namesByID[topic.id] = nil }
            }
            try? save()
            throw error
        }
    }

    func grow(_ topic: Topic, to count: Int, now: Int64) throws(DiskError) {
        let before = topic.partitionCount
        for index in before..<count { try removeDirectory(directory(topic, index)) }
        topic.partitionCount = count
        do throws(DiskError) {
            try save()
        } catch {
            topic.partitionCount = before
            throw error
        }
        for index in before..<count { topic.partitions.append(try openLog(topic, index, now: now)) }
        try disk.directory(settings.dataDirectory).sync()
    }

    func delete(_ topic: Topic) throws(DiskError) {
        topics[topic.name] = nil
        namesByID[topic.id] = nil
        do throws(DiskError) {
            try save()
        } catch {
            topics[topic.name] = topic
            namesByID[topic.id] = topic.name
            throw error
        }
        for (index, log) in topic.partitions.enumerated() {
            log.failure = "deleted"
            for segment in log.segments { segment.close() }
            try? removeDirectory(directory(topic, index))
        }
    }

    /// A producer id never given out before, over restarts too.
    func allocateProducerID() throws(DiskError) -> Int64 {
        if nextProducerID >= reservedProducerIDs {
            reservedProducerIDs = nextProducerID + Self.producerIDBlock
            do throws(DiskError) {
                try save()
            } catch {
                reservedProducerIDs = nextProducerID
                throw error
            }
        }
        defer { nextProducerID += 1 }
        return nextProducerID
    }

    // MARK: Files

    private func directory(_ topic: Topic, _ index: Int) -> String {
        "\(settings.dataDirectory)/\(topic.name)-\(index)"
    }

    private func openLog(_ topic: Topic, _ index: Int, now: Int64) throws(DiskError) -> PartitionLog {
        let log = PartitionLog(
            topic: topic.name, index: Int32(index), directory: directory(topic, index), disk: disk,
            settings: resolve(topic), isVisibleWhenSynced: settings.fsync == .always)
        log.checkpointBytes = settings.limits.checkpointBytes
        try log.recover(now: now)
        return log
    }

    private func removeDirectory(_ path: String) throws(DiskError) {
        guard let names = try? disk.list(path) else { return }
        for name in names { try disk.remove(path + "/" + name) }
        try disk.remove(path)
    }

    private func save() throws(DiskError) {
        revision += 1
        var writer = ByteWriter()
        writer.integer(Self.magic)
        writer.int16(1)
        writer.text(clusterID)
        writer.int64(reservedProducerIDs)
        writer.int32(Int32(truncatingIfNeeded: topics.count))
        for topic in sortedTopics {
            writer.text(topic.name)
            writer.integer(topic.id.high)
            writer.integer(topic.id.low)
            writer.int32(Int32(truncatingIfNeeded: topic.partitionCount))
            writer.int32(Int32(truncatingIfNeeded: topic.values.count))
            for (key, value) in topic.values.sorted(by: { $0.key < $1.key }) {
                writer.text(key)
                writer.text(value)
            }
        }
        writer.integer(CRC32C.checksum(writer.bytes))
        try disk.replace(path, in: settings.dataDirectory, with: writer.bytes, durably: true)
    }

    private func decode(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 4,
            CRC32C.checksum(bytes.span.extracting(..<(bytes.count - 4))) == bytes.bigEndian(at: bytes.count - 4)
        else { return false }
        var reader = ByteReader(bytes.span)
        do throws(ByteError) {
            guard try reader.integer(UInt32.self) == Self.magic, try reader.int16() == 1 else { return false }
            clusterID = try reader.text()
            reservedProducerIDs = try reader.int64()
            nextProducerID = reservedProducerIDs
            for _ in 0..<max(0, try reader.int32()) {
                let name = try reader.text()
                let id = TopicID(high: try reader.integer(), low: try reader.integer())
                let count = Int(try reader.int32())
                guard Self.isLegal(name), (1...Self.partitionCountMax).contains(count) else { return false }
                var values: [String: String] = [:]
                for _ in 0..<max(0, try reader.int32()) {
                    let key = try reader.text()
                    values[key] = try reader.text()
                }
                topics[name] = Topic(name: name, id: id, partitionCount: count, values: values)
                namesByID[id] = name
            }
        } catch {
            return false
        }
        return true
    }
}

extension ByteWriter {
    mutating func text(_ value: String) {
        int32(Int32(truncatingIfNeeded: value.utf8.count))
        append(value)
    }
}

extension ByteReader {
    mutating func text() throws(ByteError) -> String {
        let count = try int32()
        return try string(Int(count))
    }
}
