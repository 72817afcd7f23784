// A broker in memory for the fuzz targets, and what is done with it.

import Broker
import Bytes
import KafkaWire

/// Runs of a broker on hostile bytes.
enum FuzzedBroker {
    private static let host = "fuzz"

    private static func settings() -> BrokerSettings {
        var settings = BrokerSettings(dataDirectory: "/data")
        try? settings.set(key: "log.segment.bytes", value: "1024")
        return settings
    }

    /// A broker with topic "t", its syncs done.
    private static func broker(_ disk: VolatileDisk) -> BrokerCore? {
        guard let core = try? BrokerCore(settings: settings(), disk: disk, now: 1_000) else { return nil }
        settle(core)
        return core
    }

    private static func settle(_ core: BrokerCore) {
        for _ in 0..<8 {
            core.endTurn()
            let actions = core.takeActions()
            if actions.isEmpty { return }
            for action in actions {
                if case .sync = action { core.syncCompleted(nil, now: 1_000) }
                if case .clean(let job) = action {
                    let failure = Result { () throws(DiskError) in try job.sync() }
                    if case .failure(let error) = failure { core.cleaningCompleted(error, now: 1_000) }
                    if case .success = failure { core.cleaningCompleted(nil, now: 1_000) }
                }
            }
        }
    }

    private static func ask(_ core: BrokerCore, _ key: Int16, _ version: Int16, _ body: [UInt8]) {
        var frame: [UInt8] = []
        frame.appendBigEndian(key)
        frame.appendBigEndian(version)
        frame.appendBigEndian(Int32(7))
        frame.appendBigEndian(Int16(-1))
        if APIKey(rawValue: key)?.isFlexible(version) == true { frame.append(0) }
        frame += body
        core.handle(connection: 1, slot: 1, clientHost: host, buffer: &frame, frame: 0..<frame.count, now: 1_000)
        settle(core)
    }

    private static func ask(_ core: BrokerCore, _ message: some WireMessage, _ version: Int16) {
        func send<M: WireMessage>(_ message: M) {
            var coder = FieldCoder(version: version, isFlexible: M.apiKey.isFlexible(version))
            var message = message
            guard (try? message.fields(&coder)) != nil else { return }
            ask(core, M.apiKey.rawValue, version, coder.buffer)
        }
        send(message)
    }

    private static func createTopic(_ core: BrokerCore, policy: String) {
        var config = CreateTopicsRequest.Topic.Config()
        config.name = "cleanup.policy"
        config.value = policy
        var topic = CreateTopicsRequest.Topic()
        topic.name = "t"
        topic.partitionCount = 1
        topic.replicationFactor = 1
        topic.configs = [config]
        var request = CreateTopicsRequest()
        request.topics = [topic]
        ask(core, request, 5)
    }

    // MARK: Groups of decoders

    static func frames(_ input: [UInt8]) {
        guard let core = broker(VolatileDisk()) else { return }
        createTopic(core, policy: "delete")
        var position = 0
        var count = 0
        while position + 4 <= input.count, count < 32 {
            let keys = APIKey.allCases
            let key = keys[Int(input[position]) % keys.count]
            let version = key.versions.lowerBound + Int16(input[position + 1]) % Int16(key.versions.count)
            let length = Int(input.bigEndian(at: position + 2, as: UInt16.self))
            let end = min(input.count, position + 4 + length)
            ask(core, key.rawValue, version, Array(input[(position + 4)..<end]))
            position = end
            count += 1
        }
        core.tick(now: 10_000_000)
        settle(core)
    }

    static func batch(_ input: [UInt8]) {
        guard let core = broker(VolatileDisk()) else { return }
        createTopic(core, policy: input.count % 2 == 0 ? "compact" : "delete")
        var position = 0
        for _ in 0..<16 {
            guard var batch = sealed(input, at: position) else { break }
            position += batch.count
            produce(core, batch)
            batch.setBigEndian(Int32(0), at: 53)
            produce(core, batch)
        }
        fetch(core)
        core.tick(now: 2_000_000)
        settle(core)
        fetch(core)
    }

