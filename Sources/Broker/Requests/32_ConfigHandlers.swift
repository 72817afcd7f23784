// DescribeConfigs (32), AlterConfigs (33) and IncrementalAlterConfigs (44). Resource type 2 is a topic, 4
// the broker. Sources: 1 the topic's own value, 4 given at start, 5 Kafka's default.

import KafkaWire

extension BrokerCore {
    func source(_ key: TopicSettingKey, _ topic: Topic?) -> Int8 {
        if topic?.values[key.name] != nil { return 1 }
        return settings.values[key.brokerName] != nil ? 4 : 5
    }

    func describeConfigs(_ target: ReplyTarget, _ request: DescribeConfigsRequest) {
        var response = DescribeConfigsResponse()
        response.results = request.resources.map { resource in
            var result = DescribeConfigsResponse.Result()
            result.type = resource.type
            result.name = resource.name
            switch resource.type {
            case 2:
                if let topic = catalog.topics[resource.name] {
                    result.configs = topicConfigs(topic, request.includesSynonyms)
                } else {
                    result.error = .unknownTopicOrPartition
                }
            case 4: result.configs = brokerConfigs()
            default: result.error = .invalidRequest
            }
            if let keys = resource.keys { result.configs.removeAll { !keys.contains($0.name) } }
            return result
        }
        reply(target, response)
    }

    private func topicConfigs(_ topic: Topic, _ includesSynonyms: Bool) -> [DescribeConfigsResponse.Result.Config] {
        TopicSettingKey.all.map { key in
            var config = DescribeConfigsResponse.Result.Config()
            config.name = key.name
            config.value = catalog.value(key, of: topic)
            config.source = source(key, topic)
            config.type = key.kind.rawValue
            if includesSynonyms { config.synonyms = synonyms(key, topic) }
            return config
        }
    }

    /// Where a value could come from, the strongest first.
    private func synonyms(
        _ key: TopicSettingKey, _ topic: Topic
    ) -> [DescribeConfigsResponse.Result.Config.Synonym] {
        var found: [(String, String, Int8)] = [(key.brokerName, key.initial, 5)]
        if let value = settings.values[key.brokerName] { found.insert((key.brokerName, value, 4), at: 0) }
        if let value = topic.values[key.name] { found.insert((key.name, value, 1), at: 0) }
        return found.map { name, value, source in
            var synonym = DescribeConfigsResponse.Result.Config.Synonym()
            synonym.name = name
            synonym.value = value
            synonym.source = source
            return synonym
        }
    }

    private func brokerConfigs() -> [DescribeConfigsResponse.Result.Config] {
        var values: [String: (String, Int8)] = [
            "node.id": (String(settings.nodeID), 5),
            "broker.id": (String(settings.nodeID), 5),
            "num.partitions": (String(settings.partitionCountInitial), 5),
            "auto.create.topics.enable": (String(settings.createsTopicsAutomatically), 5),
            "default.replication.factor": ("1", 5),
            "log.dirs": (settings.dataDirectory, 4),
            "listeners": ("PLAINTEXT://\(advertisedHost):\(advertisedPort)", 4),
            "socket.request.max.bytes": (String(settings.limits.requestBytesMax), 5),
            "offsets.retention.minutes": (String(settings.offsetsRetentionMilliseconds / 60_000), 5),
            "transaction.max.timeout.ms": (String(settings.transactionTimeoutMillisecondsMax), 5),
        ]
        for key in TopicSettingKey.all { values[key.brokerName] = (key.initial, 5) }
        for (name, value) in settings.values { values[name] = (value, 4) }
        return values.sorted { $0.key < $1.key }.map { name, value in
            var config = DescribeConfigsResponse.Result.Config()
            config.name = name
            config.value = value.0
            config.source = value.1
            config.isReadOnly = true
            config.type = TopicSettingKey.all.first { $0.brokerName == name }?.kind.rawValue ?? 2
            return config
        }
    }

    // MARK: Changing

    func alterConfigs(_ target: ReplyTarget, _ request: AlterConfigsRequest) {
        var response = AlterConfigsResponse()
        response.results = request.resources.map { resource in
            var result = AlterConfigsResponse.Result()
            result.type = resource.type
            result.name = resource.name
            let changes = resource.configs.map { ($0.name, Int8(0), $0.value) }
            if let refusal = alter(resource.type, resource.name, startingFrom: [:], changes, request.validatesOnly) {
                result.error = refusal.code
                result.errorMessage = refusal.reason
            }
            return result
        }
        reply(target, response)
    }

    func incrementalAlterConfigs(_ target: ReplyTarget, _ request: IncrementalAlterConfigsRequest) {
        var response = IncrementalAlterConfigsResponse()
        response.results = request.resources.map { resource in
            var result = IncrementalAlterConfigsResponse.Result()
            result.type = resource.type
            result.name = resource.name
            let changes = resource.configs.map { ($0.name, $0.operation, $0.value) }
            let current = catalog.topics[resource.name]?.values ?? [:]
            if let refusal = alter(resource.type, resource.name, startingFrom: current, changes, request.validatesOnly)
            {
                result.error = refusal.code
                result.errorMessage = refusal.reason
            }
            return result
        }
        reply(target, response)
    }

    private func alter(
        _ type: Int8, _ name: String, startingFrom current: [String: String],
        _ changes: [(name: String, operation: Int8, value: String?)], _ validatesOnly: Bool
    ) -> Refusal? {
        guard type == 2 else {
            return Refusal(.invalidRequest, "settings of the broker are given when it starts")
        }
        guard let topic = catalog.topics[name] else { return Refusal(.unknownTopicOrPartition, "no such topic") }
        var values = current
        for change in changes {
            guard let key = TopicSettingKey.named(change.name) else {
                return Refusal(.invalidConfig, "Unknown topic config name: \(change.name)")
            }
            if change.operation == 1 {
                values[change.name] = nil
                continue
            }
            var value = change.value
            if change.operation == 2 || change.operation == 3 {
                guard key.kind == .list, let item = value else {
                    return Refusal(.invalidConfig, "\(change.name) is not a list")
                }
                var items = catalog.value(key, of: topic).split(separator: ",").map(String.init)
                items.removeAll { $0 == item }
                if change.operation == 2 { items.append(item) }
                value = items.joined(separator: ",")
            }
            guard (0...3).contains(change.operation) else { return Refusal(.invalidRequest, "unknown operation") }
            if let refusal = checkSetting(change.name, value) { return refusal }
            values[change.name] = value
        }
        guard !validatesOnly else { return nil }
        do throws(DiskError) {
            try catalog.setValues(values, of: topic)
            return nil
        } catch {
            return Refusal(.storageError, "\(error)")
        }
    }
}
