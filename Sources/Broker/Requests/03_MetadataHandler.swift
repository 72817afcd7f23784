// Metadata (key 3), versions 0-13. One broker leads everything, in leader epoch 0. A topic that is asked
// for by name and missing is created when the client and the broker's settings allow it. Topics are asked for by id
// from version 12 on; 8-10 tell which operations the client may perform on the cluster, 8 on topics.

import KafkaWire

extension BrokerCore {
    func metadata(_ target: ReplyTarget, _ request: MetadataRequest) {
        var response = MetadataResponse()
        var broker = MetadataResponse.Broker()
        broker.nodeID = settings.nodeID
        broker.host = advertisedHost
        broker.port = advertisedPort
        broker.rack = settings.values["broker.rack"]
        response.brokers = [broker]
        response.clusterID = catalog.clusterID
        response.controllerID = settings.nodeID
        if request.includesClusterAuthorizedOperations {
            response.clusterAuthorizedOperations = AuthorizedOperations.cluster
        }
        let wantsAll = request.topics == nil || target.version == 0 && request.topics?.isEmpty == true
        if wantsAll {
            response.topics = catalog.sortedTopics.map(describe)
        } else {
            let asked = request.topics ?? []
            if request.allowsAutoTopicCreation || target.version < 4 { createMissing(asked) }
            response.topics = asked.map { describe($0, target.version) }
        }
        if request.includesTopicAuthorizedOperations {
            for index in response.topics.indices where response.topics[index].error == .none {
                response.topics[index].authorizedOperations = AuthorizedOperations.topic
            }
        }
        reply(target, response)
    }

    private func createMissing(_ asked: [MetadataRequest.Topic]) {
        guard settings.createsTopicsAutomatically else { return }
        var wanted: [(name: String, partitions: Int, values: [String: String])] = []
        for topic in asked {
            guard let name = topic.name, catalog.topics[name] == nil, checkName(name) == nil,
                !wanted.contains(where: { $0.name == name })
            else { continue }
            let count = isInternalName(name) ? internalPartitionCount(name) : Int(settings.partitionCountInitial)
            guard catalog.partitionCount + wanted.count + count <= settings.limits.partitionsMax else { break }
            wanted.append((name, count, internalValues(name)))
        }
        guard !wanted.isEmpty else { return }
        // A failure shows as topics that stay unknown; the client asks again.
        try? createTopics(wanted)
    }

    func isInternalName(_ name: String) -> Bool {
        name == TopicCatalog.offsetsTopic || name == TopicCatalog.transactionsTopic
    }

    func internalValues(_ name: String) -> [String: String] {
        guard isInternalName(name) else { return [:] }
        return ["cleanup.policy": "compact", "segment.bytes": "104857600", "compression.type": "producer"]
    }

    /// Creates topics and has their first files synced with the next turn.
    func createTopics(_ wanted: [(name: String, partitions: Int, values: [String: String])]) throws(DiskError) {
        try catalog.create(wanted, now: now)
        for item in wanted {
            for log in catalog.topics[item.name]?.partitions ?? [] { touch(log) }
        }
    }

    private func describe(_ asked: MetadataRequest.Topic, _ version: Int16) -> MetadataResponse.Topic {
        if version < 12, asked.id != .none || asked.name == nil {
            // Versions 10 and 11 have the field, and Kafka does not look topics up by it yet.
            var refused = MetadataResponse.Topic()
            refused.name = asked.name ?? ""
            refused.id = asked.id
            refused.error = .invalidRequest
            return refused
        }
        if asked.id != .none {
            if let topic = catalog.topic(asked.id) { return describe(topic) }
            var missing = MetadataResponse.Topic()
            missing.name = asked.name
            missing.error = .unknownTopicID
            missing.id = asked.id
            return missing
        }
        let name = asked.name ?? ""
        if let topic = catalog.topics[name] { return describe(topic) }
        var missing = MetadataResponse.Topic()
        missing.name = name
        missing.error = TopicCatalog.isLegal(name) ? .unknownTopicOrPartition : .invalidTopic
        return missing
    }

    private func describe(_ topic: Topic) -> MetadataResponse.Topic {
        var described = MetadataResponse.Topic()
        described.name = topic.name
        described.id = topic.id
        described.isInternal = topic.isInternal
        described.partitions = topic.partitions.map { log in
            var partition = MetadataResponse.Topic.Partition()
            partition.index = log.index
            partition.leaderID = settings.nodeID
            partition.leaderEpoch = 0
            partition.replicas = [settings.nodeID]
            partition.inSyncReplicas = [settings.nodeID]
            return partition
        }
        return described
    }
}
