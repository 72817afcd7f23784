import JSON
import Models
import Testing

@Suite struct Model35Tests {
    @Test func theStandardOfTheMonthDecidesTheAmount() throws {
        var bench = try Bench(35)
        try bench.take(
            beneficiary("P1", person: hex(1), origin: hex(10)),
            payment("C1", profile: "P1", person: hex(1), month: "2024-06", amount: 900_000, origin: hex(11)),
            payment("C2", profile: "P1", person: hex(1), month: "2024-08", amount: 1_250_000, origin: hex(12)))
        #expect(bench.tally("PAID") == 2)
        #expect(bench.findings.isEmpty)
    }

    @Test func aPaymentShortOfTheExpectedTellsTheDifference() throws {
        var bench = try Bench(35)
        try bench.take(
            payment("C1", profile: "P1", person: hex(1), month: "2024-08", amount: 1_000_000, origin: hex(11)))
        #expect(bench.tally("PENDING") == 1)
        try bench.take(beneficiary("P1", person: hex(1), origin: hex(10)))
        let finding = try #require(bench.finding("social-protection-payment/C1"))
        #expect(finding["decisions"] == ["AMOUNT_ERROR"])
        #expect(finding["differenceAmount"] == -250_000)
        #expect(finding["expectedAmount"] == 1_250_000)
        #expect(finding["paidAmount"] == 1_000_000)
        // The correction of the payment replaces it.
        try bench.take(
            payment("C1", profile: "P1", person: hex(1), month: "2024-08", amount: 1_250_000, origin: hex(12)))
        #expect(bench.decisions("social-protection-payment/C1") == [])
        #expect(bench.tally("PAID") == 1)
    }

    @Test func aPaymentAfterTheDeathStopsAndIsReclaimed() throws {
        var bench = try Bench(35)
        try bench.take(
            beneficiary("P1", person: hex(1), origin: hex(10)),
            payment("C7", profile: "P1", person: hex(1), month: "2024-07", amount: 1_250_000, origin: hex(11)),
            payment("C8", profile: "P1", person: hex(1), month: "2024-08", amount: 1_250_000, origin: hex(12)),
            death("L/1", person: hex(1), died: "2024-07-15", origin: hex(13)))
        #expect(bench.decisions("social-protection-payment/C7") == [])
        #expect(bench.decisions("social-protection-payment/C8") == ["STOP", "RECLAIM"])
        #expect(bench.finding("social-protection-payment/C8")?["reclaimAmount"] == 1_250_000)
        #expect(bench.finding("social-protection-payment/C8")?["diedAt"] == "2024-07-15")
        #expect(bench.decisions("P1") == ["STOP"])
        // The agency ends the benefit with the month of death.
        try bench.take(beneficiary("P1", person: hex(1), to: "2024-07-31", origin: hex(14)))
        #expect(bench.decisions("P1") == [])
    }

    @Test func aDeathThatOnlyThePopulationBaseKnowsCountsToo() throws {
        var bench = try Bench(35)
        try bench.take(
            beneficiary("P1", person: hex(1), origin: hex(10)),
            payment("C8", profile: "P1", person: hex(1), month: "2024-08", amount: 1_250_000, origin: hex(12)),
            verification(of: hex(10), person: hex(1), "DECEASED", on: "2024-07-31"))
        #expect(bench.decisions("social-protection-payment/C8") == ["STOP", "RECLAIM"])
    }

    @Test func onlyTheHighestFactorCountsAndALoneParentAdds() throws {
        var bench = try Bench(35)
        try bench.take(
            beneficiary(
                "P1", person: hex(1), category: "disability-severe", factor: "1.5", born: "1990-01-01", origin: hex(10)),
            beneficiary("P2", person: hex(1), category: "hiv-poor", factor: "1.5", born: "1990-01-01", origin: hex(11)),
            beneficiary(
                "P3", person: hex(1), category: "lone-parent-poor", factor: "2.0", born: "1990-01-01", origin: hex(12)),
            payment("C1", profile: "P1", person: hex(1), month: "2024-08", amount: 750_000, origin: hex(13)),
            payment("C3", profile: "P3", person: hex(1), month: "2024-08", amount: 1_000_000, origin: hex(14)))
        #expect(bench.tally("PAID") == 2)
        try bench.take(payment("C2", profile: "P2", person: hex(1), month: "2024-08", amount: 750_000, origin: hex(15)))
        #expect(bench.finding("social-protection-payment/C3")?["differenceAmount"] == 750_000)
        #expect(bench.tally("AMOUNT_ERROR") == 1)
    }

