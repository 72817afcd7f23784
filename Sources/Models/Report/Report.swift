// Builds the report from what stands on the topic `indicator`.

import JSON

/// The latest record of one key of the topic `indicator`.
public struct IndicatorRecord: Sendable {
    /// `NN/<period>/<indicator>/<unit>`.
    public var key: [UInt8]
    /// The indicator-result; nil where it was deleted.
    public var value: [UInt8]?
    /// When it was written, milliseconds since 1970 UTC; 0 is unknown.
    public var updatedMilliseconds: Int64

    public init(key: [UInt8], value: [UInt8]?, updatedMilliseconds: Int64 = 0) {
        self.key = key
        self.value = value
        self.updatedMilliseconds = updatedMilliseconds
    }
}

public enum Report {
    /// The report of a period, judged on a day. Of several records with one key the last stands; records that are
    /// no indicators of a built model are passed over.
    public static func build(
        indicators: some Sequence<IndicatorRecord>, asOf day: CalendarDay, period: ReportPeriod
    ) -> ReportDocument {
        let table = ProvinceTable(indicators)
        let rows = ModelCatalogue.heads.map { head in
            row(head, ModelRegistry.model(head.number)?.spec, table, asOf: day, period)
        }
        return ReportDocument(period: period, asOf: day, rows: rows)
    }

    private static func row(
        _ head: ModelHead, _ spec: ModelSpec?, _ table: ProvinceTable, asOf day: CalendarDay, _ period: ReportPeriod
    ) -> ReportRow {
        let owners = head.leads.map { $0.title(on: period.last.lastDay) }
        var row = ReportRow(
            head: head,
            owner: Title(
                owners.map(\.vietnamese).joined(separator: ", "), owners.map(\.english).joined(separator: ", ")),
            isBuilt: spec != nil, others: [])
        guard let spec else { return row }
        for indicator in spec.indicators where indicator.role != .working {
            let sums = table.sums(head.number, indicator, period)
            var figure = ReportFigure(
                indicator: indicator, sums: sums,
                standing: IndicatorStanding(sums, indicator, head.deadline, asOf: day))
            let before = IndicatorStanding(
                table.sums(head.number, indicator, period.previous), indicator, head.deadline, asOf: day)
            if let value = figure.standing.valueThousandths, let earlier = before.valueThousandths {
                figure.changeThousandths = value - earlier
            }
            if indicator.role == .primary { row.primary = figure } else { row.others.append(figure) }
            if indicator.role == .openErrors, sums.denominator > 0 { row.openErrorCount = sums.numerator }
        }
        (row.freshMonth, row.updatedMilliseconds) = table.freshness(head.number, until: period.last)
        return row
    }
}

/// The province's sums by model, indicator and month.
private struct ProvinceTable {
    private struct Key: Hashable {
        var model: Int
        var indicator: String
    }
    private struct Cell {
        var sums: Sums
        var updatedMilliseconds: Int64
    }
    private var cells: [Key: [Month: Cell]] = [:]

    init(_ records: some Sequence<IndicatorRecord>) {
        for record in records {
            guard let place = ProvinceTable.place(record.key) else { continue }
            let key = Key(model: place.model, indicator: place.indicator)
            cells[key, default: [:]][place.month] = record.value.flatMap(ProvinceTable.sums).map {
                Cell(sums: $0, updatedMilliseconds: record.updatedMilliseconds)
            }
        }
    }

    private static func place(_ key: [UInt8]) -> (model: Int, indicator: String, month: Month)? {
        guard let slash = key.firstIndex(of: UInt8(ascii: "/")), let model = Int(key[..<slash].asText),
            let place = IndicatorKey.parse(key[(slash + 1)...]), place.unit.elementsEqual(Province.code.utf8)
        else { return nil }
        return (model, place.indicator, place.month)
    }

    private static func sums(_ value: [UInt8]) -> Sums? {
        guard let document = try? JSONValue(parsing: value), let events = document["sourceEventCount"]?.intValue else {
            return nil
        }
        return Sums(
            numerator: Int64(document["numerator"]?.intValue ?? 0),
            denominator: Int64(document["denominator"]?.intValue ?? 0), eventCount: Int64(events))
    }

    func sums(_ model: Int, _ indicator: IndicatorSpec, _ period: ReportPeriod) -> Sums {
        let months = cells[Key(model: model, indicator: indicator.name)] ?? [:]
        let first: Month
        switch indicator.accumulation {
        case .month: first = period.first
        case .sinceStart: first = Month(number: 0)
        case .schoolYear:
            let year = period.last.ordinal >= 7 ? period.last.year : period.last.year - 1
            first = Month(year: year, month: 7)
        }
        return months.filter { first <= $0.key && $0.key <= period.last }.values.reduce(into: Sums()) { $0 += $1.sums }
    }

    /// The last month with data up to a month, and when the newest of those indicators was written.
    func freshness(_ model: Int, until last: Month) -> (Month?, Int64?) {
        var month: Month?
        var updated: Int64?
        for (key, months) in cells where key.model == model {
            for (known, cell) in months where known <= last && cell.sums.denominator > 0 {
                month = month.map { max($0, known) } ?? known
                if cell.updatedMilliseconds > 0 {
                    updated = max(updated ?? 0, cell.updatedMilliseconds)
                }
            }
        }
        return (month, updated)
    }
}
