// Model 16: driving test supervision. A result counts only where the chip reader saw the registered person at
// every part; joins the registration (course report) and the test minutes by registration code.

/// Thiết bị giám sát thi cử, sát hạch lái xe.
public enum Model16: Model {
    enum Candidate: Int, InputField {
        case kind, registration, personRef, drivingClass, centre, session, testDate, number, parts, result

        var read: FieldSpec {
            switch self {
            case .kind: FieldSpec("/kind", .text)
            case .registration: FieldSpec("/registrationCode", .text)
            case .personRef: FieldSpec("/person/personRef", .text)
            case .drivingClass: FieldSpec("/class", .text)
            case .centre: FieldSpec("/centreCode", .text)
            case .session: FieldSpec("/sessionCode", .text)
            case .testDate: FieldSpec("/testDate", .day)
            case .number: FieldSpec("/candidateNumber", .text)
            case .parts: FieldSpec("/parts", Part.columns)
            case .result: FieldSpec("/result", .text)
            }
        }
    }

    enum Part: Int, InputField {
        case name, result, readerMethod, readerPersonRef

        var read: FieldSpec {
            switch self {
            case .name: FieldSpec("/part", .text)
            case .result: FieldSpec("/result", .text)
            case .readerMethod: FieldSpec("/readerMethod", .text)
            case .readerPersonRef: FieldSpec("/readerPersonRef", .text)
            }
        }
    }

    enum Indicator: Int {
        case centresWithReaders, matchedSessions, mismatches, sessionCandidates
    }

    static let invalidResult = "INVALID_RESULT"
    static let invalidClass = "INVALID_CLASS"
    static let impersonationRisk = "IMPERSONATION_RISK"
    static let identityMismatch = "IDENTITY_MISMATCH"
    static let registration = LinkTag("r")
    static let seenInSession = LinkTag("s")

    public static let spec = ModelSpec(
        number: 16,
        inputs: [InputSpec("driving-test-session", Candidate.self), ReferenceUnit.input],
        indicators: [
            IndicatorSpec(
                "centres-with-readers", Title("Trung tâm có thiết bị", "Centres with readers"), .share, .month,
                .primary, target: 100),
            IndicatorSpec(
                "matched-sessions", Title("Kỳ sát hạch khớp toàn bộ", "Sessions fully matched"), .share, .month,
                .secondary),
            IndicatorSpec(
                "candidate-alerts", Title("Thí sinh có cảnh báo", "Candidates with an alert"), .count, .month,
                .openErrors),
            IndicatorSpec(
                "session-candidates", Title("Thí sinh theo kỳ", "Candidates by session"), .count, .month, .working),
        ],
        output: "exam-integrity-alert",
        method: """
            Every part with a result needs a chip reading of the registered person, else INVALID_RESULT; a reading \
            of somebody else is also IDENTITY_MISMATCH. A stated pass without all parts that the class requires on \
            the test day is INVALID_RESULT too. The class must exist on the test day (thirteen until 2024-12-31, \
            fifteen since), else INVALID_CLASS. One person under two candidate numbers of a session is \
            IMPERSONATION_RISK for both. Until the registration arrives the candidate is PENDING. The decision \
            names the centres without a number; the target of all centres is this model's reading.
            """)

    public static func link(_ fact: Fact, _ links: inout Links) {
        if fact.kind != 0 { return ReferenceUnit.link(fact, &links) }
        guard let code = fact.text(Candidate.registration) else { return }
        guard isTested(fact) else { return links.publish(registration, code) }
        links.watch(registration, code)
        guard let session = fact.text(Candidate.session) else { return }
        for person in personsSeen(fact) { links.join(seenInSession, session, person) }
    }

    public static func person(_ fact: Fact) -> ArraySlice<UInt8>? { fact.text(Candidate.personRef) }

    public static func describe(_ fact: Fact, _ details: inout DetailWriter) {
        details.text("centreCode", fact.text(Candidate.centre))
        details.text("sessionCode", fact.text(Candidate.session))
        details.text("registrationCode", fact.text(Candidate.registration))
        details.text("candidateNumber", fact.text(Candidate.number))
        details.text("class", fact.text(Candidate.drivingClass))
    }

