// The changelog of a model, topic `state.model-NN` (compacted). Two sorts of entries:
//
//     f/<kind>/<record id>[/<distinction>…]   a fact:  1 | finding signature | finding revision | history | fact
//     i/<period>/<indicator>/<unit>           what was last published of an indicator:
//                                             1 | numerator | denominator | events | revision | status | overdue
//
// The leading 1 is the format; all numbers are varints, `history` is a run of bytes (FactCursor). Every entry is
// written in the transaction that carries what follows from it, so a restart finds both or neither.

/// A fact's entry.
enum FactEntry {
    static let format: UInt8 = 1

    static func write(_ slot: FactSlot, _ fact: Fact, to bytes: inout [UInt8]) {
        var writer = FactWriter()
        writer.bytes.append(format)
        writer.varint(slot.findingSignature)
        writer.varint(UInt64(slot.findingRevision))
        writer.run(slot.history)
        bytes.append(contentsOf: writer.bytes)
        bytes.append(contentsOf: fact.bytes)
    }

    /// Nil for an entry of another format or a broken one: its record is then taken as new.
    static func read(_ bytes: ArraySlice<UInt8>) -> FactSlot? {
        let all = Array(bytes)
        var cursor = FactCursor(all, at: 0)
        guard cursor.byte() == format, let signature = cursor.varint(),
            let revision = cursor.varint().flatMap(UInt32.init(exactly:)), let history = cursor.run(), !cursor.isAtEnd
        else { return nil }
        var slot = FactSlot()
        slot.findingSignature = signature
        slot.findingRevision = revision
        slot.history = Array(history)
        slot.fact = Fact(bytes: Array(all[cursor.place...]))
        return slot
    }

    static func key(_ fact: Fact, _ distinction: [ArraySlice<UInt8>]) -> [UInt8] {
        var key = Array("f/\(fact.kind)/".utf8)
        key.append(contentsOf: fact.recordId)
        for part in distinction {
            key.append(UInt8(ascii: "/"))
            key.append(contentsOf: part)
        }
        return key
    }
}

/// What was last published of one indicator cell.
struct PublishedCell: Sendable, Hashable {
    var sums: Sums
    var revision: UInt32
    var status: IndicatorStatus
    var isOverdue: Bool

    func write(to bytes: inout [UInt8]) {
        var writer = FactWriter()
        writer.bytes.append(1)
        writer.number(sums.numerator)
        writer.number(sums.denominator)
        writer.number(sums.eventCount)
        writer.number(Int64(revision))
        writer.text(status.rawValue.utf8)
        writer.number(isOverdue ? 1 : 0)
        bytes.append(contentsOf: writer.bytes)
    }

    init(sums: Sums, revision: UInt32, standing: IndicatorStanding) {
        self.sums = sums
        self.revision = revision
        status = standing.status
        isOverdue = standing.isOverdue
    }

    init?(_ bytes: ArraySlice<UInt8>) {
        var cursor = FactCursor(Array(bytes), at: 0)
        guard cursor.byte() == 1, let numerator = cursor.number(), let denominator = cursor.number(),
            let events = cursor.number(), let revision = cursor.number().flatMap(UInt32.init(exactly:)),
            let word = cursor.text(), let status = IndicatorStatus(rawValue: word.asText),
            let overdue = cursor.number()
        else { return nil }
        sums = Sums(numerator: numerator, denominator: denominator, eventCount: events)
        self.revision = revision
        self.status = status
        isOverdue = overdue == 1
    }
}

/// Where an indicator cell stands: month, indicator and unit.
enum IndicatorKey {
    /// `<period>/<indicator>/<unit>`; the unit is last because it comes from records and may hold a slash.
    static func text(_ month: Month, _ indicator: String, _ unit: ArraySlice<UInt8>) -> [UInt8] {
        Array("\(month.text)/\(indicator)/".utf8) + unit
    }

    static func parse(_ key: ArraySlice<UInt8>) -> (month: Month, indicator: String, unit: ArraySlice<UInt8>)? {
        let parts = key.split(separator: UInt8(ascii: "/"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let month = Month(parts[0]) else { return nil }
        return (month, parts[1].asText, parts[2])
    }
}
