// A model on a bench: deliveries in, the last finding of each record, the indicators and the tally out; keeps the
// changelog as a compacted topic would, so that a restart is what it is in production.

import JSON
import Models
import Records

/// One delivered record.
struct Delivery {
    var contract: String
    var key: String
    var value: String
    var origin: String

    init(_ contract: String, key: String, origin: String, _ value: String) {
        self.contract = contract
        self.key = key
        self.origin = origin
        self.value = value
    }
}

/// 32 hex digits, as ids and person references are.
func hex(_ number: Int) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 32 - digits.count) + digits
}

struct Bench {
    let number: Int
    var runner: ModelRunner
    var state: [[UInt8]: [UInt8]] = [:]
    /// Every finding written, in order.
    var findings: [JSONValue] = []
    var indicators: [String: JSONValue] = [:]
    var indicatorRecords: [[UInt8]: [UInt8]?] = [:]
    var rejections: [Rejection] = []
    /// Header names and values of the findings, in order.
    var headers: [[String: String]] = []

    init(_ number: Int) throws {
        self.number = number
        runner = try require(ModelRunner(number: number))
    }

    @discardableResult
    mutating func take(_ deliveries: Delivery...) throws -> ModelSummary { try take(deliveries) }

    @discardableResult
    mutating func take(_ deliveries: [Delivery]) throws -> ModelSummary {
        var batch = RecordBatch()
        for delivery in deliveries {
            let topic = batch.topicIndex("deliver.\(runner.group).\(delivery.contract).v1")
            let headers = batch.headerMark
            batch.addHeader(HeaderName.origin, delivery.origin)
            let key = batch.store(delivery.key)
            let value = batch.store(delivery.value)
            batch.addRecord(topic: topic, key: key, value: value, headersFrom: headers)
        }
        var out = RecordBatch()
        let summary = runner.process(batch: batch, into: &out)
        rejections += summary.rejections.map(\.rejection)
        try collect(out)
        return summary
    }

    @discardableResult
    mutating func flush(_ day: String = "2024-12-31") throws -> Int {
        var out = RecordBatch()
        let count = runner.flushIndicators(asOf: try require(CalendarDay(day)), into: &out)
        try collect(out)
        return count
    }

    /// A new process: nothing left but the changelog.
    mutating func restart() throws {
        runner = try require(ModelRunner(number: number))
        for (key, value) in state { runner.restore(key: key[...], value: value[...]) }
    }

    private mutating func collect(_ out: RecordBatch) throws {
        for record in out.slots {
            let key = Array(out.arena[record.key.range])
            let value = record.value.isAbsent ? nil : Array(out.arena[record.value.range])
            switch out.topics[Int(record.topic)] {
            case runner.stateTopic: state[key] = value
            case runner.outputTopic:
                findings.append(try JSONValue(parsing: value ?? []))
                var named: [String: String] = [:]
                for header in out.headerSlots[Int(record.headerStart)..<Int(record.headerStart + record.headerCount)] {
                    named[out.text(header.name)] = out.text(header.value)
                }
                headers.append(named)
            case TopicName.indicator:
                indicatorRecords[key] = .some(value)
                indicators[String(decoding: key, as: UTF8.self)] = try value.map { try JSONValue(parsing: $0) }
            default: throw BenchError("a record on another topic")
            }
        }
    }

    // MARK: Asking

    /// The decision words of a record's last finding; empty where there is none or it was cleared.
    func decisions(_ recordId: String) -> [String] {
        let words = finding(recordId)?["decisions"]?.arrayValue?.compactMap(\.stringValue) ?? []
        return words == ["CLEARED"] ? [] : words
    }

    /// The last finding of a record, by its id or by the id that it has at its source.
    func finding(_ recordId: String) -> JSONValue? {
        findings.last { $0["recordId"]?.stringValue == recordId || $0["sourceRecordId"]?.stringValue == recordId }
    }

    func tally(_ word: String) -> Int { runner.tally.first { $0.word == word }?.count ?? 0 }

    func indicator(_ period: String, _ name: String, _ unit: String = "52") -> JSONValue? {
        indicators["\(number < 10 ? "0" : "")\(number)/\(period)/\(name)/\(unit)"]
    }

    /// Everything that must not depend on order: last findings, indicators without their revisions, tally.
    func outcome() -> String {
        var last: [String: String] = [:]
        for finding in findings {
            let id = finding["recordId"]?.stringValue ?? ""
            last[id] = decisions(id).isEmpty ? nil : String(decoding: finding.write(), as: UTF8.self)
        }
        var lines = last.map { "\($0.key) \($0.value)" }.sorted()
        for (key, value) in indicators.sorted(by: { $0.key < $1.key }) {
            let kept = (value.objectValue ?? []).filter { $0.name != "revision" && $0.name != "late" }
            lines.append("\(key) \(String(decoding: JSONValue.object(kept).write(), as: UTF8.self))")
        }
        lines += runner.tally.map { "\($0.word) \($0.count)" }
        return lines.joined(separator: "\n")
    }
}

struct BenchError: Error {
    var text: String
    init(_ text: String) { self.text = text }
}

func require<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw BenchError("a value is missing") }
    return value
}

/// Random numbers that a seed repeats.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
