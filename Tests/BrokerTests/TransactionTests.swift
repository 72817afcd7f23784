import KafkaWire
import Testing

@testable import Broker

@Suite struct TransactionTests {
    private func identity(_ broker: TestBroker, _ id: String = "tx") throws -> InitProducerIDResponse {
        var request = InitProducerIDRequest()
        request.transactionalID = id
        request.transactionTimeoutMilliseconds = 60_000
        return try broker.ask(request, version: 4)
    }

    private func add(_ broker: TestBroker, _ producer: InitProducerIDResponse, version: Int16 = 3) throws -> ErrorCode {
        var topic = AddPartitionsToTransactionRequest.Topic()
        topic.name = "t"
        topic.partitions = [0]
        var asked = AddPartitionsToTransactionRequest.Transaction()
        asked.transactionalID = "tx"
        asked.producerID = producer.producerID
        asked.producerEpoch = producer.producerEpoch
        asked.topics = [topic]
        var request = AddPartitionsToTransactionRequest()
        request.transactions = [asked]
        let response: AddPartitionsToTransactionResponse = try broker.ask(request, version: version)
        return try #require(response.transactions.first?.topics.first?.partitions.first).error
    }

    private func endRequest(_ producer: InitProducerIDResponse, commit: Bool) -> EndTransactionRequest {
        var request = EndTransactionRequest()
        request.transactionalID = "tx"
        request.producerID = producer.producerID
        request.producerEpoch = producer.producerEpoch
        request.isCommitted = commit
        return request
    }

    private func end(_ broker: TestBroker, _ producer: InitProducerIDResponse, commit: Bool, version: Int16 = 3) throws
        -> ErrorCode
    {
        let response: EndTransactionResponse = try broker.ask(endRequest(producer, commit: commit), version: version)
        return response.error
    }

    private func write(_ broker: TestBroker, _ producer: InitProducerIDResponse, _ value: String, sequence: Int32)
        throws -> ErrorCode
    {
        let batch = TestBroker.batch(
            [value], producer: (producer.producerID, producer.producerEpoch, sequence), isTransactional: true)
        return try broker.produce("t", batch, transactionalID: "tx").error
    }

