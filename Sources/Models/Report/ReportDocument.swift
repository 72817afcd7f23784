// The report to the steering committee as data: 42 rows, whatever is known of each. A row without data says so;
// nothing unknown is ever shown as zero.

/// A month or a quarter.
public struct ReportPeriod: Sendable, Hashable {
    public var first: Month
    public var monthCount: Int

    public static func month(_ month: Month) -> ReportPeriod { ReportPeriod(first: month, monthCount: 1) }

    /// `YYYY-MM` or `YYYY-Qn`; nil for anything else.
    public init?(_ text: String) {
        if let month = Month(text) {
            self = .month(month)
            return
        }
        let bytes = Array(text.utf8)
        guard bytes.count == 7, bytes[4] == UInt8(ascii: "-"), bytes[5] == UInt8(ascii: "Q"),
            (0x31...0x34).contains(bytes[6]), let year = PartialDate(bytes[..<4])
        else { return nil }
        self.init(first: Month(year: year.earliest.parts.year, month: Int(bytes[6] - 0x30) * 3 - 2), monthCount: 3)
    }

    private init(first: Month, monthCount: Int) {
        self.first = first
        self.monthCount = monthCount
    }

    public var last: Month { Month(number: first.number + Int32(monthCount) - 1) }
    public var previous: ReportPeriod {
        ReportPeriod(first: Month(number: first.number - Int32(monthCount)), monthCount: monthCount)
    }
    public var text: String { monthCount == 1 ? first.text : "\(padded(first.year, 4))-Q\((first.ordinal + 2) / 3)" }
}

/// One indicator of the province in a period.
public struct ReportFigure: Sendable {
    public var indicator: IndicatorSpec
    public var sums: Sums
    public var standing: IndicatorStanding
    /// Against the period before, in thousandths like the value; nil where either has no data.
    public var changeThousandths: Int64?
}

/// One model.
public struct ReportRow: Sendable {
    public var head: ModelHead
    /// The lead agencies on the last day of the period.
    public var owner: Title
    public var isBuilt: Bool
    /// The figure that the model is judged by; nil where the model is not built.
    public var primary: ReportFigure?
    public var others: [ReportFigure]
    /// The last month, up to the period's end, of which the model knows anything.
    public var freshMonth: Month?
    /// When the newest of its indicators was written, milliseconds since 1970 UTC.
    public var updatedMilliseconds: Int64?
    /// Findings that wait for somebody; nil where nothing is known.
    public var openErrorCount: Int64?

    public var status: IndicatorStatus { primary?.standing.status ?? .noData }
    public var isOverdue: Bool { primary?.standing.isOverdue ?? false }
}

/// The report.
public struct ReportDocument: Sendable {
    public var period: ReportPeriod
    /// The day on which status and overdue are judged.
    public var asOf: CalendarDay
    /// 42, in the order of the decision.
    public var rows: [ReportRow]

    /// How many models have each status.
    public func count(_ status: IndicatorStatus) -> Int { rows.count { $0.status == status } }
}
