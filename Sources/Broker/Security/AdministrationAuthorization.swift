// Authorization of what administrators ask: each of these requests needs one operation on the cluster, and is refused
// as a whole.

import KafkaWire

extension Asking {
    /// Nil for other requests.
    func aboutAdministration() throws(WireError) -> Admission? {
        switch target.key {
        case .electLeaders: return unless(.alter) { (response: inout ElectLeadersResponse, error) in response.error = error }
        case .alterPartitionReassignments:
            return unless(.alter) { (response: inout AlterPartitionReassignmentsResponse, error) in response.error = error }
        case .listPartitionReassignments:
            return unless(.describe) { (response: inout ListPartitionReassignmentsResponse, error) in response.error = error }
        case .describeClientQuotas:
            return unless(.describeConfigs) { (response: inout DescribeClientQuotasResponse, error) in response.error = error }
        case .describeUserScramCredentials:
            return unless(.describe) { (response: inout DescribeUserScramCredentialsResponse, error) in response.error = error }
        case .describeQuorum: return unless(.describe) { (response: inout DescribeQuorumResponse, error) in response.error = error }
        case .updateFeatures: return unless(.alter) { (response: inout UpdateFeaturesResponse, error) in response.error = error }
        case .unregisterBroker: return unless(.alter) { (response: inout UnregisterBrokerResponse, error) in response.error = error }
        case .addRaftVoter: return unless(.alter) { (response: inout AddRaftVoterResponse, error) in response.error = error }
        case .removeRaftVoter: return unless(.alter) { (response: inout RemoveRaftVoterResponse, error) in response.error = error }
        case .listConfigResources:
            return unless(.describeConfigs) { (response: inout ListConfigResourcesResponse, error) in response.error = error }
        case .alterReplicaLogDirectories: return alterReplicaLogDirectories(try read())
        case .alterClientQuotas: return alterClientQuotas(try read())
        case .alterUserScramCredentials: return alterUserScramCredentials(try read())
        // Delegation tokens are switched off, which their handlers say to everybody.
        case .createDelegationToken, .renewDelegationToken, .expireDelegationToken, .describeDelegationToken:
            return .asIs(target)
        default: return nil
        }
    }

    /// Refuses a request unless the client may do this with the cluster.
    private func unless<Response: WireMessage>(
        _ operation: AccessOperation, _ refuse: (inout Response, ErrorCode) -> Void
    ) -> Admission {
        guard !access.allowsCluster(operation) else { return .asIs(target) }
        var response = Response()
        refuse(&response, .clusterAuthorizationFailed)
        return answer(response)
    }

    private func alterReplicaLogDirectories(_ request: AlterReplicaLogDirectoriesRequest) -> Admission {
        unless(.alter) { (response: inout AlterReplicaLogDirectoriesResponse, error) in
            response.results = request.directories.flatMap(\.topics).map { topic in
                var refused = AlterReplicaLogDirectoriesResponse.Topic()
                refused.name = topic.name
                refused.partitions = topic.partitions.map { index in
                    var result = AlterReplicaLogDirectoriesResponse.Topic.Partition()
                    result.index = index
                    result.error = error
                    return result
                }
                return refused
            }
        }
    }

    private func alterClientQuotas(_ request: AlterClientQuotasRequest) -> Admission {
        unless(.alterConfigs) { (response: inout AlterClientQuotasResponse, error) in
            response.entries = request.entries.map { entry in
                var refused = AlterClientQuotasResponse.Entry()
                refused.error = error
                refused.entity = entry.entity.map { component in
                    var same = AlterClientQuotasResponse.Entry.Component()
                    same.entityType = component.entityType
                    same.entityName = component.entityName
                    return same
                }
                return refused
            }
        }
    }

    private func alterUserScramCredentials(_ request: AlterUserScramCredentialsRequest) -> Admission {
        unless(.alter) { (response: inout AlterUserScramCredentialsResponse, error) in
            var seen: Set<GroupName> = []
            let names = request.deletions.map(\.name) + request.upsertions.map(\.name)
            response.results = names.filter { seen.insert(GroupName($0)).inserted }.map { name in
                var refused = AlterUserScramCredentialsResponse.Result()
                refused.user = name
                refused.error = error
                return refused
            }
        }
    }
}
