// Topics: what there is, making and deleting them, their settings.

import CRdKafka

/// A topic to be made.
public struct NewTopic: Sendable {
    public var name: String
    public var partitionCount: Int
    /// -1: the broker's default.
    public var replicationFactor: Int
    /// Kafka's names of topic settings, such as `cleanup.policy`.
    public var settings: [(name: String, value: String)]

    public init(
        _ name: String, partitionCount: Int = 1, replicationFactor: Int = -1,
        settings: [(name: String, value: String)] = []
    ) {
        self.name = name
        self.partitionCount = partitionCount
        self.replicationFactor = replicationFactor
        self.settings = settings
    }
}

/// A topic as the brokers describe it.
public struct TopicDescription: Sendable, Equatable {
    public var name: String
    public var partitionCount: Int
    public var replicationFactor: Int
    public var partitions: [TopicPartition] {
        (0..<partitionCount).map { TopicPartition(name, Int32($0)) }
    }
}

/// The brokers behind the bootstrap addresses.
public struct ClusterDescription: Sendable {
    public var brokers: [String]
    public var topics: [TopicDescription]
}

extension Admin {
    /// Brokers and all topics, sorted by name. Also the way to find out whether the bus can be reached.
    public func describeCluster(timeoutMilliseconds: Int = BusLimits.requestMilliseconds) throws(BusError)
        -> ClusterDescription
    {
        try exclusively { () throws(BusError) in
            var metadata: UnsafePointer<rd_kafka_metadata_t>?
            let code = unsafe rd_kafka_metadata(
                committedHandle.pointer, 1, nil, &metadata, Int32(clamping: timeoutMilliseconds))
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata = unsafe metadata else {
                throw BusError(code, servers: settings.bootstrapServers)
            }
            defer { unsafe rd_kafka_metadata_destroy(metadata) }
            var description = ClusterDescription(brokers: [], topics: [])
            for place in 0..<Int(unsafe metadata.pointee.broker_cnt) {
                let broker = unsafe metadata.pointee.brokers[place]
                description.brokers.append(unsafe "\(String(cString: broker.host)):\(broker.port)")
            }
            for place in 0..<Int(unsafe metadata.pointee.topic_cnt) {
                let topic = unsafe metadata.pointee.topics[place]
                guard unsafe topic.err == RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
                let replicas = unsafe topic.partition_cnt > 0 ? topic.partitions[0].replica_cnt : 0
                description.topics.append(
                    unsafe TopicDescription(
                        name: String(cString: topic.topic), partitionCount: Int(topic.partition_cnt),
                        replicationFactor: Int(replicas)))
            }
            description.topics.sort { $0.name < $1.name }
            return description
        }
    }

    public func listTopics() throws(BusError) -> [TopicDescription] { try describeCluster().topics }

    /// The topic; nil where there is none of that name.
    public func describeTopic(_ name: String) throws(BusError) -> TopicDescription? {
        try describeCluster().topics.first { $0.name == name }
    }

