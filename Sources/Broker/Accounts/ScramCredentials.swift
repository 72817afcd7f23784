// The credentials that users authenticate with by SCRAM, as AlterUserScramCredentials stores them: one for
// each user and mechanism, durable in AdministrationStore.

/// All SCRAM credentials.
public struct ScramCredentials: Sendable, Equatable {
    private var users: [GroupName: [SASLMechanism: ScramCredential]] = [:]

    /// What is kept of a user's password under a mechanism.
    func credential(of user: GroupName, _ mechanism: SASLMechanism) -> ScramCredential? { users[user]?[mechanism] }

    /// A user's mechanisms; empty when the user is unknown.
    func mechanisms(of user: GroupName) -> [SASLMechanism: ScramCredential] { users[user] ?? [:] }

    /// All users, in the order of their names' bytes.
    var names: [GroupName] { users.keys.sorted { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) } }

    /// Sets a credential, or with nil removes it.
    mutating func set(_ credential: ScramCredential?, of user: GroupName, _ mechanism: SASLMechanism) {
        users[user, default: [:]][mechanism] = credential
        if users[user]?.isEmpty == true { users[user] = nil }
    }
}

extension SASLMechanism {
    /// The number that stands for a SCRAM mechanism in requests; nil for the others.
    var scramNumber: Int8? {
        switch self {
        case .plain: nil
        case .scramSHA256: 1
        case .scramSHA512: 2
        }
    }

    init?(scramNumber: Int8) {
        guard let found = Self.allCases.first(where: { $0.scramNumber == scramNumber }) else { return nil }
        self = found
    }
}
