// Whether a release has a legal basis: the route's bases in the order of the file, the first that holds.

import Consent
import Records

/// What a route's bases say of a record.
enum BasisDecision {
    /// The basis at that place holds.
    case holds(Int)
    case denied(DenialReason)
}

/// Asks the bases of one route.
struct BasisQuestion {
    /// Decision time, milliseconds since 1970 UTC.
    let time: Int64
    /// The evidence of the consents that held, comma-separated.
    private(set) var evidence: [UInt8] = []

    init(time: Int64) { self.time = time }

    /// The first basis that holds. `queries` has one for each basis of the route from `firstQuery` on; only those
    /// of consents are read.
    mutating func decide(
        _ route: CompiledRoute, _ walk: borrowing RecordWalk, source: [UInt8], base: Int,
        consents: ConsentView, queries: ContiguousArray<ConsentQuery?>, firstQuery: Int
    ) -> BasisDecision {
        var reason: DenialReason?
        for place in route.bases.indices {
            let basis = route.bases[place]
            guard let consent = basis.consent, let query = queries[firstQuery + place] else {
                if basis.from <= time && time < basis.to { return .holds(place) }
                continue
            }
            let denial = ask(consent, query, walk, source: source, base: base, consents: consents)
            guard let denial else { return .holds(place) }
            // What stands in the way of the first consent says more than that no law applies.
            if reason == nil { reason = denial }
        }
        return .denied(reason ?? .basisNotInForce)
    }

    /// Nil where every person named by the record consents.
    private mutating func ask(
        _ consent: CompiledConsent, _ query: ConsentQuery, _ walk: borrowing RecordWalk, source: [UInt8], base: Int,
        consents: ConsentView
    ) -> DenialReason? {
        evidence.removeAll(keepingCapacity: true)
        var personCount = 0
        for subject in consent.subjects {
            let containers = subject.container < 0 ? 1 : walk.count(of: subject.container)
            // A person who is there without a reference has not been asked.
            if walk.count(of: subject.reference) != containers { return .subjectMissing }
            for capture in walk.captures where capture.number == subject.reference {
                guard capture.end - capture.start == PersonReference.characterCount + 2,
                    let person = PersonReference(hex: source.span, at: base + Int(capture.start) + 1)
                else { return .subjectMissing }
                personCount += 1
                switch consents.decide(person, query, at: time, byGuardian: consent.byGuardian) {
                case .granted(let found):
                    if personCount > 1 { evidence.append(0x2C) }
                    consents.appendEvidence(found, to: &evidence)
                case .none: return .consentNone
                case .withdrawn: return .consentWithdrawn
                case .expired: return .consentExpired
                case .scope: return .consentScope
                }
            }
        }
        return personCount == 0 ? .subjectMissing : nil
    }
}
