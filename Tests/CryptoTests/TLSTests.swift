// TLS between two connection objects in memory: who may speak with whom, and what happens when bytes are
// changed, cut off or come from the wrong peer.

import Crypto
import Testing

/// A root and what it issues, for one test.
struct TestAuthority {
    let authority: CertificateAuthority

    init() throws { authority = try .make(name: "Test root", validity: .days(30, from: nowSeconds)) }

    func identity(
        _ profile: CertificateProfile, validity: Validity = .days(5, from: nowSeconds)
    ) throws -> TLSIdentity {
        let (certificate, key) = try authority.issueWithKey(profile, validity: validity)
        return TLSIdentity(chain: [certificate], key: key)
    }

    func context(_ side: TLSSide, _ identity: TLSIdentity?) throws -> TLSContext {
        try TLSContext(side, TLSConfiguration(identity: identity, trustedRoots: [authority.certificate]))
    }
}

let serverProfile = CertificateProfile.server(hosts: ["platform.test", "127.0.0.1"])
let clientProfile = CertificateProfile.client("urn:lgsp:hub:deliver")

/// Carries bytes both ways until neither side has any; the errors of each side.
struct Wire {
    let client: TLSConnection
    let server: TLSConnection
    var clientError: CryptoError?
    var serverError: CryptoError?
    var clientSent: [UInt8] = []

    init(_ client: TLSContext, _ server: TLSContext, peer: TLSPeerName = .host("platform.test")) throws {
        self.client = try client.makeConnection(peer: peer)
        self.server = try server.makeConnection()
    }

    mutating func handshake() {
        for _ in 0..<10 {
            if clientError == nil { do { _ = try client.handshake() } catch { clientError = error } }
            try? carry(from: client, to: server)
            if serverError == nil { do { _ = try server.handshake() } catch { serverError = error } }
            try? carry(from: server, to: client)
        }
        // In TLS 1.3 the client's own handshake ends before the server has judged its certificate.
        var sink: [UInt8] = []
        if clientError == nil { do { _ = try client.read(into: &sink) } catch { clientError = error } }
    }

    func carry(from: TLSConnection, to: TLSConnection) throws(CryptoError) {
        var bytes: [UInt8] = []
        from.takeOutgoing(into: &bytes)
        try to.receive(bytes.span)
    }
}

@Suite struct TLSTests {
    @Test func `two peers that trust each other know each other and exchange bytes`() throws {
        let root = try TestAuthority()
        var wire = try Wire(
            try root.context(.client, try root.identity(clientProfile)),
            try root.context(.server, try root.identity(serverProfile)))
        wire.handshake()
        #expect(wire.clientError == nil && wire.serverError == nil)
        #expect(wire.server.peer?.hubIdentity == "urn:lgsp:hub:deliver")
        #expect(wire.client.peer?.dns == ["platform.test"])
        let message = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        try wire.client.write(message.span)
        try wire.carry(from: wire.client, to: wire.server)
        var got: [UInt8] = []
        while case .bytes = try wire.server.read(into: &got) {}
        #expect(got == message)
        wire.client.close()
        try wire.carry(from: wire.client, to: wire.server)
        #expect(try wire.server.read(into: &got) == .closed)
        try wire.server.transportEnded()
    }

    @Test func `an end without close_notify is an error`() throws {
        let root = try TestAuthority()
        var wire = try Wire(
            try root.context(.client, try root.identity(clientProfile)),
            try root.context(.server, try root.identity(serverProfile)))
        wire.handshake()
        let error = #expect(throws: CryptoError.self) { try wire.client.transportEnded() }
        #expect(error?.kind == .tlsTruncated)
        #expect(throws: CryptoError.self) { try wire.client.write([1].span) }
    }

    @Test func `a changed byte on the wire ends the connection`() throws {
        let root = try TestAuthority()
        var wire = try Wire(
            try root.context(.client, try root.identity(clientProfile)),
            try root.context(.server, try root.identity(serverProfile)))
        wire.handshake()
        try wire.client.write([1, 2, 3].span)
        var bytes: [UInt8] = []
        wire.client.takeOutgoing(into: &bytes)
        bytes[bytes.count - 1] ^= 1
        try wire.server.receive(bytes.span)
        var sink: [UInt8] = []
        #expect(throws: CryptoError.self) { try wire.server.read(into: &sink) }
        #expect(sink.isEmpty)
    }

    enum WrongServer: String, CaseIterable {
        case otherRoot, expired, notYetValid, otherName, otherAddress, clientCertificate, otherIdentity
    }

