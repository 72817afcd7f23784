// Model 05: care with CCCD or VNeID. Judges each visit by how the patient identified himself and what the
// population base says of him; a facility complies in a month with one such visit and a registered reader.

/// Khám chữa bệnh sử dụng thẻ CCCD và VNeID.
public enum Model05: Model {
    enum Visit: Int, InputField {
        case visitId, facility, personRef, method, cardCheck

        var read: FieldSpec {
            switch self {
            case .visitId: FieldSpec("/visitId", .text)
            case .facility: FieldSpec("/facilityCode", .text)
            case .personRef: FieldSpec("/person/personRef", .text)
            case .method: FieldSpec("/identificationMethod", .text)
            case .cardCheck: FieldSpec("/cardCheck/resultCode", .text)
            }
        }
    }

    enum Indicator: Int {
        case compliantFacilities, identifiedVisits, mismatches, validCards
    }

    static let idOk = "ID_OK"
    static let idManual = "ID_MANUAL"
    static let idUnknown = "ID_UNKNOWN"
    static let cardValid = "CARD_VALID"
    static let compliant = "COMPLIANT"
    static let notCompliant = "NOT_COMPLIANT"

    public static let spec = ModelSpec(
        number: 5,
        inputs: [InputSpec("medical-visit", Visit.self), Verification.input, ReferenceUnit.input],
        indicators: [
            IndicatorSpec(
                "compliant-facilities", Title("Cơ sở đạt yêu cầu", "Compliant facilities"), .share, .month, .primary,
                target: 100),
            IndicatorSpec(
                "identified-visits", Title("Lượt khám định danh điện tử", "Visits identified electronically"), .share,
                .month, .secondary),
            IndicatorSpec(
                "identity-mismatches", Title("Lượt khám sai định danh", "Visits with an identity mismatch"), .count,
                .month, .openErrors),
            IndicatorSpec(
                "valid-cards", Title("Thẻ BHYT hợp lệ", "Valid insurance cards"), .share, .month, .secondary),
        ],
        output: "identity-mismatch",
        method: """
            ID_OK: chip, QR or VNeID and the population base says MATCH. ID_MANUAL: typed or copied from a card. \
            A mismatch, an unknown number or a deceased person is reported whatever the method. A facility is \
            COMPLIANT in a month with at least one ID_OK visit and a registered reader; the denominator is the \
            facilities in force in that month. CARD_VALID needs a card check in the visit; without a feed the \
            indicator has no data.
            """)

    public static func link(_ fact: Fact, _ links: inout Links) {
        switch fact.kind {
        case 0: if let person = person(fact) { links.watch(.verification, fact.sourceEvent, person) }
        case 1: Verification.link(fact, &links)
        default: ReferenceUnit.link(fact, &links)
        }
    }

    public static func person(_ fact: Fact) -> ArraySlice<UInt8>? { fact.text(Visit.personRef) }

    public static func describe(_ fact: Fact, _ details: inout DetailWriter) {
        details.text("facilityCode", fact.text(Visit.facility))
        details.text("visitId", fact.text(Visit.visitId))
        details.text("identificationMethod", fact.text(Visit.method))
    }

    public static func judge(_ subject: Case, _ judgement: inout Judgement) {
        let visit = subject.fact
        guard visit.kind == 0, let month = visit.occurredDay?.month else { return }
        let answer = Verification.outcome(of: person(visit), for: subject)
        let isMatch = answer.word == DecisionWord.verified
        let isRefuted = !isMatch && answer.word != DecisionWord.pending && answer.word != DecisionWord.noId
        let facility = visit.text(Visit.facility)
        var isIdentified = false
        if visit.holds(Visit.method, "chip") || visit.holds(Visit.method, "qr") || visit.holds(Visit.method, "vneid") {
            isIdentified = isMatch
            if !isRefuted { judgement.say(isMatch ? idOk : answer.word) }
        } else if visit.holds(Visit.method, "manual") || visit.holds(Visit.method, "card") {
            judgement.say(idManual)
        } else {
            judgement.say(idUnknown)
        }
        if isRefuted {
            judgement.find(answer.word)
            judgement.details.texts("mismatches", answer.mismatches)
        }
        judgement.count(Indicator.identifiedVisits, unit: facility, month: month, numerator: isIdentified)
        judgement.count(Indicator.mismatches, unit: facility, month: month, numerator: isRefuted)
        if visit.text(Visit.cardCheck) != nil {
            let isValid = visit.holds(Visit.cardCheck, "000")
            if isValid { judgement.say(cardValid) }
            judgement.count(Indicator.validCards, unit: facility, month: month, numerator: isValid)
        }
    }

    public static func derive(_ month: Month, from figures: MonthFigures, _ derived: inout DerivedFigures) {
        let facilities = figures.referenceUnits("health-facility")
        var total = Sums(denominator: Int64(facilities.count))
        for facility in facilities {
            let visits = figures.sums(Indicator.identifiedVisits, unit: facility.text(ReferenceUnit.unitId) ?? [])
            let complies = visits.numerator > 0 && facility.isTrue(ReferenceUnit.readerRegistered)
            derived.say(complies ? compliant : notCompliant)
            total += Sums(numerator: complies ? 1 : 0, eventCount: visits.eventCount)
        }
        derived.set(Indicator.compliantFacilities, total)
    }
}