    static func recovery(_ input: [UInt8]) {
        let disk = VolatileDisk()
        guard let core = broker(disk) else { return }
        createTopic(core, policy: input.count % 2 == 0 ? "compact" : "delete")
        var segment: [UInt8] = []
        var position = 0
        for _ in 0..<16 {
            guard let batch = sealed(input, at: position) else { break }
            segment += batch
            position += batch.count
        }
        segment += input[min(position, input.count)...]
        disk.replace("/data/t-0/00000000000000000000.log", with: segment)
        guard let again = broker(disk) else { return }
        fetch(again)
        again.tick(now: 2_000_000)
        settle(again)
        fetch(again)
        _ = broker(disk)
    }

    /// The batch at `position` with a length that fits and the right checksum; nil when there is no room for one.
    private static func sealed(_ input: [UInt8], at position: Int) -> [UInt8]? {
        guard input.count - position >= RecordBatchHeader.size else { return nil }
        var batch = Array(input[position...])
        let length = Int(batch.bigEndian(at: 8, as: UInt16.self)) & 0x3ff
        let size = min(batch.count, RecordBatchHeader.size + length)
        batch.removeLast(batch.count - size)
        batch.setBigEndian(Int32(size - RecordBatchHeader.lengthOverhead), at: 8)
        batch[16] = 2
        let checksum = CRC32C.checksum(batch.span.extracting(RecordBatchHeader.checksummedFrom...))
        batch.setBigEndian(checksum, at: RecordBatchHeader.checksumAt)
        return batch
    }

    private static func produce(_ core: BrokerCore, _ batch: [UInt8]) {
        var partition = ProduceRequest.Topic.Partition()
        partition.records = RecordsField(bytes: batch)
        var topic = ProduceRequest.Topic()
        topic.name = "t"
        topic.partitions = [partition]
        var request = ProduceRequest()
        request.acks = -1
        request.topics = [topic]
        ask(core, request, 8)
    }

    private static func fetch(_ core: BrokerCore) {
        for offset in [Int64(0), 1, 3] {
            var partition = FetchRequest.Topic.Partition()
            partition.fetchOffset = offset
            partition.maxBytes = 1 << 16
            var topic = FetchRequest.Topic()
            topic.name = "t"
            topic.partitions = [partition]
            var request = FetchRequest()
            request.isolationLevel = 1
            request.topics = [topic]
            ask(core, request, 11)
        }
        for timestamp in [Int64(-3), 5] {
            var partition = ListOffsetsRequest.Topic.Partition()
            partition.timestamp = timestamp
            var topic = ListOffsetsRequest.Topic()
            topic.name = "t"
            topic.partitions = [partition]
            var request = ListOffsetsRequest()
            request.topics = [topic]
            ask(core, request, 7)
        }
    }

    // MARK: Samples

    static func sampleFrames() -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, key) in APIKey.allCases.enumerated() {
            bytes += [UInt8(index), UInt8(clamping: Int(key.versions.count) / 2), 0, 12]
            bytes += [0, 1, 116, 0, 0, 0, 1, 0, 1, 116, 0, 0]
        }
        return bytes
    }

    static func sampleBatches() -> [UInt8] {
        var bytes: [UInt8] = []
        for number in 0..<6 {
            var batch = RecordBatchBuilder(timestamp: 1_000)
            batch.baseOffset = Int64(number * 2)
            if number % 2 == 1 {
                batch.producerID = 5
                batch.producerEpoch = 0
                batch.baseSequence = Int32(number / 2 * 2)
            }
            batch.add(key: [UInt8(number % 3)], value: number == 4 ? nil : [1, 2, 3], headers: [("h", [1])])
            batch.add(key: [9], value: [UInt8](repeating: 7, count: 200))
            bytes += batch.build()
        }
        return bytes
    }
}
