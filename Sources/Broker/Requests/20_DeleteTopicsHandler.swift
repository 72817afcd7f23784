// DeleteTopics (20), versions 1-6, from 6 by name or id. With a topic go the committed positions in it. A topic
// named twice, or by name and id at once, is refused; so is every one where deletion is switched off.

import KafkaWire

extension BrokerCore {
    func deleteTopics(_ target: ReplyTarget, _ request: DeleteTopicsRequest) {
        var response = DeleteTopicsResponse()
        let asked =
            target.version >= 6
            ? request.topics.map { ($0.name, $0.id) } : request.names.map { (Optional($0), TopicID.none) }
        let found = asked.map { name, id in name.map { catalog.topics[$0] } ?? catalog.topic(id) }
        for (index, (name, id)) in asked.enumerated() {
            var result = DeleteTopicsResponse.Topic()
            result.name = name
            result.id = id
            let isRepeated = found[index].map { topic in found.count { $0 === topic } > 1 } ?? false
            if name != nil, id != .none {
                refuse(&result, .invalidRequest, "A topic is given by name or by id, not by both.")
            } else if name == nil, id == .none {
                refuse(&result, .invalidRequest, "Neither a name nor an id is given.")
            } else if isRepeated {
                refuse(&result, .invalidRequest, "The topic is named more than once.")
            } else if !settings.isTopicDeletionEnabled {
                let code: ErrorCode = target.version < 3 ? .invalidRequest : .topicDeletionDisabled
                refuse(&result, code, "Topic deletion is disabled.")
            } else if let topic = found[index] {
                result.name = topic.name
                result.id = topic.id
                result.error = delete(topic)
            } else {
                result.error = name == nil ? .unknownTopicID : .unknownTopicOrPartition
            }
            response.topics.append(result)
        }
        reply(target, response)
    }

    private func refuse(_ result: inout DeleteTopicsResponse.Topic, _ code: ErrorCode, _ reason: String) {
        result.error = code
        result.errorMessage = reason
    }

    private func delete(_ topic: Topic) -> ErrorCode {
        guard !topic.isInternal else { return .invalidTopic }
        for log in topic.partitions { wakeFetches(log) }
        do throws(DiskError) { try catalog.delete(topic) } catch { return .storageError }
        forgetOffsets(of: topic.name)
        return .none
    }

    /// Positions in a topic that is gone would mislead the consumers of a new one of that name.
    private func forgetOffsets(of topic: String) {
        for group in groups.groups.values {
            let gone = group.offsets.keys.filter { $0.topic == topic }.map { ($0, CommittedOffset?.none) }
            do throws(AppendError) { try storeOffsets(group, gone) } catch { continue }
        }
    }
}
