// SCRAM (RFC 5802, RFC 7677): both sides prove that they know the password, and neither sends it. What is kept
// of a password proves nothing by itself: a stolen credential does not log in.

import Bytes
import Crypto

/// What SCRAM keeps of a password.
public struct ScramCredential: Sendable, Equatable {
    public var salt: [UInt8]
    public var storedKey: [UInt8]
    public var serverKey: [UInt8]
    public var iterations: Int32

    public init(salt: [UInt8], storedKey: [UInt8], serverKey: [UInt8], iterations: Int32) {
        self.salt = salt
        self.storedKey = storedKey
        self.serverKey = serverKey
        self.iterations = iterations
    }

    /// The fewest iterations that Kafka takes.
    public static let iterationsMin: Int32 = 4_096

    /// From a password; throws when the cryptographic library does.
    init(password: [UInt8], salt: [UInt8], iterations: Int32, hash: PasswordHash) throws(CryptoError) {
        let salted = try hash.salted(password, salt: salt, iterations: Int(iterations))
        self.init(saltedPassword: salted, salt: salt, iterations: iterations, hash: hash)
        guard !storedKey.isEmpty else { throw CryptoError(.key, "a credential cannot be made") }
    }

    /// From a salted password, as AlterUserScramCredentials carries one; empty keys when hashing fails.
    init(saltedPassword: [UInt8], salt: [UInt8], iterations: Int32, hash: PasswordHash) {
        let clientKey = (try? hash.code(of: Array("Client Key".utf8), key: saltedPassword)) ?? []
        self.init(
            salt: salt, storedKey: (try? hash.digest(clientKey)) ?? [],
            serverKey: (try? hash.code(of: Array("Server Key".utf8), key: saltedPassword)) ?? [],
            iterations: iterations)
    }
}

/// One SCRAM exchange.
struct ScramExchange {
    private enum State {
        case first
        case final(Challenge)
        case over
    }

    /// What the final message is judged by.
    private struct Challenge {
        var name: String
        var credential: ScramCredential?
        /// `n,,` or with the identity asked for: what the binding has to repeat.
        var header: String
        var clientFirst: String
        var serverFirst: String
        var nonce: String
    }

    private let hash: PasswordHash
    private let serverNonce: String
    private var state = State.first

    /// The nonce must be fresh and random.
    init(hash: PasswordHash, serverNonce: String) {
        self.hash = hash
        self.serverNonce = serverNonce
    }

    /// Takes a message. `credential` finds a name's; for a name that is unknown, `decoySalt` stands in, so that
    /// strangers cannot find out who exists.
    mutating func receive(
        _ message: [UInt8], credential: (String) -> ScramCredential?, decoySalt: (String) -> [UInt8]
    ) -> SASLOutcome {
        let before = state
        state = .over
        guard let text = String(validating: message, as: UTF8.self) else { return .refused(nil) }
        switch before {
        case .first: return takeFirst(text, credential, decoySalt)
        case .final(let challenge): return takeFinal(text, challenge)
        case .over: return .refused(nil)
        }
    }

    /// `n,[a=authzid],n=name,r=nonce[,extensions]`
    private mutating func takeFirst(
        _ text: String, _ credential: (String) -> ScramCredential?, _ decoySalt: (String) -> [UInt8]
    ) -> SASLOutcome {
        let parts = text.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
        // Channel binding is not offered, so a client that insists on it ("p=…") is refused.
        guard parts.count == 3, parts[0] == "n" || parts[0] == "y" else { return .refused(nil) }
        let fields = parts[2].split(separator: ",", omittingEmptySubsequences: false)
        guard fields.count >= 2, fields[0].hasPrefix("n="), fields[1].hasPrefix("r="), fields[1].utf8.count > 2,
            let name = Self.unescaped(fields[0].dropFirst(2)), !name.isEmpty
        else { return .refused(nil) }
        // Delegation tokens are not offered.
        guard !fields.dropFirst(2).contains("tokenauth=true") else { return .refused(nil) }
        if !parts[1].isEmpty {
            guard parts[1].hasPrefix("a="), let wanted = Self.unescaped(parts[1].dropFirst(2)) else {
                return .refused(nil)
            }
            guard wanted.utf8.elementsEqual(name.utf8) else { return .refused(PlainExchange.differentIdentity) }
        }
        let known = credential(name)
        let nonce = fields[1].dropFirst(2) + serverNonce
        let serverFirst =
            "r=\(nonce),s=\(Base64.encode(known?.salt ?? decoySalt(name))),i=\(known?.iterations ?? ScramCredential.iterationsMin)"
        state = .final(
            Challenge(
                name: name, credential: known, header: "\(parts[0]),\(parts[1]),", clientFirst: String(parts[2]),
                serverFirst: serverFirst, nonce: String(nonce)))
        return .challenge(Array(serverFirst.utf8))
    }

    /// `c=binding,r=nonce[,extensions],p=proof`
    private func takeFinal(_ text: String, _ challenge: Challenge) -> SASLOutcome {
        let fields = text.split(separator: ",", omittingEmptySubsequences: false)
        let binding = "c=" + Base64.encode(Array(challenge.header.utf8))
        guard fields.count >= 3, fields[0].utf8.elementsEqual(binding.utf8),
            Self.repeats(challenge.nonce, fields[1]), let last = fields.last, last.hasPrefix("p="),
            let proof = try? Base64.decode(String(last.dropFirst(2)))
        else { return .refused(nil) }
        let withoutProof = fields.dropLast().joined(separator: ",")
        let signed = Array("\(challenge.clientFirst),\(challenge.serverFirst),\(withoutProof)".utf8)
        do throws(CryptoError) {
            let decoy = [UInt8](repeating: 0, count: hash.byteCount)
            let storedKey = challenge.credential?.storedKey ?? decoy
            let signature = try hash.code(of: signed, key: storedKey)
            guard proof.count == signature.count else { return .refused(nil) }
            let clientKey = zip(proof, signature).map { $0 ^ $1 }
            let isRight = ConstantTime.equal(try hash.digest(clientKey), storedKey)
            guard isRight, let credential = challenge.credential else { return .refused(nil) }
            let verifier = try hash.code(of: signed, key: credential.serverKey)
            return .done(name: challenge.name, Array("v=\(Base64.encode(verifier))".utf8))
        } catch {
            return .refused(nil)
        }
    }

    /// Whether a field repeats the nonce of this exchange. librdkafka before 2.6 puts its own part before it once more,
    /// which Kafka lets pass; what makes the message fresh is our part, and the proof covers the field as sent.
    private static func repeats(_ nonce: String, _ field: Substring) -> Bool {
        field.utf8.starts(with: "r=".utf8) && field.utf8.suffix(nonce.utf8.count).elementsEqual(nonce.utf8)
            && field.utf8.count >= 2 + nonce.utf8.count
    }

    /// A name with `=2C` for a comma and `=3D` for an equals sign; nil for any other use of the sign.
    static func unescaped(_ text: Substring) -> String? {
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "=") else {
                result.append(byte)
                continue
            }
            switch rest.prefix(2) {
            case ArraySlice("2C".utf8): result.append(UInt8(ascii: ","))
            case ArraySlice("3D".utf8): result.append(UInt8(ascii: "="))
            default: return nil
            }
            rest = rest.dropFirst(2)
        }
        return String(decoding: result, as: UTF8.self)
    }
}
