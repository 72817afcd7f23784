import JSON
import Models
import Testing

@Suite struct Model34Tests {
    @Test func theSecondOfOneRegisterLineIsTheDuplicate() throws {
        let first = birth("Lê Lợi/01/5/9", child: hex(1), registered: "2024-03-10", origin: hex(11))
        let second = birth("Lê Lợi/01/5/9", child: hex(2), registered: "2024-03-11", origin: hex(10))
        for order in [[first, second], [second, first]] {
            var bench = try Bench(34)
            for delivery in order { try bench.take(delivery) }
            #expect(bench.tally("DUPLICATE") == 1)
            #expect(bench.findings.last?["duplicateOf"] == .string(hex(11)))
            #expect(bench.findings.last?["personRef"] == .string(hex(2)))
            #expect(bench.tally("MATCHED") == 1)
        }
    }

    @Test func aCorrectionOfTheSamePersonIsNoDuplicate() throws {
        var bench = try Bench(34)
        try bench.take(
            birth("L/1", child: hex(1), origin: hex(10)),
            birth("L/1", child: hex(1), born: "2024-03-03", origin: hex(11)))
        #expect(bench.tally("DUPLICATE") == 0)
        #expect(bench.runner.factCount == 1)
    }

    @Test func aDeathRegisterMayHaveTheSameNumbersAsABirthRegister() throws {
        var bench = try Bench(34)
        try bench.take(
            birth("L/1", child: hex(1), origin: hex(10)),
            death("L/1", person: hex(2), died: "2024-07-20", origin: hex(11)))
        #expect(bench.tally("DUPLICATE") == 0)
    }

    @Test(arguments: [
        ("2001", "2002", true), ("2002", "2002", false), ("2001-12-31", "2002-01-01", true),
        ("2002-05", "2002-05-31", false), ("2002-04", "2002-05", true), ("2002-05-01", "2002-05-01", false),
    ])
    func aDeathBeforeTheBirthIsImpossible(died: String, born: String, isImpossible: Bool) throws {
        var bench = try Bench(34)
        try bench.take(death("L/1", person: hex(1), died: died, born: born, origin: hex(10)))
        #expect(bench.tally("IMPOSSIBLE") == (isImpossible ? 1 : 0))
        if isImpossible { #expect(bench.finding("L/1")?["reason"] == "DEATH_BEFORE_BIRTH") }
    }

    @Test(arguments: [
        ("2010-01-01", "2000-01-01", false), ("2009-12-31", "2000-01-01", true), ("2009-12-31", "2000", true),
        ("2010-02-27", "2000-02-29", true), ("2010-02-28", "2000-02-29", false), ("2010", "2000-12-31", false),
    ])
    func aMotherUnderTenIsImpossible(born: String, mother: String, isImpossible: Bool) throws {
        var bench = try Bench(34)
        try bench.take(birth("L/1", child: hex(1), born: born, mother: mother, origin: hex(10)))
        #expect(bench.tally("IMPOSSIBLE") == (isImpossible ? 1 : 0))
    }

    @Test func aLineGoesFromRawOverMatchedToVerified() throws {
        var bench = try Bench(34)
        try bench.take(birth("L/1", child: nil, origin: hex(10)), birth("L/2", child: hex(1), origin: hex(11)))
        #expect(bench.tally("RAW") == 1)
        #expect(bench.tally("MATCHED") == 1)
        #expect(bench.findings.isEmpty)
        try bench.take(verification(of: hex(11), person: hex(1), "MATCH"))
        #expect(bench.decisions("L/2") == ["VERIFIED"])
        try bench.flush()
        #expect(bench.indicator("2024-03", "verified-rows", "21550")?["value"] == .number("50"))
        #expect(bench.indicator("2024-03", "verified-births")?["value"] == .number("50"))
        #expect(bench.indicator("2024-03", "verified-deaths")?["status"] == "no_data")
        #expect(bench.indicator("2024-03", "rows-entered")?["value"] == .number("2"))
    }

    @Test func aRegisterYearThatIsNotTheRegistrationsIsRejected() throws {
        var bench = try Bench(34)
        try bench.take(birth("L/1", child: hex(1), bookYear: 2023, origin: hex(10)))
        #expect(bench.decisions("L/1") == ["REJECTED"])
        #expect(bench.finding("L/1")?["reason"] == "BOOK_YEAR")
    }

    @Test func aDeadPersonVerifiesADeathAndRefutesAMarriageAfterIt() throws {
        var bench = try Bench(34)
        try bench.take(
            death("L/1", person: hex(1), died: "2024-07-20", origin: hex(10)),
            verification(of: hex(10), person: hex(1), "DECEASED", on: "2024-07-20"),
            marriage("L/2", [hex(2), hex(3)], origin: hex(11)), verification(of: hex(11), person: hex(2), "MATCH"),
            verification(of: hex(11), person: hex(3), "DECEASED", on: "2024-05-04"),
            marriage("L/3", [hex(4), hex(5)], origin: hex(12)), verification(of: hex(12), person: hex(4), "MATCH"),
            verification(of: hex(12), person: hex(5), "DECEASED", on: "2024-05-05"))
        #expect(bench.decisions("L/1") == ["VERIFIED"])
        #expect(bench.decisions("L/2") == ["REJECTED"])
        #expect(bench.decisions("L/3") == ["VERIFIED"])
    }
}
