// Consents to show land certificates and school records on VNeID: half of the people gave one, some took it
// back, some let it run out.

struct ConsentSamples {
    let population: Population
    let seed: UInt64
    private(set) var lines: [UInt8] = []
    private(set) var count = 0
    private var given: Set<UInt64> = []

    init(population: Population, seed: UInt64) {
        self.population = population
        self.seed = seed
    }

    mutating func addOwners(of land: LandSamples) {
        for index in 0..<land.count {
            for owner in land.owners(index).owners where !owner.hasOldNumber {
                add(owner.person, "land-certificate", guardian: nil)
            }
        }
    }

    mutating func addGuardians(of school: SchoolSamples) {
        given.removeAll(keepingCapacity: true)
        for index in 0..<school.count {
            let pupil = school.pupil(index).person
            add(pupil, "school-enrolment", guardian: population.member(of: pupil, .mother))
        }
    }

    private mutating func add(_ person: Person, _ category: String, guardian: Person?) {
        var random = SampleRandom(seed: seed, 20, Int(person.number % 1_000_000_007))
        guard random.chance(perMille: 500), given.insert(person.number).inserted else { return }
        let from = SampleDay.periodStart - 200 + random.below(150)
        let draw = random.below(100)
        line(person, category, guardian, "granted", from, to: draw < 8 ? from + 90 : nil, changed: from)
        // Taken back in the middle of the period.
        if draw >= 8, draw < 18 {
            line(
                person, category, guardian, "withdrawn", from, to: nil,
                changed: SampleDay.periodStart + random.below(60))
        }
    }

    private mutating func line(
        _ person: Person, _ category: String, _ guardian: Person?, _ state: String, _ from: Int, to: Int?, changed: Int
    ) {
        count += 1
        lines.add("{")
        lines.member("idNumber", person.idNumber)
        lines.member("recipient", "vneid")
        lines.member("purpose", "vneid-display")
        lines.member("dataCategory", category)
        lines.member("state", state)
        lines.member("validFrom", SampleDay.iso(from) + "T00:00:00+07:00")
        if let to { lines.member("validTo", SampleDay.iso(to) + "T00:00:00+07:00") }
        lines.member("changedAt", SampleDay.iso(changed) + "T08:00:00+07:00")
        lines.member("evidenceRef", "DVC-" + padded(count, 8))
        if let guardian { lines.member("guardianIdNumber", guardian.idNumber) }
        lines.add("}\n")
    }
}
