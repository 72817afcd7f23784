// What is measured of ours in `schema`: one process that prints a line of JSON for each part, as the peers do, and
// under the preloaded counter what a record allocates.
import Foundation
import JSON

/// `schema-part RECORDS.jsonl SCHEMA.json ROUNDS`.
func runSchemaPart(arguments: [String]) throws {
    guard arguments.count == 3, let rounds = Int(arguments[2]), rounds > 0 else {
        throw BenchFailure("usage: schema-part RECORDS.jsonl SCHEMA.json ROUNDS")
    }
    let part = try SchemaPart(records: arguments[0], schema: arguments[1])
    if let allocations = SchemaPart.counter() {
        part.count(allocations)
        return
    }
    part.report("parse", rounds) { tape, _, record in
        do throws(JSONError) {
            try tape.parse(record)
            return true
        } catch {
            return false
        }
    }
    part.report("validate", rounds) { tape, scratch, record in
        do throws(JSONError) {
            try tape.parse(record)
        } catch {
            return false
        }
        return part.schema.isValid(JSONView(bytes: record, tape: tape), scratch: &scratch)
    }
}

private struct SchemaPart {
    let bytes: [UInt8]
    let lines: [Range<Int>]
    let schema: CompiledSchema

    init(records: String, schema: String) throws {
        guard let data = FileManager.default.contents(atPath: records),
            let text = FileManager.default.contents(atPath: schema)
        else { throw BenchFailure("\(records) or \(schema) cannot be read") }
        bytes = [UInt8](data)
        self.schema = try CompiledSchema(bytes: [UInt8](text))
        var lines: [Range<Int>] = []
        var start = 0
        for (place, byte) in bytes.enumerated() where byte == 0x0A {
            if place > start { lines.append(start..<place) }
            start = place + 1
        }
        self.lines = lines
    }

    typealias Work = (inout JSONTape, inout ValidationScratch, Span<UInt8>) -> Bool

    /// One line of JSON: the fastest of the rounds.
    @inline(__always)
    func report(_ name: String, _ rounds: Int, _ work: Work) {
        var fastest = Double.infinity
        var valid = 0
        for _ in 0..<rounds {
            let start = ContinuousClock.now
            valid = sweep(work)
            let (seconds, attoseconds) = (ContinuousClock.now - start).components
            fastest = min(fastest, Double(seconds) + Double(attoseconds) / 1e18)
        }
        print(
            #"{"part":"\#(name)","seconds":\#(fastest),"records":\#(lines.count),"bytes":\#(bytes.count),"valid":\#(valid)}"#)
    }

    @inline(__always)
    private func sweep(_ work: Work) -> Int {
        var tape = JSONTape()
        var scratch = ValidationScratch()
        var valid = 0
        let all = bytes.span
        for line in lines where work(&tape, &scratch, all.extracting(line)) { valid += 1 }
        return valid
    }

    // MARK: Allocations

    typealias Counter = @convention(c) () -> UInt

    /// The preloaded counter's function (Scripts/bench/allocations.c), or nil.
    static func counter() -> Counter? {
        guard let function = unsafe dlsym(nil, "lgsp_allocations") else { return nil }
        return unsafe unsafeBitCast(function, to: Counter.self)
    }

    /// What the second pass over the records allocates: the first one made the room that is used again.
    func count(_ allocations: Counter) {
        var tape = JSONTape()
        var scratch = ValidationScratch()
        let all = bytes.span
        // Room of each kind, by validity.
        var (validCount, validAllocations, invalidAllocations) = (0, UInt(0), UInt(0))
        for pass in 0..<2 {
            for line in lines {
                let before = allocations()
                let record = all.extracting(line)
                var isValid = false
                if (try? tape.parse(record)) != nil {
                    isValid = schema.isValid(JSONView(bytes: record, tape: tape), scratch: &scratch)
                }
                let made = allocations() - before
                if pass == 0 { continue }
                validCount += isValid ? 1 : 0
                validAllocations += isValid ? made : 0
                invalidAllocations += isValid ? 0 : made
            }
        }
        print(
            #"{"part":"allocations","records":\#(lines.count),"valid":\#(validCount),"#
                + #""ofValid":\#(validAllocations),"ofInvalid":\#(invalidAllocations)}"#)
    }
}
