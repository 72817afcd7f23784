// Authorization of requests about groups: READ to belong to one or commit, DESCRIBE to look, DELETE to remove; and
// READ or DESCRIBE on the topics whose offsets are meant.

import KafkaWire

extension Asking {
    /// Nil for other requests.
    func aboutGroups() throws(WireError) -> Admission? {
        switch target.key {
        case .joinGroup: return joinGroup(try read())
        case .syncGroup: return syncGroup(try read())
        case .heartbeat: return heartbeat(try read())
        case .leaveGroup: return leaveGroup(try read())
        case .consumerGroupHeartbeat: return consumerHeartbeat(try read())
        case .offsetCommit: return try offsetCommit(read())
        case .offsetFetch: return try offsetFetch(read())
        case .offsetDelete: return try offsetDelete(read())
        case .findCoordinator: return try findCoordinator(read())
        case .listGroups: return listGroups()
        case .deleteGroups: return try deleteGroups(read())
        default: return nil
        }
    }

    // MARK: Members

    private func joinGroup(_ request: JoinGroupRequest) -> Admission {
        guard !access.allows(.read, .group, request.groupID) else { return .asIs(target) }
        var response = JoinGroupResponse()
        response.error = .groupAuthorizationFailed
        response.protocolName = ""
        return answer(response)
    }

    private func syncGroup(_ request: SyncGroupRequest) -> Admission {
        guard !access.allows(.read, .group, request.groupID) else { return .asIs(target) }
        var response = SyncGroupResponse()
        response.error = .groupAuthorizationFailed
        return answer(response)
    }

    private func heartbeat(_ request: HeartbeatRequest) -> Admission {
        guard !access.allows(.read, .group, request.groupID) else { return .asIs(target) }
        var response = HeartbeatResponse()
        response.error = .groupAuthorizationFailed
        return answer(response)
    }

    private func leaveGroup(_ request: LeaveGroupRequest) -> Admission {
        guard !access.allows(.read, .group, request.groupID) else { return .asIs(target) }
        var response = LeaveGroupResponse()
        response.error = .groupAuthorizationFailed
        return answer(response)
    }

    /// Belonging to a group of the consumer protocol also needs the topics that it subscribes to.
    private func consumerHeartbeat(_ request: ConsumerGroupHeartbeatRequest) -> Admission {
        var response = ConsumerGroupHeartbeatResponse()
        if !access.allows(.read, .group, request.groupID) {
            response.error = .groupAuthorizationFailed
        } else if request.subscribedTopics?.allSatisfy({ access.allows(.describe, .topic, $0) }) == false {
            response.error = .topicAuthorizationFailed
        } else {
            return .asIs(target)
        }
        return answer(response)
    }

    // MARK: Offsets

    private func isUnknown(_ id: TopicID) -> Bool { id != .none && core.catalog.topic(id) == nil }

    private func offsetCommit(_ request: OffsetCommitRequest) throws(WireError) -> Admission {
        let access = access
        let isGroupAllowed = access.allows(.read, .group, request.groupID)
        return try split(request, \.topics, into: \OffsetCommitResponse.topics) {
            isGroupAllowed && (isUnknown($0.id) || access.allows(.read, .topic, name($0.name, $0.id)))
        } refuse: { topic in
            var refused = OffsetCommitResponse.Topic()
            refused.name = topic.name
            refused.id = topic.id
            refused.partitions = topic.partitions.map { partition in
                var result = OffsetCommitResponse.Topic.Partition()
                result.index = partition.index
                result.error = isGroupAllowed ? .topicAuthorizationFailed : .groupAuthorizationFailed
                return result
            }
            return refused
        }
    }

