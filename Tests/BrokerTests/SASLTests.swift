// The SASL mechanisms, and connections that use them: the order of requests, refusals, renewal.

import Bytes
import Crypto
import KafkaWire
import Testing

@testable import Broker

@Suite struct SASLTests {
    // MARK: Mechanisms

    /// The exchange of RFC 7677, section 3.
    @Test func scramAgreesWithTheStandardsExample() throws {
        let salt = try Base64.decode("W22ZaJ0SNY7soEsUEjb6gQ==")
        let credential = try ScramCredential(
            password: Array("pencil".utf8), salt: salt, iterations: 4_096, hash: .sha256)
        var exchange = ScramExchange(hash: .sha256, serverNonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0")
        func send(_ text: String) -> SASLOutcome {
            exchange.receive(Array(text.utf8), credential: { $0 == "user" ? credential : nil }, decoySalt: { _ in [1] })
        }
        let challenge = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
        #expect(send("n,,n=user,r=rOprNGfwEbeRWgbNEkqO") == .challenge(Array(challenge.utf8)))
        let final =
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        let verifier = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
        #expect(send(final) == .done(name: "user", Array(verifier.utf8)))
        #expect(send(final) == .refused(nil))
    }

    @Test(arguments: [
        "", "n", "n,,", "n,,n=user", "p=tls-unique,,n=user,r=a", "n,,n=,r=a", "n,,n=us=er,r=a", "n,a=other,n=user,r=a",
        "n,,m=x,n=user,r=a", "n,,n=user,r=a,tokenauth=true", "\u{0}", "n,,n=user,r=",
    ])
    func scramRefusesWhatIsNoFirstMessage(_ text: String) {
        var exchange = ScramExchange(hash: .sha512, serverNonce: "server")
        let outcome = exchange.receive(Array(text.utf8), credential: { _ in nil }, decoySalt: { _ in [1] })
        guard case .refused = outcome else {
            Issue.record("\(text) was taken: \(outcome)")
            return
        }
    }

    @Test func scramRefusesAnotherExchangesNonceAndStrangersAlike() {
        for final in ["c=biws,r=client-other,p=AAAA", "c=eSws,r=client-server,p=AAAA", "c=biws,r=client-server,p=AAAA"] {
            var exchange = ScramExchange(hash: .sha256, serverNonce: "-server")
            func send(_ text: String) -> SASLOutcome {
                exchange.receive(Array(text.utf8), credential: { _ in nil }, decoySalt: { _ in [1, 2, 3] })
            }
            // Whoever does not exist is challenged like everybody else.
            #expect(send("n,,n=nobody,r=client") == .challenge(Array("r=client-server,s=AQID,i=4096".utf8)))
            #expect(send(final) == .refused(nil))
        }
    }

    @Test func plainTakesNamesAndPasswordsThatMatchExactly() {
        let users = [GroupName("alice"): Array("secret".utf8)]
        func send(_ text: String) -> SASLOutcome { PlainExchange.receive(Array(text.utf8), passwords: users) }
        #expect(send("\0alice\0secret") == .done(name: "alice", []))
        #expect(send("alice\0alice\0secret") == .done(name: "alice", []))
        #expect(send("bob\0alice\0secret") == .refused(PlainExchange.differentIdentity))
        for wrong in ["\0alice\0secre", "\0alice\0", "\0\0secret", "alice", "\0alice\0secret\0", "\0bob\0secret"] {
            guard case .refused = send(wrong) else {
                Issue.record("taken: \(wrong.utf8.map { $0 })")
                continue
            }
        }
    }

    // MARK: Connections

    private func makeBroker(reauthenticationMilliseconds: Int64 = 0) throws -> TestBroker {
        let broker = try TestBroker { settings in
            settings.security.mechanisms = [.plain, .scramSHA256]
            settings.security.passwords = [GroupName("alice"): Array("secret".utf8), GroupName("bob"): Array("b".utf8)]
            settings.security.reauthenticationMilliseconds = reauthenticationMilliseconds
        }
        let listener = ListenerSettings(.saslPlaintext, host: "h", port: 1)
        broker.core.endpoints = [BrokerEndpoint(listener, advertised: Endpoint(host: "h", port: 1))]
        broker.core.connectionOpened(1, listener: 0, clientHost: "local", principal: .anonymous)
        return broker
    }

    private func handshake(_ broker: TestBroker, _ mechanism: String = "PLAIN", version: Int16 = 1) throws -> ErrorCode {
        var request = SaslHandshakeRequest()
        request.mechanism = mechanism
        let response: SaslHandshakeResponse = try broker.ask(request, version: version)
        #expect(response.mechanisms == ["PLAIN", "SCRAM-SHA-256"])
        return response.error
    }

    private func authenticate(_ broker: TestBroker, _ token: String) throws -> SaslAuthenticateResponse {
        var request = SaslAuthenticateRequest()
        request.token = Array(token.utf8)
        let slot = try broker.post(request, version: 2)
        broker.advance(100)
        return try #require(try broker.answer(slot))
    }

    @Test func requestsAreServedAfterLoginAndNotBefore() throws {
        let broker = try makeBroker()
        let ranges: ApiVersionsResponse = try broker.ask(ApiVersionsRequest(), version: 2)
        #expect(ranges.error == .none)
        #expect(try handshake(broker) == .none)
        #expect(try authenticate(broker, "\0alice\0secret").error == .none)
        #expect(broker.core.sessions[1]?.principal == Principal(name: "alice"))
        let metadata: MetadataResponse = try broker.ask(MetadataRequest(), version: 9)
        #expect(metadata.brokers.count == 1)
        // What is over cannot be begun again where logins do not end.
        #expect(try handshake(broker) == .illegalSASLState)
        #expect(broker.closed.isEmpty)

        let hasty = try makeBroker()
        try hasty.post(MetadataRequest(), version: 9)
        #expect(hasty.closed == [1])
    }

    @Test func versionsAfterTheHandshakeAreAnIllegalState() throws {
        let broker = try makeBroker()
        #expect(try handshake(broker) == .none)
        let slot = try broker.post(ApiVersionsRequest(), version: 0)
        broker.advance(100)
        let response: ApiVersionsResponse? = try broker.answer(slot)
        #expect(response?.error == .illegalSASLState)
        #expect(broker.closed == [1])
    }

    @Test func aRefusedLoginIsAnsweredLateAndCutOff() throws {
        let broker = try makeBroker()
        #expect(try handshake(broker) == .none)
        var request = SaslAuthenticateRequest()
        request.token = Array("\0alice\0guess".utf8)
        let slot = try broker.post(request, version: 1)
        #expect(try broker.answer(slot, SaslAuthenticateResponse.self) == nil)
        broker.advance(100)
        let response: SaslAuthenticateResponse? = try broker.answer(slot)
        #expect(response?.error == .saslAuthenticationFailed)
        #expect(response?.errorMessage == "Authentication failed: Invalid username or password")
        #expect(broker.closed == [1])
    }

    @Test func anUnknownMechanismIsRefusedWithTheKnownOnes() throws {
        let broker = try makeBroker()
        var request = SaslHandshakeRequest()
        request.mechanism = "GSSAPI"
        let slot = try broker.post(request, version: 1)
        broker.advance(100)
        let response: SaslHandshakeResponse? = try broker.answer(slot)
        #expect(response?.error == .unsupportedSASLMechanism)
        #expect(response?.mechanisms == ["PLAIN", "SCRAM-SHA-256"])
        #expect(broker.closed == [1])
    }

    @Test func afterTheOldHandshakeMessagesComeBare() throws {
        let broker = try makeBroker()
        #expect(try handshake(broker, version: 0) == .none)
        #expect(broker.core.frameBytes(of: 1).lowerBound == 0)
        var token = Array("\0bob\0b".utf8)
        broker.core.handle(connection: 1, slot: 77, clientHost: "local", buffer: &token, frame: 0..<token.count, now: 0)
        broker.turn()
        #expect(broker.replies[1]?[77] == [0, 0, 0, 0])
        #expect(broker.core.sessions[1]?.principal == Principal(name: "bob"))
    }

    @Test func loginsThatEndAreRenewedByTheSameClientOrClosed() throws {
        let broker = try makeBroker(reauthenticationMilliseconds: 5_000)
        #expect(try handshake(broker) == .none)
        #expect(try authenticate(broker, "\0alice\0secret").sessionLifetimeMilliseconds == 5_000)
        broker.advance(3_000)
        #expect(try handshake(broker) == .none)
        #expect(try authenticate(broker, "\0alice\0secret").error == .none)
        broker.advance(4_000)
        let metadata: MetadataResponse = try broker.ask(MetadataRequest(), version: 9)
        #expect(metadata.brokers.count == 1)
        broker.advance(2_000)
        try broker.post(MetadataRequest(), version: 9)
        #expect(broker.closed == [1])

        let other = try makeBroker(reauthenticationMilliseconds: 5_000)
        #expect(try handshake(other) == .none)
        #expect(try authenticate(other, "\0alice\0secret").error == .none)
        other.advance(3_000)
        #expect(try handshake(other) == .none)
        let changed = try authenticate(other, "\0bob\0b")
        #expect(changed.error == .saslAuthenticationFailed)
        #expect(other.closed == [1])
    }
}
