// The shape of a model. A service is a spec (data) and a few pure functions; everything else is the engine's.

/// One of the 42 models.
public protocol Model: Sendable {
    static var spec: ModelSpec { get }

    /// What a fact is found by and what its judgement depends on.
    static func link(_ fact: Fact, _ links: inout Links)

    /// Of whom the fact is, where the output has a subject.
    static func person(_ fact: Fact) -> ArraySlice<UInt8>?

    /// The members of the output contract that hold for any finding about the fact, also for one that is cleared.
    static func describe(_ fact: Fact, _ details: inout DetailWriter)

    /// What tells two records with one record id apart; empty where the id alone does.
    static func distinction(_ fact: Fact) -> [ArraySlice<UInt8>]

    /// Judges a fact from itself and its neighbours alone, whatever the order in which they came.
    static func judge(_ subject: Case, _ judgement: inout Judgement)

    /// Indicators of a month that are no sums over facts; called when the month or a reference unit changed.
    static func derive(_ month: Month, from figures: MonthFigures, _ derived: inout DerivedFigures)
}

extension Model {
    public static func distinction(_ fact: Fact) -> [ArraySlice<UInt8>] { [] }
    public static func derive(_ month: Month, from figures: MonthFigures, _ derived: inout DerivedFigures) {}
}

/// What `derive` may look at.
public struct MonthFigures: Sendable {
    let store: FactStore
    let cells: MonthCells
    let units: InternTable
    let month: Month

    /// The sums of an indicator for a unit in the month.
    public func sums(_ indicator: some RawRepresentable<Int>, unit: ArraySlice<UInt8>) -> Sums {
        guard let number = units.find(unit) else { return Sums() }
        return cells.cells[CellKey(indicator: Int32(indicator.rawValue), unit: number)] ?? Sums()
    }

    /// The sums of an indicator for each unit that has some in the month.
    public func allSums(_ indicator: some RawRepresentable<Int>) -> [Sums] {
        cells.cells.filter { $0.key.indicator == Int32(indicator.rawValue) && $0.key.unit != Province.number }
            .map(\.value)
    }

    /// The reference units of a kind in force in the month, one row a unit: the row that began last.
    public func referenceUnits(_ kind: StaticString) -> [Fact] {
        var links = Links()
        links.publish(.referenceUnits, ArraySlice("\(kind)".utf8))
        var latest: [ArraySlice<UInt8>: Fact] = [:]
        store.eachPublished(at: links) { slot in
            guard let fact = store.slots[Int(slot)].fact, let unit = fact.text(ReferenceUnit.unitId),
                ReferenceUnit.isInForce(fact, in: month)
            else { return }
            if let other = latest[unit], !ReferenceUnit.begins(fact, after: other) { return }
            latest[unit] = fact
        }
        return latest.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
    }
}

/// What `derive` hands back.
public struct DerivedFigures: Sendable {
    struct Row: Sendable {
        var indicator: Int32
        var unit: ArraySlice<UInt8>?
        var sums: Sums
    }
    private(set) var rows: [Row] = []
    private(set) var words: [String: Int] = [:]

    /// The sums of an indicator; of the province where no unit is named.
    public mutating func set(_ indicator: some RawRepresentable<Int>, unit: ArraySlice<UInt8>? = nil, _ sums: Sums) {
        rows.append(Row(indicator: Int32(indicator.rawValue), unit: unit, sums: sums))
    }

    /// A decision about something that is no record, such as a facility in a month.
    public mutating func say(_ word: String) { words[word, default: 0] += 1 }
}
