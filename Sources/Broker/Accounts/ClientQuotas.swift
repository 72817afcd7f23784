// Quotas of clients: who (a user, a client id, both, or an address; a name or the default of its kind) and how
// much of what. Which of several quotas holds for a client is Kafka's order, the most particular first.

/// Whom a quota is for. A component that is `.default` stands for every name without a quota of its own.
struct QuotaEntity: Hashable, Sendable {
    enum Name: Hashable, Sendable {
        case named(GroupName)
        case `default`
    }

    static let types = ["user", "client-id", "ip"]

    var components: [String: Name]

    subscript(type: String) -> Name? { components[type] }
}

/// All quotas.
struct ClientQuotas: Sendable, Equatable {
    private(set) var entries: [QuotaEntity: [String: Double]] = [:]

    mutating func set(_ values: [String: Double], of entity: QuotaEntity) {
        entries[entity] = values.isEmpty ? nil : values
    }

    /// The keys that an entity with these components can have, and whether each is a whole number.
    static func keys(of entity: QuotaEntity) -> [String: Bool] {
        entity["ip"] != nil
            ? ["connection_creation_rate": true]
            : [
                "producer_byte_rate": true, "consumer_byte_rate": true, "request_percentage": false,
                "controller_mutation_rate": false,
            ]
    }

    /// The quota for a user and client id, with the entity that shares it; nil when there is none.
    func limit(_ key: String, user: String, clientID: String) -> (entity: QuotaEntity, value: Double)? {
        guard !entries.isEmpty else { return nil }
        let user = QuotaEntity.Name.named(GroupName(user))
        let client = QuotaEntity.Name.named(GroupName(clientID))
        let candidates: [[String: QuotaEntity.Name]] = [
            ["user": user, "client-id": client], ["user": user, "client-id": .default], ["user": user],
            ["user": .default, "client-id": client], ["user": .default, "client-id": .default], ["user": .default],
            ["client-id": client], ["client-id": .default],
        ]
        for components in candidates {
            guard let value = entries[QuotaEntity(components: components)]?[key] else { continue }
            // A default is a quota of its own for each name that it covers.
            var shared: [String: QuotaEntity.Name] = [:]
            if components["user"] != nil { shared["user"] = user }
            if components["client-id"] != nil { shared["client-id"] = client }
            return (QuotaEntity(components: shared), value)
        }
        return nil
    }
}
