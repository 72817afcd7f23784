// What the engine does with one event, told route by route. The event goes through the engine itself, so an
// explanation cannot say anything else than what would happen.

public import Consent
import Crypto
public import JSON
public import Records

/// What one route makes of one event.
public struct RouteExplanation: Sendable {
    /// How a route ends for an event.
    public enum Outcome: Sendable, Equatable {
        case permit
        case deny(DenialReason)
        /// The route is on the event's contract, but its condition does not hold.
        case conditionFails
        /// The route is on another contract.
        case otherContract

        /// One word for output.
        public var word: String {
            switch self {
            case .permit: "permit"
            case .deny: "deny"
            case .conditionFails, .otherContract: "not-applicable"
            }
        }
    }

    public var recipient: String
    public var title: String
    public var titleEnglish: String
    public var contract: String
    public var purpose: String
    public var purposeTitle: String
    public var outcome: Outcome
    /// The law's article or `consent:` with its evidence; of a permit.
    public var basis: String?
    /// Places of the event that the recipient receives.
    public var released: [String]
    /// Places of the event that it does not.
    public var withheld: [String]
    /// What is delivered; of a permit.
    public var value: JSONValue?
    /// The decision's id; nil where no decision is made.
    public var decision: String?

    /// Every route of every recipient for an event at a time in milliseconds since 1970 UTC.
    public static func explain(
        _ event: SharedEvent, routes: RouteSet, consents: ConsentView, at time: Int64, referenceSecret: [UInt8] = []
    ) -> [RouteExplanation] {
        var batch = RecordBatch()
        event.append(to: &batch)
        var out = RecordBatch()
        var engine = ShareEngine(routes: routes, referenceSecret: referenceSecret)
        engine.process(batch, consents: consents, at: time, into: &out)
        let decisions = Decisions(out)
        let places = LeafPointers.of(event.data)
        var result: [RouteExplanation] = []
        for rules in routes.recipients {
            for route in rules.routes {
                result.append(explain(rules, route, event, places, decisions, routes.purposes))
            }
        }
        return result
    }

    private static func explain(
        _ rules: RecipientRules, _ route: Route, _ event: SharedEvent, _ places: [String], _ decisions: Decisions,
        _ purposes: [Purpose]
    ) -> RouteExplanation {
        var explanation = RouteExplanation(
            recipient: rules.recipient, title: rules.title, titleEnglish: rules.titleEnglish,
            contract: "\(route.contract).v\(route.major)", purpose: route.purpose,
            purposeTitle: purposes.first { $0.id == route.purpose }?.title ?? route.purpose, outcome: .otherContract,
            released: [], withheld: [])
        guard Array(route.contract.utf8) == Array(event.contract.utf8), route.major == event.major else {
            return explanation
        }
        guard let entry = decisions.entry(rules.recipient) else {
            explanation.outcome = .conditionFails
            return explanation
        }
        explanation.decision = entry["id"]?.stringValue
        explanation.withheld = places
        if let reason = entry["reason"]?.stringValue.flatMap(DenialReason.init(rawValue:)) {
            explanation.outcome = .deny(reason)
        } else if let value = decisions.value(rules.recipient) {
            explanation.outcome = .permit
            explanation.basis = entry["basis"]?.stringValue
            explanation.value = value
            explanation.released = LeafPointers.of(value).filter { places.contains($0) }
            explanation.withheld = places.filter { !explanation.released.contains($0) }
        } else {
            explanation.outcome = .deny(.ruleFault)
        }
        return explanation
    }

    /// What the engine wrote for one event.
    private struct Decisions {
        private var entries: [JSONValue] = []
        private var values: [(topic: String, value: JSONValue)] = []

        init(_ out: borrowing RecordBatch) {
            for slot in out.slots {
                guard let value = try? JSONValue(parsing: Array(out.arena[slot.value.range])) else { continue }
                let topic = out.topics[Int(slot.topic)]
                if topic == TopicName.audit { entries.append(value) } else { values.append((topic, value)) }
            }
        }

        func entry(_ recipient: String) -> JSONValue? {
            entries.first { $0["recipient"]?.stringValue == recipient }
        }

        func value(_ recipient: String) -> JSONValue? {
            values.first { $0.topic.hasPrefix("deliver.\(recipient).") }?.value
        }
    }
}

// MARK: Output

extension RouteExplanation {
    /// The explanation as one JSON object.
    public var json: JSONValue {
        var members: [JSONMember] = [
            JSONMember("recipient", .string(recipient)), JSONMember("title", .string(title)),
            JSONMember("contract", .string(contract)), JSONMember("purpose", .string(purpose)),
            JSONMember("decision", .string(outcome.word)),
        ]
        switch outcome {
        case .permit: break
        case .deny(let reason): members.append(JSONMember("reason", .string(reason.rawValue)))
        case .conditionFails: members.append(JSONMember("reason", .string("condition")))
        case .otherContract: members.append(JSONMember("reason", .string("contract")))
        }
        if let decision { members.append(JSONMember("decisionId", .string(decision))) }
        if let basis { members.append(JSONMember("basis", .string(basis))) }
        if decision != nil {
            members.append(JSONMember("released", .array(released.map { .string($0) })))
            members.append(JSONMember("withheld", .array(withheld.map { .string($0) })))
        }
        if let value { members.append(JSONMember("value", value)) }
        return .object(members)
    }

    /// The explanation for people, in Vietnamese or English; some lines, each with its line feed.
    public func text(english: Bool) -> String {
        let name = english ? titleEnglish : title
        var text = "\(recipient) (\(name)), \(contract), \(english ? purpose : purposeTitle): "
        switch outcome {
        case .permit: text += english ? "permit\n" : "cho phép\n"
        case .deny(let reason):
            text += "\(english ? "deny" : "từ chối"): \(reason.title(english: english)) [\(reason.rawValue)]\n"
        case .conditionFails:
            text +=
                english
                ? "not applicable: the route's condition does not hold\n" : "không áp dụng: điều kiện không thỏa\n"
        case .otherContract:
            text += english ? "not applicable: another contract\n" : "không áp dụng: hợp đồng dữ liệu khác\n"
        }
        if let basis { text += "  \(english ? "basis" : "căn cứ"): \(basis)\n" }
        if !released.isEmpty { text += "  \(english ? "released" : "cung cấp"): \(released.joined(separator: " "))\n" }
        if decision != nil, !withheld.isEmpty {
            text += "  \(english ? "withheld" : "không cung cấp"): \(withheld.joined(separator: " "))\n"
        }
        return text
    }
}

extension DenialReason {
    /// The reason in a few words for people.
    public func title(english: Bool) -> String {
        switch self {
        case .routeCondition: english ? "the route's condition does not hold" : "không thỏa điều kiện"
        case .basisNotInForce: english ? "no legal basis in force" : "không có căn cứ pháp lý đang có hiệu lực"
        case .consentNone: english ? "no consent" : "chưa có sự đồng ý"
        case .consentWithdrawn: english ? "consent withdrawn" : "sự đồng ý đã được rút lại"
        case .consentExpired: english ? "consent expired" : "sự đồng ý đã hết hạn"
        case .consentScope: english ? "consent covers something else" : "sự đồng ý không bao gồm nội dung này"
        case .subjectMissing: english ? "a person without a reference" : "không xác định được chủ thể dữ liệu"
        case .subjectDeceased: english ? "the person is deceased" : "chủ thể dữ liệu đã mất"
        case .ruleFault: english ? "the rule cannot be applied to the record" : "không thể áp dụng quy tắc"
        }
    }
}
