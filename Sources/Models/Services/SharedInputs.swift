// Inputs that several models read: what the population base said of a person, and the owners' reference units.

/// `identity-verification`.
enum Verification: Int, InputField {
    case sourceEvent, personRef, outcome, mismatches, deceasedOn, checkedAt

    enum Mismatch: Int, InputField {
        case name
        var read: FieldSpec { FieldSpec("", .text) }
    }

    var read: FieldSpec {
        switch self {
        case .sourceEvent: FieldSpec("/sourceEventId", .text)
        case .personRef: FieldSpec("/personRef", .text)
        case .outcome: FieldSpec("/outcome", .text)
        case .mismatches: FieldSpec("/mismatches", Mismatch.columns)
        case .deceasedOn: FieldSpec("/deceasedOn", .day)
        case .checkedAt: FieldSpec("/checkedAt", .text)
        }
    }

    static let input = InputSpec("identity-verification", Verification.self)

    /// A verification is found by the event that asked and the person asked about.
    static func link(_ fact: Fact, _ links: inout Links) {
        guard let event = fact.text(Verification.sourceEvent), let person = fact.text(Verification.personRef) else {
            return
        }
        links.publish(.verification, event, person)
    }

    /// The words for a person of the subject: what the last verification of its event says, PENDING without one,
    /// NO_ID without a number to ask with.
    static func outcome(of person: ArraySlice<UInt8>?, for subject: Case) -> Answer {
        guard let person else { return Answer(word: DecisionWord.noId) }
        var latest: Fact?
        for fact in subject.others(.verification) {
            guard let other = fact.text(Verification.personRef), other == person else { continue }
            if let known = latest, !follows(fact, known) { continue }
            latest = fact
        }
        guard let latest else { return Answer(word: DecisionWord.pending) }
        let mismatches = latest.rows(Verification.mismatches)
        return Answer(
            word: word(latest),
            mismatches: (0..<mismatches.count).compactMap { mismatches.text($0, Mismatch.name)?.asText }.sorted(),
            deceasedOn: latest.day(Verification.deceasedOn))
    }

    /// What the population base said of one person.
    struct Answer {
        var word: String
        var mismatches: [String] = []
        var deceasedOn: CalendarDay?
    }

    private static func word(_ fact: Fact) -> String {
        if fact.holds(Verification.outcome, "MATCH") { return DecisionWord.verified }
        if fact.holds(Verification.outcome, "MISMATCH") { return DecisionWord.mismatch }
        if fact.holds(Verification.outcome, "NOT_FOUND") { return DecisionWord.notFound }
        if fact.holds(Verification.outcome, "DECEASED") { return DecisionWord.deceased }
        // UNAVAILABLE and the like are asked again and never counted.
        return DecisionWord.pending
    }

    /// Whether an answer is later than another; the record id decides between answers of one moment.
    private static func follows(_ fact: Fact, _ other: Fact) -> Bool {
        let (time, otherTime) = (fact.text(Verification.checkedAt) ?? [], other.text(Verification.checkedAt) ?? [])
        if time != otherTime { return otherTime.lexicographicallyPrecedes(time) }
        return other.recordId.lexicographicallyPrecedes(fact.recordId)
    }
}

/// `reference-unit`: facilities, schools and centres with their validity, as their owners signed them.
enum ReferenceUnit: Int, InputField {
    case kind, unitId, readerRegistered, ssoIntegrated, validFrom, validTo

    var read: FieldSpec {
        switch self {
        case .kind: FieldSpec("/kind", .text)
        case .unitId: FieldSpec("/unitId", .text)
        case .readerRegistered: FieldSpec("/readerRegistered", .boolean)
        case .ssoIntegrated: FieldSpec("/ssoIntegrated", .boolean)
        case .validFrom: FieldSpec("/validFrom", .day)
        case .validTo: FieldSpec("/validTo", .day)
        }
    }

    static let input = InputSpec("reference-unit", ReferenceUnit.self)

    static func link(_ fact: Fact, _ links: inout Links) {
        if let kind = fact.text(ReferenceUnit.kind) { links.publish(.referenceUnits, kind) }
    }

    /// Whether the unit exists on any day of the month; without a last day it goes on.
    static func isInForce(_ fact: Fact, in month: Month) -> Bool {
        guard let from = fact.day(ReferenceUnit.validFrom), from <= month.lastDay else { return false }
        return fact.day(ReferenceUnit.validTo).map { $0 >= month.firstDay } ?? true
    }

    /// Whether a row of a unit begins after another; the record id decides between rows of one day.
    static func begins(_ fact: Fact, after other: Fact) -> Bool {
        let (day, otherDay) = (fact.number(ReferenceUnit.validFrom) ?? 0, other.number(ReferenceUnit.validFrom) ?? 0)
        return day != otherDay ? day > otherDay : other.recordId.lexicographicallyPrecedes(fact.recordId)
    }
}
