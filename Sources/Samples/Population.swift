// The people of the samples: households of parents, children and grandparents in real communes, with numbers
// that follow the rules of the citizen number. The same people appear in the files of every agency.

struct Person: Sendable {
    enum Role: UInt8, Sendable {
        case father, mother, child, elder, newborn
    }

    var surname: UInt16
    var middle: UInt16
    var given: UInt16
    var isFemale: Bool
    var role: Role
    var commune: UInt16
    var household: Int32
    var birthDay: Int32
    /// `Int32.max` for the living.
    var deathDay = Int32.max
    /// The old nine-digit number; 0 for who never had one.
    var oldNumber: UInt32 = 0
    /// Twelve digits as a number.
    var number: UInt64
}

struct Household: Sendable {
    var first: Int32
    var count: UInt8
    var commune: UInt16
    /// The day of the wedding in the period; 0 for none.
    var weddingDay: Int32 = 0
}

struct Population: Sendable {
    private(set) var persons: [Person] = []
    private(set) var households: [Household] = []
    let reference: SampleReferenceData
    /// How many numbers are given out, by sex, century and year.
    private var issued = [Int](repeating: 0, count: 4 * 100)
    private var oldNumbers = 0

    init(households count: Int, seed: UInt64, reference: SampleReferenceData) {
        self.reference = reference
        persons.reserveCapacity(count * 4)
        households.reserveCapacity(count)
        for index in 0..<count {
            var random = SampleRandom(seed: seed, 1, index)
            addHousehold(&random)
        }
    }

    private mutating func addHousehold(_ random: inout SampleRandom) {
        let first = persons.count
        let start = SampleDay.periodStart
        let commune = random.below(reference.communes.count)
        var household = Household(first: Int32(first), count: 0, commune: UInt16(commune))
        let surname = reference.surnames.draw(&random)
        let fatherAge = random.within(22...62)
        let motherAge = max(20, fatherAge - random.within(-2...6))
        add(.father, surname, false, start - fatherAge * 365 - random.below(365), commune, &random)
        add(
            .mother, reference.surnames.draw(&random), true, start - motherAge * 365 - random.below(365), commune,
            &random)
        let children = random.pick([0, 1, 1, 2, 2, 2, 3])
        for _ in 0..<children where motherAge > 21 {
            let age = random.below(min(motherAge - 20, 24))
            add(
                .child, surname, random.chance(perMille: 480), start - age * 365 - 30 - random.below(330), commune,
                &random)
        }
        if motherAge <= 42, random.chance(perMille: 800) {
            let born = start + random.below(SampleDay.periodEnd - start - 10)
            add(.newborn, surname, random.chance(perMille: 480), born, commune, &random)
        }
        for index in 0..<random.pick([0, 0, 1, 1, 2]) {
            let age = random.within(max(60, fatherAge + 18)...max(96, fatherAge + 20))
            let isWoman = index == 1 || random.chance(perMille: 550)
            add(
                .elder, isWoman ? reference.surnames.draw(&random) : surname, isWoman,
                start - age * 365 - random.below(365),
                commune, &random)
            if random.chance(perMille: 300) {
                persons[persons.count - 1].deathDay = Int32(start - 20 + random.below(100))
            }
        }
        if children == 0, fatherAge <= 48 || random.chance(perMille: 200) {
            household.weddingDay = Int32(start + random.below(80))
        }
        household.count = UInt8(persons.count - first)
        households.append(household)
    }

    private mutating func add(
        _ role: Person.Role, _ surname: Int, _ isFemale: Bool, _ birthDay: Int, _ commune: Int,
        _ random: inout SampleRandom
    ) {
        let middle = isFemale ? reference.middles.women.draw(&random) : reference.middles.men.draw(&random)
        let given = isFemale ? reference.givens.women.draw(&random) : reference.givens.men.draw(&random)
        let year = SampleDay.parts(birthDay).year
        let province = random.chance(perMille: 900) ? 52 : random.pick([64, 49, 79, 1, 51, 48])
        let digit = (year < 2000 ? 0 : 2) + (isFemale ? 1 : 0)
        let bucket = digit * 100 + year % 100
        // 7919 shares no factor with a million: every number of a year is given once.
        let serial = (issued[bucket] * 7919 + 4001) % 1_000_000
        issued[bucket] += 1
        let number = ((province * 10 + digit) * 100 + year % 100) * 1_000_000 + serial
        var person = Person(
            surname: UInt16(surname), middle: UInt16(middle), given: UInt16(given), isFemale: isFemale, role: role,
            commune: UInt16(commune), household: Int32(households.count), birthDay: Int32(birthDay),
            number: UInt64(number))
        if year <= 2000 {
            oldNumbers += 1
            person.oldNumber = UInt32(210_000_000 + oldNumbers % 9_999_999)
        }
        persons.append(person)
    }

    func name(_ person: Person) -> String {
        let (middles, givens) =
            person.isFemale
            ? (reference.middles.women, reference.givens.women) : (reference.middles.men, reference.givens.men)
        return reference.surnames.names[Int(person.surname)] + " " + middles.names[Int(person.middle)] + " "
            + givens.names[Int(person.given)]
    }

    func commune(_ person: Person) -> SampleReferenceData.Commune { reference.communes[Int(person.commune)] }

    /// The members of a person's household in a role.
    func member(of person: Person, _ role: Person.Role) -> Person? {
        let household = households[Int(person.household)]
        for index in Int(household.first)..<Int(household.first) + Int(household.count)
        where persons[index].role == role {
            return persons[index]
        }
        return nil
    }
}

extension Person {
    /// The citizen number as written.
    var idNumber: String { padded(Int(number), 12) }

    /// Age in whole years at a day.
    func age(at day: Int) -> Int { SampleDay.age(Int(birthDay), at: day) }
}