    @Test(arguments: [
        // Born 1944-08-31: 80 in the last days of August 2024, so from that month on.
        ("elderly-poor-without-carer", "1944-08-31", "2024-08", 1_000_000),
        ("elderly-poor-without-carer", "1944-09-01", "2024-08", 750_000),
        // Born 2020-08-01: four on the first day of August; born a day later, four only during it.
        ("child-without-carer", "2020-08-01", "2024-08", 750_000),
        ("child-without-carer", "2020-08-02", "2024-08", 1_250_000),
        // Born on a leap day: four on 2024-02-29.
        ("child-without-carer", "2020-02-29", "2024-03", 540_000),
        ("child-without-carer", "2020-02-29", "2024-02", 900_000),
        ("disability-very-severe", "1990", "2024-08", 1_000_000),
        ("disability-very-severe", "1964-08-31", "2024-08", 1_250_000),
    ])
    func ageBandsTurnWithTheMonth(category: String, born: String, month: String, expected: Int) throws {
        var bench = try Bench(35)
        try bench.take(
            beneficiary("P1", person: hex(1), category: category, factor: "1.5", born: born, origin: hex(10)),
            payment("C1", profile: "P1", person: hex(1), month: month, amount: expected, origin: hex(11)))
        #expect(bench.tally("PAID") == 1)
        #expect(bench.tally("AMOUNT_ERROR") == 0)
    }

    @Test func anAgeThatDoesNotGoWithTheCategoryIsReviewed() throws {
        var bench = try Bench(35)
        try bench.take(
            beneficiary(
                "P1", person: hex(1), category: "elderly-80-without-pension", factor: "1.0", born: "1944-02-01",
                from: "2024-01-01", origin: hex(10)),
            beneficiary(
                "P2", person: hex(2), category: "elderly-80-without-pension", factor: "1.0", born: "1944-01-31",
                from: "2024-01-01", origin: hex(11)),
            beneficiary(
                "P3", person: hex(3), category: "disability-severe", factor: "2.5", origin: hex(12)))
        #expect(bench.decisions("P1") == ["REVIEW"])
        #expect(bench.finding("P1")?["reason"] == "AGE_CATEGORY")
        #expect(bench.decisions("P2") == [])
        #expect(bench.finding("P3")?["reason"] == "FACTOR_CATEGORY")
    }

    @Test func twoProfilesOfOneCauseAtATimeAreDuplicates() throws {
        var bench = try Bench(35)
        try bench.take(
            beneficiary("P1", person: hex(1), to: "2023-12-31", origin: hex(10)),
            beneficiary("P2", person: hex(1), from: "2024-01-01", origin: hex(11)))
        #expect(bench.tally("DUPLICATE") == 0)
        try bench.take(beneficiary("P3", person: hex(1), from: "2023-12-31", origin: hex(12)))
        #expect(bench.decisions("P1") == ["DUPLICATE"])
        #expect(bench.decisions("P2") == ["DUPLICATE"])
        #expect(bench.decisions("P3") == ["DUPLICATE"])
    }

    @Test func theIndicatorsCoverFilesAndPayments() throws {
        var bench = try Bench(35)
        try bench.take(
            beneficiary("P1", person: hex(1), origin: hex(10)), beneficiary("P2", person: nil, origin: hex(11)),
            verification(of: hex(10), person: hex(1), "MATCH"),
            payment("C1", profile: "P1", person: hex(1), month: "2024-08", amount: 1, origin: hex(12)),
            payment(
                "C2", profile: "P2", person: nil, month: "2024-08", amount: 1_250_000, method: "cash", origin: hex(13)))
        try bench.flush()
        #expect(bench.indicator("2022-01", "verified-beneficiaries")?["value"] == .number("50"))
        #expect(bench.indicator("2024-08", "paid-by-account")?["value"] == .number("50"))
        #expect(bench.indicator("2024-08", "wrong-payments")?["value"] == .number("50"))
    }
}
