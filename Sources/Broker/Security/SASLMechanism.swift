// The SASL mechanisms: a client's message goes in, the answer or the verdict comes out. PLAIN (RFC 4616) is one
// message; SCRAM has its own file. Refusals say no more than Kafka's do, and nothing about whether the name exists.

import Crypto

/// A mechanism by the name it is negotiated under.
public enum SASLMechanism: String, Sendable, CaseIterable {
    case plain = "PLAIN"
    case scramSHA256 = "SCRAM-SHA-256"
    case scramSHA512 = "SCRAM-SHA-512"

    /// What a SCRAM mechanism hashes with; nil for PLAIN.
    var hash: PasswordHash? {
        switch self {
        case .plain: nil
        case .scramSHA256: .sha256
        case .scramSHA512: .sha512
        }
    }
}

/// What became of a client's message.
enum SASLOutcome: Equatable {
    /// Send this and wait for the next message.
    case challenge([UInt8])
    /// The client is who it says; send this (it may be empty).
    case done(name: String, [UInt8])
    /// Kafka's words for the refusal; nil for the general ones, which betray nothing.
    case refused(String?)
}

/// PLAIN's one message.
enum PlainExchange {
    static func receive(_ message: [UInt8], passwords: [GroupName: [UInt8]]) -> SASLOutcome {
        let parts = message.split(separator: 0, maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3 else {
            return .refused("Invalid SASL/PLAIN response: expected 3 tokens, got \(parts.count)")
        }
        guard !parts[1].isEmpty else { return .refused("Authentication failed: username not specified") }
        guard !parts[2].isEmpty else { return .refused("Authentication failed: password not specified") }
        let name = String(decoding: parts[1], as: UTF8.self)
        // Compared under a hash: the time tells nothing about the password, nor about its length.
        let known = passwords[GroupName(name)]
        let isRight = ConstantTime.equal(SHA256.hash(known ?? []).bytes, SHA256.hash(Array(parts[2])).bytes)
        guard known != nil, isRight else { return .refused("Authentication failed: Invalid username or password") }
        guard parts[0].isEmpty || parts[0].elementsEqual(parts[1]) else { return .refused(differentIdentity) }
        return .done(name: name, [])
    }

    static let differentIdentity =
        "Authentication failed: Client requested an authorization id that is different from username"
}
