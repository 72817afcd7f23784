// What became of a delivery, and its receipt.

import JSON
public import Records
import Runtime

/// How a delivery ended.
public enum DeliveryOutcome: Sendable, Equatable {
    /// The platform has it, for certain.
    case done(reference: String)
    /// The platform, or the record itself, makes delivery impossible: to `rejected.connector-<name>`.
    case refused(RejectionCode, detail: String)
    /// Every attempt failed for this record: to `rejected.connector-<name>`. The platform may have it.
    case exhausted(detail: String)
    /// Not delivered and not tried to the end: the platform is away. Deliver again; do not commit past it.
    case deferred(detail: String)
}

/// A delivery's outcome, what came out of it, and how often it was tried.
public struct DeliveryResult: Sendable, Equatable {
    public var id: String
    public var contract: String
    public var outcome: DeliveryOutcome
    /// Rounds that the record took: one more than the tries that failed.
    public var attempts: Int
    public var events: [ConnectorEvent]

    /// The receipt's JSON for `receipt.<platform>`; nil where the delivery was deferred and so has none yet.
    public func receipt(platform: String, atMilliseconds: Int64) -> [UInt8]? {
        let status: String
        var reference = ""
        switch outcome {
        case .done(let given): (status, reference) = ("delivered", given)
        case .refused, .exhausted: status = "refused"
        case .deferred: return nil
        }
        let members: JSONValue = [
            "eventId": .string(id), "contract": .string(contract), "platform": .string(platform),
            "status": .string(status), "platformReference": .string(reference), "attempts": .integer(attempts),
            "at": .string(Timestamp.text(atMilliseconds)),
        ]
        return members.write()
    }

    /// The rejection of a refused or exhausted delivery; nil for the others.
    public func rejection(platform: String) -> Rejection? {
        switch outcome {
        case .done, .deferred: nil
        case .refused(let code, let detail):
            Rejection(
                stage: .deliver, code: code, place: "", detail: detail,
                fix: "correct the record at its source, or ask the operator of \(platform)")
        case .exhausted(let detail):
            Rejection(
                stage: .deliver, code: .connectorExhausted, place: "", detail: detail,
                fix: "replay the record when \(platform) takes it")
        }
    }
}
