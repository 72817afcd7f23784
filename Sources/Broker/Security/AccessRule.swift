// One access rule (Kafka's ACL): what may or may not be done with which resources, by whom, from where.

/// What is protected, by Kafka's numbers.
enum ResourceType: Int8, CaseIterable, Sendable {
    case topic = 2
    case group = 3
    case cluster = 4
    case transactionalID = 5
    case delegationToken = 6
    case user = 7

    /// What can be done with such a resource: the bits of "authorized operations".
    var operations: [AccessOperation] {
        switch self {
        case .topic: [.read, .write, .create, .describe, .delete, .alter, .describeConfigs, .alterConfigs]
        case .group: [.read, .describe, .delete, .describeConfigs, .alterConfigs]
        case .cluster: [.create, .clusterAction, .describeConfigs, .alterConfigs, .idempotentWrite, .alter, .describe]
        case .transactionalID: [.describe, .write, .twoPhaseCommit]
        case .delegationToken: [.describe]
        case .user: [.createTokens, .describeTokens]
        }
    }
}

/// What can be done, by Kafka's numbers.
enum AccessOperation: Int8, CaseIterable, Sendable {
    case all = 2
    case read, write, create, delete, alter, describe, clusterAction, describeConfigs, alterConfigs, idempotentWrite
    case createTokens, describeTokens, twoPhaseCommit
}

/// How a rule's resource name is meant, by Kafka's numbers.
enum PatternType: Int8, Sendable {
    case literal = 3
    case prefixed = 4
}

/// Whether a rule lets or hinders, by Kafka's numbers.
enum Permission: Int8, Sendable {
    case deny = 2
    case allow = 3
}

/// A rule.
struct AccessRule: Hashable, Sendable {
    var resourceType: ResourceType
    var name: GroupName
    var pattern: PatternType
    var principal: Principal
    /// An address as text, or `*`.
    var host: String
    var operation: AccessOperation
    var permission: Permission

    /// Stands for every name in a literal pattern, for everybody as `User:*`, for every host.
    static let wildcard = "*"
    /// The name of the one cluster resource.
    static let cluster = "kafka-cluster"

    /// Whether the rule's pattern covers a resource's name.
    func covers(_ resource: String) -> Bool {
        switch pattern {
        case .literal: name.text == Self.wildcard || name.text.utf8.elementsEqual(resource.utf8)
        case .prefixed: resource.utf8.starts(with: name.text.utf8)
        }
    }

    /// Whether the rule is about this client.
    func concerns(_ client: Principal, host: String) -> Bool {
        (principal == client || principal == Principal(name: Self.wildcard))
            && (self.host == Self.wildcard || self.host == host)
    }

    /// Whether the rule is about this operation. Who may read, write, delete or alter may also describe; who may
    /// alter settings may also see them. A denial implies nothing.
    func settles(_ asked: AccessOperation) -> Bool {
        if operation == .all || operation == asked { return true }
        guard permission == .allow else { return false }
        switch asked {
        case .describe: return [.read, .write, .delete, .alter].contains(operation)
        case .describeConfigs: return operation == .alterConfigs
        default: return false
        }
    }
}

/// A filter over rules; nil is anything. Numbers as in requests, checked by `init`.
struct AccessRuleSelection: Sendable {
    /// How the name is meant: rules with that very pattern, any rule of that name, or any rule that covers the name.
    enum Pattern: Int8, Sendable {
        case any = 1
        case matching = 2
        case literal = 3
        case prefixed = 4
    }

    var resourceType: ResourceType?
    var name: String?
    var pattern: Pattern
    var principal: String?
    var host: String?
    var operation: AccessOperation?
    var permission: Permission?

    func selects(_ rule: AccessRule) -> Bool {
        if let resourceType, rule.resourceType != resourceType { return false }
        if let operation, rule.operation != operation { return false }
        if let permission, rule.permission != permission { return false }
        if let principal, !rule.principal.description.utf8.elementsEqual(principal.utf8) { return false }
        if let host, rule.host != host { return false }
        if pattern == .literal, rule.pattern != .literal { return false }
        if pattern == .prefixed, rule.pattern != .prefixed { return false }
        guard let name else { return true }
        return pattern == .matching ? rule.covers(name) : rule.name == GroupName(name)
    }
}
