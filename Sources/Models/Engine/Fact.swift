// A fact: what a model keeps of one delivered record, as compact bytes. The same bytes stand in memory and
// in the changelog.
//
//     fact  = kind field*            kind: the input's index in the model's spec (1 byte)
//     field = 0                      absent
//           | 1 varint               number, zigzag (integers, days, months, booleans, millionths)
//           | 2 varint byte*         text
//           | 3 varint varint field* list: length in bytes of what follows, rows, and each row's fields
//
// Field 0 is the id of the event that brought the record, field 1 its occurredAt, field 2 its record id; the
// fields that the input's spec names follow in order. Reading past the end gives "absent", so that a longer spec reads older facts.

/// Names a field of an input: an enum whose cases are the fields, in order.
public protocol InputField: RawRepresentable<Int>, CaseIterable, Sendable {
    var read: FieldSpec { get }
}

/// One record as the rule sees it.
public struct Fact: Sendable, Hashable {
    public var bytes: [UInt8]

    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// How many fields stand before those of the input's spec.
    static let commonFieldCount = 3

    /// The index of the input in the model's spec.
    public var kind: Int { bytes.isEmpty ? -1 : Int(bytes[0]) }

    /// `ce_id` of the contract record: what verifications refer to.
    public var sourceEvent: ArraySlice<UInt8> { text(at: 0) ?? [] }
    /// When it happened, as the source wrote it (date or date-time).
    public var occurredAt: ArraySlice<UInt8> { text(at: 1) ?? [] }
    /// The record's id at its source, unique per feed.
    public var recordId: ArraySlice<UInt8> { text(at: 2) ?? [] }
    /// The province's day on which it happened.
    public var occurredDay: CalendarDay? { CalendarDay(occurredAt) }

    public func text(_ field: some InputField) -> ArraySlice<UInt8>? {
        text(at: field.rawValue + Fact.commonFieldCount)
    }
    public func number(_ field: some InputField) -> Int64? { number(at: field.rawValue + Fact.commonFieldCount) }
    public func day(_ field: some InputField) -> CalendarDay? {
        number(field).flatMap(Int32.init(exactly:)).map(CalendarDay.init(number:))
    }
    public func month(_ field: some InputField) -> Month? {
        number(field).flatMap(Int32.init(exactly:)).map(Month.init(number:))
    }
    public func isTrue(_ field: some InputField) -> Bool { number(field) == 1 }
    /// Whether a text field holds exactly these words.
    public func holds(_ field: some InputField, _ words: StaticString) -> Bool { text(field)?.isText(words) ?? false }
    /// The rows of a list field; empty where absent.
    public func rows(_ field: some InputField) -> FactRows { FactRows(self, field.rawValue + Fact.commonFieldCount) }

    func text(at index: Int) -> ArraySlice<UInt8>? {
        var cursor = FactCursor(bytes, at: 1)
        return cursor.skip(index) ? cursor.text() : nil
    }

    func number(at index: Int) -> Int64? {
        var cursor = FactCursor(bytes, at: 1)
        return cursor.skip(index) ? cursor.number() : nil
    }
}

/// The rows of a list field.
public struct FactRows: Sendable {
    private let bytes: [UInt8]
    private let start: Int
    public let count: Int

    init(_ fact: Fact, _ field: Int) {
        bytes = fact.bytes
        var cursor = FactCursor(fact.bytes, at: 1)
        count = cursor.skip(field) ? cursor.openList() ?? 0 : 0
        start = cursor.place
    }

    /// The value of column `column` in row `row` of a list with so many columns.
    public func text(_ row: Int, _ column: some InputField) -> ArraySlice<UInt8>? {
        var cursor = FactCursor(bytes, at: start)
        return row < count && cursor.skip(row * width(column) + column.rawValue) ? cursor.text() : nil
    }

    public func number(_ row: Int, _ column: some InputField) -> Int64? {
        var cursor = FactCursor(bytes, at: start)
        return row < count && cursor.skip(row * width(column) + column.rawValue) ? cursor.number() : nil
    }

    private func width<Column: InputField>(_ column: Column) -> Int { Column.allCases.count }
}

/// Walks the fields of a fact; every read is checked, because state comes back from a topic.
struct FactCursor {
    private let bytes: [UInt8]
    private(set) var place: Int

    init(_ bytes: [UInt8], at place: Int) {
        self.bytes = bytes
        self.place = place
    }

    var isAtEnd: Bool { place >= bytes.count }

    mutating func byte() -> UInt8? {
        guard place < bytes.count else { return nil }
        place += 1
        return bytes[place - 1]
    }

    mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let next = byte() {
            if shift > 63 || (shift == 63 && next > 1) { return nil }
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    mutating func run() -> ArraySlice<UInt8>? {
        guard let length = varint().flatMap(Int.init(exactly:)), length <= bytes.count - place else { return nil }
        place += length
        return bytes[place - length..<place]
    }

    /// Passes over so many fields; false where they end before.
    mutating func skip(_ count: Int) -> Bool {
        for _ in 0..<count {
            switch byte() {
            case 0: continue
            case 1: if varint() == nil { return false }
            case 2, 3: if run() == nil { return false }
            default: return false
            }
        }
        return true
    }

    mutating func text() -> ArraySlice<UInt8>? { byte() == 2 ? run() : nil }

    mutating func number() -> Int64? {
        guard byte() == 1, let raw = varint() else { return nil }
        return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }

    /// Steps into a list: the number of its rows.
    mutating func openList() -> Int? {
        guard byte() == 3, let length = varint().flatMap(Int.init(exactly:)), length <= bytes.count - place else {
            return nil
        }
        // Every row holds at least a byte, so a count past the length is a broken entry.
        return varint().flatMap(Int.init(exactly:)).flatMap { $0 <= length ? $0 : nil }
    }
}

/// Writes the fields of a fact.
struct FactWriter {
    var bytes: [UInt8] = []

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func absent() { bytes.append(0) }

    mutating func number(_ value: Int64) {
        bytes.append(1)
        varint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    mutating func text(_ value: some Collection<UInt8>) {
        bytes.append(2)
        run(value)
    }

    mutating func run(_ value: some Collection<UInt8>) {
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    mutating func list(rows: Int, _ fields: [UInt8]) {
        var head = FactWriter()
        head.varint(UInt64(rows))
        bytes.append(3)
        varint(UInt64(head.bytes.count + fields.count))
        bytes.append(contentsOf: head.bytes)
        bytes.append(contentsOf: fields)
    }
}

extension Collection where Element == UInt8 {
    /// Whether these bytes are exactly that text.
    func isText(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { buffer in unsafe buffer.elementsEqual(self) }
    }

    /// These bytes as text, for codes and names only.
    var asText: String { String(decoding: self, as: UTF8.self) }
}
