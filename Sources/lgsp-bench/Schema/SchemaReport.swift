// The table, the notes and the line of JSON of the schema benchmark.
import Foundation
import JSON

struct SchemaReport {
    var source: String
    /// By part: ours are `validate` and `parse`.
    var results: [String: SchemaPartResult]
    var allocations: JSONValue?

    private static let validators = [
        ("validate", "lgsp"), ("jsonschema-rs", "orjson + jsonschema-rs"),
        ("fastjsonschema", "orjson + fastjsonschema"), ("rapidjson-stream", "RapidJSON, while it parses"),
        ("rapidjson-document", "RapidJSON, document first"),
        ("jsonschema-rs-parsed-before", "jsonschema-rs alone, no parsing (1)"),
    ]
    private static let parsers = [
        ("parse", "lgsp"), ("simdjson-dom", "simdjson, document"), ("simdjson-on-demand", "simdjson, on demand (2)"),
    ]
    /// What the hub is held to.
    private static let validatorRatioMin = 3.0
    private static let parserRatioMin = 0.5

    func show() {
        guard let own = results["validate"], let parse = results["parse"] else {
            print("nothing was measured")
            return
        }
        let size = own.bytes / max(own.records, 1)
        let invalid = own.records - own.valid
        print(
            "\(own.records) medical visits of \(size) bytes from the \(source), \(invalid) invalid; "
                + "one thread each, the best of all rounds")
        table("parsed and validated", SchemaReport.validators, own)
        table("parsed", SchemaReport.parsers, parse)
        let peers = ["jsonschema-rs", "fastjsonschema", "rapidjson-stream", "rapidjson-document"]
            .compactMap { results[$0] }
        let validatorRatio = ratio(own, peers)
        let parserRatio = ratio(parse, [results["simdjson-dom"]].compactMap { $0 })
        let agree = results.allSatisfy { name, result in
            name.hasPrefix("simdjson") || name == "parse" || result.valid == own.valid
        }
        let ofValid = allocations?["ofValid"]?.intValue
        print("lgsp / fastest validator: \(text(validatorRatio)) (wanted: \(SchemaReport.validatorRatioMin) or more)")
        print("lgsp / simdjson, parsing: \(text(parserRatio)) (wanted: \(SchemaReport.parserRatioMin) or more)")
        print(
            "allocations of \(allocations?["valid"]?.intValue ?? 0) valid records, counted under malloc: "
                + "\(ofValid.map(String.init) ?? "not counted") (wanted: 0)")
        print("every validator finds the same records valid: \(agree ? "yes" : "NO")")
        print(
            """
            Alike: each part reads the same bytes line by line, checks UTF-8 and gives one verdict a record. lgsp, \
            jsonschema-rs and fastjsonschema check draft 2020-12 with formats; RapidJSON the same schema in draft 4, \
            without formats. Only lgsp refuses duplicate keys and keeps numbers exact. The peers in Python answer to \
            Python objects: that is how their packages are used.
            (1) Not alike: what it reads was parsed before. (2) Not alike: checks only what is read, here every value.
            """)
        let isMet =
            validatorRatio >= SchemaReport.validatorRatioMin && parserRatio >= SchemaReport.parserRatioMin
            && ofValid == 0 && agree
        let members = results.sorted { $0.key < $1.key }.map { name, result in
            #""\#(name)":{"recordsPerSecond":\#(Int(result.recordsPerSecond)),"#
                + #""megabytesPerSecond":\#(text(result.megabytesPerSecond))}"#
        }
        print(
            #"{"bench":"schema","records":\#(own.records),"meanBytes":\#(size),"invalid":\#(invalid),"#
                + members.joined(separator: ",") + #","toFastestValidator":\#(text(validatorRatio)),"#
                + #""toSimdjson":\#(text(parserRatio)),"allocationsOfValid":\#(ofValid.map(String.init) ?? "null"),"#
                + #""isMet":\#(isMet)}"#)
    }

    /// Ours over the fastest of the others; 0 where none was measured.
    private func ratio(_ own: SchemaPartResult, _ peers: [SchemaPartResult]) -> Double {
        guard let fastest = peers.map(\.seconds).min() else { return 0 }
        return fastest / own.seconds
    }

    private func table(_ title: String, _ parts: [(String, String)], _ own: SchemaPartResult) {
        func row(_ cells: [String]) -> String {
            zip(cells, [40, 12, 10, 16, 14]).map { cell, width in
                let gap = String(repeating: " ", count: max(1, width - cell.count))
                return width == 40 ? cell + gap : gap + cell
            }.joined()
        }
        print(row([title, "records/s", "MB/s", "us a record", "lgsp is faster"]))
        for (part, name) in parts {
            guard let result = results[part] else { continue }
            print(
                row([
                    name, "\(Int(result.recordsPerSecond))", "\(Int(result.megabytesPerSecond))",
                    text(1e6 / result.recordsPerSecond), text(result.seconds / own.seconds) + "x",
                ]))
        }
    }

    private func text(_ value: Double) -> String { String(format: "%.2f", value) }
}
