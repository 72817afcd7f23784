// Keys, certificates, signing requests and files of keys: made at run time, none in the tree.

import Crypto
import Glibc
import Testing

let nowSeconds = Int64(time(nil))

@Suite struct CertificateTests {
    @Test(arguments: [KeyAlgorithm.p256, .ed25519])
    func `a signature holds for its message and its key alone`(algorithm: KeyAlgorithm) throws {
        let key = try PrivateKey.generate(algorithm)
        let message = Array("tree head 42".utf8)
        let signature = try key.sign(message)
        let publicKey = try PublicKey(pem: try key.publicKey().pem())
        #expect(publicKey.isValid(signature: signature, of: message))
        #expect(!publicKey.isValid(signature: signature, of: message + [0]))
        var bent = signature
        bent[bent.count - 1] ^= 1
        #expect(!publicKey.isValid(signature: bent, of: message))
        #expect(!publicKey.isValid(signature: [], of: message))
        #expect(try !PrivateKey.generate(algorithm).publicKey().isValid(signature: signature, of: message))
        let again = try PrivateKey(pem: try key.pem())
        #expect(publicKey.isValid(signature: try again.sign(message), of: message))
    }

    @Test func `an Ed25519 public key survives its 32 bytes`() throws {
        let key = try PrivateKey.generate(.ed25519)
        let bytes = try #require(try key.publicKey().ed25519Bytes)
        let signature = try key.sign([1, 2, 3])
        #expect(try PublicKey(ed25519: bytes).isValid(signature: signature, of: [1, 2, 3]))
        #expect(try PrivateKey.generate(.p256).publicKey().ed25519Bytes == nil)
        #expect(throws: CryptoError.self) { try PublicKey(ed25519: [1, 2, 3]) }
    }

    @Test func `an issued certificate carries its names, its times and no CA right`() throws {
        let authority = try CertificateAuthority.make(name: "Test root", validity: .days(30, from: nowSeconds))
        let profile = CertificateProfile.server(hosts: ["hub.test", "127.0.0.1", "::1"], uri: "urn:lgsp:hub:gateway")
        let (certificate, _) = try authority.issueWithKey(profile, validity: .days(10, from: nowSeconds))
        let read = try Certificate(pem: try certificate.pem())
        #expect(read.names.dns == ["hub.test"])
        #expect(read.names.uris == ["urn:lgsp:hub:gateway"])
        #expect(read.names.addresses.map(\.count) == [4, 16])
        #expect(read.commonName == "hub.test")
        #expect(read.validUntilSeconds == nowSeconds + 864_000)
        #expect(read.serial.utf8.count == 32)
        #expect(try read.fingerprint() == certificate.fingerprint())
        let verifier = CertificateVerifier(roots: [authority.certificate])
        try verifier.verify(read, purpose: .server, peer: .host("hub.test"), atSeconds: nowSeconds)
        try verifier.verify(read, purpose: .server, peer: .uri("urn:lgsp:hub:gateway"), atSeconds: nowSeconds)
        #expect(throws: CryptoError.self) {
            try verifier.verify(read, purpose: .client, peer: nil, atSeconds: nowSeconds)
        }
        #expect(throws: CryptoError.self) {
            try verifier.verify(authority.certificate, purpose: .server, peer: nil, atSeconds: nowSeconds)
        }
    }

    @Test func `a name with a comma stays one name and a name that is none is refused`() throws {
        let authority = try CertificateAuthority.make(name: "Test root", validity: .days(30, from: nowSeconds))
        let (certificate, _) = try authority.issueWithKey(
            .client("urn:lgsp:a,DNS:evil.test"), validity: .days(1, from: nowSeconds))
        #expect(certificate.names.uris == ["urn:lgsp:a,DNS:evil.test"])
        #expect(certificate.names.dns == [])
        let bad = [
            CertificateNames(dns: ["a b"]), CertificateNames(dns: ["*.test"]), CertificateNames(uris: ["urn:\n"]),
            .init(),
        ]
        for names in bad {
            #expect(throws: CryptoError.self) {
                try authority.issueWithKey(
                    CertificateProfile(role: .client, commonName: "x", names: names),
                    validity: .days(1, from: nowSeconds))
            }
        }
    }

    @Test func `a signing request proves its key and its names are not heard`() throws {
        let authority = try CertificateAuthority.make(name: "Test root", validity: .days(30, from: nowSeconds))
        let key = try PrivateKey.generate(.p256)
        var request = try SigningRequest.make(commonName: "urn:lgsp:hub:admin", key: key)
        let certificate = try authority.issue(
            .client("urn:lgsp:health:his"), request: request, validity: .days(1, from: nowSeconds))
        #expect(certificate.names.uris == ["urn:lgsp:health:his"])
        _ = try TLSContext(
            .client,
            TLSConfiguration(identity: .init(chain: [certificate], key: key), trustedRoots: [authority.certificate]))
        let middle = request.count / 2
        request[middle] = request[middle] == 0x41 ? 0x42 : 0x41
        #expect(throws: CryptoError.self) { try SigningRequest.verifiedKey(pem: request) }
    }

    @Test func `a chain text is read whole or refused`() throws {
        let one = try CertificateAuthority.make(name: "One", validity: .days(1, from: nowSeconds)).certificate
        let two = try CertificateAuthority.make(name: "Two", validity: .days(1, from: nowSeconds)).certificate
        let text = try one.pem() + two.pem()
        #expect(try Certificate.chain(pem: text).map(\.commonName) == ["One", "Two"])
        var bent = text
        bent[text.count - 200] = 0x21
        #expect(throws: CryptoError.self) { try Certificate.chain(pem: bent) }
        #expect(throws: CryptoError.self) { try Certificate.chain(pem: []) }
        #expect(throws: CryptoError.self) { try Certificate.chain(pem: Array("no certificate".utf8)) }
    }

    @Test func `a key file has mode 0600 and is refused when others can read it`() throws {
        let path = "/tmp/lgsp-key-\(getpid())-\(UInt64.random(in: 0 ... .max)).pem"
        defer { unsafe unlink(path) }
        try PrivateFile.write([1, 2, 3], to: path)
        #expect(try PrivateFile.read(path) == [1, 2, 3])
        try PrivateFile.write([4], to: path)
        #expect(try PrivateFile.read(path) == [4])
        var status = stat()
        #expect(unsafe stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        unsafe chmod(path, 0o640)
        #expect(throws: CryptoError.self) { try PrivateFile.read(path) }
        #expect(throws: CryptoError.self) { try PrivateFile.write([1], to: "/nowhere/key.pem") }
    }
}
