// The definition of sharing, written to be read: over value trees, by recursion, without a thought for speed.
// The engine is held to it on random rules and records.

import Bytes
import Consent
import Crypto
import JSON
import Records

@testable import Routing

/// What the definition says of one route and one record.
enum ReferenceOutcome: Equatable {
    case notApplicable
    case permit(value: JSONValue, basis: String)
    case deny(DenialReason)
}

enum ReferenceTruth: Equatable {
    case yes, no, fault
}

struct ReferenceSharing {
    let secret: [UInt8]
    let contract: ContractFields
    /// In the order of the topic.
    let consents: [ConsentRecord]
    let time: Int64

    func decide(_ rules: RecipientRules, _ route: Route, _ record: JSONValue) -> ReferenceOutcome {
        guard case .object = record else { return .deny(.ruleFault) }
        if let when = route.when {
            switch truth(when, record) {
            case .no: return .notApplicable
            case .fault: return .deny(.ruleFault)
            case .yes: break
            }
        }
        if rules.reference == .recipient, hasBadReference(route, record, []) { return .deny(.ruleFault) }
        var consentDenial: DenialReason?
        for basis in route.basis {
            switch basis {
            case .law(let law):
                if law.from <= time && time < law.to { return permit(rules, route, record, law.text) }
            case .consent(let consent):
                switch ask(consent, rules.recipient, record) {
                case .success(let evidence):
                    return permit(rules, route, record, "consent:\(evidence.joined(separator: ","))")
                case .failure(let denial):
                    if consentDenial == nil { consentDenial = denial.reason }
                }
            }
        }
        return .deny(consentDenial ?? .basisNotInForce)
    }

    private func permit(_ rules: RecipientRules, _ route: Route, _ record: JSONValue, _ basis: String)
        -> ReferenceOutcome
    {
        var value = released(record, [], route.release) ?? .object([])
        if rules.reference == .recipient { value = replaced(value, [], rules.recipient) }
        return .permit(value: value, basis: basis)
    }

    // MARK: Release

    /// What of a value is released; nil where nothing is.
    func released(_ value: JSONValue, _ place: [String], _ release: [FieldPointer]) -> JSONValue? {
        if release.contains(where: { $0.tokens == place }) { return value }
        guard
            release.contains(where: {
                FieldPointer(tokens: $0.tokens) != FieldPointer(tokens: place) && isBelow($0, place)
            })
        else { return nil }
        switch value {
        case .object(let members):
            let kept = members.compactMap { member in
                released(member.value, place + [member.name], release).map { JSONMember(member.name, $0) }
            }
            return kept.isEmpty && place.last != "*" && !place.isEmpty ? nil : .object(kept)
        case .array(let elements):
            let element = place + ["*"]
            guard release.contains(where: { $0.tokens == element || isBelow($0, element) }) else { return nil }
            return .array(elements.compactMap { released($0, element, release) })
        default: return nil
        }
    }

    private func isBelow(_ pointer: FieldPointer, _ place: [String]) -> Bool {
        pointer.tokens.count > place.count && Array(pointer.tokens.prefix(place.count)) == place
    }

    /// Whether what is released holds a reference that is none.
    private func hasBadReference(_ route: Route, _ record: JSONValue, _ place: [String]) -> Bool {
        for (pointer, value) in references(released(record, [], route.release) ?? .object([]), []) {
            guard isReference(pointer) else { continue }
            if value.stringValue.flatMap({ PersonReference($0) }) == nil { return true }
        }
        return false
    }

    private func isReference(_ place: [String]) -> Bool {
        contract.pointers.keys.contains(FieldPointer(tokens: place).description)
            && FieldPointer(tokens: place).isPersonReference
    }

    private func references(_ value: JSONValue, _ place: [String]) -> [([String], JSONValue)] {
        if isReference(place) { return [(place, value)] }
        switch value {
        case .object(let members): return members.flatMap { references($0.value, place + [$0.name]) }
        case .array(let elements): return elements.flatMap { references($0, place + ["*"]) }
        default: return []
        }
    }

    private func replaced(_ value: JSONValue, _ place: [String], _ recipient: String) -> JSONValue {
        if isReference(place) {
            return value.stringValue.flatMap { PersonReference($0) }.map { .string(own($0, recipient)) } ?? value
        }
        switch value {
        case .object(let members):
            return .object(members.map { JSONMember($0.name, replaced($0.value, place + [$0.name], recipient)) })
        case .array(let elements): return .array(elements.map { replaced($0, place + ["*"], recipient) })
        default: return value
        }
    }

    func own(_ person: PersonReference, _ recipient: String) -> String {
        let key = HMACSHA256(key: secret).code(of: Array("lgsp-reference\0\(recipient)".utf8)).bytes
        let message = (try? Hex.decode(person.text)) ?? []
        return String(HMACSHA256(key: key).code(of: message).hex.prefix(32))
    }

    // MARK: Conditions

    private func truth(_ condition: Condition, _ record: JSONValue) -> ReferenceTruth {
        switch condition {
        case .not(let inner):
            switch truth(inner, record) {
            case .yes: return .no
            case .no: return .yes
            case .fault: return .fault
            }
        case .all(let parts):
            for part in parts {
                let result = truth(part, record)
                if result != .yes { return result }
            }
            return .yes
        case .any(let parts):
            for part in parts {
                let result = truth(part, record)
                if result != .no { return result }
            }
            return .no
        case .exists(let pointer, let wanted):
            return values(record, pointer.tokens).contains { !$0.isNull } == wanted ? .yes : .no
        case .equals(let pointer, let wanted): return oneOf(values(record, pointer.tokens), [wanted])
        case .isOneOf(let pointer, let wanted): return oneOf(values(record, pointer.tokens), wanted)
        case .before(let pointer, let instant):
            return anyTime(values(record, pointer.tokens)) {
                $0 < instant && $1 < instant ? .yes : $0 >= instant ? .no : .fault
            }
        case .after(let pointer, let instant):
            return anyTime(values(record, pointer.tokens)) { $0 >= instant ? .yes : $1 < instant ? .no : .fault }
        }
    }