    @Test(arguments: WrongServer.allCases)
    func `a client refuses the wrong server before any payload`(wrong: WrongServer) throws {
        let root = try TestAuthority()
        var identity = try root.identity(serverProfile)
        var peer = TLSPeerName.host("platform.test")
        switch wrong {
        case .otherRoot: identity = try TestAuthority().identity(serverProfile)
        case .expired:
            let past = Validity(fromSeconds: nowSeconds - 7200, untilSeconds: nowSeconds - 60)
            identity = try root.identity(serverProfile, validity: past)
        case .notYetValid:
            let future = Validity(fromSeconds: nowSeconds + 3600, untilSeconds: nowSeconds + 7200)
            identity = try root.identity(serverProfile, validity: future)
        case .otherName: peer = .host("other.test")
        case .otherAddress: peer = TLSPeerName(endpointHost: "127.0.0.2")
        case .clientCertificate:
            let names = CertificateNames(dns: ["platform.test"])
            identity = try root.identity(CertificateProfile(role: .client, commonName: "platform.test", names: names))
        case .otherIdentity: peer = .uri("urn:lgsp:other:system")
        }
        var wire = try Wire(
            try root.context(.client, try root.identity(clientProfile)), try root.context(.server, identity), peer: peer
        )
        wire.handshake()
        #expect(wire.clientError?.kind == .tlsPeer)
        #expect(!wire.client.isEstablished)
        #expect(throws: CryptoError.self) { try wire.client.write([1].span) }
    }

    enum WrongClient: String, CaseIterable {
        case none, otherRoot, expired, serverCertificate
    }

    @Test(arguments: WrongClient.allCases)
    func `a server refuses the wrong client`(wrong: WrongClient) throws {
        let root = try TestAuthority()
        let identity: TLSIdentity? =
            switch wrong {
            case .none: nil
            case .otherRoot: try TestAuthority().identity(clientProfile)
            case .expired:
                try root.identity(
                    clientProfile, validity: Validity(fromSeconds: nowSeconds - 7200, untilSeconds: nowSeconds - 60))
            case .serverCertificate: try root.identity(serverProfile)
            }
        var wire = try Wire(
            try root.context(.client, identity), try root.context(.server, try root.identity(serverProfile)))
        wire.handshake()
        #expect(wire.serverError != nil)
        #expect(!wire.server.isEstablished)
        #expect(wire.server.peer == nil)
        #expect(wire.clientError != nil, "the client is told by an alert")
    }

    @Test func `a revoked client is refused, and everybody when the list has run out`() throws {
        let root = try TestAuthority()
        let good = try root.identity(clientProfile)
        let gone = try root.identity(clientProfile)
        func outcome(_ client: TLSIdentity, list validity: Validity) throws -> CryptoError? {
            let list = try root.authority.revocationList(revoked: [gone.chain[0]], number: 1, validity: validity)
            var settings = TLSConfiguration(
                identity: try root.identity(serverProfile), trustedRoots: [root.authority.certificate])
            settings.revocationLists = [list]
            var wire = try Wire(try root.context(.client, client), try TLSContext(.server, settings))
            wire.handshake()
            return wire.serverError
        }
        let current = Validity.days(1, from: nowSeconds)
        let old = Validity(fromSeconds: nowSeconds - 7200, untilSeconds: nowSeconds - 3600)
        #expect(try outcome(good, list: current) == nil)
        #expect(try outcome(gone, list: current)?.kind == .tlsPeer)
        #expect(try outcome(good, list: old)?.kind == .tlsPeer)
    }

    @Test func `a client must name its peer and a server must have an identity`() throws {
        let root = try TestAuthority()
        let client = try root.context(.client, nil)
        #expect(throws: CryptoError.self) { try client.makeConnection() }
        #expect(throws: CryptoError.self) { try client.makeConnection(peer: .host("")) }
        #expect(throws: CryptoError.self) { try root.context(.server, nil) }
        let mixed = TLSIdentity(chain: try root.identity(serverProfile).chain, key: try PrivateKey.generate(.p256))
        #expect(throws: CryptoError.self) { try root.context(.server, mixed) }
        #expect(throws: CryptoError.self) { try TLSContext(.client, TLSConfiguration(identity: nil, trustedRoots: [])) }
    }

    @Test func `bytes that are no TLS are an error and never a trap`() throws {
        let root = try TestAuthority()
        let context = try root.context(.server, try root.identity(serverProfile))
        var generator = SystemRandomNumberGenerator()
        for round in 0..<200 {
            let server = try context.makeConnection()
            var bytes = (0..<Int.random(in: 1...600, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            if round % 2 == 0 { bytes[0] = 22 }
            try? server.receive(bytes.span)
            let isDone = (try? server.handshake()) ?? false
            #expect(!isDone)
        }
    }
}
