// The seven levels of compatibility between versions of a contract, named as the schema registries name them.

public import JSON

/// What a new version must be able to do with the versions before it.
public enum CompatibilityLevel: String, Sendable, CaseIterable {
    case none = "NONE"
    /// The new version reads what was written under the latest.
    case backward = "BACKWARD"
    case backwardTransitive = "BACKWARD_TRANSITIVE"
    /// The latest version reads what is written under the new.
    case forward = "FORWARD"
    case forwardTransitive = "FORWARD_TRANSITIVE"
    case full = "FULL"
    case fullTransitive = "FULL_TRANSITIVE"

    public var isBackward: Bool {
        [.backward, .backwardTransitive, .full, .fullTransitive].contains(self)
    }
    public var isForward: Bool { [.forward, .forwardTransitive, .full, .fullTransitive].contains(self) }
    /// Whether every earlier version counts, not only the latest.
    public var isTransitive: Bool {
        [.backwardTransitive, .forwardTransitive, .fullTransitive].contains(self)
    }

    /// Accepts the registry's spelling in any case.
    public init?(name: String) { self.init(rawValue: name.uppercased()) }
}

/// What comparing a proposed version with the earlier ones came to.
public struct CompatibilityReport: Sendable {
    public struct Entry: Sendable {
        /// Place of the earlier version in the list that was given, the oldest 0.
        public var version: Int
        public var finding: SchemaFinding
    }
    public var level: CompatibilityLevel
    /// What breaks the level; empty where it holds.
    public var breaking: [Entry] = []
    public var isCompatible: Bool { breaking.isEmpty }
}

extension CompatibilityLevel {
    /// Compares a proposed schema with the earlier versions, the oldest first.
    public func check(
        _ proposed: JSONValue, against earlier: [JSONValue], rules: DiffRules = .strict,
        resources: [String: JSONValue] = [:]
    ) -> CompatibilityReport {
        var report = CompatibilityReport(level: self)
        let first = isTransitive ? 0 : max(0, earlier.count - 1)
        for version in earlier.indices where version >= first {
            var findings: [SchemaFinding] = []
            if isBackward {
                findings += SchemaDiff.findings(
                    writer: earlier[version], reader: proposed, rules: rules, direction: .backward,
                    resources: resources)
            }
            if isForward {
                findings += SchemaDiff.findings(
                    writer: proposed, reader: earlier[version], rules: rules, direction: .forward,
                    resources: resources)
            }
            report.breaking += findings.map { .init(version: version, finding: $0) }
        }
        return report
    }
}
