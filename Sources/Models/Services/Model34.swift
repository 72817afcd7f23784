// Model 34: digitising data on the population base; so far the civil status registers. Each register line goes
// from RAW over MATCHED to VERIFIED, or is refused with a reason.

/// Số hóa tạo lập dữ liệu trên nền Cơ sở dữ liệu quốc gia về dân cư.
public enum Model34: Model {
    enum Line: Int, InputField {
        case eventType, bookYear, registeredAt, commune, child, childBirth, motherBirth, deceased, deceasedBirth, diedAt
        case spouses, marriedAt

        var read: FieldSpec {
            switch self {
            case .eventType: FieldSpec("/eventType", .text)
            case .bookYear: FieldSpec("/book/year", .integer)
            case .registeredAt: FieldSpec("/registeredAt", .day)
            case .commune: FieldSpec("/registrationUnit/communeCode", .text)
            case .child: FieldSpec("/child/personRef", .text)
            case .childBirth: FieldSpec("/child/birthDate", .text)
            case .motherBirth: FieldSpec("/mother/birthDate", .text)
            case .deceased: FieldSpec("/deceased/personRef", .text)
            case .deceasedBirth: FieldSpec("/deceased/birthDate", .text)
            case .diedAt: FieldSpec("/diedAt", .text)
            case .spouses: FieldSpec("/spouses", Spouse.columns)
            case .marriedAt: FieldSpec("/marriedAt", .day)
            }
        }
    }

    enum Spouse: Int, InputField {
        case personRef
        var read: FieldSpec { FieldSpec("/personRef", .text) }
    }

    enum Indicator: Int {
        case verified, births, deaths, marriages, rows, openErrors
    }

    static let raw = "RAW"
    static let matched = "MATCHED"
    static let rejected = "REJECTED"
    static let impossible = "IMPOSSIBLE"
    static let motherAgeYearsMin = 10
    static let bookLine = LinkTag("b")

    public static let spec = ModelSpec(
        number: 34,
        inputs: [InputSpec("civil-status-event", Line.self), Verification.input],
        indicators: [
            share("verified-rows", "Dòng đã xác thực", "Verified rows", .primary),
            share("verified-births", "Khai sinh đã xác thực", "Verified births", .secondary),
            share("verified-deaths", "Khai tử đã xác thực", "Verified deaths", .secondary),
            share("verified-marriages", "Kết hôn đã xác thực", "Verified marriages", .secondary),
            IndicatorSpec(
                "rows-entered", Title("Dòng đã nhập", "Rows entered"), .count, .sinceStart, .secondary),
            IndicatorSpec(
                "row-errors", Title("Dòng có lỗi", "Rows with errors"), .count, .sinceStart, .openErrors),
        ],
        output: "civil-status-verified",
        method: """
            RAW: a person of the line has no 12-digit number. MATCHED: all have one, answers are missing. VERIFIED: \
            the population base matches all (of a death also DECEASED). REJECTED: a mismatch, an unknown number, a \
            spouse dead before the marriage, or a register year that is not the year of registration. IMPOSSIBLE: \
            death before birth, or birth before the mother's age of ten, also with the most favourable reading of \
            partial dates. DUPLICATE: the register line (place, volume, number, page, event type) already names \
            another person; the line registered first keeps its state, between equal days the lower event id.
            """)

    private static func share(
        _ name: String, _ vietnamese: String, _ english: String, _ role: IndicatorRole
    ) -> IndicatorSpec { IndicatorSpec(name, Title(vietnamese, english), .share, .sinceStart, role) }

    /// One register line can be entered for several persons by mistake; each is kept. A correction has the same
    /// person and replaces. (The record id is place/volume/number/page, each event type with registers of its own.)
    public static func distinction(_ fact: Fact) -> [ArraySlice<UInt8>] {
        if fact.kind != 0 { return [] }
        let birth = fact.text(Line.childBirth) ?? fact.text(Line.deceasedBirth) ?? []
        return [fact.text(Line.eventType) ?? [], persons(fact).first ?? birth]
    }

    public static func link(_ fact: Fact, _ links: inout Links) {
        if fact.kind == 1 { return Verification.link(fact, &links) }
        links.join(bookLine, fact.text(Line.eventType) ?? [], fact.recordId)
        for person in persons(fact) { links.watch(.verification, fact.sourceEvent, person) }
    }

    public static func person(_ fact: Fact) -> ArraySlice<UInt8>? { persons(fact).first }

