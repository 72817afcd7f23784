import JSON
import Models
import Testing

private func records(_ bench: Bench) -> [IndicatorRecord] {
    bench.indicatorRecords.map { IndicatorRecord(key: $0.key, value: $0.value, updatedMilliseconds: 1_706_700_000_000) }
}

private func report(_ records: [IndicatorRecord], _ period: String, _ day: String) throws -> ReportDocument {
    Report.build(
        indicators: records, asOf: try require(CalendarDay(day)), period: try require(ReportPeriod(period)))
}

@Suite struct ReportTests {
    @Test func everyModelHasARowAndNothingUnknownIsZero() throws {
        let document = try report([], "2024-01", "2024-02-05")
        #expect(document.rows.map(\.head.number) == Array(1...42))
        #expect(document.count(.noData) == 42)
        let csv = String(decoding: document.render(as: .csv), as: UTF8.self)
        #expect(csv.split(separator: "\r\n").count == 43)
        #expect(!csv.contains("\"0\""))
        let json = try JSONValue(parsing: document.render(as: .json))
        #expect(json["rows"]?.arrayValue?.count == 42)
        #expect(json["rows"]?[4]?["primary"]?["value"] == nil)
        #expect(json["rows"]?[4]?["status"] == "no_data")
    }

    @Test func theOwnerIsTheAgencyOfThePeriod() throws {
        #expect(try report([], "2024-01", "2026-01-01").rows[15].owner.vietnamese == "Sở Giao thông vận tải")
        #expect(try report([], "2025-03", "2026-01-01").rows[15].owner.vietnamese == "Công an tỉnh")
        #expect(try report([], "2025-02", "2026-01-01").rows[32].owner.vietnamese == "Sở Tài nguyên và Môi trường")
        #expect(try report([], "2025-Q3", "2026-01-01").rows[32].owner.vietnamese == "Sở Nông nghiệp và Môi trường")
    }

    @Test func aMonthShowsValueTargetChangeFreshnessAndOpenErrors() throws {
        var bench = try Bench(5)
        for (index, month) in ["2023-12", "2024-01"].enumerated() {
            for facility in 0..<2 {
                let origin = hex(100 + index * 10 + facility)
                try bench.take(
                    referenceUnit("health-facility", "5200\(facility)", hasReader: true),
                    visit(
                        "L\(index)\(facility)", facility: "5200\(facility)", person: hex(1), method: "chip",
                        at: "\(month)-10T08:00:00+07:00", origin: origin),
                    verification(of: origin, person: hex(1), facility <= index ? "MATCH" : "MISMATCH"))
            }
        }
        try bench.flush("2024-02-05")
        let row = try report(records(bench), "2024-01", "2024-02-05").rows[4]
        #expect(row.status == .met)
        #expect(row.primary?.standing.valueText == "100")
        #expect(row.primary?.changeThousandths == 50_000)
        #expect(row.freshMonth?.text == "2024-01")
        #expect(row.openErrorCount == 0)
        let december = try report(records(bench), "2023-12", "2024-02-05").rows[4]
        #expect(december.status == .behind)
        #expect(december.isOverdue)
        #expect(december.openErrorCount == 1)
        #expect(december.primary?.changeThousandths == nil)
        #expect(try report(records(bench), "2023-11", "2024-02-05").rows[4].status == .noData)
    }

    @Test func aStockAddsUpTheMonthsBefore() throws {
        var bench = try Bench(33)
        try bench.take(
            certificate("AB 1", parcel: "1", owners: [(hex(1), nil)], at: "1999-05-03", origin: hex(10)),
            certificate("AB 2", parcel: "2", owners: [(hex(1), nil)], at: "2024-06-03", origin: hex(11)),
            certificate("AB 3", parcel: "3", owners: [(hex(1), nil)], at: "2024-07-03", origin: hex(12)),
            verification(of: hex(10), person: hex(1), "MATCH"))
        try bench.flush()
        let row = try report(records(bench), "2024-06", "2024-07-01").rows[32]
        #expect(row.primary?.standing.valueText == "50")
        #expect(row.isOverdue)
        #expect(try report(records(bench), "2024-Q3", "2024-10-01").rows[32].primary?.standing.valueText == "33.333")
        #expect(try report(records(bench), "2024-Q2", "2024-06-30").rows[32].status == .onTrack)
    }

    @Test func theRendersAreWellFormed() throws {
        let document = try report([], "2024-Q1", "2024-04-05")
        let page = String(decoding: document.render(as: .html, in: .english), as: UTF8.self)
        #expect(page.contains("<html lang=\"en\">"))
        #expect(page.split(separator: "<tr").count == 44)
        let text = String(decoding: document.render(as: .text), as: UTF8.self)
        #expect(text.contains("Chưa có dữ liệu: 42"))
        #expect(ReportPeriod("2024-Q5") == nil)
        #expect(ReportPeriod("2024-13") == nil)
        #expect(ReportPeriod("2024-Q2")?.text == "2024-Q2")
    }
}
