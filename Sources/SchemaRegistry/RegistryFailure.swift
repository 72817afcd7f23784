// What the registry refuses, with the numbers and sentences of Confluent's REST interface (interop.md 4.1), which
// its clients compare with.

/// An answer that is an error: `{"error_code":…,"message":…}` under the HTTP status of its first three digits.
public struct RegistryFailure: Error, Sendable, Equatable, CustomStringConvertible {
    public var code: Int
    public var message: String

    public init(code: Int, message: String) {
        self.code = code
        self.message = message
    }

    public var status: Int {
        var digits = code
        while digits >= 1_000 { digits /= 10 }
        return digits
    }
    public var description: String { "\(code): \(message)" }

    static func subjectUnknown(_ subject: String) -> RegistryFailure {
        RegistryFailure(code: 40401, message: "Subject '\(subject)' not found.")
    }
    static func versionUnknown(_ version: String) -> RegistryFailure {
        RegistryFailure(code: 40402, message: "Version \(version) not found.")
    }
    static func schemaUnknown(_ id: Int? = nil) -> RegistryFailure {
        RegistryFailure(code: 40403, message: id.map { "Schema \($0) not found" } ?? "Schema not found")
    }
    static func subjectSoftDeleted(_ subject: String) -> RegistryFailure {
        RegistryFailure(
            code: 40404, message: "Subject '\(subject)' was soft deleted.Set permanent=true to delete permanently")
    }
    static func subjectNotSoftDeleted(_ subject: String) -> RegistryFailure {
        RegistryFailure(
            code: 40405, message: "Subject '\(subject)' was not deleted first before being permanently deleted")
    }
    static func versionSoftDeleted(_ subject: String, _ version: Int) -> RegistryFailure {
        RegistryFailure(
            code: 40406,
            message: "Subject '\(subject)' Version \(version) was soft deleted.Set permanent=true to delete permanently")
    }
    static func versionNotSoftDeleted(_ subject: String, _ version: Int) -> RegistryFailure {
        RegistryFailure(
            code: 40407,
            message: "Subject '\(subject)' Version \(version) was not deleted first before being permanently deleted")
    }
    static func noSubjectLevel(_ subject: String) -> RegistryFailure {
        RegistryFailure(
            code: 40408, message: "Subject '\(subject)' does not have subject-level compatibility configured")
    }
    static func noSubjectMode(_ subject: String) -> RegistryFailure {
        RegistryFailure(code: 40409, message: "Subject '\(subject)' does not have subject-level mode configured")
    }
    static func schemaInvalid(_ reason: String) -> RegistryFailure {
        RegistryFailure(code: 42201, message: "Invalid schema: \(reason)")
    }
    static func versionInvalid(_ version: String) -> RegistryFailure {
        RegistryFailure(
            code: 42202,
            message: "The specified version '\(version)' is not a valid version id. Allowed values are between "
                + "[1, 2^31-1] and the string \"latest\"")
    }
    static let levelInvalid = RegistryFailure(
        code: 42203,
        message: "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, "
            + "forward_transitive, and full_transitive")
    static let modeInvalid = RegistryFailure(
        code: 42204, message: "Invalid mode. Valid values are READWRITE, READONLY, READONLY_OVERRIDE, FORWARD and IMPORT")
    static func notPermitted(_ subject: String, mode: RegistryMode) -> RegistryFailure {
        RegistryFailure(code: 42205, message: "Subject \(subject) is in \(mode.rawValue.lowercased()) mode")
    }
    static func referenced(_ id: Int) -> RegistryFailure {
        RegistryFailure(code: 42206, message: "One or more references exist to the schema {magic=1,keytype=SCHEMA,id=\(id)}.")
    }
    static func subjectInvalid(_ subject: String) -> RegistryFailure {
        RegistryFailure(code: 42208, message: "The specified subject '\(subject)' is not a valid.")
    }
    static func notImporting(_ subject: String) -> RegistryFailure {
        RegistryFailure(code: 42205, message: "Subject \(subject) is not in import mode")
    }
    static func importIntoUsed(_ subject: String?) -> RegistryFailure {
        RegistryFailure(
            code: 42205, message: "Cannot import since found existing subjects" + (subject.map { ": \($0)" } ?? ""))
    }
    static func idTaken(_ id: Int) -> RegistryFailure {
        RegistryFailure(code: 42207, message: "Overwrite new schema with id \(id) is not permitted.")
    }
    static func incompatible(_ messages: [String], code: Int) -> RegistryFailure {
        RegistryFailure(
            code: code,
            message: "Schema being registered is incompatible with an earlier schema; details: ["
                + messages.joined(separator: ", ") + "]")
    }
    static func malformed(_ reason: String) -> RegistryFailure { RegistryFailure(code: 42201, message: reason) }
    static let routeUnknown = RegistryFailure(code: 404, message: "HTTP 404 Not Found")
    static let methodUnknown = RegistryFailure(code: 405, message: "HTTP 405 Method Not Allowed")
    /// What whoever owns no contract is told about a change.
    public static let forbidden = RegistryFailure(code: 40301, message: "User is denied operation Write on this server.")
    /// The bus did not store the change.
    public static func notStored(_ reason: String) -> RegistryFailure {
        RegistryFailure(code: 50001, message: "Error while writing the schema to the backend store: \(reason)")
    }
}

/// Whether a subject may be changed.
public enum RegistryMode: String, Sendable, CaseIterable {
    case readWrite = "READWRITE"
    case readOnly = "READONLY"
    case readOnlyOverride = "READONLY_OVERRIDE"
    case forward = "FORWARD"
    case `import` = "IMPORT"

    var allowsWriting: Bool { self == .readWrite || self == .import }
}
