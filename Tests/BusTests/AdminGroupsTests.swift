import CRdKafka
import Testing

@testable import Bus

/// Against librdkafka's own mock broker, which can be told what to answer.
@Suite struct AdminGroupsTests {
    /// librdkafka alone would end the process here: a null pointer where a client without a group is told that
    /// the coordinator is not ready.
    @Test(arguments: [RD_KAFKA_RESP_ERR_NOT_COORDINATOR, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS])
    func aCoordinatorThatIsNotReadyIsAskedAgain(answer: rd_kafka_resp_err_t) throws {
        var text = [CChar](repeating: 0, count: 512)
        let client = unsafe try #require(rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), &text, text.count))
        defer { unsafe rd_kafka_destroy(client) }
        let cluster = unsafe try #require(rd_kafka_mock_cluster_new(client, 1))
        defer { unsafe rd_kafka_mock_cluster_destroy(cluster) }
        let offsetFetch: Int16 = 9
        unsafe rd_kafka_mock_push_request_errors_array(cluster, offsetFetch, 3, [answer, answer, answer])
        let servers = try #require(unsafe rd_kafka_mock_cluster_bootstraps(cluster).map { unsafe String(cString: $0) })
        let admin = try Admin(BusSettings(bootstrapServers: servers, clientId: "admin-groups-tests"))
        #expect(try admin.committedOffsets(of: "nobody") == [])
    }
}
