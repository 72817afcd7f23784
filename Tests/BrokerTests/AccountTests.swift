// Quotas and SCRAM credentials: what is taken, what is refused, who a quota holds for, and that a restart keeps it.

import Crypto
import KafkaWire
import Testing

@testable import Broker

@Suite struct AccountTests {
    typealias Component = (type: String, name: String?)

    @Test(arguments: [
        ([("user", "")], "request_percentage", 12.34), ([("", "name")], "request_percentage", 12.34),
        ([], "producer_byte_rate", 10_000), ([("user", "u")], "bad", 1), ([("user", "u")], "producer_byte_rate", 0.5),
        ([("user", "u"), ("ip", "1.2.3.4")], "request_percentage", 1),
        ([("ip", "no host")], "connection_creation_rate", 1), ([("user", "u")], "producer_byte_rate", -1),
    ] as [([Component], String, Double)])
    func aQuotaThatCannotBeIsRefused(entity: [Component], key: String, value: Double) throws {
        let broker = try TestBroker()
        #expect(try set(broker, entity, [key: value]) == .invalidRequest)
    }

    @Test func filtersFitByNameByDefaultAndByAnyName() throws {
        let broker = try TestBroker()
        let entities: [[Component]] = [
            [("user", "u"), ("client-id", "c")], [("user", "u"), ("client-id", nil)], [("user", "u")], [("user", nil)],
            [("client-id", "c")],
        ]
        for (index, entity) in entities.enumerated() {
            #expect(try set(broker, entity, ["producer_byte_rate": Double(index + 1)]) == .none)
        }
        func found(_ filter: [(String, Int8, String?)], strict: Bool) throws -> [Double] {
            var request = DescribeClientQuotasRequest()
            request.isStrict = strict
            request.components = filter.map { type, kind, match in
                var component = DescribeClientQuotasRequest.Component()
                (component.entityType, component.matchType, component.match) = (type, kind, match)
                return component
            }
            let response: DescribeClientQuotasResponse = try broker.ask(request, version: 1)
            return (response.entries ?? []).flatMap { $0.values.map(\.value) }.sorted()
        }
        #expect(try found([("user", 0, "u")], strict: false) == [1, 2, 3])
        #expect(try found([("user", 0, "u")], strict: true) == [3])
        #expect(try found([("user", 1, nil)], strict: false) == [4])
        #expect(try found([("user", 2, nil), ("client-id", 2, nil)], strict: true) == [1, 2])
        #expect(try found([], strict: false) == [1, 2, 3, 4, 5])
    }

    @Test func theMostParticularQuotaHolds() throws {
        let broker = try TestBroker()
        func limit(_ user: String, _ client: String) -> Double? {
            broker.core.administration.state.quotas.limit("producer_byte_rate", user: user, clientID: client)?.value
        }
        #expect(try set(broker, [("client-id", nil)], ["producer_byte_rate": 1]) == .none)
        #expect(limit("u", "c") == 1)
        #expect(try set(broker, [("user", nil)], ["producer_byte_rate": 2]) == .none)
        #expect(limit("u", "c") == 2)
        #expect(try set(broker, [("user", "u")], ["producer_byte_rate": 3]) == .none)
        #expect(limit("u", "c") == 3)
        #expect(try set(broker, [("user", "u"), ("client-id", "c")], ["producer_byte_rate": 4]) == .none)
        #expect(limit("u", "c") == 4)
        #expect(limit("u", "d") == 3)
        #expect(limit("v", "c") == 2)
        #expect(try set(broker, [("user", "u"), ("client-id", "c")], ["producer_byte_rate": nil]) == .none)
        #expect(limit("u", "c") == 3)
    }

    @Test func aCredentialIsWhatTheSaltedPasswordGivesAndOutlivesARestart() throws {
        let broker = try TestBroker()
        let salt: [UInt8] = [1, 2, 3, 4]
        let salted = try PasswordHash.sha256.salted(Array("secret".utf8), salt: salt, iterations: 4_096)
        #expect(try upsert(broker, "anna", salted, salt: salt, iterations: 4_096) == .none)
        #expect(try upsert(broker, "anna", salted, salt: salt, iterations: 100) == .unacceptableCredential)
        let other = try upsert(broker, "anna", salted, salt: salt, iterations: 4_096, mechanism: 7)
        #expect(other == .unsupportedSASLMechanism)
        #expect(try upsert(broker, "", salted, salt: salt, iterations: 4_096) == .unacceptableCredential)
        #expect(try set(broker, [("user", "anna")], ["request_percentage": 12.5]) == .none)
        let again = try TestBroker(disk: broker.disk)
        let kept = again.core.scramCredentials.credential(of: GroupName("anna"), .scramSHA256)
        let expected = try ScramCredential(
            password: Array("secret".utf8), salt: salt, iterations: 4_096, hash: .sha256)
        #expect(kept == expected)
        #expect(again.core.administration.state.quotas == broker.core.administration.state.quotas)
        #expect(try described(again, "anna") == "0 1:4096")
        #expect(try described(again, "bert") == "91 ")
    }

