// OffsetDelete (key 47), version 0: forgets offsets of topics that no member subscribes to. What the members
// of a group subscribe to can be told only if they use the consumer protocol: another kind must be empty.

import KafkaWire

extension BrokerCore {
    func offsetDelete(_ target: ReplyTarget, _ request: OffsetDeleteRequest) {
        var response = OffsetDeleteResponse()
        let group = groups[GroupName(request.groupID)]
        if let refusal = refusal(request.groupID, group) {
            response.error = refusal
            return reply(target, response)
        }
        guard let group else { return }
        var forgotten: [(TopicPartition, CommittedOffset?)] = []
        response.topics = request.topics.map { topic in
            var answered = OffsetDeleteResponse.Topic()
            answered.name = topic.name
            answered.partitions = topic.partitions.map { asked in
                var result = OffsetDeleteResponse.Topic.Partition()
                result.index = asked.index
                let partition = TopicPartition(topic: topic.name, index: asked.index)
                if catalog.log(topic.name, asked.index) == nil {
                    result.error = .unknownTopicOrPartition
                } else if group.isSubscribed(to: topic.name) {
                    result.error = .groupSubscribedToTopic
                } else if group.offsets[partition] != nil || group.hasPendingOffset(partition) {
                    forgotten.append((partition, nil))
                }
                return result
            }
            return answered
        }
        do throws(AppendError) {
            try storeOffsets(group, forgotten)
        } catch {
            response.error = .coordinatorNotAvailable
            response.topics = []
        }
        whenDurable { [unowned self] in reply(target, response) }
    }

    private func refusal(_ name: String, _ group: Group?) -> ErrorCode? {
        guard !name.isEmpty else { return .invalidGroupID }
        guard let group else { return .groupIDNotFound }
        return group.isEmpty || group.protocolType == "consumer" ? nil : .nonEmptyGroup
    }
}