    /// Makes topics; one that is there already stays as it is, and that is no error.
    /// - Returns: the names of those that were made now.
    @discardableResult
    public func createTopics(_ topics: [NewTopic]) throws(BusError) -> [String] {
        if topics.isEmpty { return [] }
        return try exclusively { () throws(BusError) in
            var wanted: [OpaquePointer?] = unsafe []
            defer { for unsafe topic in unsafe wanted { unsafe rd_kafka_NewTopic_destroy(topic) } }
            for topic in topics {
                var reason = [CChar](repeating: 0, count: 256)
                guard
                    let made = unsafe rd_kafka_NewTopic_new(
                        topic.name, Int32(clamping: topic.partitionCount), Int32(clamping: topic.replicationFactor),
                        &reason, reason.count)
                else {
                    throw BusError(RD_KAFKA_RESP_ERR__INVALID_ARG, topic: topic.name, servers: settings.bootstrapServers)
                }
                unsafe wanted.append(made)
                for (name, value) in topic.settings { unsafe rd_kafka_NewTopic_set_config(made, name, value) }
            }
            let answer = try unsafe request(RD_KAFKA_ADMIN_OP_CREATETOPICS) { client, options, queue in
                unsafe rd_kafka_CreateTopics(client, &wanted, wanted.count, options, queue)
            }
            var count = 0
            let results = unsafe rd_kafka_CreateTopics_result_topics(
                rd_kafka_event_CreateTopics_result(answer.event), &count)
            return try unsafe done(results, count, ignoring: RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
        }
    }

    /// Deletes topics with everything in them; one that is not there is no error.
    /// - Returns: the names of those that were deleted.
    @discardableResult
    public func deleteTopics(_ names: [String]) throws(BusError) -> [String] {
        if names.isEmpty { return [] }
        return try exclusively { () throws(BusError) in
            var wanted: [OpaquePointer?] = unsafe names.map { unsafe rd_kafka_DeleteTopic_new($0) }
            defer { for unsafe topic in unsafe wanted { unsafe rd_kafka_DeleteTopic_destroy(topic) } }
            let answer = try unsafe request(RD_KAFKA_ADMIN_OP_DELETETOPICS) { client, options, queue in
                unsafe rd_kafka_DeleteTopics(client, &wanted, wanted.count, options, queue)
            }
            var count = 0
            let results = unsafe rd_kafka_DeleteTopics_result_topics(
                rd_kafka_event_DeleteTopics_result(answer.event), &count)
            return try unsafe done(results, count, ignoring: RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        }
    }

    /// The names of what was done; throws for the first that was not, unless for the ignored reason.
    @unsafe private func done(
        _ results: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int, ignoring ignored: rd_kafka_resp_err_t
    ) throws(BusError) -> [String] {
        var names: [String] = []
        for place in 0..<count {
            guard let result = unsafe results?[place] else { continue }
            let name = unsafe text(rd_kafka_topic_result_name(result)) ?? ""
            let code = unsafe rd_kafka_topic_result_error(result)
            if code == RD_KAFKA_RESP_ERR_NO_ERROR {
                names.append(name)
            } else if code != ignored {
                let detail = unsafe text(rd_kafka_topic_result_error_string(result)) ?? ""
                throw BusError(code, detail: detail, topic: name, servers: settings.bootstrapServers)
            }
        }
        return names
    }

    /// The settings of a topic that differ from the broker's defaults.
    public func topicSettings(_ name: String) throws(BusError) -> [String: String] {
        try exclusively { () throws(BusError) in try changedSettings(name) }
    }

    /// Changes settings of a topic and keeps the others; nil takes a setting back to the broker's default.
    public func alterTopic(_ name: String, settings changes: [(name: String, value: String?)]) throws(BusError) {
        try exclusively { () throws(BusError) in
            // The request that librdkafka 2.0.2 knows replaces all settings: so the standing ones are sent along.
            var standing = try changedSettings(name)
            for (setting, value) in changes { standing[setting] = value }
            var resource = unsafe rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name)
            defer { unsafe rd_kafka_ConfigResource_destroy(resource) }
            for (setting, value) in standing { unsafe rd_kafka_ConfigResource_set_config(resource, setting, value) }
            let answer = try unsafe request(RD_KAFKA_ADMIN_OP_ALTERCONFIGS) { client, options, queue in
                unsafe rd_kafka_AlterConfigs(client, &resource, 1, options, queue)
            }
            var count = 0
            let results = unsafe rd_kafka_AlterConfigs_result_resources(
                rd_kafka_event_AlterConfigs_result(answer.event), &count)
            try unsafe checkResources(results, count, name)
        }
    }

    private func changedSettings(_ name: String) throws(BusError) -> [String: String] {
        var resource = unsafe rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name)
        defer { unsafe rd_kafka_ConfigResource_destroy(resource) }
        let answer = try unsafe request(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS) { client, options, queue in
            unsafe rd_kafka_DescribeConfigs(client, &resource, 1, options, queue)
        }
        var count = 0
        let results = unsafe rd_kafka_DescribeConfigs_result_resources(
            rd_kafka_event_DescribeConfigs_result(answer.event), &count)
        try unsafe checkResources(results, count, name)
        var found: [String: String] = [:]
        for place in 0..<count {
            var entryCount = 0
            let entries = unsafe rd_kafka_ConfigResource_configs(results?[place], &entryCount)
            for entryPlace in 0..<entryCount {
                guard let entry = unsafe entries?[entryPlace],
                    unsafe rd_kafka_ConfigEntry_source(entry) == RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG,
                    let setting = unsafe text(rd_kafka_ConfigEntry_name(entry))
                else { continue }
                found[setting] = unsafe text(rd_kafka_ConfigEntry_value(entry)) ?? ""
            }
        }
        return found
    }

    @unsafe private func checkResources(
        _ results: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int, _ name: String
    ) throws(BusError) {
        for place in 0..<count {
            let code = unsafe rd_kafka_ConfigResource_error(results?[place])
            if code != RD_KAFKA_RESP_ERR_NO_ERROR {
                let detail = unsafe text(rd_kafka_ConfigResource_error_string(results?[place])) ?? ""
                throw BusError(code, detail: detail, topic: name, servers: settings.bootstrapServers)
            }
        }
    }
}
