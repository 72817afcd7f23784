import JSON
import Models
import Testing

/// Ten visits of a facility in January 2024, the first ones by the methods given, the rest by hand.
private func tenVisits(_ methods: [String]) -> [Delivery] {
    (0..<10).flatMap { index -> [Delivery] in
        let method = index < methods.count ? methods[index] : "manual"
        return [
            visit("L\(index)", person: hex(100 + index), method: method, origin: hex(500 + index)),
            verification(of: hex(500 + index), person: hex(100 + index), "MATCH"),
        ]
    }
}

@Suite struct Model05Tests {
    @Test func oneChipVisitWithMatchAndAReaderMakesAFacilityCompliant() throws {
        var bench = try Bench(5)
        try bench.take(referenceUnit("health-facility", "52001", hasReader: true))
        try bench.take(tenVisits(["chip"]))
        try bench.flush()
        #expect(bench.tally("ID_OK") == 1)
        #expect(bench.tally("ID_MANUAL") == 9)
        #expect(bench.tally("COMPLIANT") == 1)
        #expect(bench.indicator("2024-01", "compliant-facilities")?["value"] == .number("100"))
        #expect(bench.indicator("2024-01", "compliant-facilities")?["status"] == "met")
        #expect(bench.indicator("2024-01", "identified-visits", "52001")?["value"] == .number("10"))
    }

    @Test func tenManualVisitsOrAMissingReaderDoNot() throws {
        var manual = try Bench(5)
        try manual.take(referenceUnit("health-facility", "52001", hasReader: true))
        try manual.take(tenVisits([]))
        try manual.flush()
        #expect(manual.tally("NOT_COMPLIANT") == 1)
        #expect(manual.indicator("2024-01", "compliant-facilities")?["numerator"] == 0)

        var noReader = try Bench(5)
        try noReader.take(referenceUnit("health-facility", "52001", hasReader: false))
        try noReader.take(tenVisits(["chip", "vneid", "qr"]))
        try noReader.flush()
        #expect(noReader.tally("ID_OK") == 3)
        #expect(noReader.tally("NOT_COMPLIANT") == 1)
    }

    @Test func ninetyNineOfAHundredFacilitiesAreBehindAndOverdueInJanuary2024() throws {
        var bench = try Bench(5)
        for index in 0..<100 {
            let facility = "52\(100 + index)"
            try bench.take(
                referenceUnit("health-facility", facility, hasReader: true),
                visit(
                    "L\(index)", facility: facility, person: hex(100 + index), method: index == 7 ? "manual" : "vneid",
                    at: "2024-01-31T23:30:00+07:00", origin: hex(900 + index)),
                verification(of: hex(900 + index), person: hex(100 + index), "MATCH"))
        }
        try bench.flush("2024-01-31")
        let indicator = try #require(bench.indicator("2024-01", "compliant-facilities"))
        #expect(indicator["value"] == .number("99"))
        #expect(indicator["status"] == "behind")
        #expect(indicator["overdue"] == true)
        #expect(indicator["deadline"] == "2023-12-31")
        #expect(indicator["sourceEventCount"] == 100)
    }

    @Test func onTheLastDayOfTheDeadlineTheModelIsStillOnTrack() throws {
        var bench = try Bench(5)
        try bench.take(referenceUnit("health-facility", "52001", hasReader: true))
        try bench.take(visit("L1", person: hex(1), method: "manual", at: "2023-12-31T10:00:00+07:00", origin: hex(2)))
        try bench.flush("2023-12-31")
        #expect(bench.indicator("2023-12", "compliant-facilities")?["status"] == "on_track")
        // Nothing new came, but the day passed: the standing is written again.
        try bench.flush("2024-01-01")
        #expect(bench.indicator("2023-12", "compliant-facilities")?["status"] == "behind")
        #expect(bench.indicator("2023-12", "compliant-facilities")?["revision"] == 2)
        #expect(bench.indicator("2023-12", "compliant-facilities")?["late"] == true)
    }

