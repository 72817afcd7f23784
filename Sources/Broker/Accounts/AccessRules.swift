// All access rules and what they decide, as Kafka's StandardAuthorizer does: super users may everything; then a
// denial that covers the resource, the client and the operation wins; then an allowance; without any rule that covers
// the resource a setting decides; else the answer is no. Kept in one file that is replaced whole and durably before a
// change takes effect.
//
// File `access`, version 1, big-endian: "LGSA", version i16, count i32, rules (resource type i8, name, pattern i8,
// principal, host, operation i8, permission i8), CRC-32C. Texts are a length i32 and UTF-8.

import Bytes

/// The rules of a broker.
final class AccessRules {
    private static let magic: UInt32 = 0x4c47_5341
    private let settings: SecuritySettings
    private let directory: String
    private let disk: any Disk
    /// Literal rules by type and name, prefixed ones by type: looking one up costs the rules that can matter.
    private var literal: [ResourceType: [GroupName: [AccessRule]]] = [:]
    private var prefixed: [ResourceType: [AccessRule]] = [:]
    private(set) var all: Set<AccessRule> = []

    init(settings: SecuritySettings, directory: String, disk: any Disk) throws(DiskError) {
        self.settings = settings
        self.directory = directory
        self.disk = disk
        guard let bytes = try disk.readAll(path) else { return }
        guard let rules = Self.decode(bytes) else { throw DiskError(operation: "decode", path: path, code: 74) }
        take(rules)
    }

    private var path: String { directory + "/access" }
    var isActive: Bool { settings.isAuthorizing }

    // MARK: Deciding

    /// Whether the client may do this with that resource. Without an authorizer everybody may everything.
    func allows(
        _ operation: AccessOperation, _ type: ResourceType, _ name: String, _ client: Principal, host: String
    ) -> Bool {
        guard isActive, !isSuper(client) else { return true }
        var hasRule = false
        var isAllowed = false
        func look(_ rules: some Sequence<AccessRule>) -> Bool {
            for rule in rules where rule.covers(name) {
                hasRule = true
                guard rule.concerns(client, host: host), rule.settles(operation) else { continue }
                if rule.permission == .deny { return false }
                isAllowed = true
            }
            return true
        }
        guard look(literal[type]?[GroupName(name)] ?? []), look(prefixed[type] ?? []),
            look(name == AccessRule.wildcard ? [] : literal[type]?[GroupName(AccessRule.wildcard)] ?? [])
        else { return false }
        return isAllowed || !hasRule && settings.allowsEveryoneWithoutRule
    }

    /// Whether the client may do this with at least one resource of a type, whatever its name.
    func allowsSome(_ operation: AccessOperation, _ type: ResourceType, _ client: Principal, host: String) -> Bool {
        if allows(operation, type, "hardcode", client, host: host) { return true }
        let rules = all.filter {
            $0.resourceType == type && $0.concerns(client, host: host)
                && ($0.operation == operation || $0.operation == .all)
        }
        let denials = rules.filter { $0.permission == .deny }
        if denials.contains(where: { $0.pattern == .literal && $0.name.text == AccessRule.wildcard }) { return false }
        return rules.contains { rule in
            guard rule.permission == .allow else { return false }
            if rule.pattern == .literal, rule.name.text == AccessRule.wildcard { return true }
            return !denials.contains { denial in
                switch denial.pattern {
                case .literal: rule.pattern == .literal && denial.name == rule.name
                case .prefixed: rule.name.text.utf8.starts(with: denial.name.text.utf8)
                }
            }
        }
    }

    func isSuper(_ client: Principal) -> Bool {
        settings.superUsers.contains { $0.utf8.elementsEqual(client.description.utf8) }
    }

    // MARK: Changing

    /// Adds rules with one write of the file; those that are there already stay as they are.
    func add(_ rules: [AccessRule]) throws(DiskError) { try replace(all.union(rules)) }

    func remove(_ rules: Set<AccessRule>) throws(DiskError) { try replace(all.subtracting(rules)) }

    private func replace(_ rules: Set<AccessRule>) throws(DiskError) {
        guard rules != all else { return }
        try disk.replace(path, in: directory, with: Self.encode(rules), durably: true)
        take(rules)
    }

    private func take(_ rules: Set<AccessRule>) {
        all = rules
        literal = [:]
        prefixed = [:]
        for rule in rules {
            switch rule.pattern {
            case .literal: literal[rule.resourceType, default: [:]][rule.name, default: []].append(rule)
            case .prefixed: prefixed[rule.resourceType, default: []].append(rule)
            }
        }
    }

    // MARK: File

    private static func encode(_ rules: Set<AccessRule>) -> [UInt8] {
        var writer = ByteWriter()
        writer.integer(magic)
        writer.int16(1)
        writer.int32(Int32(truncatingIfNeeded: rules.count))
        for rule in rules {
            writer.int8(rule.resourceType.rawValue)
            writer.text(rule.name.text)
            writer.int8(rule.pattern.rawValue)
            writer.text(rule.principal.description)
            writer.text(rule.host)
            writer.int8(rule.operation.rawValue)
            writer.int8(rule.permission.rawValue)
        }
        writer.integer(CRC32C.checksum(writer.bytes))
        return writer.bytes
    }

    private static func decode(_ bytes: [UInt8]) -> Set<AccessRule>? {
        guard bytes.count > 4,
            CRC32C.checksum(bytes.span.extracting(..<(bytes.count - 4))) == bytes.bigEndian(at: bytes.count - 4)
        else { return nil }
        var reader = ByteReader(bytes.span)
        var rules: Set<AccessRule> = []
        do throws(ByteError) {
            guard try reader.integer(UInt32.self) == magic, try reader.int16() == 1 else { return nil }
            for _ in 0..<max(0, try reader.int32()) {
                let type = ResourceType(rawValue: try reader.int8())
                let name = GroupName(try reader.text())
                let pattern = PatternType(rawValue: try reader.int8())
                let principal = Principal(parsing: try reader.text())
                let host = try reader.text()
                let operation = AccessOperation(rawValue: try reader.int8())
                guard let type, let pattern, let principal, let operation,
                    let permission = Permission(rawValue: try reader.int8())
                else { return nil }
                rules.insert(
                    AccessRule(
                        resourceType: type, name: name, pattern: pattern, principal: principal, host: host,
                        operation: operation, permission: permission))
            }
            return rules
        } catch {
            return nil
        }
    }
}
