// OffsetCommit (key 8), versions 2-8. Without a generation (-1) and members, a simple consumer commits; a
// member must be who and when it says. The answer comes when the offsets are durable.

import KafkaWire

extension BrokerCore {
    func offsetCommit(_ target: ReplyTarget, _ request: OffsetCommitRequest) {
        var response = OffsetCommitResponse()
        let group = obtainGroup(request.groupID)
        let refusal = refusal(request, group)
        var offsets: [(TopicPartition, CommittedOffset?)] = []
        for topic in request.topics {
            var answered = OffsetCommitResponse.Topic()
            answered.name = topic.name
            for partition in topic.partitions {
                var result = OffsetCommitResponse.Topic.Partition()
                result.index = partition.index
                let metadata = partition.metadata ?? ""
                if let refusal {
                    result.error = refusal
                } else if catalog.log(topic.name, partition.index) == nil {
                    result.error = .unknownTopicOrPartition
                } else if metadata.utf8.count > settings.offsetMetadataBytesMax {
                    result.error = .offsetMetadataTooLarge
                } else {
                    let offset = CommittedOffset(
                        offset: partition.offset, leaderEpoch: partition.leaderEpoch, metadata: metadata, timestamp: now
                    )
                    offsets.append((TopicPartition(topic: topic.name, index: partition.index), offset))
                }
                answered.partitions.append(result)
            }
            response.topics.append(answered)
        }
        do throws(AppendError) {
            try storeOffsets(group, offsets)
        } catch {
            response.refuseAccepted()
        }
        whenDurable { [unowned self] in reply(target, response) }
    }

    private func refusal(_ request: OffsetCommitRequest, _ group: Group) -> ErrorCode? {
        if request.generation < 0 {
            return group.machine.members.isEmpty ? nil : .unknownMemberID
        }
        let error = group.machine.check(request.memberID, request.groupInstanceID, request.generation)
        if let error { return error }
        group.machine.touch(request.memberID, now: now)
        return group.machine.state == .completingRebalance ? .rebalanceInProgress : nil
    }
}

extension OffsetCommitResponse {
    /// The offsets could not be written: whatever was fine so far was not stored.
    fileprivate mutating func refuseAccepted() {
        for topic in topics.indices {
            for partition in topics[topic].partitions.indices where topics[topic].partitions[partition].error == .none {
                topics[topic].partitions[partition].error = .coordinatorNotAvailable
            }
        }
    }
}

extension BrokerCore {
    /// OffsetDelete (key 47): forgets offsets of topics that no member subscribes to.
    func offsetDelete(_ target: ReplyTarget, _ request: OffsetDeleteRequest) {
        var response = OffsetDeleteResponse()
        guard let group = groups[GroupName(request.groupID)] else {
            response.error = .groupIDNotFound
            return reply(target, response)
        }
        let isBusy = group.machine.state != .empty
        var forgotten: [(TopicPartition, CommittedOffset?)] = []
        for topic in request.topics {
            var answered = OffsetDeleteResponse.Topic()
            answered.name = topic.name
            for partition in topic.partitions {
                var result = OffsetDeleteResponse.Topic.Partition()
                result.index = partition.index
                if isBusy {
                    // Which topics the members subscribe to is theirs to know: none of a busy group's go.
                    result.error = .groupSubscribedToTopic
                } else {
                    forgotten.append((TopicPartition(topic: topic.name, index: partition.index), nil))
                }
                answered.partitions.append(result)
            }
            response.topics.append(answered)
        }
        do throws(AppendError) {
            try storeOffsets(group, forgotten)
        } catch {
            response.error = .coordinatorNotAvailable
            response.topics = []
        }
        whenDurable { [unowned self] in reply(target, response) }
    }
}