    public static func judge(_ subject: Case, _ judgement: inout Judgement) {
        let fact = subject.fact
        guard fact.kind == 0, isTested(fact), let day = fact.day(Candidate.testDate) ?? fact.occurredDay else { return }
        let name = fact.text(Candidate.drivingClass)?.asText ?? ""
        let registrations = subject.others(registration)
        let reading = Reading(
            fact, registered: registeredPerson(registrations), isRegistered: !registrations.isEmpty)
        let isClassValid = DrivingClasses.isValid(name, on: day)
        let passesAll =
            DrivingClasses.requiredParts(of: name, on: day).allSatisfy(reading.passed.contains)
            && reading.failed.isEmpty
        let isPassStated = fact.holds(Candidate.result, "pass")
        if !isClassValid { judgement.find(invalidClass) }
        if !subject.others(seenInSession).isEmpty { judgement.find(impersonationRisk) }
        if !reading.otherPerson.isEmpty { judgement.find(identityMismatch) }
        if !reading.unmatched.isEmpty || (isPassStated && isClassValid && !passesAll) { judgement.find(invalidResult) }
        judgement.details.texts("parts", reading.unmatched)
        if judgement.findings.isEmpty {
            judgement.say(reading.isPending ? DecisionWord.pending : passesAll ? "PASS" : "FAIL")
        }
        let isMatched = reading.unmatched.isEmpty && !reading.isPending
        let month = day.month
        judgement.count(
            Indicator.mismatches, unit: fact.text(Candidate.centre), month: month,
            numerator: !judgement.findings.isEmpty)
        judgement.count(
            Indicator.sessionCandidates, unit: fact.text(Candidate.session), month: month, numerator: isMatched)
    }

    public static func derive(_ month: Month, from figures: MonthFigures, _ derived: inout DerivedFigures) {
        let centres = figures.referenceUnits("driving-test-centre")
        let equipped = centres.filter { $0.isTrue(ReferenceUnit.readerRegistered) }
        derived.set(
            Indicator.centresWithReaders,
            Sums(numerator: Int64(equipped.count), denominator: Int64(centres.count), eventCount: Int64(centres.count)))
        var sessions = Sums()
        for candidates in figures.allSums(Indicator.sessionCandidates) where candidates.denominator > 0 {
            let isMatched = candidates.numerator == candidates.denominator
            sessions += Sums(numerator: isMatched ? 1 : 0, denominator: 1, eventCount: candidates.eventCount)
        }
        derived.set(Indicator.matchedSessions, sessions)
    }

    private static func isTested(_ fact: Fact) -> Bool { fact.holds(Candidate.kind, "tested") }

    /// The person of the registration; of several (one code used twice) the one that its record id puts first.
    private static func registeredPerson(_ registrations: [Fact]) -> ArraySlice<UInt8>? {
        registrations.filter { $0.text(Candidate.personRef) != nil }
            .min { $0.recordId.lexicographicallyPrecedes($1.recordId) }?.text(Candidate.personRef)
    }

    /// Everybody a candidate's record shows: who he says he is and whom the readers saw.
    private static func personsSeen(_ fact: Fact) -> Set<ArraySlice<UInt8>> {
        let parts = fact.rows(Candidate.parts)
        var persons = Set((0..<parts.count).compactMap { parts.text($0, Part.readerPersonRef) })
        if let person = fact.text(Candidate.personRef) { persons.insert(person) }
        return persons
    }
}

extension Model16 {
    /// What the readers saw at the parts of one candidate.
    struct Reading {
        var passed: Set<String> = []
        var failed: Set<String> = []
        /// Parts with a result and without a chip reading of the registered person.
        var unmatched: [String] = []
        /// Parts at which a chip of somebody else was read.
        var otherPerson: [String] = []
        /// The registration has not come, so a chip reading cannot be compared yet.
        var isPending = false

        init(_ fact: Fact, registered: ArraySlice<UInt8>?, isRegistered: Bool) {
            let parts = fact.rows(Candidate.parts)
            for row in 0..<parts.count {
                guard let name = parts.text(row, Part.name)?.asText, let result = parts.text(row, Part.result),
                    !result.isText("absent")
                else { continue }
                if result.isText("pass") { passed.insert(name) } else { failed.insert(name) }
                guard parts.text(row, Part.readerMethod)?.isText("chip") ?? false,
                    let seen = parts.text(row, Part.readerPersonRef)
                else {
                    unmatched.append(name)
                    continue
                }
                guard let registered else {
                    // A registration without a number can never be matched; none at all may still come.
                    if isRegistered { unmatched.append(name) } else { isPending = true }
                    continue
                }
                if seen != registered {
                    unmatched.append(name)
                    otherPerson.append(name)
                }
            }
            unmatched.sort()
        }
    }
}
