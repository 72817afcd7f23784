import JSON
import Models
import Records
import Testing

@Suite struct EngineTests {
    @Test(arguments: [
        ("", ""), ("{", ""), ("[]", "/occurredAt"), ("{\"recordId\":\"L1\"}", "/occurredAt"),
        ("{\"recordId\":\"L1\",\"occurredAt\":\"2024-02-30\"}", "/occurredAt"),
        ("{\"occurredAt\":\"2024-02-29\",\"recordId\":7}", "/recordId"),
        ("{\"occurredAt\":\"2024-02-29\",\"recordId\":\"L1\",\"person\":{\"personRef\":[]}}", "/person/personRef"),
    ])
    func aRecordThatCannotBeReadIsRejectedWithItsPlace(value: String, place: String) throws {
        var bench = try Bench(5)
        let good = visit("L2", person: hex(1), method: "manual", origin: hex(2))
        let summary = try bench.take(Delivery("medical-visit", key: "k", origin: hex(1), value), good)
        #expect(summary.takenCount == 1)
        #expect(summary.rejections.map(\.index) == [0])
        #expect(bench.rejections.first?.code == .modelPayload)
        #expect(bench.rejections.first?.place == place)
    }

    @Test func recordsOfOtherTopicsAndTombstonesAreCounted() throws {
        var runner = try require(ModelRunner(number: 5))
        var batch = RecordBatch()
        for topic in ["deliver.model-05.land-certificate.v1", "deliver.model-05.medical-visit.v1"] {
            let index = batch.topicIndex(topic)
            let key = batch.store("k")
            batch.addRecord(topic: index, key: key, value: .absent, headersFrom: batch.headerMark)
        }
        var out = RecordBatch()
        let summary = runner.process(batch: batch, into: &out)
        #expect(summary.foreignCount == 1)
        #expect(summary.tombstoneCount == 1)
        #expect(out.isEmpty)
    }

    @Test func indicatorsAreWrittenOnlyWhenTheyChange() throws {
        var bench = try Bench(5)
        try bench.take(visit("L1", person: hex(1), method: "manual", origin: hex(2)))
        #expect(try bench.flush() > 0)
        #expect(try bench.flush() == 0)
        try bench.take(visit("L2", person: hex(1), method: "manual", origin: hex(3)))
        try bench.flush()
        let indicator = bench.indicator("2024-01", "identified-visits")
        #expect(indicator?["denominator"] == 2)
        #expect(indicator?["revision"] == 2)
    }

    @Test func aMonthThatACorrectionEmptiesIsTakenBack() throws {
        var bench = try Bench(5)
        try bench.take(visit("L1", person: hex(1), method: "manual", origin: hex(2)))
        try bench.flush()
        try bench.take(visit("L1", person: hex(1), method: "manual", at: "2024-02-01T08:00:00+07:00", origin: hex(3)))
        try bench.flush()
        #expect(bench.indicators.keys.filter { $0.contains("/2024-01/") }.isEmpty)
        #expect(bench.indicator("2024-02", "identified-visits", "52001")?["denominator"] == 1)
    }

    @Test func anEarlierVersionThatComesAgainChangesNothing() throws {
        var bench = try Bench(5)
        let first = visit("L1", person: hex(1), method: "manual", origin: hex(2))
        try bench.take(first, visit("L1", person: hex(1), method: "chip", origin: hex(3)))
        try bench.restart()
        #expect(try bench.take(first).duplicateCount == 1)
        #expect(bench.tally("ID_MANUAL") == 0)
    }

    @Test func aThousandCertificatesOfAPlaceholderParcelAreAllDuplicates() throws {
        var bench = try Bench(33)
        for start in stride(from: 0, to: 1_500, by: 500) {
            try bench.take(
                (start..<start + 500).map {
                    certificate("AB \($0)", sheet: "0", parcel: "0", owners: [(hex(1), nil)], origin: hex(10_000 + $0))
                })
        }
        #expect(bench.tally("DUPLICATE") == 1_500)
    }

    @Test func numbersGoThroughNoDouble() throws {
        var bench = try Bench(33)
        try bench.take(
            certificate("AB 1", owners: [(hex(1), "1e400"), (hex(2), "1")], origin: hex(1)),
            certificate("AB 2", owners: [(hex(1), "0.10000000000000000000000000001"), (hex(2), "0.9")], origin: hex(2)))
        #expect(bench.rejections.map(\.place) == ["/share"])
        #expect(bench.decisions("AB 2") == [])
    }
}

@Suite struct CalendarTests {
    @Test func everyDayOfACenturyGoesThereAndBack() throws {
        var day = try require(CalendarDay("1999-12-31"))
        var wrong: [CalendarDay] = []
        for _ in 0..<40_000 {
            let parts = day.parts
            if CalendarDay(year: parts.year, month: parts.month, day: parts.day) != day { wrong.append(day) }
            if CalendarDay(day.text) != day { wrong.append(day) }
            day.number += 1
        }
        #expect(wrong == [])
    }

    @Test(arguments: [
        ("2024-02-29", "2024-02-29"), ("2023-02-29", nil), ("2024-13-01", nil), ("2024-00-10", nil), ("2024-1-01", nil),
        ("2024-01-31T17:00:00Z", "2024-02-01"), ("2024-01-31T16:59:59Z", "2024-01-31"),
        ("2024-02-01T00:30:00+09:00", "2024-01-31"), ("2024-01-31T23:59:59.999+07:00", "2024-01-31"),
        ("2024-01-31T23:59", "2024-01-31"), ("2024-01-31T24:00", nil), ("2024-01-31x", nil), ("", nil),
        ("2024-01-31T10:00:00+07:00x", nil),
    ])
    func aTimeBelongsToTheProvincesDay(text: String, day: String?) {
        #expect(CalendarDay(text)?.text == day)
    }

    @Test func agesTurnOnTheBirthday() throws {
        let leap = try require(CalendarDay("2004-02-29"))
        #expect(leap.completedYears(on: try require(CalendarDay("2024-02-28"))) == 19)
        #expect(leap.completedYears(on: try require(CalendarDay("2024-02-29"))) == 20)
        #expect(leap.completedYears(on: try require(CalendarDay("2023-02-28"))) == 19)
        #expect(leap.adding(years: 1).text == "2005-02-28")
    }
}
