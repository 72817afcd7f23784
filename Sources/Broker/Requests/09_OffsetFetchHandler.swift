// OffsetFetch (key 9), versions 1-10. With requireStable an offset that an open transaction may still change
// is answered with UNSTABLE_OFFSET_COMMIT. A group that does not exist has no offsets, which is no error. The
// answer waits until what it tells is durable: after a crash a group must not find itself further back.
//
// Versions: 8 asks for several groups; from 9 on a member of the consumer protocol must be who and when it
// says; 10 names topics by id, and leaves out topics that are gone when all
// are asked for.

import KafkaWire

extension BrokerCore {
    func offsetFetch(_ target: ReplyTarget, _ request: OffsetFetchRequest) {
        var response = OffsetFetchResponse()
        if target.version >= 8 {
            response.groups = request.groups.map { asked in
                fetchOffsets(asked, usesIDs: target.version >= 10, requiresStable: request.requiresStable)
            }
        } else {
            let group = groups[GroupName(request.groupID)]
            let asked = request.topics?.map { ($0.name, $0.partitionIndexes) } ?? partitions(of: group)
            response.topics = asked.map { name, indexes in
                var topic = OffsetFetchResponse.Topic()
                topic.name = name
                topic.partitions = indexes.map { index in
                    let found = offset(group, name, index, requiresStable: request.requiresStable)
                    var partition = OffsetFetchResponse.Topic.Partition()
                    partition.index = index
                    partition.offset = found.offset?.offset ?? -1
                    partition.leaderEpoch = found.offset?.leaderEpoch ?? -1
                    partition.metadata = found.offset?.metadata ?? ""
                    partition.error = found.error
                    return partition
                }
                return topic
            }
        }
        whenDurable { [unowned self] in reply(target, response) }
    }

    private func fetchOffsets(
        _ request: OffsetFetchRequest.Group, usesIDs: Bool, requiresStable: Bool
    ) -> OffsetFetchResponse.Group {
        var answered = OffsetFetchResponse.Group()
        answered.groupID = request.groupID
        let group = groups[GroupName(request.groupID)]
        if let consumer = group?.consumer, request.memberID != nil || request.memberEpoch >= 0,
            let refusal = consumer.offsetRefusal(request.memberID ?? "", request.memberEpoch)
        {
            answered.error = refusal
            return answered
        }
        guard let topics = request.topics else {
            answered.topics = partitions(of: group).compactMap { name, indexes in
                let id = catalog.topics[name]?.id
                guard !usesIDs || id != nil else { return nil }
                return answer(group, name, id ?? .none, indexes, requiresStable: requiresStable)
            }
            return answered
        }
        answered.topics = topics.map { asked in
            let name = usesIDs ? catalog.topic(asked.id)?.name : asked.name
            return answer(group, name, asked.id, asked.partitionIndexes, requiresStable: requiresStable)
        }
        return answered
    }

    /// One topic's offsets; a topic without name is one whose id is not known.
    private func answer(
        _ group: Group?, _ name: String?, _ id: TopicID, _ indexes: [Int32], requiresStable: Bool
    ) -> OffsetFetchResponse.Group.GroupTopic {
        var topic = OffsetFetchResponse.Group.GroupTopic()
        topic.name = name ?? ""
        topic.id = id
        topic.partitions = indexes.map { index in
            let found = name.map { offset(group, $0, index, requiresStable: requiresStable) }
            var partition = OffsetFetchResponse.Group.GroupTopic.GroupPartition()
            partition.index = index
            partition.offset = found?.offset?.offset ?? -1
            partition.leaderEpoch = found?.offset?.leaderEpoch ?? -1
            partition.metadata = found?.offset?.metadata ?? ""
            partition.error = found?.error ?? .unknownTopicID
            return partition
        }
        return topic
    }

    private func partitions(of group: Group?) -> [(String, [Int32])] {
        Dictionary(grouping: group?.offsets.keys.map { $0 } ?? [], by: \.topic)
            .map { ($0.key, $0.value.map(\.index).sorted()) }.sorted { $0.0 < $1.0 }
    }

    private func offset(
        _ group: Group?, _ topic: String, _ index: Int32, requiresStable: Bool
    ) -> (offset: CommittedOffset?, error: ErrorCode) {
        let partition = TopicPartition(topic: topic, index: index)
        if requiresStable, group?.hasPendingOffset(partition) == true { return (nil, .unstableOffsetCommit) }
        return (group?.offsets[partition], .none)
    }
}
