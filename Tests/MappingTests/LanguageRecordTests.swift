import Crypto
import JSON
import Mapping
import Records
import Testing

@Suite("Records of the mapping language")
struct LanguageRecordTests {
    static let gender = #"{"g": {"fold": true, "values": {"Nam": "male", "Nữ": "female"}}}"#
    static func person(_ extra: String = "") -> String {
        #"{"person": {"number": "id", "fullName": "n", "birthDate": {"from": "b", "format": ["dd/MM/yyyy", "yyyy"]}, "gender": {"from": "s", "as": "code", "codes": "g"}\#(extra)}}"#
    }

    @Test("builds a person with reference, kind of paper, birth date and gender")
    func persons() throws {
        let found = try Language.x(
            Self.person(#", "with": {"role": {"const": "owner"}}"#),
            #"{"id": "052 190 000 001", "n": "Nguyễn Thị Mẫu", "b": "03/05/1990", "s": "nữ"}"#, codes: Self.gender)
        #expect(
            found == [
                "personRef": .string(Language.key.reference(of: "052190000001")), "idNumber": "052190000001",
                "idKind": "citizen", "fullName": "Nguyễn Thị Mẫu", "birthDate": "1990-05-03",
                "birthDatePrecision": "day",
                "gender": "female", "role": "owner",
            ])
        #expect(
            try Language.x(Self.person(), #"{"id": "211234567", "n": "A"}"#, codes: Self.gender)?["idKind"] == "old")
        #expect(
            try Language.x(Self.person(), #"{"id": "B1234567", "n": "A"}"#, codes: Self.gender)?["idKind"] == "passport"
        )
        #expect(try Language.x(Self.person(), #"{"n": "A"}"#, codes: Self.gender)?["idKind"] == "none")
        #expect(try Language.x(Self.person(), "{}", codes: Self.gender) == nil)
        #expect(try Language.x(Self.person(), #"{"id": "052190000001"}"#, codes: Self.gender) == "map.missing")
        for number in ["05219000001", "0521900000012", "05219000000a", "b1234567", "B123456", "-52190000001"] {
            #expect(
                try Language.x(Self.person(), #"{"id": "\#(number)", "n": "A"}"#, codes: Self.gender)
                    == "map.identifier")
        }
        #expect(
            try Language.x(Self.person(#", "requireNumber": true"#), #"{"n": "A"}"#, codes: Self.gender)
                == "map.missing")
    }

    @Test(
        "notes where a citizen number disagrees, and does not reject it",
        arguments: [
            ("052190000001", "1990", "Nữ", [String]()), ("003190000001", "1990", "Nữ", ["id.prefix-unknown"]),
            ("152190000001", "1990", "Nữ", ["id.prefix-unknown"]), ("052190000001", "1990", "Nam", ["id.sex-mismatch"]),
            ("052190000001", "1991", "Nữ", ["id.year-mismatch"]), ("052290000001", "1990", "Nam", ["id.year-mismatch"]),
            ("052205000001", "2005", "Nam", []), ("052305000001", "2005", "Nữ", []),
            ("52190000001", "1990", "Nữ", ["id.zero-restored"]),
            ("999999999999", "1990", "Nam", ["id.prefix-unknown", "id.sex-mismatch", "id.year-mismatch"]),
        ])
    func numberQuality(id: String, year: String, sex: String, issues: [String]) throws {
        let adapter = try Language.adapter(
            fields: "\"x\": \(Self.person(#", "restoreZero": true"#))", codes: Self.gender)
        let (values, rejection, _) = Language.run(
            adapter, #"{"id": "\#(id)", "n": "A", "b": "\#(year)", "s": "\#(sex)"}"#)
        #expect(rejection == nil)
        let found = values.first?["qualityIssues"]?.arrayValue ?? []
        #expect(found.compactMap { $0["code"]?.stringValue } == issues)
        #expect(found.allSatisfy { $0["place"] == "id" })
    }

    static let units = #"""
        level,code,parent_code,type,name,full_name,valid_from,valid_to,successor_codes_2025
        province,52,,Tỉnh,Bình Định,Tỉnh Bình Định,,2025-06-30,52
        district,540,52,Thành phố,Quy Nhơn,Thành phố Quy Nhơn,,2025-06-30,
        commune,21583,540,Phường,Lê Lợi,Phường Lê Lợi,,2024-11-30,
        commune,21583,540,Phường,Thị Nại,Phường Thị Nại,2024-12-01,2025-06-30,21583
        commune,21583,52,Phường,Quy Nhơn,Phường Quy Nhơn,2025-07-01,,
        commune,21634,542,Xã,An Nghĩa,"Xã ""An Nghĩa""",,2025-06-30,21622;21628
        """#

    @Test("tells a commune by its code and the date")
    func communes() throws {
        let unit = #"{"unit": {"commune": "c", "province": "p", "at": {"from": "d", "format": "yyyy-MM-dd"}}}"#
        func at(_ code: String, _ day: String) throws -> JSONValue? {
            try Language.x(unit, #"{"c": "\#(code)", "d": "\#(day)"}"#, units: Self.units)
        }
        #expect(try at("21583", "2024-11-30")?["communeName"] == "Phường Lê Lợi")
        #expect(try at("21583", "2024-12-01")?["communeName"] == "Phường Thị Nại")
        #expect(try at("21583", "2025-06-30")?["successorCode"] == "21583")
        #expect(
            try at("21583", "2025-07-01") == [
                "provinceCode": "52", "communeCode": "21583", "communeName": "Phường Quy Nhơn",
            ])
        #expect(try at("21634", "2024-01-01")?["communeName"] == "Xã \"An Nghĩa\"")
        #expect(try at("21634", "2024-01-01")?["successorCode"] == nil)
        #expect(try at("21634", "2025-08-01")?["communeName"] == nil)
        for code in ["2158", "215830", "2158a"] { #expect(try at(code, "2024-01-01") == "map.code") }
        #expect(try at("99999", "2024-01-01") == nil)
        #expect(
            try Language.x(unit, #"{"c": "99999", "p": "79", "d": "2024-01-01"}"#, units: Self.units)
                == ["provinceCode": "79", "communeCode": "99999"])
        #expect(try Language.x(unit, #"{"p": "79"}"#, units: Self.units) == ["provinceCode": "79"])
        #expect(try Language.x(unit, "{}", units: Self.units) == nil)
    }

    @Test("looks codes up by date")
    func datedCodes() throws {
        let codes = """
            {"t": {"values": [{"code": "B1", "value": "old", "to": "2024-12-31"}, {"code": "B1", "value": "new", "from": "2025-01-01"}]}}
            """
        let value = #"{"from": "a", "as": "code", "codes": "t", "at": {"from": "d", "format": "yyyy-MM-dd"}}"#
        #expect(try Language.x(value, #"{"a": "B1", "d": "2024-12-31"}"#, codes: codes) == "old")
        #expect(try Language.x(value, #"{"a": "B1", "d": "2025-01-01"}"#, codes: codes) == "new")
        #expect(try Language.x(value, #"{"a": "B1"}"#, codes: codes) == "map.code")
        #expect(try Language.x(value, #"{"a": "B2", "d": "2025-01-01"}"#, codes: codes) == "map.code")
    }

    @Test("makes one id of one record, another of a correction, and none of the key")
    func ids() throws {
        let adapter = try Language.adapter(
            fields: #""x": "a", "people": {"each": "p", "item": {"person": {"number": "id", "fullName": "n"}}}"#)
        let first = Language.run(adapter, #"{"a": "1", "p": [{"n": "A"}, {"id": "052190000001", "n": "B"}]}"#).2
        let again = Language.run(adapter, #"{ "p": [{"n": "A"}, {"id": "052190000001", "n": "B"}], "a": " 1"}"#).2
        let corrected = Language.run(adapter, #"{"a": "2"}"#).2
        let event = try #require(first.events.events.first)
        #expect(first.events.text(event.id) == again.events.text(again.events.events[0].id))
        #expect(first.events.text(event.id) != corrected.events.text(corrected.events.events[0].id))
        #expect(event.id.count == 32)
        #expect(first.events.text(event.subject) == Language.key.reference(of: "052190000001"))
        #expect(first.events.text(event.key) == "1")
        #expect(first.events.text(event.time) == "2024-03-01T00:00:00+07:00")
        var hasher = SHA256()
        hasher.update("a\0f\u{0}1\0")
        hasher.update(Array(first.events.bytes[event.value.range]))
        #expect(first.events.text(event.id) == hasher.finish().hex.prefix(32))
        #expect(corrected.events.events[0].subject.isAbsent)
    }

    @Test("splits a record into events, all of them or none")
    func splitting() throws {
        let adapter = try Language.adapter(fields: #""x": {"from": "n", "as": "integer"}"#, event: #""forEach": "p","#)
        #expect(Language.run(adapter, #"{"p": [{"n": "1"}, {"n": "2"}]}"#).0.map { $0["x"] } == [1, 2])
        let (values, rejection, _) = Language.run(adapter, #"{"p": [{"n": "1"}, {"n": "two"}]}"#)
        #expect(values.isEmpty)
        #expect(rejection?.code == .mapNumber)
        #expect(Language.run(adapter, "{}").1?.code == .mapRule)
    }

    @Test("names the source of what the contract refuses")
    func contractPlaces() throws {
        let schema =
            #"{"type": "object", "properties": {"x": {"properties": {"y": {"maxLength": 2}}}, "p": {"items": {"properties": {"fullName": {"maxLength": 2}}}}}}"#
        let adapter = try Language.adapter(
            fields: #""x": {"object": {"y": "deep/y"}}, "p": {"each": "q", "item": {"person": {"fullName": "n"}}}"#,
            schema: schema)
        #expect(Language.run(adapter, #"{"deep": {"y": "long"}}"#).1?.place == "deep/y")
        #expect(Language.run(adapter, #"{"q": [{"n": "ok"}, {"n": "long"}]}"#).1?.place == "n")
        let words = String(describing: Language.run(adapter, #"{"deep": {"y": "secret"}}"#).1)
        #expect(!words.contains("secret"))
    }
}
