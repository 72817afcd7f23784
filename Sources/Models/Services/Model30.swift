// Model 30: school management. Verifies pupils against the population base, finds those enrolled as active in
// two schools of one school year, and ages that do not fit the grade.

/// Hệ thống quản lý trường học.
public enum Model30: Model {
    enum Pupil: Int, InputField {
        case school, pupilId, schoolYear, personRef, birthDate, grade, status

        var read: FieldSpec {
            switch self {
            case .school: FieldSpec("/schoolId", .text)
            case .pupilId: FieldSpec("/pupilId", .text)
            case .schoolYear: FieldSpec("/schoolYear", .text)
            case .personRef: FieldSpec("/person/personRef", .text)
            case .birthDate: FieldSpec("/person/birthDate", .text)
            case .grade: FieldSpec("/grade", .integer)
            case .status: FieldSpec("/status", .text)
            }
        }
    }

    enum Indicator: Int {
        case verifiedPupils, schoolsWithSignOn, verifiedTeachers, openErrors
    }

    /// A pupil of grade 1 turns 6 in the year in which the school year begins; past this many years it is checked.
    static let ageGapYearsMax = 3
    static let enrolment = LinkTag("e")

    public static let spec = ModelSpec(
        number: 30,
        inputs: [InputSpec("school-enrolment", Pupil.self), Verification.input, ReferenceUnit.input],
        indicators: [
            IndicatorSpec(
                "verified-pupils", Title("Học sinh đã xác thực", "Verified pupils"), .share, .schoolYear, .primary,
                target: 100),
            IndicatorSpec(
                "schools-with-sign-on", Title("Trường dùng SSO", "Schools with single sign-on"), .share, .month,
                .secondary),
            IndicatorSpec(
                "verified-teachers", Title("Giáo viên đã xác thực", "Verified teachers"), .share, .schoolYear,
                .secondary),
            IndicatorSpec(
                "enrolment-errors", Title("Hồ sơ cần kiểm tra", "Enrolments to check"), .count, .schoolYear,
                .openErrors),
        ],
        output: "enrolment-duplicate",
        method: """
            VERIFIED: the population base matches the pupil. DUPLICATE: the same person (or, without a number, the \
            same pupil id) active in two schools in one school year; told to both. CHECK: age and grade differ by \
            more than three years. Only active enrolments count; months run from the beginning of the school year. \
            Teachers have no feed yet and so no data; schools with sign-on come from the reference units that say so.
            """)

    public static func link(_ fact: Fact, _ links: inout Links) {
        switch fact.kind {
        case 1: return Verification.link(fact, &links)
        case 2: return ReferenceUnit.link(fact, &links)
        default: break
        }
        if let person = person(fact) { links.watch(.verification, fact.sourceEvent, person) }
        guard isActive(fact), let year = fact.text(Pupil.schoolYear) else { return }
        if let person = person(fact) { links.join(enrolment, year, person) }
        if let pupil = fact.text(Pupil.pupilId) { links.join(enrolment, year, ArraySlice("id".utf8), pupil) }
    }

    public static func person(_ fact: Fact) -> ArraySlice<UInt8>? { fact.text(Pupil.personRef) }

    public static func describe(_ fact: Fact, _ details: inout DetailWriter) {
        details.text("schoolId", fact.text(Pupil.school))
        details.text("pupilId", fact.text(Pupil.pupilId))
        details.text("schoolYear", fact.text(Pupil.schoolYear))
        details.integer("grade", fact.number(Pupil.grade))
    }

    public static func judge(_ subject: Case, _ judgement: inout Judgement) {
        let pupil = subject.fact
        guard pupil.kind == 0 else { return }
        guard isActive(pupil) else { return judgement.say("INACTIVE") }
        let answer = Verification.outcome(of: person(pupil), for: subject)
        judgement.say(answer.word)
        let schools = subject.others(enrolment).compactMap { $0.text(Pupil.school) }
            .filter { $0 != pupil.text(Pupil.school) }
        if let other = schools.min(by: { $0.lexicographicallyPrecedes($1) }) {
            judgement.find(DecisionWord.duplicate)
            judgement.details.text("otherSchoolId", other)
        }
        if let age = ageYears(pupil), let grade = pupil.number(Pupil.grade),
            abs(age - Int(clamping: grade) - 5) > ageGapYearsMax
        {
            judgement.find(DecisionWord.check)
            if (0...150).contains(age) { judgement.details.integer("ageYears", Int64(age)) }
        }
        guard let month = period(pupil) else { return }
        let school = pupil.text(Pupil.school)
        judgement.count(
            Indicator.verifiedPupils, unit: school, month: month, numerator: answer.word == DecisionWord.verified)
        judgement.count(Indicator.openErrors, unit: school, month: month, numerator: !judgement.findings.isEmpty)
    }

    public static func derive(_ month: Month, from figures: MonthFigures, _ derived: inout DerivedFigures) {
        let schools = figures.referenceUnits("school").filter { $0.number(ReferenceUnit.ssoIntegrated) != nil }
        let integrated = schools.filter { $0.isTrue(ReferenceUnit.ssoIntegrated) }
        derived.set(
            Indicator.schoolsWithSignOn,
            Sums(
                numerator: Int64(integrated.count), denominator: Int64(schools.count), eventCount: Int64(schools.count))
        )
    }

    private static func isActive(_ fact: Fact) -> Bool { fact.holds(Pupil.status, "active") }

    /// The year in which the school year begins.
    private static func firstYear(_ fact: Fact) -> Int? {
        fact.text(Pupil.schoolYear).flatMap { PartialDate($0.prefix(4)) }?.earliest.parts.year
    }

    /// Age in the calendar year in which the school year begins, as schools reckon it.
    private static func ageYears(_ fact: Fact) -> Int? {
        guard let birth = fact.text(Pupil.birthDate).flatMap({ PartialDate($0) }), let year = firstYear(fact) else {
            return nil
        }
        return year - birth.earliest.parts.year
    }

    /// The month of enrolment, moved into the school year (July to June) for pupils carried over from earlier.
    private static func period(_ fact: Fact) -> Month? {
        guard let month = fact.occurredDay?.month else { return nil }
        guard let year = firstYear(fact) else { return month }
        let first = Month(year: year, month: 7)
        return min(max(month, first), Month(number: first.number + 11))
    }
}
