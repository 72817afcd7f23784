// OffsetCommit (key 8), versions 2-10. Without a generation (-1) a simple consumer or a tool commits, and the
// group comes into being by it; a member must be who and when it says. The answer comes when the offsets are
// durable.
//
// Versions: 2-4 may say how long to keep the offsets. A generation of a group that does not exist is
// ILLEGAL_GENERATION, from 9 on GROUP_ID_NOT_FOUND. 10 names topics by id.

import KafkaWire

extension BrokerCore {
    func offsetCommit(_ target: ReplyTarget, _ request: OffsetCommitRequest) {
        var response = OffsetCommitResponse()
        var offsets: [(TopicPartition, CommittedOffset?)] = []
        let expiresAt = request.retentionTimeMilliseconds == -1 ? nil : now + max(0, request.retentionTimeMilliseconds)
        for asked in request.topics {
            var answered = OffsetCommitResponse.Topic()
            answered.id = asked.id
            answered.name = asked.name
            let topic = target.version >= 10 ? catalog.topic(asked.id) : catalog.topics[asked.name]
            let absent: ErrorCode = topic == nil && target.version >= 10 ? .unknownTopicID : .unknownTopicOrPartition
            answered.partitions = asked.partitions.map { partition in
                var result = OffsetCommitResponse.Topic.Partition()
                result.index = partition.index
                guard let topic, topic.partition(partition.index) != nil else {
                    result.error = absent
                    return result
                }
                let offset = CommittedOffset(
                    offset: partition.offset, leaderEpoch: partition.leaderEpoch, metadata: partition.metadata ?? "",
                    timestamp: now, expiresAt: expiresAt)
                // Counted as Java counts characters.
                if offset.metadata.utf16.count > settings.offsetMetadataBytesMax {
                    result.error = .offsetMetadataTooLarge
                }
                offsets.append((TopicPartition(topic: topic.name, index: partition.index), offset))
                return result
            }
            response.topics.append(answered)
        }
        guard !offsets.isEmpty else { return reply(target, response) }
        switch committer(request, version: target.version) {
        case .failure(let error): response.refuseAccepted(error)
        case .success(let group):
            offsets.removeAll { $0.1.map { $0.metadata.utf16.count > settings.offsetMetadataBytesMax } ?? false }
            do throws(AppendError) {
                try storeOffsets(group, offsets)
            } catch {
                response.refuseAccepted(.coordinatorNotAvailable)
            }
        }
        whenDurable { [unowned self] in reply(target, response) }
    }

    /// The group for which the sender may commit, or why it may not.
    private func committer(_ request: OffsetCommitRequest, version: Int16) -> Result<Group, ErrorCode> {
        guard let group = groups[GroupName(request.groupID)] else {
            guard request.generation < 0 else { return .failure(version >= 9 ? .groupIDNotFound : .illegalGeneration) }
            guard groups.groups.count < settings.limits.groupsMax else { return .failure(.coordinatorNotAvailable) }
            return .success(obtainGroup(request.groupID))
        }
        let refusal = group.commitRefusal(
            request.memberID, request.groupInstanceID, request.generation, isTransactional: false, version: version)
        if let refusal { return .failure(refusal) }
        perform(group.machine.committed(request.memberID, now: now), of: group)
        return .success(group)
    }
}

extension OffsetCommitResponse {
    /// Whatever was fine so far is not stored.
    fileprivate mutating func refuseAccepted(_ error: ErrorCode) {
        let refusable: [ErrorCode] = [.none, .offsetMetadataTooLarge]
        for topic in topics.indices {
            for partition in topics[topic].partitions.indices
            where refusable.contains(topics[topic].partitions[partition].error) {
                topics[topic].partitions[partition].error = error
            }
        }
    }
}
