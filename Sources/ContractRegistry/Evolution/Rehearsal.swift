// A proposed version put to the records that a topic still holds: how many would fail, at which field and why.
// Values are never kept, only counts and places.

public import JSON
import Records

/// The tally of one rehearsal.
public struct Rehearsal: Sendable {
    /// A way to fail, with how many records fail so.
    public struct Failure: Sendable {
        public var keyword: String
        /// The field, list positions written as `*`.
        public var pointer: String
        public var count: Int
        /// `<topic>/<partition>/<offset>` of the first such record.
        public var first: String
    }

    public private(set) var recordCount = 0
    public private(set) var tombstoneCount = 0
    public private(set) var invalidCount = 0
    private var failures: [String: Failure] = [:]
    private let schema: CompiledSchema

    /// Kinds of failure that are told apart; more are counted without a place.
    private static let kindsMax = 1_000

    public init(_ proposed: CompiledSchema) { schema = proposed }

    /// The most frequent failure first.
    public var ranking: [Failure] {
        failures.values.sorted { ($1.count, $0.pointer, $0.keyword) < ($0.count, $1.pointer, $1.keyword) }
    }

    /// Takes one record; nil is a tombstone, which satisfies every version.
    public mutating func take(_ value: [UInt8]?, at place: @autoclosure () -> String) {
        guard let value else {
            tombstoneCount += 1
            return
        }
        recordCount += 1
        let found: [(keyword: String, pointer: String)]
        do {
            var tape = JSONTape()
            try tape.parse(value.span)
            found = schema.failures(JSONView(bytes: value.span, tape: tape)).map { ($0.keyword, $0.pointer) }
        } catch {
            found = [("json", "")]
        }
        if found.isEmpty { return }
        invalidCount += 1
        var seen: Set<String> = []
        for failure in found {
            let pointer = Rehearsal.general(failure.pointer)
            if seen.insert(failure.keyword + pointer).inserted { note(failure.keyword, pointer, place()) }
        }
    }

    private mutating func note(_ keyword: String, _ pointer: String, _ place: String) {
        let isKnown = failures[keyword + pointer] != nil || failures.count < Self.kindsMax
        let pointer = isKnown ? pointer : ""
        failures[keyword + pointer, default: Failure(keyword: keyword, pointer: pointer, count: 0, first: place)]
            .count += 1
    }

    /// A pointer with `*` for every list position: the same mistake in another element is the same failure.
    private static func general(_ pointer: String) -> String {
        pointer.split(separator: "/", omittingEmptySubsequences: false).map { token in
            !token.isEmpty && token.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? "*" : String(token)
        }.joined(separator: "/")
    }
}