    private func values(_ value: JSONValue, _ tokens: [String]) -> [JSONValue] {
        guard let first = tokens.first else { return [value] }
        let rest = Array(tokens.dropFirst())
        if first == "*" { return (value.arrayValue ?? []).flatMap { values($0, rest) } }
        return value[first].map { values($0, rest) } ?? []
    }

    private func oneOf(_ values: [JSONValue], _ wanted: [ConditionValue]) -> ReferenceTruth {
        var result = ReferenceTruth.no
        for value in values {
            var isComparable = false
            var isEqual = false
            for one in wanted {
                switch (one, value) {
                case (.string(let text), .string(let found)):
                    isComparable = true
                    if Array(text.utf8) == Array(found.utf8) { isEqual = true }
                case (.integer(let number), .number(let text)):
                    if isEqual { continue }
                    guard let found = Int64(text) else { return .fault }
                    isComparable = true
                    if found == number { isEqual = true }
                case (.bool(let bool), .bool(let found)):
                    isComparable = true
                    if bool == found { isEqual = true }
                default: break
                }
            }
            if !isComparable { return .fault }
            if isEqual { result = .yes }
        }
        return result
    }

    private func anyTime(_ values: [JSONValue], _ test: (Int64, Int64) -> ReferenceTruth) -> ReferenceTruth {
        var result = ReferenceTruth.no
        for value in values {
            guard let text = value.stringValue, let span = span(text) else { return .fault }
            let one = test(span.first, span.last)
            if one == .fault { return .fault }
            if one == .yes { result = .yes }
        }
        return result
    }

    private func span(_ text: String) -> (first: Int64, last: Int64)? {
        switch text.utf8.count {
        case 4:
            guard let first = Instant.dateOrDateTime(text + "-01-01"),
                let last = Instant.dateOrDateTime(text + "-12-31")
            else { return nil }
            return (first, last)
        case 7:
            guard let first = Instant.dateOrDateTime(text + "-01") else { return nil }
            let last = (28...31).compactMap { Instant.dateOrDateTime("\(text)-\($0)") }.last
            return last.map { (first, $0) }
        default: return Instant.dateOrDateTime(text).map { ($0, $0) }
        }
    }

    // MARK: Consent

    struct Denial: Error { var reason: DenialReason }

    private func ask(_ basis: ConsentBasis, _ recipient: String, _ record: JSONValue) -> Result<[String], Denial> {
        var evidence: [String] = []
        for subject in basis.subjects {
            let containers = values(record, Array(subject.tokens.dropLast()))
            let references = values(record, subject.tokens)
            if references.count != containers.count { return .failure(Denial(reason: .subjectMissing)) }
            for reference in references {
                guard let person = reference.stringValue.flatMap({ PersonReference($0) }) else {
                    return .failure(Denial(reason: .subjectMissing))
                }
                switch state(person, recipient, basis) {
                case .success(let text): evidence.append(text)
                case .failure(let denial): return .failure(denial)
                }
            }
        }
        return evidence.isEmpty ? .failure(Denial(reason: .subjectMissing)) : .success(evidence)
    }

    private func state(_ person: PersonReference, _ recipient: String, _ basis: ConsentBasis) -> Result<String, Denial>
    {
        let own = latest().filter { $0.person == person && $0.recipient == recipient }
        let fitting = [basis.dataCategory, "*"].compactMap { category in
            own.first { $0.purpose == basis.purpose && $0.dataCategory == category }
        }
        let withdrawnAt = fitting.filter { $0.state == .withdrawn }.map(\.changedAt).max()
        var hasExpired = false
        var hasWrongGiver = false
        for grant in fitting where grant.state == .granted && withdrawnAt.map({ grant.changedAt > $0 }) ?? true {
            if time >= grant.validTo ?? .max {
                hasExpired = true
            } else if grant.validFrom <= time {
                if basis.byGuardian && grant.guardian == nil {
                    hasWrongGiver = true
                } else {
                    return .success(grant.evidence)
                }
            }
        }
        if hasExpired { return .failure(Denial(reason: .consentExpired)) }
        if withdrawnAt != nil { return .failure(Denial(reason: .consentWithdrawn)) }
        let hasOther = own.contains { one in
            one.state == .granted && one.validFrom <= time && time < one.validTo ?? .max
                && !fitting.contains { $0.key == one.key }
        }
        return .failure(Denial(reason: hasWrongGiver || hasOther ? .consentScope : .consentNone))
    }

    /// The newest record of each key; of the same instant a withdrawal, else the later on the topic.
    private func latest() -> [ConsentRecord] {
        var result: [ConsentRecord] = []
        for record in consents {
            if let place = result.firstIndex(where: { $0.key == record.key }) {
                let known = result[place]
                if record.changedAt < known.changedAt { continue }
                if record.changedAt == known.changedAt && known.state == .withdrawn && record.state == .granted {
                    continue
                }
                result[place] = record
            } else {
                result.append(record)
            }
        }
        return result
    }
}
