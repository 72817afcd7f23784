// Which handler takes which request. Handlers are in files numbered by API key, as the messages are.

import KafkaWire

extension BrokerCore {
    func dispatch(_ target: ReplyTarget, _ buffer: inout [UInt8], _ body: Range<Int>) throws(WireError) {
        let version = target.version
        switch target.key {
        case .produce: try produce(target, &buffer, body)
        case .fetch: fetch(target, try .read(buffer, range: body, version: version))
        case .listOffsets: listOffsets(target, try .read(buffer, range: body, version: version))
        case .metadata: metadata(target, try .read(buffer, range: body, version: version))
        case .offsetCommit: offsetCommit(target, try .read(buffer, range: body, version: version))
        case .offsetFetch: offsetFetch(target, try .read(buffer, range: body, version: version))
        case .findCoordinator: findCoordinator(target, try .read(buffer, range: body, version: version))
        case .joinGroup: joinGroup(target, try .read(buffer, range: body, version: version))
        case .heartbeat: heartbeat(target, try .read(buffer, range: body, version: version))
        case .leaveGroup: leaveGroup(target, try .read(buffer, range: body, version: version))
        case .syncGroup: syncGroup(target, try .read(buffer, range: body, version: version))
        case .describeGroups: describeGroups(target, try .read(buffer, range: body, version: version))
        case .listGroups: listGroups(target, try .read(buffer, range: body, version: version))
        case .saslHandshake: saslHandshake(target, try .read(buffer, range: body, version: version))
        case .saslAuthenticate: saslAuthenticate(target, try .read(buffer, range: body, version: version))
        case .apiVersions: apiVersions(target, try .read(buffer, range: body, version: version))
        case .createTopics: createTopics(target, try .read(buffer, range: body, version: version))
        case .deleteTopics: deleteTopics(target, try .read(buffer, range: body, version: version))
        case .deleteRecords: deleteRecords(target, try .read(buffer, range: body, version: version))
        case .initProducerID: initProducerID(target, try .read(buffer, range: body, version: version))
        case .offsetForLeaderEpoch: offsetForLeaderEpoch(target, try .read(buffer, range: body, version: version))
        case .addPartitionsToTransaction:
            addPartitionsToTransaction(target, try .read(buffer, range: body, version: version))
        case .addOffsetsToTransaction: addOffsetsToTransaction(target, try .read(buffer, range: body, version: version))
        case .endTransaction: endTransaction(target, try .read(buffer, range: body, version: version))
        case .writeTransactionMarkers: writeTransactionMarkers(target, try .read(buffer, range: body, version: version))
        case .transactionOffsetCommit: transactionOffsetCommit(target, try .read(buffer, range: body, version: version))
        case .describeAcls: describeAcls(target, try .read(buffer, range: body, version: version))
        case .createAcls: createAcls(target, try .read(buffer, range: body, version: version))
        case .deleteAcls: deleteAcls(target, try .read(buffer, range: body, version: version))
        case .describeConfigs: describeConfigs(target, try .read(buffer, range: body, version: version))
        case .alterConfigs: alterConfigs(target, try .read(buffer, range: body, version: version))
        case .alterReplicaLogDirectories:
            alterReplicaLogDirectories(target, try .read(buffer, range: body, version: version))
        case .describeLogDirectories: describeLogDirectories(target, try .read(buffer, range: body, version: version))
        case .createPartitions: createPartitions(target, try .read(buffer, range: body, version: version))
        case .createDelegationToken: createDelegationToken(target, try .read(buffer, range: body, version: version))
        case .renewDelegationToken: renewDelegationToken(target, try .read(buffer, range: body, version: version))
        case .expireDelegationToken: expireDelegationToken(target, try .read(buffer, range: body, version: version))
        case .describeDelegationToken: describeDelegationToken(target, try .read(buffer, range: body, version: version))
        case .deleteGroups: deleteGroups(target, try .read(buffer, range: body, version: version))
        case .electLeaders: electLeaders(target, try .read(buffer, range: body, version: version))
        case .incrementalAlterConfigs: incrementalAlterConfigs(target, try .read(buffer, range: body, version: version))
        case .alterPartitionReassignments:
            alterPartitionReassignments(target, try .read(buffer, range: body, version: version))
        case .listPartitionReassignments:
            listPartitionReassignments(target, try .read(buffer, range: body, version: version))
        case .offsetDelete: offsetDelete(target, try .read(buffer, range: body, version: version))
        case .describeClientQuotas: describeClientQuotas(target, try .read(buffer, range: body, version: version))
        case .alterClientQuotas: alterClientQuotas(target, try .read(buffer, range: body, version: version))
        case .describeUserScramCredentials:
            describeUserScramCredentials(target, try .read(buffer, range: body, version: version))
        case .alterUserScramCredentials:
            alterUserScramCredentials(target, try .read(buffer, range: body, version: version))
        case .describeQuorum: describeQuorum(target, try .read(buffer, range: body, version: version))
        case .updateFeatures: updateFeatures(target, try .read(buffer, range: body, version: version))
        case .describeCluster: describeCluster(target, try .read(buffer, range: body, version: version))
        case .describeProducers: describeProducers(target, try .read(buffer, range: body, version: version))
        case .unregisterBroker: unregisterBroker(target, try .read(buffer, range: body, version: version))
        case .describeTransactions: describeTransactions(target, try .read(buffer, range: body, version: version))
        case .listTransactions: listTransactions(target, try .read(buffer, range: body, version: version))
        case .consumerGroupHeartbeat: consumerGroupHeartbeat(target, try .read(buffer, range: body, version: version))
        case .consumerGroupDescribe: consumerGroupDescribe(target, try .read(buffer, range: body, version: version))
        case .listConfigResources: listConfigResources(target, try .read(buffer, range: body, version: version))
        case .describeTopicPartitions: describeTopicPartitions(target, try .read(buffer, range: body, version: version))
        case .addRaftVoter: addRaftVoter(target, try .read(buffer, range: body, version: version))
        case .removeRaftVoter: removeRaftVoter(target, try .read(buffer, range: body, version: version))
        }
    }
}
