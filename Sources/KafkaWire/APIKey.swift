// The requests spoken here, with the versions of each and the first flexible one. The numbers are Kafka's.

/// A Kafka request kind.
public enum APIKey: Int16, CaseIterable, Sendable {
    case produce = 0
    case fetch = 1
    case listOffsets = 2
    case metadata = 3
    case offsetCommit = 8
    case offsetFetch = 9
    case findCoordinator = 10
    case joinGroup = 11
    case heartbeat = 12
    case leaveGroup = 13
    case syncGroup = 14
    case describeGroups = 15
    case listGroups = 16
    case saslHandshake = 17
    case apiVersions = 18
    case createTopics = 19
    case deleteTopics = 20
    case deleteRecords = 21
    case initProducerID = 22
    case offsetForLeaderEpoch = 23
    case addPartitionsToTransaction = 24
    case addOffsetsToTransaction = 25
    case endTransaction = 26
    case writeTransactionMarkers = 27
    case transactionOffsetCommit = 28
    case describeAcls = 29
    case createAcls = 30
    case deleteAcls = 31
    case describeConfigs = 32
    case alterConfigs = 33
    case alterReplicaLogDirectories = 34
    case describeLogDirectories = 35
    case saslAuthenticate = 36
    case createPartitions = 37
    case createDelegationToken = 38
    case renewDelegationToken = 39
    case expireDelegationToken = 40
    case describeDelegationToken = 41
    case deleteGroups = 42
    case electLeaders = 43
    case incrementalAlterConfigs = 44
    case alterPartitionReassignments = 45
    case listPartitionReassignments = 46
    case offsetDelete = 47
    case describeClientQuotas = 48
    case alterClientQuotas = 49
    case describeUserScramCredentials = 50
    case alterUserScramCredentials = 51
    case describeQuorum = 55
    case updateFeatures = 57
    case describeCluster = 60
    case describeProducers = 61
    case unregisterBroker = 64
    case describeTransactions = 65
    case listTransactions = 66
    case consumerGroupHeartbeat = 68
    case consumerGroupDescribe = 69
    case listConfigResources = 74
    case describeTopicPartitions = 75
    case addRaftVoter = 80
    case removeRaftVoter = 81

    /// The versions that are decoded.
    public var versions: ClosedRange<Int16> {
        switch self {
        // Versions 0-2 carry message formats older than batches and are answered with an error, but
        // announced: librdkafka looks for version 0 before it believes a broker can be produced to.
        case .produce: 0...13
        case .fetch: 4...18
        case .listOffsets: 0...11
        case .metadata: 0...13
        case .offsetCommit: 2...10
        case .offsetFetch: 1...10
        case .findCoordinator: 0...6
        case .joinGroup: 0...9
        case .heartbeat: 0...4
        case .leaveGroup: 0...5
        case .syncGroup: 0...5
        case .describeGroups: 0...6
        case .listGroups: 0...5
        case .saslHandshake: 0...1
        case .apiVersions: 0...4
        case .createTopics: 2...7
        case .deleteTopics: 1...6
        case .deleteRecords: 0...2
        case .initProducerID: 0...6
        case .offsetForLeaderEpoch: 2...4
        case .addPartitionsToTransaction: 0...5
        case .addOffsetsToTransaction: 0...4
        case .endTransaction: 0...5
        case .writeTransactionMarkers: 1...2
        case .transactionOffsetCommit: 0...5
        case .describeAcls, .createAcls, .deleteAcls: 1...3
        case .describeConfigs: 1...4
        case .alterConfigs: 0...2
        case .alterReplicaLogDirectories: 1...2
        case .describeLogDirectories: 1...5
        case .saslAuthenticate: 0...2
        case .createPartitions: 0...3
        case .createDelegationToken: 1...3
        case .renewDelegationToken: 1...2
        case .expireDelegationToken: 1...2
        case .describeDelegationToken: 1...3
        case .deleteGroups: 0...2
        case .electLeaders: 0...2
        case .incrementalAlterConfigs: 0...1
        case .alterPartitionReassignments: 0...1
        case .listPartitionReassignments: 0...0
        case .offsetDelete: 0...0
        case .describeClientQuotas: 0...1
        case .alterClientQuotas: 0...1
        case .describeUserScramCredentials: 0...0
        case .alterUserScramCredentials: 0...0
        case .describeQuorum: 0...2
        case .updateFeatures: 0...2
        case .describeCluster: 0...2
        case .describeProducers: 0...0
        case .unregisterBroker: 0...0
        case .describeTransactions: 0...0
        case .listTransactions: 0...2
        case .consumerGroupHeartbeat: 0...1
        case .consumerGroupDescribe: 0...1
        case .listConfigResources: 0...1
        case .describeTopicPartitions: 0...0
        case .addRaftVoter: 0...1
        case .removeRaftVoter: 0...0
        }
    }

    /// Of these, the versions that ApiVersions names: what Kafka 4 names. Clients of before 2019, which ask nobody
    /// what is spoken (Burrow's among them), still list offsets by version 0.
    public var announcedVersions: ClosedRange<Int16> {
        self == .listOffsets ? 1...versions.upperBound : versions
    }

    /// The first version with compact lengths and tagged fields; nil when there is none.
    public var firstFlexibleVersion: Int16? {
        switch self {
        case .produce, .metadata: 9
        case .fetch: 12
        case .offsetCommit: 8
        case .listOffsets, .offsetFetch, .joinGroup: 6
        case .describeGroups, .createTopics: 5
        case .heartbeat, .leaveGroup, .syncGroup, .deleteTopics, .offsetForLeaderEpoch, .describeConfigs: 4
        case .findCoordinator, .listGroups, .apiVersions, .addPartitionsToTransaction, .addOffsetsToTransaction,
            .endTransaction, .transactionOffsetCommit:
            3
        case .deleteRecords, .initProducerID, .alterConfigs, .describeLogDirectories, .createPartitions, .deleteGroups:
            2
        case .alterReplicaLogDirectories, .createDelegationToken, .renewDelegationToken, .expireDelegationToken,
            .describeDelegationToken, .electLeaders:
            2
        case .describeAcls, .createAcls, .deleteAcls, .saslAuthenticate: 2
        case .incrementalAlterConfigs, .writeTransactionMarkers: 1
        case .describeClientQuotas, .alterClientQuotas: 1
        case .describeCluster, .describeProducers, .describeTransactions, .listTransactions: 0
        case .consumerGroupHeartbeat, .consumerGroupDescribe: 0
        case .alterPartitionReassignments, .listPartitionReassignments, .describeUserScramCredentials,
            .alterUserScramCredentials, .describeQuorum, .updateFeatures, .unregisterBroker, .listConfigResources,
            .describeTopicPartitions, .addRaftVoter, .removeRaftVoter:
            0
        case .saslHandshake, .offsetDelete: nil
        }
    }

    public func isFlexible(_ version: Int16) -> Bool {
        firstFlexibleVersion.map { version >= $0 } ?? false
    }
}
