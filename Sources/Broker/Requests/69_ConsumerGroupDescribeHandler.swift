// ConsumerGroupDescribe (key 69), versions 0-1: groups of the consumer protocol. A classic group is none.

import KafkaWire

extension BrokerCore {
    func consumerGroupDescribe(_ target: ReplyTarget, _ request: ConsumerGroupDescribeRequest) {
        var response = ConsumerGroupDescribeResponse()
        response.groups = request.groups.map { name in
            var described = describeConsumerGroup(name)
            if request.includesAuthorizedOperations, described.error == .none {
                described.authorizedOperations = Self.groupOperations
            }
            return described
        }
        reply(target, response)
    }

    private func describeConsumerGroup(_ name: String) -> ConsumerGroupDescribeResponse.Group {
        var described = ConsumerGroupDescribeResponse.Group()
        described.groupID = name
        guard settings.consumerGroups.isOffered else {
            described.error = .unsupportedVersion
            return described
        }
        guard !name.isEmpty else {
            described.error = .invalidGroupID
            return described
        }
        let group = groups[GroupName(name)]
        guard let machine = group?.consumer else {
            described.error = .groupIDNotFound
            described.errorMessage = group == nil ? "Group \(name) not found." : "Group \(name) is not a consumer group."
            return described
        }
        described.state = machine.stateName
        described.epoch = machine.epoch
        described.assignmentEpoch = machine.assignmentEpoch
        described.assignor = machine.assignorName(settings.consumerGroups)
        described.members = machine.members.reversed().map { member in
            var entry = ConsumerGroupDescribeResponse.Member()
            entry.memberID = member.id
            entry.instanceID = member.instanceID
            entry.rackID = member.rackID
            entry.epoch = member.epoch
            entry.clientID = member.clientID
            entry.clientHost = member.clientHost
            entry.subscribedTopics = member.topics
            entry.subscribedPattern = member.pattern ?? ""
            // What it is asked to give up, it still has.
            entry.assignment = describe(member.assigned.merging(member.revoking) { $0.union($1) })
            entry.target = describe(member.target)
            entry.type = member.classic == nil ? 1 : 0
            return entry
        }
        return described
    }

    /// Topics that are gone have no name to tell.
    private func describe(_ partitions: PartitionMap) -> ConsumerGroupDescribeResponse.Assignment {
        var assignment = ConsumerGroupDescribeResponse.Assignment()
        assignment.topics = partitions.list.compactMap { item in
            guard let name = catalog.topic(item.id)?.name else { return nil }
            var topic = ConsumerGroupDescribeResponse.Topic()
            topic.id = item.id
            topic.name = name
            topic.partitions = item.partitions
            return topic
        }
        return assignment
    }
}
