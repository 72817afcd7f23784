// Values, targets and deadlines: how an indicator stands on a day.

/// How a target stands.
public enum IndicatorStatus: String, Sendable, CaseIterable {
    case onTrack = "on_track"
    case behind
    case met
    case noData = "no_data"

    public var title: Title {
        switch self {
        case .onTrack: Title("Đúng tiến độ", "On track")
        case .behind: Title("Chậm tiến độ", "Behind")
        case .met: Title("Đạt mục tiêu", "Met")
        case .noData: Title("Chưa có dữ liệu", "No data")
        }
    }
}

/// What an indicator's sums amount to on a day.
public struct IndicatorStanding: Sendable, Hashable {
    /// In thousandths: of a percent for a share, of a piece for a count. Nil without a denominator: no data is
    /// not zero.
    public var valueThousandths: Int64?
    public var status: IndicatorStatus
    /// Behind, and the last day of the deadline is over. A model that the decision continues into the following
    /// years can fall behind but has no day on which it is overdue for good.
    public var isOverdue: Bool

    /// Nobody can miss a target that nobody has set: without one an indicator with data is on track.
    public init(_ sums: Sums, _ indicator: IndicatorSpec, _ deadline: Deadline, asOf day: CalendarDay) {
        isOverdue = false
        guard sums.denominator > 0 else {
            status = .noData
            return
        }
        valueThousandths = IndicatorStanding.value(sums, indicator.formula)
        status = .onTrack
        guard let target = indicator.target else { return }
        if IndicatorStanding.reaches(sums, indicator.formula, target) {
            status = .met
        } else if case .by(let last, let continues) = deadline, day > last {
            status = .behind
            isOverdue = !continues
        }
    }

    /// A share is rounded half up to a thousandth of a percent; the comparison with the target is not rounded.
    static func value(_ sums: Sums, _ formula: Formula) -> Int64 {
        switch formula {
        case .count: return sums.numerator.multipliedReportingOverflow(by: 1_000).partialValue
        case .share:
            let scaled = sums.numerator.multipliedFullWidth(by: 200_000)
            let wide = Int128(scaled.high) << 64 | Int128(scaled.low)
            return Int64(clamping: (wide + Int128(sums.denominator)) / (2 * Int128(sums.denominator)))
        }
    }

    static func reaches(_ sums: Sums, _ formula: Formula, _ target: Int) -> Bool {
        switch formula {
        case .count: sums.numerator >= Int64(target)
        case .share: Int128(sums.numerator) * 100 >= Int128(target) * Int128(sums.denominator)
        }
    }

    /// The value as a decimal number, without trailing zeros.
    public var valueText: String? { valueThousandths.map { Decimal.text($0, places: 3) } }
}
