import KafkaWire
import Testing

@testable import Broker

/// Transactions of version 2 (KIP-890): each end raises the epoch, writing adds the partition.
@Suite struct TransactionVersionTests {
    private struct Producer {
        var id: Int64
        var epoch: Int16
    }

    private func identity(_ broker: TestBroker, expecting: Producer? = nil) throws -> InitProducerIDResponse {
        var request = InitProducerIDRequest()
        request.transactionalID = "tx"
        request.transactionTimeoutMilliseconds = 60_000
        request.producerID = expecting?.id ?? -1
        request.producerEpoch = expecting?.epoch ?? -1
        return try broker.ask(request, version: 5)
    }

    private func begin(_ broker: TestBroker) throws -> Producer {
        let response = try identity(broker)
        #expect(response.error == ErrorCode.none)
        return Producer(id: response.producerID, epoch: response.producerEpoch)
    }

    private func write(
        _ broker: TestBroker, _ producer: Producer, _ value: String, sequence: Int32, version: Int16 = 12
    ) throws -> ErrorCode {
        var field = ProduceRequest.Topic.Partition()
        field.records = RecordsField(
            bytes: TestBroker.batch(
                [value], producer: (producer.id, producer.epoch, sequence), isTransactional: true))
        var topic = ProduceRequest.Topic()
        topic.name = "t"
        topic.partitions = [field]
        var request = ProduceRequest()
        request.transactionalID = "tx"
        request.acks = -1
        request.topics = [topic]
        let response: ProduceResponse = try broker.ask(request, version: version)
        return try #require(response.topics.first?.partitions.first?.error)
    }

    private func end(_ broker: TestBroker, _ producer: Producer, commit: Bool) throws -> EndTransactionResponse {
        var request = EndTransactionRequest()
        request.transactionalID = "tx"
        request.producerID = producer.id
        request.producerEpoch = producer.epoch
        request.isCommitted = commit
        return try broker.ask(request, version: 5)
    }

