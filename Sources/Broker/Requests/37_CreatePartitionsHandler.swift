// CreatePartitions (37), versions 0-3: a topic may get more partitions, never fewer.

import KafkaWire

extension BrokerCore {
    func createPartitions(_ target: ReplyTarget, _ request: CreatePartitionsRequest) {
        var response = CreatePartitionsResponse()
        for asked in request.topics {
            var result = CreatePartitionsResponse.Topic()
            result.name = asked.name
            let isRepeated = request.topics.count { $0.name == asked.name } > 1
            let repetition = isRepeated ? Refusal(.invalidRequest, "Duplicate topic name.") : nil
            if let refusal = repetition ?? grow(asked, validatesOnly: request.validatesOnly) {
                result.error = refusal.code
                result.errorMessage = refusal.reason
            }
            response.topics.append(result)
        }
        whenDurable { [unowned self] in reply(target, response) }
    }

    private func grow(_ asked: CreatePartitionsRequest.Topic, validatesOnly: Bool) -> Refusal? {
        guard let topic = catalog.topics[asked.name] else {
            return Refusal(.unknownTopicOrPartition, "The topic '\(asked.name)' does not exist.")
        }
        let count = Int(asked.count)
        guard count != topic.partitionCount else {
            return Refusal(.invalidPartitions, "\(asked.name) has \(count) partitions already.")
        }
        guard count > topic.partitionCount else {
            return Refusal(
                .invalidPartitions,
                "\(asked.name) has \(topic.partitionCount) partitions already; \(count) would not be an increase.")
        }
        guard count <= settings.limits.partitionsPerTopicMax, !topic.isInternal,
            catalog.partitionCount + count - topic.partitionCount <= settings.limits.partitionsMax
        else { return Refusal(.invalidPartitions, "The topic \(asked.name) cannot have \(count) partitions.") }
        if let assignments = asked.assignments {
            let added = count - topic.partitionCount
            guard assignments.count == added else {
                return Refusal(
                    .invalidReplicaAssignment,
                    "\(added) partitions are to be added, with \(assignments.count) assignments.")
            }
            guard assignments.allSatisfy({ $0.brokerIDs == [settings.nodeID] }) else {
                return Refusal(.invalidReplicaAssignment, "There is one broker, \(settings.nodeID).")
            }
        }
        guard !validatesOnly else { return nil }
        do throws(DiskError) {
            try catalog.grow(topic, to: count, now: now)
            for log in topic.partitions { touch(log) }
            return nil
        } catch {
            return Refusal(.storageError, "\(error)")
        }
    }
}
