// CreateTopics (19), versions 2-7. All topics of a request are created with one durable write. A replication factor
// other than 1 (or -1, the default) cannot be had on one node. From 5 on the settings that result are told.

import KafkaWire

extension BrokerCore {
    func createTopics(_ target: ReplyTarget, _ request: CreateTopicsRequest) {
        var response = CreateTopicsResponse()
        var wanted: [(name: String, partitions: Int, values: [String: String])] = []
        for topic in request.topics {
            var result = CreateTopicsResponse.Topic()
            result.name = topic.name
            let isRepeated = request.topics.filter { $0.name == topic.name }.count > 1
            switch isRepeated ? .failure(Refusal(.invalidRequest, "Duplicate topic name.")) : plan(topic) {
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
        let valuesByName = Dictionary(wanted.map { ($0.name, $0.values) }) { first, _ in first }
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
            response.topics[index].configs = createdConfigs(valuesByName[response.topics[index].name] ?? [:])
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
        if let refusal = checkName(topic.name) { return .failure(refusal) }
        guard catalog.topics[topic.name] == nil else {
            return .failure(Refusal(.topicAlreadyExists, "Topic '\(topic.name)' already exists."))
        }
        let count: Int
        switch partitionCount(topic) {
        case .failure(let refusal): return .failure(refusal)
        case .success(let found): count = found
        }
        guard count <= settings.limits.partitionsPerTopicMax,
            catalog.partitionCount + count <= settings.limits.partitionsMax
        else { return .failure(Refusal(.invalidPartitions, "A topic cannot have \(count) partitions here.")) }
        var values = internalValues(topic.name)
        for config in topic.configs {
            guard let value = config.value else {
                return .failure(
                    Refusal(.invalidConfig, "\(config.name) may not be null."))
            }
            values[config.name] = value
        }
        if let refusal = checkTopicValues(values) { return .failure(refusal) }
        return .success((topic.name, count, values))
    }

    private func partitionCount(_ topic: CreateTopicsRequest.Topic) -> Result<Int, Refusal> {
        guard topic.assignments.isEmpty else {
            guard topic.partitionCount == -1 else {
                return .failure(
                    Refusal(.invalidRequest, "With assignments given, the partition count must be -1."))
            }
            guard topic.replicationFactor == -1 else {
                return .failure(
                    Refusal(.invalidRequest, "With assignments given, the replication factor must be -1."))
            }
            let indexes = topic.assignments.map(\.index).sorted()
            guard indexes == Array(0..<Int32(truncatingIfNeeded: indexes.count)) else {
                return .failure(
                    Refusal(.invalidReplicaAssignment, "Assignments must number the partitions from 0 on."))
            }
            guard topic.assignments.allSatisfy({ $0.brokerIDs == [settings.nodeID] }) else {
                return .failure(Refusal(.invalidReplicaAssignment, "There is one broker, \(settings.nodeID)."))
            }
            return .success(indexes.count)
        }
        guard topic.partitionCount == -1 || topic.partitionCount > 0 else {
            return .failure(
                Refusal(.invalidPartitions, "There must be at least one partition."))
        }
        guard topic.replicationFactor == -1 || topic.replicationFactor == 1 else {
            let isPositive = topic.replicationFactor > 0
            return .failure(
                Refusal(
                    .invalidReplicationFactor,
                    isPositive
                        ? "There is one broker, so a partition cannot be replicated \(topic.replicationFactor) time(s)."
                        : "A replication factor is at least 1, or -1 for the default."))
        }
        return .success(Int(topic.partitionCount == -1 ? settings.partitionCountInitial : topic.partitionCount))
    }

    /// Why no topic can have this name; nil when one can. `.` and `_` count as the same, as metrics' names do.
    func checkName(_ name: String) -> Refusal? {
        guard TopicCatalog.isLegal(name) else {
            return Refusal(.invalidTopic, "A topic's name has 1 to 249 of the characters a-z A-Z 0-9 . _ -")
        }
        guard name.utf8.contains(UInt8(ascii: ".")) || name.utf8.contains(UInt8(ascii: "_")) else { return nil }
        let plain = Self.withoutDots(name)
        let other = catalog.topics.keys.first { $0 != name && Self.withoutDots($0) == plain }
        return other.map { Refusal(.invalidTopic, "Topic '\(name)' collides with existing topic: \($0)") }
    }

    private static func withoutDots(_ name: String) -> [UInt8] {
        name.utf8.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "_") : $0 }
    }
}
