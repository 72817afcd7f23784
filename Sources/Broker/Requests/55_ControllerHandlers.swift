// What Kafka's controllers answer: DescribeQuorum (55), UpdateFeatures (57), UnregisterBroker (64), AddRaftVoter
// (80) and RemoveRaftVoter (81). The one node is the quorum; who votes cannot be changed, nor the features.

import KafkaWire

extension BrokerCore {
    private static let metadataTopic = "__cluster_metadata"

    func describeQuorum(_ target: ReplyTarget, _ request: DescribeQuorumRequest) {
        var response = DescribeQuorumResponse()
        response.topics = request.topics.map { topic in
            var answered = DescribeQuorumResponse.Topic()
            answered.name = topic.name
            answered.partitions = topic.partitions.map { asked in
                var partition = DescribeQuorumResponse.Topic.Partition()
                partition.index = asked.index
                guard topic.name == Self.metadataTopic, asked.index == 0 else {
                    partition.error = .unknownTopicOrPartition
                    return partition
                }
                partition.leaderID = settings.nodeID
                partition.leaderEpoch = 1
                partition.highWatermark = 1
                var voter = DescribeQuorumResponse.Topic.Partition.Replica()
                voter.id = settings.nodeID
                voter.endOffset = 1
                voter.lastFetchTimestamp = now
                voter.lastCaughtUpTimestamp = now
                partition.voters = [voter]
                return partition
            }
            return answered
        }
        var node = DescribeQuorumResponse.Node()
        node.id = settings.nodeID
        response.nodes = [node]
        reply(target, response)
    }

    /// An update to the level that is in force is taken; any other is refused.
    func updateFeatures(_ target: ReplyTarget, _ request: UpdateFeaturesRequest) {
        var response = UpdateFeaturesResponse()
        for update in request.updates {
            var result = UpdateFeaturesResponse.Result()
            result.feature = update.feature
            let feature = Feature.released.first { $0.name == update.feature }
            if feature == nil {
                result.errorMessage = "\(update.feature) is not a feature of this broker."
            } else if feature?.level ?? 0 != update.levelMax {
                result.errorMessage = "\(update.feature) is at level \(feature?.level ?? 0), which cannot be changed."
            }
            if result.errorMessage != nil {
                result.error = .invalidUpdateVersion
                // One that fails, fails them all; from version 2 on only this is told.
                if response.error == .none, target.version >= 2 {
                    (response.error, response.errorMessage) = (result.error, result.errorMessage)
                }
            }
            response.results.append(result)
        }
        reply(target, response)
    }

    func unregisterBroker(_ target: ReplyTarget, _ request: UnregisterBrokerRequest) {
        var response = UnregisterBrokerResponse()
        let isSelf = request.brokerID == settings.nodeID
        response.error = isSelf ? .invalidRequest : .brokerIDNotRegistered
        response.errorMessage = isSelf ? "This broker is in service." : "Broker \(request.brokerID) is not registered."
        reply(target, response)
    }

    func addRaftVoter(_ target: ReplyTarget, _ request: AddRaftVoterRequest) {
        var response = AddRaftVoterResponse()
        response.error = .unsupportedVersion
        response.errorMessage = "The quorum is this one node."
        reply(target, response)
    }

    func removeRaftVoter(_ target: ReplyTarget, _ request: RemoveRaftVoterRequest) {
        var response = RemoveRaftVoterResponse()
        response.error = .unsupportedVersion
        response.errorMessage = "The quorum is this one node."
        reply(target, response)
    }
}
