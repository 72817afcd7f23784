// CreateTopics (19), CreatePartitions (37) and DeleteTopics (20). All topics of a request are created with
// one durable write. A replication factor other than 1 (or -1, the default) cannot be had on one node.

import KafkaWire

extension BrokerCore {
    func createTopics(_ target: ReplyTarget, _ request: CreateTopicsRequest) {
        var response = CreateTopicsResponse()
        var wanted: [(name: String, partitions: Int, values: [String: String])] = []
        for topic in request.topics {
            var result = CreateTopicsResponse.Topic()
            result.name = topic.name
            let isRepeated = request.topics.filter { $0.name == topic.name }.count > 1
            switch isRepeated ? .failure(Refusal(.invalidRequest, "named twice")) : plan(topic) {
            case .failure(let refusal):
                result.error = refusal.code
                result.errorMessage = refusal.reason
            case .success(let item):
                wanted.append(item)
                result.partitionCount = Int32(item.partitions)
                result.replicationFactor = 1
            }
            response.topics.append(result)
        }
        if !request.validatesOnly, !wanted.isEmpty {
            do throws(DiskError) {
                try createTopics(wanted)
            } catch {
                for index in response.topics.indices where response.topics[index].error == .none {
                    response.topics[index].error = .storageError
                    response.topics[index].errorMessage = "\(error)"
                }
            }
        }
        for index in response.topics.indices where response.topics[index].error == .none {
            let topic = catalog.topics[response.topics[index].name]
            response.topics[index].id = topic?.id ?? .none
            response.topics[index].configs = TopicSettingKey.all.map { key in
                var config = CreateTopicsResponse.Topic.Config()
                config.name = key.name
                config.value = catalog.value(key, of: topic)
                config.source = source(key, topic)
                return config
            }
        }
        whenDurable { [unowned self] in reply(target, response) }
    }

    /// Why a change is refused, for the client to show.
    struct Refusal: Error {
        var code: ErrorCode
        var reason: String

        init(_ code: ErrorCode, _ reason: String) {
            self.code = code
            self.reason = reason
        }
    }

    private func plan(
        _ topic: CreateTopicsRequest.Topic
    ) -> Result<(name: String, partitions: Int, values: [String: String]), Refusal> {
        guard TopicCatalog.isLegal(topic.name) else {
            return .failure(Refusal(.invalidTopic, "a topic's name has 1 to 249 of the characters a-z A-Z 0-9 . _ -"))
        }
        guard catalog.topics[topic.name] == nil else {
            return .failure(Refusal(.topicAlreadyExists, "Topic '\(topic.name)' already exists."))
        }
        var count = topic.partitionCount == -1 ? settings.partitionCountInitial : topic.partitionCount
        if !topic.assignments.isEmpty {
            guard topic.partitionCount == -1, topic.replicationFactor == -1 else {
                return .failure(Refusal(.invalidRequest, "give either assignments or counts"))
            }
            let indexes = topic.assignments.map(\.index).sorted()
            guard indexes == Array(0..<Int32(indexes.count)),
                topic.assignments.allSatisfy({ $0.brokerIDs == [settings.nodeID] })
            else { return .failure(Refusal(.invalidReplicaAssignment, "there is one broker, \(settings.nodeID)")) }
            count = Int32(indexes.count)
        } else if topic.replicationFactor != -1, topic.replicationFactor != 1 {
            return .failure(Refusal(.invalidReplicationFactor, "there is one broker: the replication factor is 1"))
        }
        guard count >= 1, Int(count) <= settings.limits.partitionsPerTopicMax,
            catalog.partitionCount + Int(count) <= settings.limits.partitionsMax
        else { return .failure(Refusal(.invalidPartitions, "cannot have \(count) partitions")) }
        var values = internalValues(topic.name)
        for config in topic.configs {
            if let refusal = checkSetting(config.name, config.value) { return .failure(refusal) }
            values[config.name] = config.value
        }
        return .success((topic.name, Int(count), values))
    }

    func checkSetting(_ name: String, _ value: String?) -> Refusal? {
        guard let key = TopicSettingKey.named(name) else {
            return Refusal(.invalidConfig, "Unknown topic config name: \(name)")
        }
        guard let value, key.accepts(value) else {
            return Refusal(.invalidConfig, "Invalid value \(value ?? "null") for configuration \(name)")
        }
        return nil
    }

    func createPartitions(_ target: ReplyTarget, _ request: CreatePartitionsRequest) {
        var response = CreatePartitionsResponse()
        for asked in request.topics {
            var result = CreatePartitionsResponse.Topic()
            result.name = asked.name
            if let refusal = grow(asked, validatesOnly: request.validatesOnly) {
                result.error = refusal.code
                result.errorMessage = refusal.reason
            }
            response.topics.append(result)
        }
        whenDurable { [unowned self] in reply(target, response) }
    }

    private func grow(_ asked: CreatePartitionsRequest.Topic, validatesOnly: Bool) -> Refusal? {
        guard let topic = catalog.topics[asked.name] else { return Refusal(.unknownTopicOrPartition, "no such topic") }
        let count = Int(asked.count)
        guard count > topic.partitionCount else {
            return Refusal(.invalidPartitions, "Topic already has \(topic.partitionCount) partitions.")
        }
        guard count <= settings.limits.partitionsPerTopicMax, !topic.isInternal,
            catalog.partitionCount + count - topic.partitionCount <= settings.limits.partitionsMax
        else { return Refusal(.invalidPartitions, "cannot have \(count) partitions") }
        if let assignments = asked.assignments {
            guard assignments.count == count - topic.partitionCount,
                assignments.allSatisfy({ $0.brokerIDs == [settings.nodeID] })
            else { return Refusal(.invalidReplicaAssignment, "there is one broker, \(settings.nodeID)") }
        }
        guard !validatesOnly else { return nil }
        do throws(DiskError) {
            try catalog.grow(topic, to: count, now: now)
            for log in topic.partitions { touch(log) }
            return nil
        } catch {
            return Refusal(.storageError, "\(error)")
        }
    }

    func deleteTopics(_ target: ReplyTarget, _ request: DeleteTopicsRequest) {
        var response = DeleteTopicsResponse()
        let asked =
            target.version >= 6
            ? request.topics.map { ($0.name, $0.id) } : request.names.map { (Optional($0), TopicID.none) }
        for (name, id) in asked {
            var result = DeleteTopicsResponse.Topic()
            result.name = name
            result.id = id
            if let topic = name.flatMap({ catalog.topics[$0] }) ?? catalog.topic(id) {
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

    private func delete(_ topic: Topic) -> ErrorCode {
        guard settings.isTopicDeletionEnabled else { return ErrorCode(rawValue: 73) }
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
