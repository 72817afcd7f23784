// Every message in every version: what is encoded decodes to the same bytes again, no prefix of it decodes,
// and no byte changed in it traps. Both directions come from one `fields` function, so order and
// conditions are checked against golden bytes for the messages that clients send first.

import Bytes
import KafkaWire
import Testing

/// All requests and responses, by their types.
private let messages: [any WireMessage.Type] = [
    ProduceRequest.self, ProduceResponse.self, FetchRequest.self, FetchResponse.self, ListOffsetsRequest.self,
    ListOffsetsResponse.self, MetadataRequest.self, MetadataResponse.self, OffsetCommitRequest.self,
    OffsetCommitResponse.self, OffsetFetchRequest.self, OffsetFetchResponse.self, FindCoordinatorRequest.self,
    FindCoordinatorResponse.self, JoinGroupRequest.self, JoinGroupResponse.self, HeartbeatRequest.self,
    HeartbeatResponse.self, LeaveGroupRequest.self, LeaveGroupResponse.self, SyncGroupRequest.self,
    SyncGroupResponse.self, DescribeGroupsRequest.self, DescribeGroupsResponse.self, ListGroupsRequest.self,
    ListGroupsResponse.self, SaslHandshakeRequest.self, SaslHandshakeResponse.self, ApiVersionsRequest.self,
    ApiVersionsResponse.self, CreateTopicsRequest.self, CreateTopicsResponse.self, DeleteTopicsRequest.self,
    DeleteTopicsResponse.self, DeleteRecordsRequest.self, DeleteRecordsResponse.self, InitProducerIDRequest.self,
    InitProducerIDResponse.self, OffsetForLeaderEpochRequest.self, OffsetForLeaderEpochResponse.self,
    AddPartitionsToTransactionRequest.self, AddPartitionsToTransactionResponse.self,
    AddOffsetsToTransactionRequest.self, AddOffsetsToTransactionResponse.self, EndTransactionRequest.self,
    EndTransactionResponse.self, TransactionOffsetCommitRequest.self, TransactionOffsetCommitResponse.self,
    DescribeAclsRequest.self, DescribeAclsResponse.self, CreateAclsRequest.self, CreateAclsResponse.self,
    DeleteAclsRequest.self, DeleteAclsResponse.self, SaslAuthenticateRequest.self, SaslAuthenticateResponse.self,
    DescribeConfigsRequest.self, DescribeConfigsResponse.self, AlterConfigsRequest.self, AlterConfigsResponse.self,
    DescribeLogDirectoriesRequest.self, DescribeLogDirectoriesResponse.self, CreatePartitionsRequest.self,
    CreatePartitionsResponse.self, DeleteGroupsRequest.self, DeleteGroupsResponse.self,
    IncrementalAlterConfigsRequest.self, IncrementalAlterConfigsResponse.self, OffsetDeleteRequest.self,
    OffsetDeleteResponse.self, DescribeClusterRequest.self, DescribeClusterResponse.self,
    DescribeProducersRequest.self, DescribeProducersResponse.self, DescribeTransactionsRequest.self,
    WriteTransactionMarkersRequest.self, WriteTransactionMarkersResponse.self,
    DescribeTransactionsResponse.self, ListTransactionsRequest.self, ListTransactionsResponse.self,
    AlterReplicaLogDirectoriesRequest.self, AlterReplicaLogDirectoriesResponse.self,
    CreateDelegationTokenRequest.self, CreateDelegationTokenResponse.self,
    RenewDelegationTokenRequest.self, RenewDelegationTokenResponse.self,
    ExpireDelegationTokenRequest.self, ExpireDelegationTokenResponse.self,
    DescribeDelegationTokenRequest.self, DescribeDelegationTokenResponse.self,
    ElectLeadersRequest.self, ElectLeadersResponse.self,
    AlterPartitionReassignmentsRequest.self, AlterPartitionReassignmentsResponse.self,
    ListPartitionReassignmentsRequest.self, ListPartitionReassignmentsResponse.self,
    DescribeClientQuotasRequest.self, DescribeClientQuotasResponse.self,
    AlterClientQuotasRequest.self, AlterClientQuotasResponse.self,
    DescribeUserScramCredentialsRequest.self, DescribeUserScramCredentialsResponse.self,
    AlterUserScramCredentialsRequest.self, AlterUserScramCredentialsResponse.self,
    DescribeQuorumRequest.self, DescribeQuorumResponse.self,
    UpdateFeaturesRequest.self, UpdateFeaturesResponse.self,
    UnregisterBrokerRequest.self, UnregisterBrokerResponse.self,
    ListConfigResourcesRequest.self, ListConfigResourcesResponse.self,
    DescribeTopicPartitionsRequest.self, DescribeTopicPartitionsResponse.self,
    AddRaftVoterRequest.self, AddRaftVoterResponse.self,
    RemoveRaftVoterRequest.self, RemoveRaftVoterResponse.self,
    ConsumerGroupHeartbeatRequest.self, ConsumerGroupHeartbeatResponse.self, ConsumerGroupDescribeRequest.self,
    ConsumerGroupDescribeResponse.self,
]

