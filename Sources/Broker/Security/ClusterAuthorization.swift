// Authorization of requests about settings, access rules and the cluster as a whole.

import KafkaWire

extension Asking {
    /// Nil for other requests.
    func aboutCluster() throws(WireError) -> Admission? {
        switch target.key {
        case .describeConfigs: return try describeConfigs(read())
        case .alterConfigs: return try alterConfigs(read())
        case .incrementalAlterConfigs: return try incrementalAlterConfigs(read())
        case .describeLogDirectories: return describeLogDirectories()
        case .describeAcls: return describeAcls()
        case .createAcls: return try createAcls(read())
        case .deleteAcls: return try deleteAcls(read())
        default: return nil
        }
    }

    // MARK: Settings

    /// What decides about a resource with settings, by Kafka's number of its kind (2 topic, 32 group, else the broker's).
    private func isAllowed(_ operation: AccessOperation, _ kind: Int8, _ name: String) -> Bool {
        switch kind {
        case 2: access.allows(operation, .topic, name)
        case 32: access.allows(operation, .group, name)
        default: access.allowsCluster(operation)
        }
    }

    private func refusal(_ kind: Int8) -> (error: ErrorCode, message: String) {
        switch kind {
        case 2: (.topicAuthorizationFailed, "Topic authorization failed.")
        case 32: (.groupAuthorizationFailed, "Group authorization failed.")
        default: (.clusterAuthorizationFailed, "Cluster authorization failed.")
        }
    }

    private func describeConfigs(_ request: DescribeConfigsRequest) throws(WireError) -> Admission {
        try split(request, \.resources, into: \DescribeConfigsResponse.results) {
            isAllowed(.describeConfigs, $0.type, $0.name)
        } refuse: { resource in
            var refused = DescribeConfigsResponse.Result()
            (refused.error, refused.errorMessage) = refusal(resource.type)
            refused.type = resource.type
            refused.name = resource.name
            return refused
        }
    }

    private func alterConfigs(_ request: AlterConfigsRequest) throws(WireError) -> Admission {
        try split(request, \.resources, into: \AlterConfigsResponse.results) {
            isAllowed(.alterConfigs, $0.type, $0.name)
        } refuse: { resource in
            var refused = AlterConfigsResponse.Result()
            (refused.error, refused.errorMessage) = refusal(resource.type)
            refused.type = resource.type
            refused.name = resource.name
            return refused
        }
    }

    private func incrementalAlterConfigs(_ request: IncrementalAlterConfigsRequest) throws(WireError) -> Admission {
        try split(request, \.resources, into: \IncrementalAlterConfigsResponse.results) {
            isAllowed(.alterConfigs, $0.type, $0.name)
        } refuse: { resource in
            var refused = IncrementalAlterConfigsResponse.Result()
            (refused.error, refused.errorMessage) = refusal(resource.type)
            refused.type = resource.type
            refused.name = resource.name
            return refused
        }
    }

    // MARK: Cluster

    /// DescribeCluster is open to all; what the client may do with the cluster is said to whom asks for it.
    func describeCluster() throws(WireError) -> Admission {
        let request: DescribeClusterRequest = try read()
        guard request.includesAuthorizedOperations else { return .asIs(target) }
        let access = access
        return .asIs(
            target.amended(DescribeClusterResponse.self) { response in
                guard response.error == .none else { return }
                response.authorizedOperations =
                    access.allowsCluster(.describe) ? access.operations(.cluster, AccessRule.cluster) : 0
            })
    }

    private func describeLogDirectories() -> Admission {
        guard !access.allowsCluster(.describe) else { return .asIs(target) }
        var response = DescribeLogDirectoriesResponse()
        response.error = .clusterAuthorizationFailed
        return answer(response)
    }

    // MARK: Access rules

    private func describeAcls() -> Admission {
        guard !access.allowsCluster(.describe) else { return .asIs(target) }
        var response = DescribeAclsResponse()
        response.error = .clusterAuthorizationFailed
        response.errorMessage = refusal(4).message
        return answer(response)
    }

    private func createAcls(_ request: CreateAclsRequest) throws(WireError) -> Admission {
        let isAllowed = access.allowsCluster(.alter)
        return try split(request, \.creations, into: \CreateAclsResponse.results) { _ in
            isAllowed
        } refuse: { _ in
            var refused = CreateAclsResponse.Result()
            (refused.error, refused.errorMessage) = refusal(4)
            return refused
        }
    }

    private func deleteAcls(_ request: DeleteAclsRequest) throws(WireError) -> Admission {
        let isAllowed = access.allowsCluster(.alter)
        return try split(request, \.filters, into: \DeleteAclsResponse.results) { _ in
            isAllowed
        } refuse: { _ in
            var refused = DeleteAclsResponse.Result()
            (refused.error, refused.errorMessage) = refusal(4)
            return refused
        }
    }
}
