// The compiled form of an adapter: flat arrays of operations and what they refer to, all by index.
// `AdapterCompiler` writes it, `Translator` runs it.

import Records

/// The elements that a value may come from, in order of preference: a range of `Program.slotLists`, and how
/// a rejection names the place.
struct SourceReference: Sendable {
    var firstSlot: Int32
    var slotCount: Int32
    /// Index into `Program.places`.
    var place: Int32
}

/// A range of one of the program's lists.
struct ListRange: Sendable {
    var start: Int32
    var count: Int32
    var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
}

/// How a text is cut before it is written.
struct TextShape: Sendable {
    enum Case: UInt8, Sendable { case asIs, upper, lower }
    var letterCase: Case = .asIs
    /// Only this many characters from the front; 0 takes all.
    var take: Int32 = 0
    /// Constants: the text behind the first is taken, up to the second; absent where not asked for.
    var after = ArenaSlice.absent
    var until = ArenaSlice.absent
}

/// What is written for a date.
enum DateOutput: Sendable { case day, partial, time, month, year }

/// One operation: writes a JSON value, or nothing.
enum Operation: Sendable {
    /// Verbatim JSON of the constants.
    case constant(ArenaSlice)
    case text(SourceReference, shape: Int32)
    case textList(SourceReference, shape: Int32, separator: UInt8)
    case date(SourceReference, formats: ListRange, output: DateOutput)
    case decimal(SourceReference, style: Int32)
    case integer(SourceReference, style: Int32, shape: Int32)
    case boolean(SourceReference)
    case code(Int32)
    case picture(SourceReference, pictures: ListRange)
    case personReference(SourceReference)
    case concatenation(operands: ListRange, separator: ArenaSlice, skipsAbsent: Bool)
    case object(members: ListRange)
    case list(operands: ListRange)
    case each(Int32)
    case firstOf(operands: ListRange)
    case person(Int32)
    case unit(Int32)
    /// The operation where the condition holds, else nothing.
    case when(condition: Int32, operation: Int32)
    /// A rejection where the operation writes nothing.
    case required(operation: Int32, place: Int32)
    /// The constant where the operation writes nothing.
    case otherwise(operation: Int32, value: ArenaSlice)
}

/// One member of an object: its key as `"name":` in the constants.
struct Member: Sendable {
    var key: ArenaSlice
    var operation: Int32
}

/// A date read for another purpose than writing it.
struct DateReference: Sendable {
    var source: SourceReference
    var formats: ListRange
}

struct CodeOperation: Sendable {
    var source: SourceReference
    var shape: Int32
    var table: Int32
    var at: DateReference?
    /// Written where the table does not know the code; a quality issue is noted. Absent: a rejection.
    var otherwise: ArenaSlice
}

struct EachOperation: Sendable {
    var slot: Int32
    var scope: Int32
    var condition: Int32
    var item: Int32
}

struct PersonOperation: Sendable {
    var number: SourceReference
    var restoresZero: Bool
    var requiresNumber: Bool
    /// The operation that writes the name; -1 never.
    var name: Int32
    var namePlace: Int32
    var birthDate: DateReference?
    /// The operation that writes male, female or unknown; -1 where the source has no such field.
    var gender: Int32
    var members: ListRange
}

struct UnitOperation: Sendable {
    var commune: SourceReference
    var district: SourceReference?
    var province: SourceReference?
    /// The province's two digits where neither the source nor the table tells; absent: no unit then.
    var provinceDefault: ArenaSlice
    var at: DateReference?
}

/// A number or an instant to compare.
enum Scalar: Sendable {
    /// In ten-thousandths.
    case constant(Int64)
    case number(SourceReference, style: Int32)
    /// Seconds since 1970 in ten-thousandths.
    case instant(DateReference)
    /// Days since 1970 in ten-thousandths.
    case days(DateReference)
    case sum(ListRange)
    /// The first less all others.
    case difference(ListRange)
}

enum Comparison: String, Sendable {
    case equal = "="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="

    func holds(_ left: Int64, _ right: Int64) -> Bool {
        switch self {
        case .equal: left == right
        case .unequal: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        }
    }
}

/// A condition; three-valued: a comparison with something that is not there is neither true nor false.
enum Condition: Sendable {
    case present(SourceReference)
    case oneOf(SourceReference, texts: ListRange)
    case all(ListRange)
    case any(ListRange)
    case not(Int32)
    case compare(Int32, Comparison, Int32)
}

/// A rule of the source format.
struct Check: Sendable {
    var condition: Int32
    var requirement: Int32
    /// The code as a constant, without quotes.
    var code: ArenaSlice
    var place: Int32
    /// A rejection instead of a quality issue.
    var rejects: Bool
    var detail: String
    var fix: String
}

/// One event that an adapter makes of a record.
struct EventRule: Sendable {
    /// Index into the adapter's contracts.
    var contract: Int32
    var condition: Int32
    /// The slot of the repeated element, -1 where the record makes one event; and its scope.
    var eachSlot: Int32
    var scope: Int32
    var members: ListRange
    var checks: ListRange
}

/// All that a translator runs.
struct Program: Sendable {
    var paths = PathTable()
    var operations: [Operation] = []
    var members: [Member] = []
    /// Operation, condition and scalar indexes, in ranges.
    var operands: [Int32] = []
    var slotLists: [Int32] = []
    var shapes: [TextShape] = []
    var numberStyles: [NumberStyle] = []
    var dateFormats: [DateFormat] = []
    var codes: [CodeOperation] = []
    var tables: [CodeTable] = []
    var pictures: [Picture] = []
    var eaches: [EachOperation] = []
    var persons: [PersonOperation] = []
    var units: [UnitOperation] = []
    var conditions: [Condition] = []
    var scalars: [Scalar] = []
    /// Ranges of the constants that `oneOf` compares with.
    var texts: [ArenaSlice] = []
    var checks: [Check] = []
    var events: [EventRule] = []
    var constants: [UInt8] = []
    /// How places in the source are named in rejections and quality issues.
    var places: [String] = []
    var administrativeUnits = AdministrativeUnits()
}
