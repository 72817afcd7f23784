// A province's exports for the demo: one population, nine feeds, faults that are counted. Pure: the same seed
// and number of records give the same bytes.

/// Makes sample files one at a time, so that a million records need no more memory than their population.
public struct SampleGenerator: Sendable {
    public let seed: UInt64
    public let records: Int
    private let reference: SampleReferenceData

    /// `records` is how many records the eight feeds of the agencies hold together, before faults of whole files,
    /// repetitions and reference units are added.
    public init(seed: UInt64, records: Int, referenceData: SampleReferenceData) {
        self.seed = seed
        self.records = min(max(records, 20), 10_000_000)
        reference = referenceData
    }

    /// Hands over every file in the order in which they would be dropped, consents and registry last.
    public func generate(_ take: (SampleFile) throws -> Void) rethrows -> SampleExpectation {
        let population = Population(households: max(records / 4, 60), seed: seed, reference: reference)
        let share = { (perCent: Int) in records * perCent / 100 }
        let medical = MedicalSamples(population: population, seed: seed, count: share(40))
        let land = LandSamples(population: population, seed: seed, count: share(12))
        let protection = ProtectionSamples(
            population: population, seed: seed, beneficiaryCount: share(8), paymentCount: share(10))
        let driving = DrivingSamples(
            population: population, seed: seed, courseCount: records * 35 / 1000, testCount: records * 35 / 1000)
        let school = SchoolSamples(population: population, seed: seed, count: share(8))
        let plans = [
            UnitSamples(population: population, facilityCount: medical.facilityCount).plan, medical.plan,
            CivilStatusSamples(population: population, seed: seed, count: share(15)).plan, land.plan,
            protection.beneficiaries, protection.payments, driving.courses, driving.tests, school.plan,
        ]
        var expectation = SampleExpectation(seed: seed, records: records)
        for plan in plans where plan.count > 0 {
            var writer = FeedWriter(plan: plan, seed: seed)
            try writer.write(take)
            expectation.feeds[plan.key] = writer.expectation
        }
        findings(&expectation, land: land, protection: protection, driving: driving, school: school)
        var consents = ConsentSamples(population: population, seed: seed)
        consents.addOwners(of: land)
        consents.addGuardians(of: school)
        expectation.consents = consents.count
        expectation.persons = population.persons.count
        try take(SampleFile(kind: .consents, name: "consents.jsonl", bytes: consents.lines))
        try take(SampleFile(kind: .registry, name: "registry.jsonl", bytes: registry(population)))
        return expectation
    }

    /// What is odd in the records as made; records that a fault takes away are counted too.
    private func findings(
        _ expectation: inout SampleExpectation, land: LandSamples, protection: ProtectionSamples,
        driving: DrivingSamples,
        school: SchoolSamples
    ) {
        func note(_ feed: String, _ word: String, _ isSo: Bool) {
            if isSo { expectation.feeds[feed]?.findings[word, default: 0] += 1 }
        }
        for index in 0..<land.count {
            let oddity = land.owners(index).oddity
            note("land/land-certificate", "share-error", oddity == .shares)
            note("land/land-certificate", "old-number", oddity == .oldNumber)
            note("land/land-certificate", "deceased-owner", oddity == .deceased)
        }
        for index in 0..<protection.paymentCount {
            let payment = protection.payment(index)
            note("labour/social-protection-payment", "wrong-amount", payment.isWrong)
            note("labour/social-protection-payment", "paid-after-death", payment.isAfterDeath)
        }
        for index in 0..<driving.testCount {
            let integrity = driving.integrity(index)
            note("transport/driving-test", "chip-not-read", integrity == .unread)
            note("transport/driving-test", "other-card", integrity == .otherCard)
        }
        for index in 0..<school.count {
            let pupil = school.pupil(index)
            note("education/school-enrolment", "two-schools", pupil.isSecond)
            note("education/school-enrolment", "grade-and-age", pupil.isOddGrade)
        }
    }

    private func registry(_ population: Population) -> [UInt8] {
        var lines: [UInt8] = []
        lines.reserveCapacity(population.persons.count * 150)
        for person in population.persons {
            lines.add("{")
            lines.member("idNumber", person.idNumber)
            if person.oldNumber > 0 { lines.member("oldIdNumber", String(person.oldNumber)) }
            lines.member("fullName", population.name(person))
            lines.member("birthDate", SampleDay.iso(Int(person.birthDay)))
            lines.member("gender", person.isFemale ? "female" : "male")
            if person.deathDay != .max { lines.member("deceasedOn", SampleDay.iso(Int(person.deathDay))) }
            lines.add("}\n")
        }
        return lines
    }
}
