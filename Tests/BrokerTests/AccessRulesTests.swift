// What access rules decide, alone and together, and that they outlive a restart.

import Testing

@testable import Broker

@Suite struct AccessRulesTests {
    private let alice = Principal(name: "alice")

    private func makeRules(_ disk: MemoryDisk = MemoryDisk(), allowsEveryone: Bool = false) throws -> AccessRules {
        var settings = SecuritySettings()
        settings.isAuthorizing = true
        settings.superUsers = ["User:root"]
        settings.allowsEveryoneWithoutRule = allowsEveryone
        return try AccessRules(settings: settings, directory: "/data", disk: disk)
    }

    private func rule(
        _ permission: Permission, _ operation: AccessOperation, _ name: String, _ pattern: PatternType = .literal,
        type: ResourceType = .topic, to principal: String = "User:alice", from host: String = "*"
    ) throws -> AccessRule {
        AccessRule(
            resourceType: type, name: GroupName(name), pattern: pattern,
            principal: try #require(Principal(parsing: principal)), host: host, operation: operation,
            permission: permission)
    }

    private func may(_ rules: AccessRules, _ operation: AccessOperation, _ name: String, from host: String = "h") -> Bool {
        rules.allows(operation, .topic, name, alice, host: host)
    }

    @Test func withoutARuleOnlySuperUsersMay() throws {
        let rules = try makeRules()
        #expect(!may(rules, .read, "t"))
        #expect(rules.allows(.read, .topic, "t", Principal(name: "root"), host: "h"))
        #expect(may(try makeRules(allowsEveryone: true), .read, "t"))
    }

    @Test func rulesHoldForTheirResourceClientHostAndOperation() throws {
        let rules = try makeRules()
        try rules.add([
            rule(.allow, .read, "t"), rule(.allow, .write, "pre", .prefixed), rule(.allow, .delete, "here", from: "10.0.0.1"),
            rule(.allow, .all, "open", to: "User:*"), rule(.allow, .alter, "*"),
        ])
        #expect(may(rules, .read, "t") && !may(rules, .read, "t2") && !may(rules, .write, "t"))
        #expect(may(rules, .write, "pre") && may(rules, .write, "prefix") && !may(rules, .write, "pr"))
        #expect(may(rules, .delete, "here", from: "10.0.0.1") && !may(rules, .delete, "here"))
        #expect(may(rules, .create, "open") && may(rules, .alter, "anything"))
        #expect(!rules.allows(.read, .topic, "t", Principal(name: "bob"), host: "h"))
        #expect(!rules.allows(.read, .group, "t", alice, host: "h"))
    }

    @Test func readingImpliesDescribingAndADenialImpliesNothing() throws {
        let rules = try makeRules()
        try rules.add([
            rule(.allow, .read, "t"), rule(.allow, .alterConfigs, "c"), rule(.deny, .read, "d"), rule(.allow, .describe, "d"),
        ])
        #expect(may(rules, .describe, "t") && !may(rules, .describeConfigs, "t"))
        #expect(may(rules, .describeConfigs, "c") && !may(rules, .describe, "c"))
        #expect(may(rules, .describe, "d") && !may(rules, .read, "d"))
    }

    @Test func denialsWinWhateverTheirPattern() throws {
        let rules = try makeRules(allowsEveryone: true)
        try rules.add([
            rule(.allow, .all, "*"), rule(.deny, .write, "secret", .prefixed), rule(.deny, .read, "x", to: "User:*"),
        ])
        #expect(!may(rules, .write, "secret-1") && may(rules, .read, "secret-1"))
        #expect(!may(rules, .read, "x") && may(rules, .write, "x"))
        // A topic that some rule covers is no longer everybody's.
        #expect(!rules.allows(.read, .topic, "secret-1", Principal(name: "bob"), host: "h"))
    }

    @Test func namesThatOnlyLookAlikeAreDifferent() throws {
        let rules = try makeRules()
        try rules.add([rule(.allow, .read, "t", to: "User:Ho\u{e0}")])
        #expect(rules.allows(.read, .topic, "t", Principal(name: "Ho\u{e0}"), host: "h"))
        #expect(!rules.allows(.read, .topic, "t", Principal(name: "Hoa\u{300}"), host: "h"))
    }

    @Test func someResourceOfATypeIsEnoughForIdempotence() throws {
        let rules = try makeRules()
        #expect(!rules.allowsSome(.write, .topic, alice, host: "h"))
        try rules.add([rule(.allow, .write, "team-a", .prefixed)])
        #expect(rules.allowsSome(.write, .topic, alice, host: "h"))
        try rules.add([rule(.deny, .write, "team", .prefixed)])
        #expect(!rules.allowsSome(.write, .topic, alice, host: "h"))
        try rules.add([rule(.allow, .write, "other")])
        #expect(rules.allowsSome(.write, .topic, alice, host: "h"))
        try rules.add([rule(.deny, .write, "*", to: "User:*")])
        #expect(!rules.allowsSome(.write, .topic, alice, host: "h"))
    }

    @Test func rulesOutliveAPowerCut() throws {
        let disk = MemoryDisk()
        let rules = try makeRules(disk)
        try rules.add([rule(.allow, .read, "t"), rule(.deny, .all, "s", .prefixed, type: .group, from: "1.2.3.4")])
        try rules.remove([rule(.allow, .read, "t")])
        let again = try makeRules(disk.crashed { _, _ in 0 })
        #expect(again.all == [try rule(.deny, .all, "s", .prefixed, type: .group, from: "1.2.3.4")])
        disk.faults.isFull = true
        #expect(throws: DiskError.self) { try rules.add([rule(.allow, .read, "u")]) }
        #expect(rules.all == again.all)
    }

    @Test(arguments: [
        ("CN=Duke,OU=Sales,O=Big", "RULE:^CN=(.*?),OU=Sales.*$/$1/L,DEFAULT", "duke"),
        ("CN=Duke,OU=IT", "RULE:^CN=(.*?),OU=Sales.*$/$1/L,DEFAULT", "CN=Duke,OU=IT"),
        ("CN=a,O=b", "RULE:^CN=(.*?),O=(.*?)$/$1@$2/U", "A@B"),
        ("CN=a", "DEFAULT", "CN=a"), ("CN=a", "RULE:^CN=(.*)$/$1$2$x/", "a$2$x"),
    ])
    func subjectsBecomeNames(_ subject: String, _ rules: String, _ name: String) throws {
        let rules = try #require(PrincipalRules(rules))
        #expect(rules.name(for: subject) == name)
    }

    @Test func aSubjectThatNoRuleKnowsHasNoName() throws {
        #expect(try #require(PrincipalRules("RULE:^OU=.*$/x/")).name(for: "CN=a") == nil)
        for broken in ["", "RULE", "RULE:a/b", "RULE:(/b/", "RULE:a/b/X", "default"] {
            #expect(PrincipalRules(broken) == nil, "\(broken)")
        }
    }
}