    @Test func committedRecordsAppearAbortedOnesDoNot() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        let producer = try identity(broker)
        #expect(try add(broker, producer) == ErrorCode.none)
        #expect(try write(broker, producer, "one", sequence: 0) == ErrorCode.none)
        #expect(try broker.fetch("t", committedOnly: true).values == [])
        #expect(try broker.fetch("t").values == ["one"])
        #expect(try end(broker, producer, commit: true) == ErrorCode.none)
        #expect(try broker.fetch("t", committedOnly: true).values == ["one"])
        #expect(try add(broker, producer) == ErrorCode.none)
        #expect(try write(broker, producer, "two", sequence: 1) == ErrorCode.none)
        #expect(try end(broker, producer, commit: false) == ErrorCode.none)
        #expect(try add(broker, producer) == ErrorCode.none)
        #expect(try write(broker, producer, "three", sequence: 2) == ErrorCode.none)
        #expect(try end(broker, producer, commit: true) == ErrorCode.none)
        #expect(try broker.fetch("t", committedOnly: true).values == ["one", "three"])
        #expect(try broker.fetch("t").values == ["one", "two", "three"])
    }

    @Test func successorFencesAndAbortsItsPredecessor() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        let old = try identity(broker)
        _ = try add(broker, old)
        _ = try write(broker, old, "lost", sequence: 0)
        let new = try identity(broker)
        #expect(new.error == ErrorCode.none)
        #expect(new.producerID == old.producerID)
        #expect(new.producerEpoch > old.producerEpoch)
        #expect(try end(broker, old, commit: true) == .producerFenced)
        #expect(try end(broker, old, commit: true, version: 1) == .invalidProducerEpoch)
        #expect(try add(broker, old) == .producerFenced)
        #expect(try write(broker, old, "zombie", sequence: 1) == .invalidProducerEpoch)
        let after = try broker.fetch("t", committedOnly: true)
        #expect(after.values == [])
        #expect(after.lastStableOffset == after.highWatermark)
    }

    @Test func delayedEndCannotFinishALaterTransaction() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        let old = try identity(broker)
        _ = try add(broker, old)
        let new = try identity(broker)
        #expect(try add(broker, new) == ErrorCode.none)
        #expect(try write(broker, new, "open", sequence: 0) == ErrorCode.none)
        #expect(try end(broker, old, commit: true) == .producerFenced)
        #expect(try broker.fetch("t", committedOnly: true).values == [])
    }

    @Test func batchOutsideATransactionIsRefused() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        let producer = try identity(broker)
        #expect(try write(broker, producer, "x", sequence: 0) == .invalidTransactionState)
    }

    @Test func silentTransactionIsAbortedWhenItsTimeIsOver() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        let producer = try identity(broker)
        _ = try add(broker, producer)
        _ = try write(broker, producer, "x", sequence: 0)
        broker.advance(59_000)
        #expect(try broker.fetch("t").lastStableOffset == 0)
        broker.advance(2_000)
        let after = try broker.fetch("t", committedOnly: true)
        #expect(after.lastStableOffset == 2)
        #expect(after.values == [])
        #expect(try end(broker, producer, commit: true) == .producerFenced)
    }

    /// The broker dies at every sync of a commit: before the decision is durable the transaction is open
    /// and can be aborted, afterwards it is committed, in all partitions.
    @Test func decisionSurvivesACrashAtEveryStep() throws {
        for step in 0..<4 {
            let broker = try TestBroker()
            try broker.createTopic("t")
            let producer = try identity(broker)
            _ = try add(broker, producer)
            _ = try write(broker, producer, "x", sequence: 0)
            broker.syncsByItself = false
            let slot = try broker.post(endRequest(producer, commit: true), version: 3)
            for _ in 0..<step {
                broker.completeSync()
                broker.turn()
            }
            let isAnswered = try broker.answer(slot, EndTransactionResponse.self) != nil
            #expect(isAnswered == (step >= 2))
            let again = try TestBroker(disk: broker.disk.crashed { _, _ in 0 })
            let values = try again.fetch("t", committedOnly: true).values
            #expect(values == (step == 0 ? [] : ["x"]), "step \(step)")
            let next = try identity(again)
            #expect(next.error == ErrorCode.none)
            let settled = try again.fetch("t", committedOnly: true)
            #expect(settled.lastStableOffset == settled.highWatermark)
            #expect(settled.values == values)
        }
    }

    @Test func offsetsOfATransactionAppearOnCommitOnly() throws {
        for commits in [true, false] {
            let broker = try TestBroker()
            try broker.createTopic("t")
            let producer = try identity(broker)
            var enlist = AddOffsetsToTransactionRequest()
            enlist.transactionalID = "tx"
            enlist.producerID = producer.producerID
            enlist.producerEpoch = producer.producerEpoch
            enlist.groupID = "g"
            let enlisted: AddOffsetsToTransactionResponse = try broker.ask(enlist, version: 3)
            #expect(enlisted.error == ErrorCode.none)
            var partition = TransactionOffsetCommitRequest.Topic.Partition()
            partition.offset = 42
            var topic = TransactionOffsetCommitRequest.Topic()
            topic.name = "t"
            topic.partitions = [partition]
            var commit = TransactionOffsetCommitRequest()
            commit.transactionalID = "tx"
            commit.groupID = "g"
            commit.producerID = producer.producerID
            commit.producerEpoch = producer.producerEpoch
            commit.topics = [topic]
            let committed: TransactionOffsetCommitResponse = try broker.ask(commit, version: 3)
            #expect(committed.topics.first?.partitions.first?.error == ErrorCode.none)
            #expect(try offset(broker, requiresStable: false).offset == -1)
            #expect(try offset(broker, requiresStable: true).error == .unstableOffsetCommit)
            let crashed = try TestBroker(disk: broker.disk.crashed { _, _ in 0 })
            #expect(try offset(crashed, requiresStable: true).error == .unstableOffsetCommit)
            #expect(try end(crashed, producer, commit: commits) == ErrorCode.none)
            #expect(try offset(crashed, requiresStable: true).offset == (commits ? 42 : -1))
            let again = try TestBroker(disk: crashed.disk.crashed { _, _ in 0 })
            #expect(try offset(again, requiresStable: true).offset == (commits ? 42 : -1))
        }
    }

    private func offset(_ broker: TestBroker, requiresStable: Bool) throws -> OffsetFetchResponse.Topic.Partition {
        var topic = OffsetFetchRequest.Topic()
        topic.name = "t"
        topic.partitionIndexes = [0]
        var request = OffsetFetchRequest()
        request.groupID = "g"
        request.topics = [topic]
        request.requiresStable = requiresStable
        let response: OffsetFetchResponse = try broker.ask(request, version: 7)
        return try #require(response.topics.first?.partitions.first)
    }
}
