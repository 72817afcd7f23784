// The sums behind the indicators. They are never stored: after a restart they are added up again from the
// facts, so nothing can be counted twice.

/// A numerator, a denominator and how many source events they come from.
public struct Sums: Sendable, Hashable {
    public var numerator: Int64
    public var denominator: Int64
    public var eventCount: Int64

    public init(numerator: Int64 = 0, denominator: Int64 = 0, eventCount: Int64 = 0) {
        self.numerator = numerator
        self.denominator = denominator
        self.eventCount = eventCount
    }

    public var isZero: Bool { numerator == 0 && denominator == 0 && eventCount == 0 }

    public static func += (left: inout Sums, right: Sums) {
        left.numerator &+= right.numerator
        left.denominator &+= right.denominator
        left.eventCount &+= right.eventCount
    }
}

/// An indicator of a unit.
struct CellKey: Hashable, Sendable {
    var indicator: Int32
    var unit: Int32
}

/// What is known of one month.
struct MonthCells: Sendable {
    var cells: [CellKey: Sums] = [:]
    /// Contributions of any indicator; at 0 the model knows nothing of the month.
    var contributionCount: Int64 = 0
    /// Cells changed since the last flush.
    var changed: Set<CellKey> = []
    /// Rows and words of `derive`, kept until the next call.
    var derived: [CellKey: Sums] = [:]
    var derivedWords: [String: Int] = [:]

    fileprivate mutating func add(_ sums: Sums, at key: CellKey) {
        var value = cells[key] ?? Sums()
        value += sums
        cells[key] = value.isZero ? nil : value
        changed.insert(key)
    }
}

/// Sums by month, indicator and unit.
struct CellTable: Sendable {
    private(set) var months: [Month: MonthCells] = [:]
    private(set) var changedMonths: Set<Month> = []

    func sums(_ key: CellKey, in month: Month) -> Sums {
        guard let cells = months[month] else { return Sums() }
        return cells.derived[key] ?? cells.cells[key] ?? Sums()
    }

    /// Adds a contribution, or takes it back (`sign` -1), to its unit's row and to the province's.
    mutating func add(_ contribution: Contribution, sign: Int64) {
        let sums = Sums(
            numerator: contribution.numerator * sign, denominator: contribution.denominator * sign, eventCount: sign)
        var key = CellKey(indicator: contribution.indicator, unit: contribution.unit)
        let month = contribution.month
        months[month, default: MonthCells()].add(sums, at: key)
        if key.unit != Province.number {
            key.unit = Province.number
            months[month, default: MonthCells()].add(sums, at: key)
        }
        months[month]?.contributionCount += sign
        changedMonths.insert(month)
    }

    /// Sets what `derive` said of a month; rows that it no longer has become changes too.
    mutating func setDerived(_ rows: [CellKey: Sums], words: [String: Int], in month: Month) {
        guard var cells = months.removeValue(forKey: month) else { return }
        for (key, sums) in rows where cells.derived[key] != sums { cells.changed.insert(key) }
        for key in cells.derived.keys where rows[key] == nil { cells.changed.insert(key) }
        cells.derived = rows
        cells.derivedWords = words
        months[month] = cells
        changedMonths.insert(month)
    }

    mutating func markAllMonthsChanged() { changedMonths.formUnion(months.keys) }

    /// Ends a flush; months of which nothing is left are dropped.
    mutating func forgetChanges() {
        for month in changedMonths {
            months[month]?.changed.removeAll()
            if months[month]?.contributionCount == 0 { months[month] = nil }
        }
        changedMonths.removeAll()
    }
}
