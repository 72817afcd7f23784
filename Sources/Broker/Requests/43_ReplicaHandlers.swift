// ElectLeaders (43), AlterPartitionReassignments (45) and ListPartitionReassignments (46). One broker leads every
// partition and holds its only replica: no election is needed, nothing is being moved, and the only assignment
// there can be is the one that is.

import KafkaWire

extension BrokerCore {
    func electLeaders(_ target: ReplyTarget, _ request: ElectLeadersRequest) {
        var response = ElectLeadersResponse()
        // All partitions: those that need no election are left out, which is every one.
        response.topics = (request.topics ?? []).map { topic in
            var answered = ElectLeadersResponse.Topic()
            answered.name = topic.name
            answered.partitions = topic.partitions.map { index in
                var result = ElectLeadersResponse.Topic.Partition()
                result.index = index
                if catalog.log(topic.name, index) == nil {
                    result.error = .unknownTopicOrPartition
                    result.errorMessage = "No such topic or partition: \(topic.name)-\(index)"
                } else {
                    result.error = .electionNotNeeded
                    result.errorMessage = "The only replica leads \(topic.name)-\(index)."
                }
                return result
            }
            return answered
        }
        reply(target, response)
    }

    func alterPartitionReassignments(_ target: ReplyTarget, _ request: AlterPartitionReassignmentsRequest) {
        var response = AlterPartitionReassignmentsResponse()
        response.allowsReplicationFactorChange = request.allowsReplicationFactorChange
        response.topics = request.topics.map { topic in
            var answered = AlterPartitionReassignmentsResponse.Topic()
            answered.name = topic.name
            answered.partitions = topic.partitions.map { asked in
                var result = AlterPartitionReassignmentsResponse.Topic.Partition()
                result.index = asked.index
                (result.error, result.errorMessage) = verdict(on: asked.replicas, of: topic.name, asked.index)
                return result
            }
            return answered
        }
        reply(target, response)
    }

    private func verdict(on replicas: [Int32]?, of topic: String, _ index: Int32) -> (ErrorCode, String?) {
        guard catalog.log(topic, index) != nil else {
            return (.unknownTopicOrPartition, "No such topic or partition: \(topic)-\(index)")
        }
        guard let replicas else { return (.noReassignmentInProgress, "Nothing of \(topic)-\(index) is being moved.") }
        guard replicas == [settings.nodeID] else {
            return (.invalidReplicaAssignment, "There is one broker, \(settings.nodeID).")
        }
        return (.none, nil)
    }

    func listPartitionReassignments(_ target: ReplyTarget, _ request: ListPartitionReassignmentsRequest) {
        reply(target, ListPartitionReassignmentsResponse())
    }
}
