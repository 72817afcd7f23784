// What one client may do, as handlers of requests ask it.

import KafkaWire

/// The decisions about one client.
struct Access {
    let rules: AccessRules
    let principal: Principal
    let host: String

    func allows(_ operation: AccessOperation, _ type: ResourceType, _ name: String) -> Bool {
        rules.allows(operation, type, name, principal, host: host)
    }

    func allowsCluster(_ operation: AccessOperation) -> Bool { allows(operation, .cluster, AccessRule.cluster) }

    func allowsSome(_ operation: AccessOperation, _ type: ResourceType) -> Bool {
        rules.allowsSome(operation, type, principal, host: host)
    }

    /// The operations allowed on a resource as Kafka's bit field: bit n stands for the operation of number n.
    func operations(_ type: ResourceType, _ name: String) -> Int32 {
        type.operations.reduce(0) { allows($1, type, name) ? $0 | 1 << Int32($1.rawValue) : $0 }
    }
}

extension BrokerCore {
    /// What the client of a request may do.
    func access(_ target: ReplyTarget) -> Access {
        Access(rules: rules, principal: target.principal, host: target.clientHost)
    }

    /// Whether the client of a request may read a topic: asked for each partition of a fetch, because a fetch session
    /// outlives the rules under which it was begun.
    func mayRead(_ topic: String, _ target: ReplyTarget) -> Bool {
        !rules.isActive || access(target).allows(.read, .topic, topic)
    }
}
