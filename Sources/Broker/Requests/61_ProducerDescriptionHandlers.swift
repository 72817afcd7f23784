// What administrators look at to find a transaction that hangs: DescribeProducers (61), DescribeTransactions (65)
// and ListTransactions (66, versions 0-2).

import KafkaWire

extension BrokerCore {
    func describeProducers(_ target: ReplyTarget, _ request: DescribeProducersRequest) {
        var response = DescribeProducersResponse()
        response.topics = request.topics.map { topic in
            var answered = DescribeProducersResponse.Topic()
            answered.name = topic.name
            answered.partitions = topic.partitionIndexes.map { index in
                guard let log = catalog.log(topic.name, index) else {
                    var partition = DescribeProducersResponse.Topic.Partition()
                    partition.index = index
                    partition.error = .unknownTopicOrPartition
                    return partition
                }
                return describe(log)
            }
            return answered
        }
        reply(target, response)
    }

    private func describe(_ log: PartitionLog) -> DescribeProducersResponse.Topic.Partition {
        var partition = DescribeProducersResponse.Topic.Partition()
        partition.index = log.index
        partition.producers = log.producers.entries.sorted { $0.key < $1.key }.map { id, entry in
            var producer = DescribeProducersResponse.Topic.Partition.Producer()
            producer.producerID = id
            producer.producerEpoch = Int32(entry.epoch)
            producer.lastSequence = entry.batches.last?.lastSequence ?? -1
            producer.lastTimestamp = entry.lastTimestamp
            producer.coordinatorEpoch = entry.coordinatorEpoch
            producer.currentTransactionStartOffset = entry.transactionFirstOffset ?? -1
            return producer
        }
        return partition
    }

    func describeTransactions(_ target: ReplyTarget, _ request: DescribeTransactionsRequest) {
        var response = DescribeTransactionsResponse()
        response.states = request.transactionalIDs.map { id in
            var state = DescribeTransactionsResponse.State()
            state.transactionalID = id
            guard !id.isEmpty, let record = transactions[GroupName(id)]?.record else {
                state.error = id.isEmpty ? .invalidRequest : .transactionalIDNotFound
                return state
            }
            state.state = record.state.name
            state.timeoutMilliseconds = record.timeout
            state.startTimeMilliseconds = record.startTime
            state.producerID = record.producerID
            state.producerEpoch = record.epoch
            state.topics = Dictionary(grouping: record.partitions, by: \.topic).sorted { $0.key < $1.key }
                .map { name, partitions in
                    var topic = DescribeTransactionsResponse.State.Topic()
                    topic.name = name
                    topic.partitions = partitions.map(\.index).sorted()
                    return topic
                }
            return state
        }
        reply(target, response)
    }

    func listTransactions(_ target: ReplyTarget, _ request: ListTransactionsRequest) {
        var response = ListTransactionsResponse()
        var pattern: TopicPattern?
        if let text = request.transactionalIDPattern, !text.isEmpty {
            guard text.utf8.count <= settings.limits.patternBytesMax, let parsed = try? TopicPattern(text) else {
                response.error = .invalidRegularExpression
                return reply(target, response)
            }
            pattern = parsed
        }
        response.unknownStateFilters = request.stateFilters.filter { !TransactionState.names.contains($0) }
        for transaction in transactions.all.values.sorted(by: { $0.id.text < $1.id.text }) {
            let record = transaction.record
            let isWanted =
                (request.stateFilters.isEmpty || request.stateFilters.contains(record.state.name))
                && (request.producerIDFilters.isEmpty || request.producerIDFilters.contains(record.producerID))
                && (request.durationFilterMilliseconds < 0
                    || now - record.startTime > request.durationFilterMilliseconds)
            guard isWanted, pattern?.matches(transaction.id.text) ?? true else { continue }
            var state = ListTransactionsResponse.State()
            state.transactionalID = transaction.id.text
            state.producerID = record.producerID
            state.state = record.state.name
            response.states.append(state)
        }
        reply(target, response)
    }
}
