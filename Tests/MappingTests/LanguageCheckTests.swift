import JSON
import Mapping
import Records
import Testing

@Suite("Conditions, checks and faults of the mapping language")
struct LanguageCheckTests {
    private func issues(_ require: String, _ record: String, when: String? = nil) throws -> [String] {
        let condition = when.map { "\"when\": \($0)," } ?? ""
        let event = #""checks": [{"code": "a.rule", "place": "p", \#(condition) "require": \#(require)}],"#
        let (values, rejection, _) = Language.run(
            try Language.adapter(fields: #""x": {"const": 1}"#, event: event), record)
        #expect(rejection == nil)
        return (values.first?["qualityIssues"]?.arrayValue ?? []).compactMap { $0["code"]?.stringValue }
    }

    @Test("compares numbers, times and days; what is absent breaks no rule")
    func comparisons() throws {
        let difference = #"{"compare": [{"number": "a"}, "=", {"difference": [{"number": "b"}, {"number": "c"}]}]}"#
        #expect(try issues(difference, #"{"a": "0.3", "b": "0.5", "c": "0.2"}"#) == [])
        #expect(try issues(difference, #"{"a": "0.31", "b": "0.5", "c": "0.2"}"#) == ["a.rule"])
        #expect(try issues(difference, #"{"a": "0.31", "b": "0.5"}"#) == [])
        #expect(try issues(difference, #"{"a": "0.31", "b": "x", "c": "1"}"#) == [])
        let order =
            #"{"compare": [{"instant": {"from": "a", "format": "yyyyMMddHHmm"}}, ">=", {"instant": {"from": "b", "format": "yyyyMMddHHmm"}}]}"#
        #expect(try issues(order, #"{"a": "202401010800", "b": "202401010759"}"#) == [])
        #expect(try issues(order, #"{"a": "202401010758", "b": "202401010759"}"#) == ["a.rule"])
        #expect(try issues(order, #"{"a": "202400000000", "b": "202401010759"}"#) == [])
        let days =
            #"{"compare": [{"number": "n"}, "=", {"sum": [{"difference": [{"days": {"from": "a", "format": "yyyyMMdd"}}, {"days": {"from": "b", "format": "yyyyMMdd"}}]}, 1]}]}"#
        #expect(try issues(days, #"{"n": "3", "a": "20240301", "b": "20240228"}"#) == [])
        #expect(try issues(days, #"{"n": "2", "a": "20240301", "b": "20240228"}"#) == ["a.rule"])
        #expect(try issues(difference, #"{"a": "1", "b": "99999999999999", "c": "-99999999999999"}"#) == ["a.rule"])
    }

    @Test("joins conditions with all, any and not")
    func logic() throws {
        let record = #"{"a": "1", "b": {"c": "2"}, "e": ""}"#
        #expect(try issues(#"{"all": [{"present": "a"}, {"present": "b"}, {"absent": "e"}]}"#, record) == [])
        #expect(try issues(#"{"any": [{"equals": ["a", "2"]}, {"in": ["b/c", ["1", "2"]]}]}"#, record) == [])
        #expect(try issues(#"{"not": {"present": "a"}}"#, record) == ["a.rule"])
        #expect(try issues(#"{"present": "z"}"#, record, when: #"{"equals": ["a", "7"]}"#) == [])
        #expect(try issues(#"{"present": "z"}"#, record, when: #"{"equals": ["a", "1"]}"#) == ["a.rule"])
    }

    @Test(
        "refuses what the language does not know, at its pointer",
        arguments: [
            (#""x": {"from": "a", "az": "b"}"#, "/events/0/fields/x/az"),
            (#""x": {"from": "a", "as": "dat"}"#, "/events/0/fields/x/as"),
            (#""x": {"from": "a", "as": "date"}"#, "/events/0/fields/x"),
            (#""x": {"from": "a", "as": "date", "format": "dd.MM"}"#, "/events/0/fields/x/format"),
            (#""x": {"from": "a", "as": "code", "codes": "none"}"#, "/events/0/fields/x/codes"),
            (#""x": 5"#, "/events/0/fields/x"),
            (#""x": {"from": "a[", "as": "text"}"#, "/events/0/fields/x/from"),
            (#""x": {"list": []}"#, "/events/0/fields/x/list"),
            (#""x": {"const": 1, "when": {"presnt": "a"}}"#, "/events/0/fields/x/when/presnt"),
            (#""x": {"const": 1, "when": {"compare": [1, "~", 2]}}"#, "/events/0/fields/x/when/compare"),
            (#""x": {"person": {"number": "a"}}"#, "/events/0/fields/x/person"),
            (#""x/y": {"object": {"~": {"nope": 1}}}"#, "/events/0/fields/x~1y/object/~0"),
            (#""qualityIssues": "a""#, "/events/0/fields"),
            (#""x": {"unit": {"commune": "c", "provinceDefault": "520"}}"#, "/events/0/fields/x/unit/provinceDefault"),
            (
                #""x": {"from": "a", "as": "decimal", "decimalSeparator": "comma"}"#,
                "/events/0/fields/x/decimalSeparator"
            ),
        ])
    func faults(fields: String, pointer: String) {
        let faults = Language.faults(fields: fields)
        #expect(faults.contains { $0.pointer == pointer }, "\(faults)")
        #expect(faults.allSatisfy { $0.file == "Adapters/a/f.adapter.json" })
    }

    @Test("refuses overlapping validities and deep nesting")
    func tableFaults() {
        let codes = #"{"t": {"values": [{"code": "A", "value": 1}, {"code": "A", "value": 2, "from": "2024-01-01"}]}}"#
        #expect(Language.faults(fields: #""x": "a""#, codes: codes).map(\.pointer) == ["/codes/t"])
        let deep = String(repeating: #"{"list": ["#, count: 60) + "\"a\"" + String(repeating: "]}", count: 60)
        #expect(Language.faults(fields: "\"x\": \(deep)").isEmpty == false)
    }

    @Test("never traps on hostile records")
    func hostile() throws {
        let adapter = try Language.adapter(
            fields: """
                "d": {"from": "a", "as": "date", "format": ["yyyyMMdd", "dd/MM/yyyy HH:mm", "yyyy-MM-ddTHH:mm", "serial", "MM/yyyy"]},
                "e": {"each": "p", "item": {"concat": ["n", "/a", "n"], "separator": "\\""}},
                "n": {"from": "b", "as": "decimal", "thousandsSeparator": ","}, "i": {"from": "c", "as": "upper", "take": 2},
                "u": {"unit": {"commune": "d"}}, "o": {"person": {"number": "e", "fullName": "f"}}
                """, units: LanguageRecordTests.units)
        var generator = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0...UInt64.max, using: &generator)
        var state = seed
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let letters = Array("0123456789/-.,: TZ+\u{a0}Đẵ\u{1F600}\u{0}\"\\Ab").map(String.init)
        for _ in 0..<3_000 {
            var record: [JSONMember] = []
            for name in ["a", "b", "c", "d", "e", "f"] {
                record.append(
                    JSONMember(name, .string((0..<next(24)).map { _ in letters[next(letters.count)] }.joined())))
            }
            record.append(
                JSONMember("p", .array((0..<next(4)).map { _ in ["n": .string(letters[next(letters.count)])] })))
            let text = String(decoding: JSONValue.object(record).write(), as: UTF8.self)
            let (values, rejection, result) = Language.run(adapter, text)
            #expect((rejection == nil) == (result.events.events.count == 1), "seed \(seed): \(text)")
            #expect(values.allSatisfy { $0 != .null }, "seed \(seed): \(text)")
        }
    }
}
