// What a rule says of one fact: decision words, what it adds to the indicators, and what the agency is told.

/// The row that stands for the whole province.
enum Province {
    /// The province's code (kept by the merged province of 2025).
    static let code = "52"
    /// Its number in the table of units.
    static let number: Int32 = 0
}

/// What a fact adds to one indicator of one unit and month; taken back when the fact or its neighbours change.
struct Contribution: Sendable, Hashable {
    var indicator: Int32
    var unit: Int32
    var month: Month
    var numerator: Int64
    var denominator: Int64
}

/// Filled by a model's rule.
public struct Judgement: Sendable {
    /// Decision words, in capitals, as the specification of the models names them.
    public private(set) var words: [String] = []
    /// The words that go to the agency; without any there is no finding.
    private(set) var findings: [String] = []
    /// The members of the output contract that only this finding has.
    public var details = DetailWriter()
    private(set) var contributions: [Contribution] = []
    /// Every unit that anything was counted for, numbered; the province is number 0.
    private(set) var units = InternTable()

    init() { _ = units.intern(Province.code) }

    /// Adds a decision word once.
    public mutating func say(_ word: String) {
        if !words.contains(word) { words.append(word) }
    }

    public func says(_ word: String) -> Bool { words.contains(word) }

    /// Counts into an indicator of a unit and month, and into the province's row of that month.
    public mutating func count(
        _ indicator: some RawRepresentable<Int>, unit: ArraySlice<UInt8>?, month: Month, numerator: Bool,
        denominator: Bool = true
    ) {
        let unit = unit.map { units.intern($0) } ?? Province.number
        contributions.append(
            Contribution(
                indicator: Int32(indicator.rawValue), unit: unit, month: month, numerator: numerator ? 1 : 0,
                denominator: denominator ? 1 : 0))
    }

    /// Adds a decision word that the agency is told of.
    public mutating func find(_ word: String) {
        say(word)
        if !findings.contains(word) { findings.append(word) }
    }

    /// What the finding about a version of a record amounts to; 0 without one. It is written again only when this
    /// changes: so the last one written never depends on what was known when an earlier version stood.
    func signature(of event: ArraySlice<UInt8>) -> UInt64 {
        if findings.isEmpty { return 0 }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func mix(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        for word in findings {
            for byte in word.utf8 { mix(byte) }
            mix(0)
        }
        for byte in details.bytes { mix(byte) }
        for byte in event { mix(byte) }
        return max(hash, 1)
    }

    mutating func removeAll() {
        words.removeAll(keepingCapacity: true)
        contributions.removeAll(keepingCapacity: true)
        findings.removeAll(keepingCapacity: true)
        details.removeAll()
    }

    /// The number of a unit that comes from elsewhere than a rule: restored state, derived indicators.
    mutating func unitNumber(_ bytes: ArraySlice<UInt8>) -> Int32 { units.intern(bytes) }
}
