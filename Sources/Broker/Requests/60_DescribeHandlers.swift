// What administrators look at: DescribeProducers (61), DescribeTransactions (65) and
// ListTransactions (66).

import KafkaWire

extension BrokerCore {
    func describeProducers(_ target: ReplyTarget, _ request: DescribeProducersRequest) {
        var response = DescribeProducersResponse()
        response.topics = request.topics.map { topic in
            var answered = DescribeProducersResponse.Topic()
            answered.name = topic.name
            answered.partitions = topic.partitionIndexes.map { index in
                var partition = DescribeProducersResponse.Topic.Partition()
                partition.index = index
                guard let log = catalog.log(topic.name, index) else {
                    partition.error = .unknownTopicOrPartition
                    return partition
                }
                partition.producers = log.producers.entries.sorted { $0.key < $1.key }.map { id, entry in
                    var producer = DescribeProducersResponse.Topic.Partition.Producer()
                    producer.producerID = id
                    producer.producerEpoch = Int32(entry.epoch)
                    producer.lastSequence = entry.batches.last?.lastSequence ?? -1
                    producer.lastTimestamp = entry.lastTimestamp
                    producer.currentTransactionStartOffset = entry.transactionFirstOffset ?? -1
                    return producer
                }
                return partition
            }
            return answered
        }
        reply(target, response)
    }

    func describeTransactions(_ target: ReplyTarget, _ request: DescribeTransactionsRequest) {
        var response = DescribeTransactionsResponse()
        response.states = request.transactionalIDs.map { id in
            var state = DescribeTransactionsResponse.State()
            state.transactionalID = id
            guard let transaction = transactions[GroupName(id)] else {
                state.error = .transactionalIDNotFound
                return state
            }
            state.state = transaction.state.name
            state.timeoutMilliseconds = transaction.timeout
            state.startTimeMilliseconds = transaction.state == .ongoing ? transaction.startTime : -1
            state.producerID = transaction.producerID
            state.producerEpoch = transaction.epoch
            state.topics = Dictionary(grouping: transaction.partitions, by: \.topic).sorted { $0.key < $1.key }
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
        let known: [TransactionState] = [
            .empty, .ongoing, .prepareCommit, .prepareAbort, .completeCommit, .completeAbort,
        ]
        response.unknownStateFilters = request.stateFilters.filter { name in !known.contains { $0.name == name } }
        for transaction in transactions.all.values.sorted(by: { $0.id.text < $1.id.text }) {
            let age = transaction.state == .ongoing ? now - transaction.startTime : 0
            let fits =
                (request.stateFilters.isEmpty || request.stateFilters.contains(transaction.state.name))
                && (request.producerIDFilters.isEmpty || request.producerIDFilters.contains(transaction.producerID))
                && age >= request.durationFilterMilliseconds
            guard fits else { continue }
            var state = ListTransactionsResponse.State()
            state.transactionalID = transaction.id.text
            state.producerID = transaction.producerID
            state.state = transaction.state.name
            response.states.append(state)
        }
        reply(target, response)
    }
}
