// DescribeUserScramCredentials (50) and AlterUserScramCredentials (51), version 0. The client salts the password;
// what is kept follows from that and proves nothing by itself. Changes of one request are stored with one write.

import KafkaWire

extension BrokerCore {
    var scramCredentials: ScramCredentials { administration.state.credentials }

    func describeUserScramCredentials(_ target: ReplyTarget, _ request: DescribeUserScramCredentialsRequest) {
        var response = DescribeUserScramCredentialsResponse()
        let asked = (request.users ?? []).map { GroupName($0.name) }
        let repeated = Set(asked.filter { name in asked.filter { $0 == name }.count > 1 })
        var seen: Set<GroupName> = []
        for name in asked.isEmpty ? scramCredentials.names : asked where seen.insert(name).inserted {
            var result = DescribeUserScramCredentialsResponse.Result()
            result.user = name.text
            let found = scramCredentials.mechanisms(of: name)
            if repeated.contains(name) {
                result.error = .duplicateResource
                result.errorMessage = "A user may be asked for once: \(name.text)"
            } else if found.isEmpty {
                result.error = .resourceNotFound
                result.errorMessage = "There are no SCRAM credentials of user \(name.text)."
            }
            if result.error == .none {
                result.credentials = found.compactMap { mechanism, credential in
                    var described = DescribeUserScramCredentialsResponse.Result.Credential()
                    guard let number = mechanism.scramNumber else { return nil }
                    described.mechanism = number
                    described.iterations = credential.iterations
                    return described
                }
                result.credentials.sort { $0.mechanism < $1.mechanism }
            }
            response.results.append(result)
        }
        reply(target, response)
    }

    func alterUserScramCredentials(_ target: ReplyTarget, _ request: AlterUserScramCredentialsRequest) {
        var changes = ScramChanges(state: administration.state)
        for deletion in request.deletions {
            changes.apply(to: deletion.name) { (state, name) throws(Refusal) in
                let mechanism = try ScramChanges.mechanism(deletion.mechanism)
                guard state.credentials.credential(of: name, mechanism) != nil else {
                    throw Refusal(.resourceNotFound, "There is no such credential of this user.")
                }
                state.credentials.set(nil, of: name, mechanism)
            }
        }
        for upsertion in request.upsertions {
            changes.apply(to: upsertion.name) { (state, name) throws(Refusal) in
                let mechanism = try ScramChanges.mechanism(upsertion.mechanism)
                guard upsertion.iterations >= ScramCredential.iterationsMin else {
                    throw Refusal(.unacceptableCredential, "Too few iterations")
                }
                guard upsertion.iterations <= ScramChanges.iterationsMax else {
                    throw Refusal(.unacceptableCredential, "Too many iterations")
                }
                guard let hash = mechanism.hash, !upsertion.salt.isEmpty, !upsertion.saltedPassword.isEmpty else {
                    throw Refusal(.unacceptableCredential, "A credential needs a salt and a salted password.")
                }
                let credential = ScramCredential(
                    saltedPassword: upsertion.saltedPassword, salt: upsertion.salt, iterations: upsertion.iterations,
                    hash: hash)
                guard !credential.storedKey.isEmpty, !credential.serverKey.isEmpty else {
                    throw Refusal(.unknownServerError, "The credential cannot be derived.")
                }
                state.credentials.set(credential, of: name, mechanism)
            }
        }
        var response = AlterUserScramCredentialsResponse()
        response.results = changes.results
        do throws(DiskError) {
            try administration.replace(with: changes.accepted)
        } catch {
            for index in response.results.indices where response.results[index].error == .none {
                response.results[index].error = .storageError
                response.results[index].errorMessage = "\(error)"
            }
        }
        reply(target, response)
    }
}

/// The changes of one request: a user that is named twice is refused, and nothing of it changed.
private struct ScramChanges {
    static let iterationsMax: Int32 = 16_384
    private static let nameBytesMax = 1_024

    private let before: AdministrationState
    private var names: [GroupName] = []
    private var outcomes: [GroupName: Result<AdministrationState, BrokerCore.Refusal>] = [:]

    init(state: AdministrationState) { before = state }

    static func mechanism(_ number: Int8) throws(BrokerCore.Refusal) -> SASLMechanism {
        guard let mechanism = SASLMechanism(scramNumber: number) else {
            throw .init(.unsupportedSASLMechanism, "Unknown SCRAM mechanism")
        }
        return mechanism
    }

    mutating func apply(
        to text: String,
        _ change: (inout AdministrationState, GroupName) throws(BrokerCore.Refusal) -> Void
    ) {
        let name = GroupName(text)
        if let earlier = outcomes[name] {
            if case .success = earlier {
                outcomes[name] = .failure(
                    .init(.duplicateResource, "A request may change one credential of a user."))
            }
            return
        }
        names.append(name)
        do throws(BrokerCore.Refusal) {
            guard !text.isEmpty, text.utf8.count <= Self.nameBytesMax else {
                throw .init(.unacceptableCredential, "A user's name has 1 to \(Self.nameBytesMax) bytes.")
            }
            var state = before
            try change(&state, name)
            outcomes[name] = .success(state)
        } catch {
            outcomes[name] = .failure(error)
        }
    }

    /// The state with every change that stands.
    var accepted: AdministrationState {
        var state = before
        for name in names {
            guard case .success(let changed)? = outcomes[name] else { continue }
            for mechanism in SASLMechanism.allCases where mechanism.scramNumber != nil {
                state.credentials.set(changed.credentials.credential(of: name, mechanism), of: name, mechanism)
            }
        }
        return state
    }

    var results: [AlterUserScramCredentialsResponse.Result] {
        names.map { name in
            var result = AlterUserScramCredentialsResponse.Result()
            result.user = name.text
            if case .failure(let refusal)? = outcomes[name] {
                result.error = refusal.code
                result.errorMessage = refusal.reason
            }
            return result
        }
    }
}
