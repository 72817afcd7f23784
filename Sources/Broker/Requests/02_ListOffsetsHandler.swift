// ListOffsets (key 2), versions 0-11. -1 is the high watermark, or under read_committed the last stable offset;
// -2 and -4 the log's start (all of it lies here); -3 the record with the largest timestamp; -5 and -6 are tiered
// storage's, which there is none of: no offset. Otherwise the first record at or after the timestamp, and offset
// -1 when there is none. A partition named twice is refused, as Kafka does.

import KafkaWire

extension BrokerCore {
    func listOffsets(_ target: ReplyTarget, _ request: ListOffsetsRequest) {
        var response = ListOffsetsResponse()
        var repeated: Set<TopicPartition> = []
        var seen: Set<TopicPartition> = []
        for topic in request.topics {
            for partition in topic.partitions {
                let place = TopicPartition(topic: topic.name, index: partition.index)
                if !seen.insert(place).inserted { repeated.insert(place) }
            }
        }
        for topic in request.topics {
            var answered = ListOffsetsResponse.Topic()
            answered.name = topic.name
            for partition in topic.partitions {
                var result = ListOffsetsResponse.Topic.Partition()
                result.index = partition.index
                if repeated.contains(TopicPartition(topic: topic.name, index: partition.index)) {
                    result.error = .invalidRequest
                } else if let log = catalog.log(topic.name, partition.index) {
                    if partition.currentLeaderEpoch > 0 {
                        result.error = .unknownLeaderEpoch
                    } else {
                        answer(partition.timestamp, target.version, log, request.isolationLevel == 1, &result)
                        // Version 0 answers with a list, of which its clients read the first.
                        if result.offset >= 0, partition.offsetsMax > 0 { result.offsets = [result.offset] }
                    }
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
        _ timestamp: Int64, _ version: Int16, _ log: PartitionLog, _ isCommittedOnly: Bool,
        _ result: inout ListOffsetsResponse.Topic.Partition
    ) {
        guard log.failure == nil else { return result.error = .storageError }
        let end = isCommittedOnly ? log.lastStableOffset : log.highWatermark.offset
        do throws(DiskError) {
            switch (timestamp, version) {
            case (-1, _): (result.offset, result.leaderEpoch) = (end, 0)
            case (-2, _), (-4, 8...): (result.offset, result.leaderEpoch) = (log.startOffset, 0)
            case (-3, 7...):
                guard let found = try log.offsetOfMaxTimestamp() else { return }
                (result.offset, result.timestamp) = found
                result.leaderEpoch = 0
            case (-5, 9...), (-6, 11...): break
            case (..<0, _): result.error = .unsupportedVersion
            default:
                guard let found = try log.offset(atOrAfter: timestamp, below: end), found.offset < end else { return }
                (result.offset, result.timestamp) = found
                result.leaderEpoch = 0
            }
        } catch {
            result.error = .storageError
        }
    }
}
