import JSON
import Models
import Testing

@Suite struct Model30Tests {
    @Test func aPupilActiveInTwoSchoolsIsADuplicateToBoth() throws {
        var bench = try Bench(30)
        try bench.take(
            enrolment(school: "A", pupil: "P1", person: hex(1), origin: hex(10)),
            enrolment(school: "B", pupil: "P9", person: hex(1), origin: hex(11)))
        #expect(bench.decisions("2024-2025/A/P1") == ["DUPLICATE"])
        #expect(bench.finding("2024-2025/A/P1")?["otherSchoolId"] == "B")
        #expect(bench.decisions("2024-2025/B/P9") == ["DUPLICATE"])
        // The first school reports the transfer: a correction of the same record.
        try bench.take(enrolment(school: "A", pupil: "P1", person: hex(1), status: "transferred", origin: hex(12)))
        #expect(bench.decisions("2024-2025/A/P1") == [])
        #expect(bench.decisions("2024-2025/B/P9") == [])
    }

    @Test func anotherSchoolYearIsNoDuplicate() throws {
        var bench = try Bench(30)
        try bench.take(
            enrolment(school: "A", pupil: "P1", person: hex(1), year: "2023-2024", grade: 5, origin: hex(10)),
            enrolment(school: "B", pupil: "P1", person: hex(1), origin: hex(11)))
        #expect(bench.findings.isEmpty)
    }

    @Test func withoutANumberThePupilIdTellsTheDuplicate() throws {
        var bench = try Bench(30)
        try bench.take(
            enrolment(school: "A", pupil: "P1", person: nil, origin: hex(10)),
            enrolment(school: "B", pupil: "P1", person: nil, origin: hex(11)))
        #expect(bench.decisions("2024-2025/B/P1") == ["DUPLICATE"])
        #expect(bench.tally("NO_ID") == 2)
    }

    @Test(arguments: [(17, true), (15, true), (14, false), (11, false), (8, false), (7, true)])
    func ageAndGradeMayDifferByThreeYears(age: Int, isChecked: Bool) throws {
        var bench = try Bench(30)
        try bench.take(
            enrolment(school: "A", pupil: "P1", person: hex(1), born: "\(2024 - age)-02-29".leapSafe, origin: hex(10)))
        #expect(bench.decisions("2024-2025/A/P1") == (isChecked ? ["CHECK"] : []))
        if isChecked { #expect(bench.finding("2024-2025/A/P1")?["ageYears"] == .integer(age)) }
    }

    @Test func onlyActivePupilsCountFromTheSchoolYearsBeginning() throws {
        var bench = try Bench(30)
        try bench.take(
            enrolment(school: "A", pupil: "P1", person: hex(1), at: "2021-08-20", origin: hex(10)),
            enrolment(school: "A", pupil: "P2", person: hex(2), origin: hex(11)),
            enrolment(school: "A", pupil: "P3", person: hex(3), status: "left", origin: hex(12)),
            verification(of: hex(11), person: hex(2), "MATCH"))
        try bench.flush()
        // Carried over from 2021: counted where the school year begins.
        #expect(bench.indicator("2024-07", "verified-pupils")?["denominator"] == 1)
        #expect(bench.indicator("2024-08", "verified-pupils")?["value"] == .number("100"))
        #expect(bench.indicator("2024-08", "verified-teachers")?["status"] == "no_data")
        #expect(bench.indicator("2024-08", "schools-with-sign-on")?["status"] == "no_data")
        try bench.take(
            referenceUnit("school", "A", hasReader: false, hasSignOn: true),
            referenceUnit("school", "B", hasReader: false, hasSignOn: false))
        try bench.flush()
        #expect(bench.indicator("2024-08", "schools-with-sign-on")?["value"] == .number("50"))
    }
}

extension String {
    /// 29 February in leap years only.
    var leapSafe: String { CalendarDay(self) == nil ? String(dropLast(2)) + "28" : self }
}
