import JSON
import Models
import Testing

@Suite struct Model16Tests {
    @Test(arguments: [
        ("B2", "2024-12-20", true), ("B2", "2024-12-31", true), ("B2", "2025-01-01", false),
        ("B2", "2025-02-10", false),
        ("B", "2024-12-31", false), ("B", "2025-01-01", true), ("FC", "2025-01-01", false), ("CE", "2025-01-01", true),
    ])
    func aClassIsValidOnlyInTheListOfItsDay(name: String, day: String, isValid: Bool) throws {
        var bench = try Bench(16)
        try bench.take(
            registered("M1", person: hex(1), origin: hex(10)),
            tested(
                "M1", number: "7", person: hex(1), drivingClass: name, on: day, parts: allParts(seen: hex(1)),
                origin: hex(11)))
        #expect(bench.decisions("K1/7") == (isValid ? [] : ["INVALID_CLASS"]))
        #expect(bench.tally("PASS") == (isValid ? 1 : 0))
    }

    @Test func aPassWithoutAChipReadingIsInvalid() throws {
        var bench = try Bench(16)
        var parts = allParts(seen: hex(1))
        parts[2].seen = nil
        try bench.take(
            registered("M1", person: hex(1), origin: hex(10)),
            tested("M1", number: "7", person: hex(1), parts: parts, origin: hex(11)))
        #expect(bench.decisions("K1/7") == ["INVALID_RESULT"])
        #expect(bench.finding("K1/7")?["parts"] == ["course"])
    }

    @Test func aReadingOfSomebodyElseIsAMismatchToo() throws {
        var bench = try Bench(16)
        var parts = allParts(seen: hex(1))
        parts[3].seen = hex(2)
        try bench.take(
            tested("M1", number: "7", person: hex(1), parts: parts, origin: hex(11)),
            registered("M1", person: hex(1), origin: hex(10)))
        #expect(bench.decisions("K1/7") == ["IDENTITY_MISMATCH", "INVALID_RESULT"])
    }

    @Test func theCandidateWaitsForTheRegistration() throws {
        var bench = try Bench(16)
        try bench.take(tested("M1", number: "7", person: hex(1), parts: allParts(seen: hex(1)), origin: hex(11)))
        #expect(bench.tally("PENDING") == 1)
        try bench.take(registered("M1", person: hex(1), origin: hex(10)))
        #expect(bench.tally("PENDING") == 0)
        #expect(bench.tally("PASS") == 1)
    }

    @Test func aMotorcycleNeedsNoSimulationAndNoRoad() throws {
        var bench = try Bench(16)
        let parts: [TestPart] = [("theory", "pass", hex(1)), ("course", "pass", hex(1))]
        try bench.take(
            registered("M1", person: hex(1), origin: hex(10)),
            tested("M1", number: "7", person: hex(1), drivingClass: "A1", parts: parts, origin: hex(11)),
            tested(
                "M1", number: "8", person: hex(1), drivingClass: "B2", session: "K2", parts: parts, origin: hex(12)),
            // B1 was a car until 2024 and is a three-wheeler since.
            tested(
                "M1", number: "9", person: hex(1), drivingClass: "B1", on: "2025-01-02", session: "K3", parts: parts,
                origin: hex(13)),
            tested(
                "M1", number: "9", person: hex(1), drivingClass: "B1", session: "K4", parts: parts, origin: hex(14)))
        #expect(bench.decisions("K1/7") == [])
        #expect(bench.decisions("K2/8") == ["INVALID_RESULT"])
        #expect(bench.decisions("K3/9") == [])
        #expect(bench.decisions("K4/9") == ["INVALID_RESULT"])
    }

    @Test func onePersonUnderTwoNumbersOfASessionIsARiskForBoth() throws {
        var bench = try Bench(16)
        try bench.take(
            registered("M1", person: hex(1), origin: hex(10)), registered("M2", person: hex(2), origin: hex(20)),
            tested("M1", number: "7", person: hex(1), parts: allParts(seen: hex(1)), origin: hex(11)),
            tested("M2", number: "8", person: hex(2), parts: allParts(seen: hex(1)), origin: hex(12)),
            tested("M1", number: "9", person: hex(1), session: "K2", parts: allParts(seen: hex(1)), origin: hex(13)))
        #expect(bench.decisions("K1/7") == ["IMPERSONATION_RISK"])
        #expect(bench.decisions("K1/8") == ["IMPERSONATION_RISK", "IDENTITY_MISMATCH", "INVALID_RESULT"])
        #expect(bench.decisions("K2/9") == [])
    }

    @Test func anAbsentCandidateNeedsNoReading() throws {
        var bench = try Bench(16)
        let parts: [TestPart] = [("theory", "fail", hex(1)), ("simulation", "absent", nil), ("course", "absent", nil)]
        try bench.take(
            registered("M1", person: hex(1), origin: hex(10)),
            tested("M1", number: "7", person: hex(1), parts: parts, result: "fail", origin: hex(11)))
        #expect(bench.decisions("K1/7") == [])
        #expect(bench.tally("FAIL") == 1)
    }

    @Test func aSessionIsMatchedOnlyIfAllItsCandidatesAre() throws {
        var bench = try Bench(16)
        try bench.take(
            referenceUnit("driving-test-centre", "52C1", hasReader: true),
            referenceUnit("driving-test-centre", "52C2", hasReader: false),
            registered("M1", person: hex(1), origin: hex(10)), registered("M2", person: hex(2), origin: hex(20)),
            tested("M1", number: "7", person: hex(1), parts: allParts(seen: hex(1)), origin: hex(11)),
            tested("M2", number: "8", person: hex(2), parts: allParts(seen: nil), origin: hex(12)),
            tested("M1", number: "9", person: hex(1), session: "K2", parts: allParts(seen: hex(1)), origin: hex(13)))
        try bench.flush("2024-12-31")
        #expect(bench.indicator("2024-12", "matched-sessions")?["value"] == .number("50"))
        #expect(bench.indicator("2024-12", "centres-with-readers")?["value"] == .number("50"))
        #expect(bench.indicator("2024-12", "centres-with-readers")?["overdue"] == true)
        #expect(bench.indicator("2024-12", "candidate-alerts")?["value"] == .number("1"))
        #expect(bench.indicators.keys.contains { $0.contains("session-candidates") } == false)
    }
}
