// DeleteRecords (21) and OffsetForLeaderEpoch (23): the ends of a log. The only leader epoch is 0.

import KafkaWire

extension BrokerCore {
    func deleteRecords(_ target: ReplyTarget, _ request: DeleteRecordsRequest) {
        var response = DeleteRecordsResponse()
        response.topics = request.topics.map { topic in
            var answered = DeleteRecordsResponse.Topic()
            answered.name = topic.name
            answered.partitions = topic.partitions.map { asked in
                var result = DeleteRecordsResponse.Topic.Partition()
                result.index = asked.index
                guard let log = catalog.log(topic.name, asked.index) else {
                    result.error = .unknownTopicOrPartition
                    result.lowWatermark = -1
                    return result
                }
                guard !isInternalName(topic.name) else {
                    result.error = .invalidTopic
                    result.lowWatermark = -1
                    return result
                }
                result.error = deleteRecords(log, before: asked.offset)
                result.lowWatermark = result.error == .none ? log.startOffset : -1
                return result
            }
            return answered
        }
        reply(target, response)
    }

    private func deleteRecords(_ log: PartitionLog, before asked: Int64) -> ErrorCode {
        guard log.failure == nil else { return .storageError }
        guard log.settings.deletesOldSegments else { return .policyViolation }
        let offset = asked == -1 ? log.highWatermark.offset : asked
        guard offset >= 0, offset <= log.highWatermark.offset else { return .offsetOutOfRange }
        do throws(DiskError) {
            try log.deleteRecords(before: offset)
            return .none
        } catch {
            return .storageError
        }
    }

    func offsetForLeaderEpoch(_ target: ReplyTarget, _ request: OffsetForLeaderEpochRequest) {
        var response = OffsetForLeaderEpochResponse()
        response.topics = request.topics.map { topic in
            var answered = OffsetForLeaderEpochResponse.Topic()
            answered.name = topic.name
            answered.partitions = topic.partitions.map { asked in
                var result = OffsetForLeaderEpochResponse.Topic.Partition()
                result.index = asked.index
                guard let log = catalog.log(topic.name, asked.index) else {
                    result.error = .unknownTopicOrPartition
                    return result
                }
                guard asked.currentLeaderEpoch <= 0 else {
                    result.error = .unknownLeaderEpoch
                    return result
                }
                if asked.leaderEpoch == 0 {
                    result.leaderEpoch = 0
                    result.endOffset = log.highWatermark.offset
                }
                return result
            }
            return answered
        }
        reply(target, response)
    }
}