@Suite struct MessageTests {
    @Test func everyMessageComesBackInEveryVersion() throws {
        for type in messages { try check(type) }
    }

    private func check<M: WireMessage>(_ type: M.Type) throws {
        for version in M.apiKey.versions {
            let bytes = encode(M(), version)
            // Null is no request body's only content here, so decoding what was encoded must work.
            let again = try M.read(bytes, range: 0..<bytes.count, version: version)
            #expect(encode(again, version) == bytes, "\(type) version \(version)")
            for end in 0..<bytes.count {
                #expect(throws: WireError.self, "\(type) version \(version) cut at \(end)") {
                    try M.read(bytes, range: 0..<end, version: version)
                }
            }
        }
    }

    private func encode(_ message: some WireMessage, _ version: Int16) -> [UInt8] {
        func run<M: WireMessage>(_ message: M) -> [UInt8] {
            var coder = FieldCoder(version: version, isFlexible: M.apiKey.isFlexible(version))
            var body = message
            try? body.fields(&coder)
            return coder.buffer
        }
        return run(message)
    }

    @Test func changedBytesNeverTrap() {
        var generator = SeededGenerator(seed: 1)
        for type in messages { mutate(type, &generator) }
    }

    private func mutate<M: WireMessage>(_ type: M.Type, _ generator: inout SeededGenerator) {
        for version in M.apiKey.versions {
            for _ in 0..<200 {
                var bytes = encode(M(), version)
                for _ in 0..<4 {
                    let place = Int.random(in: 0...bytes.count, using: &generator)
                    bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
                }
                _ = try? M.read(bytes, range: 0..<bytes.count, version: version)
            }
        }
    }

    /// Metadata version 4 for topic "t" as a client sends it, byte by byte.
    @Test func metadataRequestAgreesWithGoldenBytes() throws {
        var topic = MetadataRequest.Topic()
        topic.name = "t"
        var request = MetadataRequest()
        request.topics = [topic]
        let frame = try RequestHeader(apiKey: 3, version: 4, correlationID: 7, clientID: "c").frame(request)
        #expect(frame == [0, 0, 0, 19, 0, 3, 0, 4, 0, 0, 0, 7, 0, 1, 99, 0, 0, 0, 1, 0, 1, 116, 1])
        let (header, start) = try RequestHeader.read(frame, range: 4..<frame.count)
        #expect(header == RequestHeader(apiKey: 3, version: 4, correlationID: 7, clientID: "c"))
        let decoded = try MetadataRequest.read(frame, range: start..<frame.count, version: 4)
        #expect(decoded.topics?.first?.name == "t")
    }

    /// ApiVersions version 3: flexible body and request header, but response header 0.
    @Test func flexibleHeaderAgreesWithGoldenBytes() throws {
        var request = ApiVersionsRequest()
        request.clientSoftwareName = "a"
        request.clientSoftwareVersion = "1"
        let frame = try RequestHeader(apiKey: 18, version: 3, correlationID: 1, clientID: nil).frame(request)
        #expect(frame == [0, 0, 0, 16, 0, 18, 0, 3, 0, 0, 0, 1, 0xff, 0xff, 0, 2, 97, 2, 49, 0])
        let response = ResponseHeader.finish(ResponseHeader.begin(.apiVersions, version: 3, correlationID: 1))
        #expect(response == [0, 0, 0, 4, 0, 0, 0, 1])
        let other = ResponseHeader.finish(ResponseHeader.begin(.metadata, version: 9, correlationID: 1))
        #expect(other == [0, 0, 0, 5, 0, 0, 0, 1, 0])
    }

    @Test func countsBeyondTheBytesLeftAreRefusedBeforeAllocation() {
        #expect(throws: WireError.lengthOutOfRange) {
            try MetadataRequest.read([0x7f, 0xff, 0xff, 0xff], range: 0..<4, version: 1)
        }
        #expect(throws: WireError.lengthOutOfRange) {
            try MetadataRequest.read([0xff, 0xff, 0xff, 0xfe], range: 0..<4, version: 1)
        }
        let many = [UInt8](repeating: 0, count: 4 << 20)
        var claim = many
        claim.setBigEndian(Int32(3 << 20), at: 0)
        #expect(throws: WireError.tooManyElements) {
            try MetadataRequest.read(claim, range: 0..<claim.count, version: 1)
        }
    }
}

/// SplitMix64: the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
