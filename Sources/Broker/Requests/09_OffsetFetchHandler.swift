// OffsetFetch (key 9), versions 1-8. With requireStable an offset that an open transaction may still change
// is answered with UNSTABLE_OFFSET_COMMIT. A group that does not exist has no offsets, which is no error.

import KafkaWire

extension BrokerCore {
    func offsetFetch(_ target: ReplyTarget, _ request: OffsetFetchRequest) {
        var response = OffsetFetchResponse()
        if target.version >= 8 {
            response.groups = request.groups.map { asked in
                var answered = OffsetFetchResponse.Group()
                answered.groupID = asked.groupID
                let wanted = asked.topics?.map { ($0.name, $0.partitionIndexes) }
                for (name, offsets) in offsets(asked.groupID, wanted, requiresStable: request.requiresStable) {
                    var topic = OffsetFetchResponse.Group.GroupTopic()
                    topic.name = name
                    topic.partitions = offsets.map { index, offset, error in
                        var partition = OffsetFetchResponse.Group.GroupTopic.GroupPartition()
                        partition.index = index
                        partition.offset = offset?.offset ?? -1
                        partition.leaderEpoch = offset?.leaderEpoch ?? -1
                        partition.metadata = offset?.metadata ?? ""
                        partition.error = error
                        return partition
                    }
                    answered.topics.append(topic)
                }
                return answered
            }
        } else {
            let wanted = request.topics?.map { ($0.name, $0.partitionIndexes) }
            for (name, offsets) in offsets(request.groupID, wanted, requiresStable: request.requiresStable) {
                var topic = OffsetFetchResponse.Topic()
                topic.name = name
                topic.partitions = offsets.map { index, offset, error in
                    var partition = OffsetFetchResponse.Topic.Partition()
                    partition.index = index
                    partition.offset = offset?.offset ?? -1
                    partition.leaderEpoch = offset?.leaderEpoch ?? -1
                    partition.metadata = offset?.metadata ?? ""
                    partition.error = error
                    return partition
                }
                response.topics.append(topic)
            }
        }
        reply(target, response)
    }

    private typealias Answer = (name: String, partitions: [(index: Int32, offset: CommittedOffset?, error: ErrorCode)])

    private func offsets(_ name: String, _ wanted: [(String, [Int32])]?, requiresStable: Bool) -> [Answer] {
        let group = groups[GroupName(name)]
        var asked = wanted ?? []
        if wanted == nil, let group {
            let known = Set(group.offsets.keys).union(requiresStable ? group.pendingOffsets.values.flatMap(\.keys) : [])
            asked = Dictionary(grouping: known, by: \.topic)
                .map { ($0.key, $0.value.map(\.index).sorted()) }.sorted { $0.0 < $1.0 }
        }
        return asked.map { topic, indexes in
            let partitions = indexes.map { index -> (index: Int32, offset: CommittedOffset?, error: ErrorCode) in
                let partition = TopicPartition(topic: topic, index: index)
                if requiresStable, group?.hasPendingOffset(partition) == true {
                    return (index, nil, .unstableOffsetCommit)
                }
                return (index, group?.offsets[partition], .none)
            }
            return (topic, partitions)
        }
    }
}
