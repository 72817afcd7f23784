// ListOffsets (key 2), versions 1-7. -1 is the high watermark, or under read_committed the last stable
// offset; -2 the log's start; -3 the record with the largest timestamp; otherwise the first record at or
// after the timestamp, and offset -1 when there is none.

import KafkaWire

extension BrokerCore {
    func listOffsets(_ target: ReplyTarget, _ request: ListOffsetsRequest) {
        var response = ListOffsetsResponse()
        for topic in request.topics {
            var answered = ListOffsetsResponse.Topic()
            answered.name = topic.name
            for partition in topic.partitions {
                var result = ListOffsetsResponse.Topic.Partition()
                result.index = partition.index
                if let log = catalog.log(topic.name, partition.index) {
                    answer(partition.timestamp, log, isCommittedOnly: request.isolationLevel == 1, &result)
                } else {
                    result.error = .unknownTopicOrPartition
                }
                answered.partitions.append(result)
            }
            response.topics.append(answered)
        }
        reply(target, response)
    }

    private func answer(
        _ timestamp: Int64, _ log: PartitionLog, isCommittedOnly: Bool,
        _ result: inout ListOffsetsResponse.Topic.Partition
    ) {
        guard log.failure == nil else { return result.error = .storageError }
        let end = isCommittedOnly ? log.lastStableOffset : log.highWatermark.offset
        result.leaderEpoch = 0
        do throws(DiskError) {
            switch timestamp {
            case -1: result.offset = end
            case -2: result.offset = log.startOffset
            case -3:
                guard let found = try log.offsetOfMaxTimestamp() else { return }
                (result.offset, result.timestamp) = found
            case ..<0: result.error = .invalidRequest
            default:
                guard let found = try log.offset(atOrAfter: timestamp, below: end), found.offset < end else { return }
                (result.offset, result.timestamp) = found
            }
        } catch {
            result.error = .storageError
        }
    }
}