    @Test func aMismatchIsReportedToTheFacilityAndClearedByTheCorrection() throws {
        var bench = try Bench(5)
        try bench.take(visit("L1", person: hex(1), method: "chip", origin: hex(10)))
        #expect(bench.tally("PENDING") == 1)
        try bench.take(verification(of: hex(10), person: hex(1), "MISMATCH", mismatches: ["fullName", "birthDate"]))
        let finding = try #require(bench.finding("L1"))
        #expect(finding["decisions"] == ["MISMATCH"])
        #expect(finding["facilityCode"] == "52001")
        #expect(finding["mismatches"] == ["birthDate", "fullName"])
        #expect(finding["sourceEventId"] == .string(hex(10)))
        #expect(bench.headers.last?["ce_type"] == "vn.lgsp.identity-mismatch.v1")
        #expect(bench.headers.last?["ce_subject"] == hex(1))
        // The corrected record is another event; its own verification has yet to come.
        try bench.take(visit("L1", person: hex(1), method: "chip", origin: hex(11)))
        #expect(bench.finding("L1")?["decisions"] == ["CLEARED"])
        try bench.take(verification(of: hex(11), person: hex(1), "MATCH"))
        #expect(bench.tally("ID_OK") == 1)
        #expect(bench.tally("MISMATCH") == 0)
        #expect(Set(bench.headers.compactMap { $0["ce_id"] }).count == bench.findings.count)
    }

    @Test func aVisitRepeatedWithTheSameEventIsNoVisitMore() throws {
        var bench = try Bench(5)
        let one = visit("L1", person: hex(1), method: "manual", origin: hex(10))
        try bench.take(one)
        let summary = try bench.take(one, one)
        #expect(summary.duplicateCount == 2)
        try bench.flush()
        #expect(bench.indicator("2024-01", "identified-visits")?["denominator"] == 1)
    }

    @Test func aManualVisitOfADeceasedPersonKeepsItsMethodAndIsReported() throws {
        var bench = try Bench(5)
        try bench.take(
            visit("L1", person: hex(1), method: "manual", origin: hex(10)),
            verification(of: hex(10), person: hex(1), "DECEASED", on: "2020-01-01"))
        #expect(bench.decisions("L1") == ["DECEASED"])
        #expect(bench.tally("ID_MANUAL") == 1)
    }

    @Test func withoutACardCheckTheCardIndicatorHasNoDataAndNoZero() throws {
        var bench = try Bench(5)
        try bench.take(visit("L1", person: hex(1), method: "manual", origin: hex(10)))
        try bench.flush()
        let indicator = try #require(bench.indicator("2024-01", "valid-cards"))
        #expect(indicator["status"] == "no_data")
        #expect(indicator["value"] == nil)
        #expect(indicator["denominator"] == nil)
        try bench.take(visit("L2", person: hex(2), method: "manual", origin: hex(11), cardCheck: "000"))
        try bench.flush()
        #expect(bench.tally("CARD_VALID") == 1)
        #expect(bench.indicator("2024-01", "valid-cards")?["value"] == .number("100"))
    }

    @Test func theDenominatorIsTheFacilitiesInForceInThatMonth() throws {
        var bench = try Bench(5)
        try bench.take(
            referenceUnit("health-facility", "52001", hasReader: true, from: "2020-01-01", to: "2024-01-01"),
            referenceUnit("health-facility", "52002", hasReader: true, from: "2024-01-31"),
            referenceUnit("health-facility", "52003", hasReader: true, from: "2024-02-01"),
            referenceUnit("health-facility", "52004", hasReader: false, from: "2020-01-01"),
            referenceUnit("health-facility", "52004", hasReader: true, from: "2024-01-15"),
            referenceUnit("health-facility", "52005", hasReader: true, from: "2020-01-01", to: "2023-12-31"),
            visit("L1", facility: "52004", person: hex(1), method: "qr", origin: hex(10)),
            verification(of: hex(10), person: hex(1), "MATCH"))
        try bench.flush()
        #expect(bench.indicator("2024-01", "compliant-facilities")?["denominator"] == 3)
        #expect(bench.indicator("2024-01", "compliant-facilities")?["numerator"] == 1)
    }

    @Test func theMonthIsTheProvincesNotUTCs() throws {
        var bench = try Bench(5)
        try bench.take(visit("L1", person: hex(1), method: "manual", at: "2024-01-31T17:00:00Z", origin: hex(10)))
        try bench.flush()
        #expect(bench.indicator("2024-01", "identified-visits") == nil)
        #expect(bench.indicator("2024-02", "identified-visits")?["denominator"] == 1)
    }
}
