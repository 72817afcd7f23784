// Parsing and validating records of about a kilobyte: `json FILE.jsonl SCHEMA.json [EXPECTED.txt] [--rounds N]`.

import Glibc
import JSON

/// Prints one JSON object: throughput, time a record, and how many verdicts differ from those expected.
func runJSONBench(arguments: [String]) -> Int32 {
    var rounds = 5
    var files: [String] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
        if argument == "--rounds" {
            rounds = rest.popFirst().flatMap { Int($0) } ?? rounds
        } else {
            files.append(argument)
        }
    }
    guard files.count >= 2 else {
        print("usage: lgsp-bench json RECORDS.jsonl SCHEMA.json [EXPECTED.txt] [--rounds N]")
        return 2
    }
    do {
        let schema = try CompiledSchema(bytes: readWhole(files[1]))
        let bench = JSONBench(bytes: readWhole(files[0]), schema: schema, rounds: rounds)
        bench.report(expected: files.count > 2 ? readWhole(files[2]) : nil)
        return 0
    } catch {
        print("cannot compile \(files[1]): \(error)")
        return 2
    }
}

private struct JSONBench {
    let bytes: [UInt8]
    let lines: [Range<Int>]
    let schema: CompiledSchema
    let rounds: Int

    init(bytes: [UInt8], schema: CompiledSchema, rounds: Int) {
        self.bytes = bytes
        self.schema = schema
        self.rounds = rounds
        var lines: [Range<Int>] = []
        var start = 0
        for (place, byte) in bytes.enumerated() where byte == 0x0A {
            if place > start { lines.append(start..<place) }
            start = place + 1
        }
        self.lines = lines
    }

    func report(expected: [UInt8]?) {
        var verdicts = [Bool](repeating: false, count: lines.count)
        let parse = best { sweep(validates: false, &verdicts) }
        let both = best { sweep(validates: true, &verdicts) }
        let records = Double(max(lines.count, 1))
        let size = Double(bytes.count)
        let invalid = verdicts.count { !$0 }
        var differing = "null"
        if let expected {
            let wanted = expected.filter { $0 != 0x0A }.map { $0 == 0x30 }
            differing = String(zip(wanted, verdicts).count { $0 != $1 } + abs(wanted.count - verdicts.count))
        }
        print(
            """
            {"bench":"json","records":\(lines.count),"meanBytes":\(size / records),\
            "parseMBPerSecond":\(size / parse / 1e6),"parseMicrosecondsPerRecord":\(parse / records * 1e6),\
            "validateMicrosecondsPerRecord":\((both - parse) / records * 1e6),\
            "totalMicrosecondsPerRecord":\(both / records * 1e6),"invalid":\(invalid),"differing":\(differing)}
            """)
    }

    private func sweep(validates: Bool, _ verdicts: inout [Bool]) {
        var tape = JSONTape()
        var scratch = ValidationScratch()
        let all = bytes.span
        for (number, line) in lines.enumerated() {
            let record = all.extracting(line)
            guard (try? tape.parse(record)) != nil else {
                verdicts[number] = false
                continue
            }
            if validates {
                verdicts[number] = schema.isValid(JSONView(bytes: record, tape: tape), scratch: &scratch)
            }
        }
    }

    /// The fastest of the rounds, in seconds.
    private func best(_ body: () -> Void) -> Double {
        var fastest = Double.infinity
        for _ in 0..<rounds {
            let start = ContinuousClock.now
            body()
            let taken = ContinuousClock.now - start
            let (seconds, attoseconds) = taken.components
            fastest = min(fastest, Double(seconds) + Double(attoseconds) / 1e18)
        }
        return fastest
    }
}

private func readWhole(_ path: String) -> [UInt8] {
    guard let file = unsafe fopen(path, "rb") else { return [] }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = unsafe fread(&buffer, 1, buffer.count, file)
        if count == 0 { return bytes }
        bytes += buffer[..<count]
    }
}