    private func offsetDelete(_ request: OffsetDeleteRequest) throws(WireError) -> Admission {
        let access = access
        guard access.allows(.delete, .group, request.groupID) else {
            var response = OffsetDeleteResponse()
            response.error = .groupAuthorizationFailed
            return answer(response)
        }
        return try split(request, \.topics, into: \OffsetDeleteResponse.topics) {
            access.allows(.read, .topic, $0.name)
        } refuse: { topic in
            var refused = OffsetDeleteResponse.Topic()
            refused.name = topic.name
            refused.partitions = topic.partitions.map { partition in
                var result = OffsetDeleteResponse.Topic.Partition()
                result.index = partition.index
                result.error = .topicAuthorizationFailed
                return result
            }
            return refused
        }
    }

    private func offsetFetch(_ request: OffsetFetchRequest) throws(WireError) -> Admission {
        let access = access
        if target.version >= 8 {
            let askingForAll = Set(request.groups.filter { $0.topics == nil }.map { GroupName($0.groupID) })
            let amended = target.amended(OffsetFetchResponse.self) { response in
                for group in response.groups.indices {
                    let asksForAll = askingForAll.contains(GroupName(response.groups[group].groupID))
                    response.groups[group].hide(asksForAll: asksForAll) { topic in
                        isUnknown(topic.id) || access.allows(.describe, .topic, name(topic.name, topic.id))
                    }
                }
            }
            var inner = self
            inner.target = amended
            return try inner.split(request, \.groups, into: \OffsetFetchResponse.groups) {
                access.allows(.describe, .group, $0.groupID)
            } refuse: { group in
                var refused = OffsetFetchResponse.Group()
                refused.groupID = group.groupID
                refused.error = .groupAuthorizationFailed
                return refused
            }
        }
        guard access.allows(.describe, .group, request.groupID) else {
            var response = OffsetFetchResponse()
            response.error = .groupAuthorizationFailed
            if target.version < 2 {
                // Without a field for the whole, every partition says it.
                response.topics = (request.topics ?? []).map { topic in
                    var refused = OffsetFetchResponse.Topic()
                    refused.name = topic.name
                    refused.partitions = topic.partitionIndexes.map { index in
                        var result = OffsetFetchResponse.Topic.Partition()
                        result.index = index
                        result.metadata = ""
                        result.error = .groupAuthorizationFailed
                        return result
                    }
                    return refused
                }
            }
            return answer(response)
        }
        let asksForAll = request.topics == nil
        return .asIs(
            target.amended(OffsetFetchResponse.self) { response in
                response.hide(asksForAll: asksForAll) { access.allows(.describe, .topic, $0) }
            })
    }

    // MARK: Groups as a whole

    private func findCoordinator(_ request: FindCoordinatorRequest) throws(WireError) -> Admission {
        let access = access
        func refusal(_ key: String) -> ErrorCode? {
            switch request.keyType {
            case 0: access.allows(.describe, .group, key) ? nil : .groupAuthorizationFailed
            case 1: access.allows(.describe, .transactionalID, key) ? nil : .transactionalIDAuthorizationFailed
            default: access.allowsCluster(.clusterAction) ? nil : .clusterAuthorizationFailed
            }
        }
        guard target.version >= 4 else {
            guard let error = refusal(request.key) else { return .asIs(target) }
            var response = FindCoordinatorResponse()
            response.error = error
            return answer(response)
        }
        return try split(request, \.keys, into: \FindCoordinatorResponse.coordinators) {
            refusal($0) == nil
        } refuse: { key in
            var refused = FindCoordinatorResponse.Coordinator()
            refused.key = key
            refused.nodeID = -1
            refused.port = -1
            refused.error = refusal(key) ?? .none
            return refused
        }
    }

    private func listGroups() -> Admission {
        let access = access
        guard !access.allowsCluster(.describe) else { return .asIs(target) }
        return .asIs(
            target.amended(ListGroupsResponse.self) { response in
                response.groups.removeAll { !access.allows(.describe, .group, $0.groupID) }
            })
    }

