// Authorization of requests about transactions: WRITE on the transactional id, and on what the transaction writes to;
// DESCRIBE to look. A producer without a transactional id needs IDEMPOTENT_WRITE on the cluster or WRITE on any topic.

import KafkaWire

extension Asking {
    /// Nil for other requests.
    func aboutTransactions() throws(WireError) -> Admission? {
        switch target.key {
        case .initProducerID: return initProducerID(try read())
        case .addPartitionsToTransaction: return try addPartitions(read())
        case .addOffsetsToTransaction: return addOffsets(try read())
        case .endTransaction: return endTransaction(try read())
        case .writeTransactionMarkers: return writeMarkers(try read())
        case .transactionOffsetCommit: return try offsetCommit(read())
        case .describeTransactions: return try describeTransactions(read())
        case .listTransactions: return listTransactions()
        default: return nil
        }
    }

    private func initProducerID(_ request: InitProducerIDRequest) -> Admission {
        var response = InitProducerIDResponse()
        if let id = request.transactionalID {
            guard !access.allows(.write, .transactionalID, id) else { return .asIs(target) }
            response.error = .transactionalIDAuthorizationFailed
        } else {
            guard !access.allowsCluster(.idempotentWrite), !access.allowsSome(.write, .topic) else {
                return .asIs(target)
            }
            response.error = .clusterAuthorizationFailed
        }
        return answer(response)
    }

    /// All or nothing: with a refused topic among them, the others are not attempted. From version 4 on it is a
    /// broker that asks.
    private func addPartitions(_ whole: AddPartitionsToTransactionRequest) throws(WireError) -> Admission {
        let access = access
        var response = AddPartitionsToTransactionResponse()
        guard target.version < 4, let request = whole.transactions.first else {
            if access.allowsCluster(.clusterAction) { return .asIs(target) }
            response.error = .clusterAuthorizationFailed
            return answer(response)
        }
        let isTransactionAllowed = access.allows(.write, .transactionalID, request.transactionalID)
        func isAllowed(_ topic: String) -> Bool {
            access.allows(.write, .topic, topic) && !core.isInternalName(topic)
        }
        guard !isTransactionAllowed || !request.topics.allSatisfy({ isAllowed($0.name) }) else { return .asIs(target) }
        var answered = AddPartitionsToTransactionResponse.Transaction()
        answered.topics = request.topics.map { topic in
            let error: ErrorCode =
                !isTransactionAllowed
                ? .transactionalIDAuthorizationFailed
                : isAllowed(topic.name) ? .operationNotAttempted : .topicAuthorizationFailed
            var refused = AddPartitionsToTransactionResponse.Topic()
            refused.name = topic.name
            refused.partitions = topic.partitions.map { index in
                var result = AddPartitionsToTransactionResponse.Topic.Partition()
                result.index = index
                result.error = error
                return result
            }
            return refused
        }
        response.transactions = [answered]
        return answer(response)
    }

    /// A broker's request, or an administrator's.
    private func writeMarkers(_ request: WriteTransactionMarkersRequest) -> Admission {
        if access.allowsCluster(.alter) || access.allowsCluster(.clusterAction) { return .asIs(target) }
        var response = WriteTransactionMarkersResponse()
        response.markers = request.markers.map { marker in
            var refused = WriteTransactionMarkersResponse.Marker()
            refused.producerID = marker.producerID
            refused.topics = marker.topics.map { topic in
                var results = WriteTransactionMarkersResponse.Marker.Topic()
                results.name = topic.name
                results.partitions = topic.partitions.map { index in
                    var result = WriteTransactionMarkersResponse.Marker.Topic.Partition()
                    result.index = index
                    result.error = .clusterAuthorizationFailed
                    return result
                }
                return results
            }
            return refused
        }
        return answer(response)
    }

    private func addOffsets(_ request: AddOffsetsToTransactionRequest) -> Admission {
        var response = AddOffsetsToTransactionResponse()
        if !access.allows(.write, .transactionalID, request.transactionalID) {
            response.error = .transactionalIDAuthorizationFailed
        } else if !access.allows(.read, .group, request.groupID) {
            response.error = .groupAuthorizationFailed
        } else {
            return .asIs(target)
        }
        return answer(response)
    }

    private func endTransaction(_ request: EndTransactionRequest) -> Admission {
        guard !access.allows(.write, .transactionalID, request.transactionalID) else { return .asIs(target) }
        var response = EndTransactionResponse()
        response.error = .transactionalIDAuthorizationFailed
        return answer(response)
    }

    private func offsetCommit(_ request: TransactionOffsetCommitRequest) throws(WireError) -> Admission {
        let access = access
        var whole: ErrorCode?
        if !access.allows(.write, .transactionalID, request.transactionalID) {
            whole = .transactionalIDAuthorizationFailed
        } else if !access.allows(.read, .group, request.groupID) {
            whole = .groupAuthorizationFailed
        }
        return try split(request, \.topics, into: \TransactionOffsetCommitResponse.topics) {
            whole == nil && access.allows(.read, .topic, $0.name)
        } refuse: { topic in
            var refused = TransactionOffsetCommitResponse.Topic()
            refused.name = topic.name
            refused.partitions = topic.partitions.map { partition in
                var result = TransactionOffsetCommitResponse.Topic.Partition()
                result.index = partition.index
                result.error = whole ?? .topicAuthorizationFailed
                return result
            }
            return refused
        }
    }

    /// Topics of a transaction that may not be described are left out of its description.
    private func describeTransactions(_ request: DescribeTransactionsRequest) throws(WireError) -> Admission {
        let access = access
        var inner = self
        inner.target = target.amended(DescribeTransactionsResponse.self) { response in
            for state in response.states.indices {
                response.states[state].topics.removeAll { !access.allows(.describe, .topic, $0.name) }
            }
        }
        return try inner.split(request, \.transactionalIDs, into: \DescribeTransactionsResponse.states) {
            access.allows(.describe, .transactionalID, $0)
        } refuse: { id in
            var refused = DescribeTransactionsResponse.State()
            refused.transactionalID = id
            refused.error = .transactionalIDAuthorizationFailed
            return refused
        }
    }

    private func listTransactions() -> Admission {
        let access = access
        return .asIs(
            target.amended(ListTransactionsResponse.self) { response in
                response.states.removeAll { !access.allows(.describe, .transactionalID, $0.transactionalID) }
            })
    }
}
