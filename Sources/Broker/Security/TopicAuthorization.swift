// Authorization of requests about topics themselves. A topic that may not be described is refused without saying
// whether it exists; a list of all topics leaves it out.

import KafkaWire

extension Asking {
    /// Nil for other requests.
    func aboutTopics() throws(WireError) -> Admission? {
        switch target.key {
        case .createTopics: return try createTopics(read())
        case .deleteTopics: return try deleteTopics(read())
        case .createPartitions: return try createPartitions(read())
        default: return nil
        }
    }

    // MARK: Metadata

    /// Metadata also says, to whom asks for it, what the client may do with the cluster and each topic.
    func metadata() throws(WireError) -> Admission {
        let asksForOperations = core.rules.isActive || target.version >= 8
        guard asksForOperations else { return .asIs(target) }
        let request: MetadataRequest = try read()
        let access = access
        let wantsAll = request.topics == nil || target.version == 0 && request.topics?.isEmpty == true
        let amended = target.amended(MetadataResponse.self) { response in
            if wantsAll {
                response.topics.removeAll { topic in !access.allows(.describe, .topic, topic.name ?? "") }
            }
            if request.includesClusterAuthorizedOperations {
                response.clusterAuthorizedOperations =
                    access.allowsCluster(.describe) ? access.operations(.cluster, AccessRule.cluster) : 0
            }
            guard request.includesTopicAuthorizedOperations else { return }
            for topic in response.topics.indices where response.topics[topic].error == .none {
                response.topics[topic].authorizedOperations =
                    access.operations(.topic, response.topics[topic].name ?? "")
            }
        }
        guard !wantsAll, core.rules.isActive else { return .asIs(amended) }
        return try named(request, amended, access)
    }

    private func named(
        _ request: MetadataRequest, _ target: ReplyTarget, _ access: Access
    ) throws(WireError) -> Admission {
        let creates = core.settings.createsTopicsAutomatically && (request.allowsAutoTopicCreation || target.version < 4)
        let createsAny = creates && access.allowsCluster(.create)
        var refusals: [MetadataResponse.Topic] = []
        var rest = request
        rest.topics = request.topics?.filter { topic in
            var refused = MetadataResponse.Topic()
            refused.error = .topicAuthorizationFailed
            guard let name = topic.id == .none ? topic.name : core.catalog.topic(topic.id)?.name else { return true }
            if access.allows(.describe, .topic, name) {
                let isMissing = core.catalog.topics[name] == nil
                if !creates || !isMissing || createsAny || access.allows(.create, .topic, name) { return true }
                refused.isInternal = core.isInternalName(name)
            }
            if topic.id == .none { refused.name = name } else { refused.id = topic.id }
            refusals.append(refused)
            return false
        }
        guard !refusals.isEmpty else { return .asIs(target) }
        return try reduce(target.amended(MetadataResponse.self) { $0.topics += refusals }, to: rest)
    }

    /// As metadata, page by page. A page of all topics is one of those that may be described.
    func describeTopicPartitions() throws(WireError) -> Admission {
        let request: DescribeTopicPartitionsRequest = try read()
        let access = access
        var inner = self
        inner.target = target.amended(DescribeTopicPartitionsResponse.self) { response in
            for topic in response.topics.indices where response.topics[topic].error == .none {
                response.topics[topic].authorizedOperations =
                    access.operations(.topic, response.topics[topic].name ?? "")
            }
        }
        guard core.rules.isActive else { return .asIs(inner.target) }
        guard !request.topics.isEmpty else {
            var named = request
            named.topics = core.catalog.sortedTopics.filter { access.allows(.describe, .topic, $0.name) }.map { known in
                var topic = DescribeTopicPartitionsRequest.Topic()
                topic.name = known.name
                return topic
            }
            return named.topics.isEmpty
                ? answer(DescribeTopicPartitionsResponse()) : try reduce(inner.target, to: named)
        }
        return try inner.split(request, \.topics, into: \DescribeTopicPartitionsResponse.topics) {
            access.allows(.describe, .topic, $0.name)
        } refuse: { topic in
            var refused = DescribeTopicPartitionsResponse.Topic()
            refused.name = topic.name
            refused.error = .topicAuthorizationFailed
            return refused
        }
    }

    // MARK: Changes

    private func createTopics(_ request: CreateTopicsRequest) throws(WireError) -> Admission {
        let access = access
        let createsAny = access.allowsCluster(.create)
        var inner = self
        inner.target = target.amended(CreateTopicsResponse.self) { response in
            // Whoever may create a topic but not see its settings is not shown them.
            for topic in response.topics.indices
            where !access.allows(.describeConfigs, .topic, response.topics[topic].name) {
                response.topics[topic].configs = response.topics[topic].configs.map { _ in [] }
                response.topics[topic].partitionCount = -1
                response.topics[topic].replicationFactor = -1
            }
        }
        return try inner.split(request, \.topics, into: \CreateTopicsResponse.topics) {
            createsAny || access.allows(.create, .topic, $0.name)
        } refuse: { topic in
            var refused = CreateTopicsResponse.Topic()
            refused.name = topic.name
            refused.error = .topicAuthorizationFailed
            refused.errorMessage = "Authorization failed."
            return refused
        }
    }

    private func deleteTopics(_ request: DeleteTopicsRequest) throws(WireError) -> Admission {
        let access = access
        if access.allowsCluster(.delete) { return .asIs(target) }
        func isAllowed(_ name: String) -> Bool {
            access.allows(.describe, .topic, name) && access.allows(.delete, .topic, name)
        }
        guard target.version >= 6 else {
            return try split(request, \.names, into: \DeleteTopicsResponse.topics) {
                isAllowed($0)
            } refuse: { name in
                var refused = DeleteTopicsResponse.Topic()
                refused.name = name
                refused.error = .topicAuthorizationFailed
                return refused
            }
        }
        return try split(request, \.topics, into: \DeleteTopicsResponse.topics) { topic in
            (topic.name ?? core.catalog.topic(topic.id)?.name).map(isAllowed) ?? true
        } refuse: { topic in
            var refused = DeleteTopicsResponse.Topic()
            refused.error = .topicAuthorizationFailed
            let known = topic.name ?? core.catalog.topic(topic.id)?.name
            // An id is no secret; the name behind it is, where it may not be described.
            if topic.name != nil || known.map({ access.allows(.describe, .topic, $0) }) == true { refused.name = known }
            refused.id = topic.id
            return refused
        }
    }

    private func createPartitions(_ request: CreatePartitionsRequest) throws(WireError) -> Admission {
        let access = access
        return try split(request, \.topics, into: \CreatePartitionsResponse.topics) {
            access.allows(.alter, .topic, $0.name)
        } refuse: { topic in
            var refused = CreatePartitionsResponse.Topic()
            refused.name = topic.name
            refused.error = .topicAuthorizationFailed
            return refused
        }
    }
}