    private func deleteGroups(_ request: DeleteGroupsRequest) throws(WireError) -> Admission {
        let access = access
        return try split(request, \.groups, into: \DeleteGroupsResponse.results) {
            access.allows(.delete, .group, $0)
        } refuse: { group in
            var refused = DeleteGroupsResponse.Result()
            refused.groupID = group
            refused.error = .groupAuthorizationFailed
            return refused
        }
    }

    /// DescribeGroups also says, to whom asks for it, what the client may do with each group.
    func describeGroups() throws(WireError) -> Admission {
        let request: DescribeGroupsRequest = try read()
        let access = access
        var inner = self
        if request.includesAuthorizedOperations {
            inner.target = target.amended(DescribeGroupsResponse.self) { response in
                for group in response.groups.indices where response.groups[group].error == .none {
                    response.groups[group].authorizedOperations =
                        access.operations(.group, response.groups[group].groupID)
                }
            }
        }
        return try inner.split(request, \.groups, into: \DescribeGroupsResponse.groups) {
            access.allows(.describe, .group, $0)
        } refuse: { group in
            var refused = DescribeGroupsResponse.Group()
            refused.groupID = group
            refused.error = .groupAuthorizationFailed
            return refused
        }
    }
}

extension Asking {
    /// The same of groups of the consumer protocol, which also name topics: one that may not be described hides its group.
    func describeConsumerGroups() throws(WireError) -> Admission {
        let request: ConsumerGroupDescribeRequest = try read()
        let access = access
        var inner = self
        inner.target = target.amended(ConsumerGroupDescribeResponse.self) { response in
            for place in response.groups.indices where response.groups[place].error == .none {
                let group = response.groups[place]
                let topics = group.members.flatMap { member in
                    member.subscribedTopics + (member.assignment.topics + member.target.topics).map(\.name)
                }
                guard topics.allSatisfy({ access.allows(.describe, .topic, $0) }) else {
                    response.groups[place] = .init()
                    response.groups[place].groupID = group.groupID
                    response.groups[place].error = .topicAuthorizationFailed
                    response.groups[place].errorMessage =
                        "The group has described topic(s) that the client is not authorized to describe."
                    continue
                }
                guard request.includesAuthorizedOperations else { continue }
                response.groups[place].authorizedOperations = access.operations(.group, group.groupID)
            }
        }
        return try inner.split(request, \.groups, into: \ConsumerGroupDescribeResponse.groups) {
            access.allows(.describe, .group, $0)
        } refuse: { group in
            var refused = ConsumerGroupDescribeResponse.Group()
            refused.groupID = group
            refused.error = .groupAuthorizationFailed
            return refused
        }
    }
}

extension OffsetFetchResponse {
    /// Hides offsets of topics that may not be seen: one that was asked for by name is refused, others are left out.
    fileprivate mutating func hide(asksForAll: Bool, unless isAllowed: (String) -> Bool) {
        if asksForAll { return topics.removeAll { !isAllowed($0.name) } }
        for topic in topics.indices where !isAllowed(topics[topic].name) {
            for partition in topics[topic].partitions.indices {
                var refused = Topic.Partition()
                refused.index = topics[topic].partitions[partition].index
                refused.metadata = ""
                refused.error = .topicAuthorizationFailed
                topics[topic].partitions[partition] = refused
            }
        }
    }
}

extension OffsetFetchResponse.Group {
    fileprivate mutating func hide(asksForAll: Bool, unless isAllowed: (GroupTopic) -> Bool) {
        if asksForAll { return topics.removeAll { !isAllowed($0) } }
        for topic in topics.indices where !isAllowed(topics[topic]) {
            for partition in topics[topic].partitions.indices {
                var refused = GroupTopic.GroupPartition()
                refused.index = topics[topic].partitions[partition].index
                refused.metadata = ""
                refused.error = .topicAuthorizationFailed
                topics[topic].partitions[partition] = refused
            }
        }
    }
}
