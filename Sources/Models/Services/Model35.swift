// Model 35: social protection. Beneficiaries and payments are judged against each other, the population base and
// the deaths of the civil status registers. The fields stand in Model35Inputs.swift.

/// Quản lý chương trình An sinh xã hội thông qua VNeID.
public enum Model35: Model {
    enum Indicator: Int {
        case verified, paidByAccount, wrongPayments, openErrors
    }

    static let stop = "STOP"
    static let reclaim = "RECLAIM"
    static let amountError = "AMOUNT_ERROR"
    static let paid = "PAID"

    public static let spec = ModelSpec(
        number: 35,
        inputs: [
            InputSpec("social-protection-beneficiary", Beneficiary.self),
            InputSpec("social-protection-payment", Payment.self),
            InputSpec("civil-status-event", Death.self), Verification.input,
        ],
        indicators: [
            IndicatorSpec(
                "verified-beneficiaries", Title("Đối tượng đã xác thực", "Verified beneficiaries"), .share, .sinceStart,
                .primary, target: 100),
            IndicatorSpec(
                "paid-by-account", Title("Chi trả qua tài khoản", "Paid by account"), .share, .month, .secondary),
            IndicatorSpec(
                "wrong-payments", Title("Chi trả sai", "Wrong payments"), .share, .month, .secondary),
            IndicatorSpec(
                "benefit-errors", Title("Hồ sơ, khoản chi cần xử lý", "Files and payments to settle"), .count,
                .sinceStart, .openErrors),
        ],
        output: "benefit-stop",
        method: """
            Expected in a month: standard of the month × the highest factor of the categories in force for the \
            person, plus a lone parent's. All payments of the person for the month together are compared with it; \
            the difference (paid less expected) is an AMOUNT_ERROR on the payment whose id sorts last. A payment for \
            a month after the month of death is STOP and RECLAIM; a benefit open past a death is STOP. REVIEW: age \
            or factor does not go with the category. DUPLICATE: two profiles of one category in force together.
            """)

    public static func link(_ fact: Fact, _ links: inout Links) {
        switch fact.kind {
        case 0:
            if let person = fact.text(Beneficiary.personRef) {
                links.watch(.verification, fact.sourceEvent, person)
                links.join(.person, person)
            }
            if let profile = fact.text(Beneficiary.profile) { links.publish(Entitlement.profile, profile) }
        case 1: Payment.link(fact, &links)
        case 2:
            // Births and marriages tell nothing here, should a route release them.
            if let person = fact.text(Death.personRef), fact.holds(Death.eventType, "death") {
                links.publish(.person, person)
            }
        default:
            Verification.link(fact, &links)
            // The population base knows deaths that no register of the province has.
            if let person = fact.text(Verification.personRef), fact.day(Verification.deceasedOn) != nil {
                links.publish(.person, person)
            }
        }
    }

    public static func person(_ fact: Fact) -> ArraySlice<UInt8>? {
        fact.kind == 0 ? fact.text(Beneficiary.personRef) : fact.text(Payment.personRef)
    }

    public static func describe(_ fact: Fact, _ details: inout DetailWriter) {
        if fact.kind == 0 {
            details.text("profileNumber", fact.text(Beneficiary.profile))
            details.text("category", fact.text(Beneficiary.category))
        } else {
            details.text("profileNumber", fact.text(Payment.profile))
            details.text("paymentId", fact.recordId)
            details.text("month", fact.month(Payment.month)?.text.utf8)
            details.integer("paidAmount", fact.number(Payment.amount))
        }
    }

    public static func judge(_ subject: Case, _ judgement: inout Judgement) {
        switch subject.fact.kind {
        case 0: judgeBeneficiary(subject, &judgement)
        case 1: judgePayment(subject, &judgement)
        default: break
        }
    }

    private static func judgeBeneficiary(_ subject: Case, _ judgement: inout Judgement) {
        let fact = subject.fact
        let answer = Verification.outcome(of: fact.text(Beneficiary.personRef), for: subject)
        judgement.say(answer.word)
        let others = subject.others(.person)
        if let died = Entitlement.deathDay(among: others), Beneficiary.isOpen(fact, after: died) {
            judgement.find(stop)
            judgement.details.text("diedAt", died.text)
        } else if answer.word == DecisionWord.deceased && answer.deceasedOn == nil {
            judgement.find(DecisionWord.review)
            judgement.details.text("reason", "DECEASED_WITHOUT_DAY")
        }
        if others.contains(where: { $0.kind == 0 && Beneficiary.isSameCause($0, fact) }) {
            judgement.find(DecisionWord.duplicate)
        }
        if let reason = Beneficiary.reviewReason(fact) {
            judgement.find(DecisionWord.review)
            judgement.details.text("reason", reason)
        }
        guard let month = fact.occurredDay?.month else { return }
        let commune = fact.text(Beneficiary.commune)
        judgement.count(
            Indicator.verified, unit: commune, month: month, numerator: answer.word == DecisionWord.verified)
        judgement.count(Indicator.openErrors, unit: commune, month: month, numerator: !judgement.findings.isEmpty)
    }

    private static func judgePayment(_ subject: Case, _ judgement: inout Judgement) {
        let fact = subject.fact
        guard let period = fact.occurredDay?.month, let month = fact.month(Payment.month) else { return }
        let entitlement = Entitlement(subject, month)
        if let died = entitlement.died, died < month.firstDay {
            judgement.find(stop)
            judgement.find(reclaim)
            judgement.details.text("diedAt", died.text)
            judgement.details.integer("reclaimAmount", fact.number(Payment.amount))
        } else if let expected = entitlement.expected, entitlement.isLastOfMonth, entitlement.paid != expected {
            judgement.find(amountError)
            judgement.details.integer("expectedAmount", expected)
            judgement.details.integer("differenceAmount", entitlement.paid &- expected)
        } else {
            judgement.say(entitlement.expected == nil ? DecisionWord.pending : paid)
        }
        let commune = fact.text(Payment.commune)
        judgement.count(
            Indicator.paidByAccount, unit: commune, month: period, numerator: fact.holds(Payment.method, "account"))
        judgement.count(
            Indicator.wrongPayments, unit: commune, month: period, numerator: !judgement.findings.isEmpty)
        judgement.count(Indicator.openErrors, unit: commune, month: period, numerator: !judgement.findings.isEmpty)
    }
}