    public static func describe(_ fact: Fact, _ details: inout DetailWriter) {
        details.text("dataset", "civil-status")
        details.text("eventType", fact.text(Line.eventType))
        details.text("sourceRecordId", fact.recordId)
    }

    public static func judge(_ subject: Case, _ judgement: inout Judgement) {
        let line = subject.fact
        guard line.kind == 0, let month = line.occurredDay?.month else { return }
        let state = state(subject)
        // States on the way are nobody's task; the ends of the way are told.
        if state.word == raw || state.word == matched { judgement.say(state.word) } else { judgement.find(state.word) }
        judgement.details.text("reason", state.reason?.utf8)
        judgement.details.text("duplicateOf", state.duplicateOf)
        judgement.details.texts("mismatches", state.mismatches)
        let commune = line.text(Line.commune)
        let isVerified = state.word == DecisionWord.verified
        let isError = !isVerified && state.word != raw && state.word != matched
        judgement.count(Indicator.verified, unit: commune, month: month, numerator: isVerified)
        judgement.count(dataset(line), unit: commune, month: month, numerator: isVerified)
        judgement.count(Indicator.rows, unit: commune, month: month, numerator: true)
        judgement.count(Indicator.openErrors, unit: commune, month: month, numerator: isError)
    }

    private struct State {
        var word: String
        var reason: String?
        var duplicateOf: ArraySlice<UInt8>?
        var mismatches: [String] = []
    }

    private static func state(_ subject: Case) -> State {
        let line = subject.fact
        let earlier = subject.others(bookLine).filter { precedes($0, line) }
        if let first = earlier.min(by: precedes) {
            return State(word: DecisionWord.duplicate, duplicateOf: first.sourceEvent)
        }
        if let reason = impossibility(line) { return State(word: impossible, reason: reason) }
        if let year = line.number(Line.bookYear), let day = line.day(Line.registeredAt), year != Int64(day.parts.year) {
            return State(word: rejected, reason: "BOOK_YEAR")
        }
        return verification(subject)
    }

    private static func verification(_ subject: Case) -> State {
        let line = subject.fact
        let persons = persons(line)
        let isDeath = line.holds(Line.eventType, "death")
        var isComplete = persons.count >= (line.holds(Line.eventType, "marriage") ? 2 : 1)
        if !isComplete { return State(word: raw) }
        for person in persons.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let answer = Verification.outcome(of: person, for: subject)
            switch answer.word {
            case DecisionWord.verified: break
            case DecisionWord.pending: isComplete = false
            case DecisionWord.deceased where isDeath: break
            case DecisionWord.deceased where diedAfterMarriage(answer, line): break
            default: return State(word: rejected, reason: answer.word, mismatches: answer.mismatches)
            }
        }
        return State(word: isComplete ? DecisionWord.verified : matched)
    }

    private static func diedAfterMarriage(_ answer: Verification.Answer, _ line: Fact) -> Bool {
        guard let died = answer.deceasedOn, let married = line.day(Line.marriedAt) else { return false }
        return died >= married
    }

    private static func impossibility(_ line: Fact) -> String? {
        let died = line.text(Line.diedAt).flatMap { PartialDate($0) }
        if let died, let born = line.text(Line.deceasedBirth).flatMap({ PartialDate($0) }), died.latest < born.earliest
        {
            return "DEATH_BEFORE_BIRTH"
        }
        if let born = line.text(Line.childBirth).flatMap({ PartialDate($0) }),
            let mother = line.text(Line.motherBirth).flatMap({ PartialDate($0) }),
            born.latest < mother.earliest.adding(years: motherAgeYearsMin)
        {
            return "MOTHER_AGE"
        }
        return nil
    }

    /// Of whom the line is: the child, the deceased, or both spouses.
    private static func persons(_ fact: Fact) -> [ArraySlice<UInt8>] {
        if let one = fact.text(Line.child) ?? fact.text(Line.deceased) { return [one] }
        let spouses = fact.rows(Line.spouses)
        return (0..<spouses.count).compactMap { spouses.text($0, Spouse.personRef) }
    }

    private static func precedes(_ fact: Fact, _ other: Fact) -> Bool {
        let (day, otherDay) = (fact.number(Line.registeredAt) ?? .max, other.number(Line.registeredAt) ?? .max)
        return day != otherDay ? day < otherDay : fact.sourceEvent.lexicographicallyPrecedes(other.sourceEvent)
    }

    private static func dataset(_ fact: Fact) -> Indicator {
        if fact.holds(Line.eventType, "death") { return .deaths }
        return fact.holds(Line.eventType, "marriage") ? .marriages : .births
    }
}
