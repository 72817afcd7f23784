// What model 35 reads of beneficiaries, payments and deaths, and what a person is entitled to in a month.

/// `social-protection-beneficiary`.
enum Beneficiary: Int, InputField {
    case profile, personRef, birthDate, category, factor, programme, from, to, commune

    var read: FieldSpec {
        switch self {
        case .profile: FieldSpec("/profileNumber", .text)
        case .personRef: FieldSpec("/person/personRef", .text)
        case .birthDate: FieldSpec("/person/birthDate", .text)
        case .category: FieldSpec("/category", .text)
        case .factor: FieldSpec("/factor", .millionths)
        case .programme: FieldSpec("/programme", .text)
        case .from: FieldSpec("/from", .day)
        case .to: FieldSpec("/to", .day)
        case .commune: FieldSpec("/unit/communeCode", .text)
        }
    }

    /// The birthday; where only the year or month is known its first day, as the decree's forms do.
    static func birth(_ fact: Fact) -> CalendarDay? {
        fact.text(Beneficiary.birthDate).flatMap { PartialDate($0) }?.earliest
    }

    static func isInForce(_ fact: Fact, in month: Month) -> Bool {
        guard let from = fact.day(Beneficiary.from), from <= month.lastDay else { return false }
        return fact.day(Beneficiary.to).map { $0 >= month.firstDay } ?? true
    }

    /// Whether the benefit runs on past the month of a death.
    static func isOpen(_ fact: Fact, after died: CalendarDay) -> Bool {
        fact.day(Beneficiary.to).map { $0 > died.month.lastDay } ?? true
    }

    /// Two profiles of one category whose times overlap.
    static func isSameCause(_ fact: Fact, _ other: Fact) -> Bool {
        guard fact.text(Beneficiary.category) == other.text(Beneficiary.category),
            fact.text(Beneficiary.profile) != other.text(Beneficiary.profile),
            let from = fact.number(Beneficiary.from), let otherFrom = other.number(Beneficiary.from)
        else { return false }
        return from <= other.number(Beneficiary.to) ?? .max && otherFrom <= fact.number(Beneficiary.to) ?? .max
    }

    static func isLoneParent(_ fact: Fact) -> Bool { fact.holds(Beneficiary.category, "lone-parent-poor") }

    /// Why somebody should look at the profile: judged for the month in which it begins.
    static func reviewReason(_ fact: Fact) -> String? {
        guard let category = fact.text(Beneficiary.category), let from = fact.day(Beneficiary.from),
            !isLoneParent(fact)
        else { return nil }
        guard let rate = SocialAllowance.factor(category, birth: birth(fact), in: from.month) else {
            return birth(fact) == nil ? "BIRTH_DATE_MISSING" : nil
        }
        if !rate.fits { return "AGE_CATEGORY" }
        guard let factor = fact.number(Beneficiary.factor), birth(fact) != nil else { return nil }
        // The profile may hold the factor of its first month or of the age band reached since.
        return isFactorOfSomeAge(factor, category) ? nil : "FACTOR_CATEGORY"
    }

    private static func isFactorOfSomeAge(_ factor: Int64, _ category: ArraySlice<UInt8>) -> Bool {
        let birth = CalendarDay(number: 0)
        return [1, 10, 30, 70, 90].contains { age in
            let month = birth.adding(years: age).month
            return SocialAllowance.factor(category, birth: birth, in: month)?.factorMillionths == factor
        }
    }
}

/// `social-protection-payment`.
enum Payment: Int, InputField {
    case profile, personRef, month, amount, method, commune

    var read: FieldSpec {
        switch self {
        case .profile: FieldSpec("/profileNumber", .text)
        case .personRef: FieldSpec("/person/personRef", .text)
        case .month: FieldSpec("/month", .month)
        case .amount: FieldSpec("/amount", .integer)
        case .method: FieldSpec("/method", .text)
        case .commune: FieldSpec("/unit/communeCode", .text)
        }
    }

    static func link(_ fact: Fact, _ links: inout Links) {
        guard let month = fact.month(Payment.month) else { return }
        let period = ArraySlice(month.text.utf8)
        if let person = fact.text(Payment.personRef) {
            links.watch(.person, person)
            links.join(Entitlement.month, person, period)
        }
        if let profile = fact.text(Payment.profile) {
            links.watch(Entitlement.profile, profile)
            if fact.text(Payment.personRef) == nil { links.join(Entitlement.month, "profile".part, profile, period) }
        }
    }
}

/// Deaths of `civil-status-event`.
enum Death: Int, InputField {
    case eventType, personRef, diedAt

    var read: FieldSpec {
        switch self {
        case .eventType: FieldSpec("/eventType", .text)
        case .personRef: FieldSpec("/deceased/personRef", .text)
        case .diedAt: FieldSpec("/diedAt", .text)
        }
    }

    /// The last day on which the death can have been, so that nobody loses a month to a missing date.
    static func day(_ fact: Fact) -> CalendarDay? {
        fact.text(Death.diedAt).flatMap { PartialDate($0) }?.latest ?? fact.occurredDay
    }
}

/// What one person may be paid for one month, and was.
struct Entitlement {
    static let profile = LinkTag("f")
    static let month = LinkTag("m")

    /// In đồng; nil where no profile or no standard is known.
    var expected: Int64?
    /// All payments of the person for the month, in đồng.
    var paid: Int64
    /// Whether this is the payment that carries the difference.
    var isLastOfMonth: Bool
    var died: CalendarDay?

    init(_ subject: Case, _ month: Month) {
        let siblings = subject.others(Entitlement.month)
        paid = siblings.reduce(subject.fact.number(Payment.amount) ?? 0) { $0 &+ ($1.number(Payment.amount) ?? 0) }
        isLastOfMonth = siblings.allSatisfy { $0.recordId.lexicographicallyPrecedes(subject.fact.recordId) }
        let ofPerson = subject.others(.person)
        died = Entitlement.deathDay(among: ofPerson)
        var profiles: [ArraySlice<UInt8>: Fact] = [:]
        for fact in ofPerson + subject.others(Entitlement.profile) where fact.kind == 0 {
            if Beneficiary.isInForce(fact, in: month) { profiles[fact.recordId] = fact }
        }
        expected = Entitlement.expected(Array(profiles.values), in: month)
    }

    /// Standard × (highest factor, plus a lone parent's own).
    static func expected(_ profiles: [Fact], in month: Month) -> Int64? {
        guard !profiles.isEmpty, let standard = SocialAllowance.standard(in: month) else { return nil }
        var highest: Int64 = 0
        var loneParent: Int64 = 0
        for fact in profiles {
            let stated = fact.number(Beneficiary.factor) ?? 0
            if Beneficiary.isLoneParent(fact) {
                loneParent = max(loneParent, stated)
            } else {
                let rate = SocialAllowance.factor(
                    fact.text(Beneficiary.category) ?? [], birth: Beneficiary.birth(fact), in: month)
                highest = max(highest, rate?.factorMillionths ?? stated)
            }
        }
        return SocialAllowance.amount(standard: standard, factorMillionths: highest &+ loneParent)
    }

    /// The day of death that registers and population base agree on best: the first one known.
    static func deathDay(among facts: [Fact]) -> CalendarDay? {
        facts.compactMap { fact in
            switch fact.kind {
            case 2: Death.day(fact)
            case 3: fact.day(Verification.deceasedOn)
            default: nil
            }
        }.min()
    }
}

extension String {
    /// The text as a part of a link.
    var part: ArraySlice<UInt8> { ArraySlice(utf8) }
}