    @Test func writingAddsThePartitionAndEachEndRaisesTheEpoch() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        var producer = try begin(broker)
        for (value, commit) in [("one", true), ("two", false), ("three", true)] {
            #expect(try write(broker, producer, value, sequence: 0) == ErrorCode.none)
            let ended = try end(broker, producer, commit: commit)
            #expect(ended.error == ErrorCode.none)
            #expect(ended.producerEpoch == producer.epoch + 1)
            // The answer was lost and the end is repeated.
            #expect(try end(broker, producer, commit: commit).producerEpoch == producer.epoch + 1)
            producer.epoch = ended.producerEpoch
        }
        #expect(try broker.fetch("t", committedOnly: true).values == ["one", "three"])
    }

    @Test func batchOfTheLastTransactionCannotGetIntoTheNext() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        let producer = try begin(broker)
        #expect(try write(broker, producer, "one", sequence: 0) == ErrorCode.none)
        _ = try end(broker, producer, commit: true)
        #expect(try write(broker, producer, "late", sequence: 1) == .invalidProducerEpoch)
        let next = Producer(id: producer.id, epoch: producer.epoch + 1)
        #expect(try write(broker, next, "gap", sequence: 1) == .outOfOrderSequenceNumber)
        #expect(try write(broker, next, "two", sequence: 0) == ErrorCode.none)
    }

    @Test func olderProtocolMustAddPartitionsFirst() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        let producer = try begin(broker)
        #expect(try write(broker, producer, "x", sequence: 0, version: 11) == .transactionAbortable)
        #expect(try write(broker, producer, "x", sequence: 0, version: 9) == .invalidTransactionState)
        let stranger = Producer(id: producer.id + 1, epoch: 0)
        #expect(try write(broker, stranger, "x", sequence: 0) == .invalidProducerIDMapping)
    }

    @Test func abortWithoutPartitionsRaisesTheEpochToo() throws {
        let broker = try TestBroker()
        let producer = try begin(broker)
        #expect(try end(broker, producer, commit: true).error == .invalidTransactionState)
        let ended = try end(broker, producer, commit: false)
        #expect(ended.error == ErrorCode.none)
        #expect(ended.producerEpoch == producer.epoch + 1)
        let next = Producer(id: producer.id, epoch: ended.producerEpoch)
        #expect(try end(broker, next, commit: false).producerEpoch == next.epoch + 1)
        #expect(try end(broker, producer, commit: false).error == .producerFenced)
    }

    @Test func lastEpochHandsOutANewProducerID() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        var producer = try begin(broker)
        let transaction = try #require(broker.core.transactions[GroupName("tx")])
        transaction.record.epoch = Int16.max - 1
        producer.epoch = Int16.max - 1
        #expect(try write(broker, producer, "x", sequence: 0) == ErrorCode.none)
        let ended = try end(broker, producer, commit: true)
        #expect(ended.producerID != producer.id)
        #expect(ended.producerEpoch == 0)
        #expect(try end(broker, producer, commit: true).producerID == ended.producerID)
        let next = Producer(id: ended.producerID, epoch: 0)
        #expect(try write(broker, next, "y", sequence: 0) == ErrorCode.none)
        #expect(try end(broker, next, commit: true).producerEpoch == 1)
        #expect(try broker.fetch("t", committedOnly: true).values == ["x", "y"])
    }

    @Test func producerThatTimedOutMayGoOnButNotAfterASuccessor() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        let producer = try begin(broker)
        #expect(try write(broker, producer, "x", sequence: 0) == ErrorCode.none)
        broker.advance(61_000)
        #expect(try end(broker, producer, commit: true).error == .invalidTransactionState)
        let resumed = try identity(broker, expecting: producer)
        #expect(resumed.error == ErrorCode.none)
        #expect(resumed.producerEpoch == producer.epoch + 1)
        _ = try begin(broker)
        #expect(try identity(broker, expecting: producer).error == .producerFenced)
    }

    /// The disk keeps the data of a transaction and loses the state that was synced with it.
    @Test func openTransactionWhoseStateWasLostGoesBackToItsCoordinator() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        let producer = try begin(broker)
        broker.syncsByItself = false
        var field = ProduceRequest.Topic.Partition()
        field.records = RecordsField(
            bytes: TestBroker.batch(["x"], producer: (producer.id, producer.epoch, 0), isTransactional: true))
        var topic = ProduceRequest.Topic()
        topic.name = "t"
        topic.partitions = [field]
        var request = ProduceRequest()
        request.transactionalID = "tx"
        request.acks = -1
        request.topics = [topic]
        _ = try broker.post(request, version: 12)
        let again = try TestBroker(
            disk: broker.disk.crashed { path, unsynced in path.contains("/t-0/") ? unsynced : 0 }, now: broker.now)
        #expect(again.core.transactions[GroupName("tx")]?.record.state == .ongoing)
        #expect(try write(again, producer, "x", sequence: 0) == ErrorCode.none)
        #expect(try end(again, producer, commit: true).error == ErrorCode.none)
        #expect(try again.fetch("t", committedOnly: true).values == ["x"])
    }

    @Test func delayedMarkerEndsNothing() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        let producer = try begin(broker)
        #expect(try write(broker, producer, "one", sequence: 0) == ErrorCode.none)
        _ = try end(broker, producer, commit: false)
        let next = Producer(id: producer.id, epoch: producer.epoch + 1)
        #expect(try write(broker, next, "two", sequence: 0) == ErrorCode.none)
        func mark(_ epoch: Int16, version: Int8) throws -> ErrorCode? {
            var topic = WriteTransactionMarkersRequest.Marker.Topic()
            topic.name = "t"
            topic.partitions = [0]
            var marker = WriteTransactionMarkersRequest.Marker()
            marker.producerID = producer.id
            marker.producerEpoch = epoch
            marker.isCommitted = true
            marker.transactionVersion = version
            marker.topics = [topic]
            var request = WriteTransactionMarkersRequest()
            request.markers = [marker]
            let response: WriteTransactionMarkersResponse = try broker.ask(request, version: 2)
            return response.markers.first?.topics.first?.partitions.first?.error
        }
        #expect(try mark(producer.epoch, version: 0) == .invalidProducerEpoch)
        #expect(try mark(next.epoch, version: 2) == .invalidProducerEpoch)
        #expect(try broker.fetch("t", committedOnly: true).values == [])
        #expect(try mark(next.epoch, version: 0) == ErrorCode.none)
        #expect(try mark(next.epoch, version: 2) == ErrorCode.none)
        #expect(try broker.fetch("t", committedOnly: true).values == ["two"])
    }

    @Test func stateComesBackFromTheLogFormatOfBothVersions() throws {
        var record = TransactionRecord(producerID: 7, timeout: 5)
        record.epoch = 3
        record.partitions = [TopicPartition(topic: "t", index: 1)]
        record.version = .raisesEpoch
        record.previousProducerID = 6
        record.nextProducerID = 8
        record.state = .prepareCommit
        #expect(TransactionRecord(record.encode()) == record)
        // Version 0: producer 7, epoch 3, timeout 5, ongoing, no partitions, times 1 and 2.
        let old: [UInt8] =
            [0, 0] + [0, 0, 0, 0, 0, 0, 0, 7] + [0, 3] + [0, 0, 0, 5] + [1] + [255, 255, 255, 255]
            + [0, 0, 0, 0, 0, 0, 0, 1] + [0, 0, 0, 0, 0, 0, 0, 2]
        #expect(TransactionRecord(old)?.state == .ongoing)
        for count in 0..<old.count { #expect(TransactionRecord(Array(old.prefix(count))) == nil) }
    }
}