    @Test func aUserNamedTwiceInOneRequestStaysAsItWas() throws {
        let broker = try TestBroker()
        var upsertion = AlterUserScramCredentialsRequest.Upsertion()
        (upsertion.name, upsertion.mechanism, upsertion.iterations) = ("anna", 1, 4_096)
        (upsertion.salt, upsertion.saltedPassword) = ([1], [2])
        var request = AlterUserScramCredentialsRequest()
        request.upsertions = [upsertion, upsertion]
        let response: AlterUserScramCredentialsResponse = try broker.ask(request, version: 0)
        #expect(response.results.map(\.error) == [.duplicateResource])
        #expect(broker.core.scramCredentials.names == [])
    }

    @Test func whoIsAboveTheQuotaIsToldToWaitUntilTheRateIsDown() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        #expect(try set(broker, [("client-id", "test")], ["producer_byte_rate": 10, "consumer_byte_rate": 10]) == .none)
        func produce() throws -> Int32 {
            let slot = try broker.postProduce("t", TestBroker.batch(["value"]))
            return try #require(try broker.answer(slot, ProduceResponse.self)).throttleTimeMilliseconds
        }
        func fetch() throws -> FetchResponse {
            try broker.ask(broker.fetchRequest("t", from: 0, committedOnly: false), version: 12)
        }
        _ = try produce()
        #expect(try produce() > 0)
        #expect(try fetch().throttleTimeMilliseconds == 0)
        let refused = try fetch()
        #expect(refused.throttleTimeMilliseconds > 0)
        #expect(refused.topics.isEmpty)
        broker.advance(30_000)
        #expect(try fetch().topics.count == 1)
        #expect(try set(broker, [("client-id", "test")], ["producer_byte_rate": nil]) == .none)
        #expect(try produce() == 0)
    }

    @Test func groupsLieWhereKafkaWouldPutThem() throws {
        let broker = try TestBroker(settings: { try? $0.set(key: "offsets.topic.num.partitions", value: "50") })
        // Java: "test-group".hashCode() & 0x7fffffff, modulo 50.
        #expect(broker.core.offsetsPartition(of: GroupName("test-group")) == 12)
        #expect(try TestBroker().core.offsetsPartition(of: GroupName("test-group")) == 0)
    }

    // MARK: Steps

    private func set(_ broker: TestBroker, _ entity: [Component], _ values: [String: Double?]) throws -> ErrorCode {
        var entry = AlterClientQuotasRequest.Entry()
        entry.entity = entity.map { type, name in
            var component = AlterClientQuotasRequest.Entry.Component()
            (component.entityType, component.entityName) = (type, name)
            return component
        }
        entry.operations = values.map { key, value in
            var operation = AlterClientQuotasRequest.Entry.Operation()
            (operation.key, operation.value, operation.isRemoval) = (key, value ?? 0, value == nil)
            return operation
        }
        var request = AlterClientQuotasRequest()
        request.entries = [entry]
        let response: AlterClientQuotasResponse = try broker.ask(request, version: 1)
        return try #require(response.entries.first?.error)
    }

    private func upsert(
        _ broker: TestBroker, _ name: String, _ salted: [UInt8], salt: [UInt8], iterations: Int32, mechanism: Int8 = 1
    ) throws -> ErrorCode {
        var upsertion = AlterUserScramCredentialsRequest.Upsertion()
        (upsertion.name, upsertion.mechanism, upsertion.iterations) = (name, mechanism, iterations)
        (upsertion.salt, upsertion.saltedPassword) = (salt, salted)
        var request = AlterUserScramCredentialsRequest()
        request.upsertions = [upsertion]
        let response: AlterUserScramCredentialsResponse = try broker.ask(request, version: 0)
        return try #require(response.results.first?.error)
    }

    private func described(_ broker: TestBroker, _ name: String) throws -> String {
        var user = DescribeUserScramCredentialsRequest.User()
        user.name = name
        var request = DescribeUserScramCredentialsRequest()
        request.users = [user]
        let response: DescribeUserScramCredentialsResponse = try broker.ask(request, version: 0)
        let result = try #require(response.results.first)
        let credentials = result.credentials.map { "\($0.mechanism):\($0.iterations)" }.joined(separator: ",")
        return "\(result.error.rawValue) \(credentials)"
    }
}
