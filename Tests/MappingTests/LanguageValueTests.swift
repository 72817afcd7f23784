import Crypto
import JSON
import Mapping
import Records
import Testing

@Suite("Values of the mapping language")
struct LanguageValueTests {
    @Test("takes a text without white space at its ends, and nothing where it is empty")
    func texts() throws {
        #expect(try Language.x("\"a\"", #"{"a": "  Bình Định\u00a0 "}"#) == "Bình Định")
        #expect(try Language.x("\"a\"", #"{"a": "   "}"#) == nil)
        #expect(try Language.x("\"a\"", #"{"a": null}"#) == nil)
        #expect(try Language.x(#"{"from": "a", "as": "upper"}"#, #"{"a": "nguyễn thị đào ưỷ"}"#) == "NGUYỄN THỊ ĐÀO ƯỶ")
        #expect(try Language.x(#"{"from": "a", "as": "lower"}"#, #"{"a": "NGUYỄN THỊ ĐÀO ƯỶ"}"#) == "nguyễn thị đào ưỷ")
        #expect(try Language.x(#"{"from": "a", "take": 3}"#, #"{"a": "Đất ở"}"#) == "Đất")
        #expect(
            try Language.x(#"{"from": "a", "after": "PTXT=", "until": ";"}"#, #"{"a": "x;PTXT= chip ;y"}"#) == "chip")
        #expect(try Language.x(#"{"from": "a", "split": ";"}"#, #"{"a": "p; ;q;"}"#) == ["p", "q"])
        #expect(try Language.x("\"a\"", #"{"a": "say \"no\"\\\n"}"#) == "say \"no\"\\")
    }

    @Test("finds paths by name, position and predicate, and the first of several")
    func paths() throws {
        let record = #"{"f": [{"k": "A", "v": "1"}, {"k": "B", "v": "2"}], "g": {"h": {"i": "deep"}}, "e": ""}"#
        #expect(try Language.x("\"g/h/i\"", record) == "deep")
        #expect(try Language.x("\"f[1]/v\"", record) == "2")
        #expect(try Language.x("\"f[k=B]/v\"", record) == "2")
        #expect(try Language.x("\"f[7]/v\"", record) == nil)
        #expect(try Language.x("\"f[k=Z]/v\"", record) == nil)
        #expect(try Language.x(#"{"from": ["nope", "e", "g/h/i"]}"#, record) == "deep")
    }

    @Test("joins, chooses and defaults")
    func combinations() throws {
        let record = #"{"a": "x", "b": "y\"z"}"#
        #expect(try Language.x(#"{"concat": ["a", "b"], "separator": "/"}"#, record) == "x/y\"z")
        #expect(try Language.x(#"{"concat": ["a", "c"], "separator": "/"}"#, record) == nil)
        #expect(
            try Language.x(#"{"concat": ["c", "a", "d", "b"], "separator": " ", "skipAbsent": true}"#, record)
                == "x y\"z")
        #expect(try Language.x(#"{"first": ["c", "a"]}"#, record) == "x")
        #expect(try Language.x(#"{"from": "c", "default": {"k": [1]}}"#, record) == ["k": [1]])
        #expect(try Language.x(#"{"from": "c", "required": true}"#, record) == "map.missing")
        #expect(try Language.x(#"{"const": 5, "when": {"present": "c"}}"#, record) == nil)
        #expect(try Language.x(#"{"from": "c", "required": true, "when": {"equals": ["a", "q"]}}"#, record) == nil)
        #expect(try Language.x(#"{"object": {"p": "c", "q": "d"}}"#, record) == nil)
        #expect(try Language.x(#"{"list": ["c", "a", "d", "b"]}"#, record) == ["x", "y\"z"])
    }

    @Test("repeats over elements, with absolute paths to the record's root")
    func repetitions() throws {
        let record = #"{"t": "top", "p": [{"n": "1"}, {"m": "2"}, {"n": "3"}]}"#
        #expect(
            try Language.x(
                #"{"each": "p", "item": {"object": {"n": "n", "t": "/t"}}, "itemWhen": {"present": "n"}}"#, record)
                == [["n": "1", "t": "top"], ["n": "3", "t": "top"]])
        #expect(try Language.x(#"{"each": "q", "item": "n"}"#, record) == nil)
    }

    @Test(
        "reads every notation of dates",
        arguments: [
            ("yyyyMMdd", "20240229", "2024-02-29"), ("yyyyMMddHHmm", "202402292359", "2024-02-29"),
            ("yyyyMMddHHmmss", "20240229235958", "2024-02-29"), ("dd/MM/yyyy", "1/2/2024", "2024-02-01"),
            ("dd/MM/yyyy", "01-02-2024", "2024-02-01"), ("ddMMyyyy", "29022024", "2024-02-29"),
            ("yyyy-MM-dd", "2024-02-29", "2024-02-29"), ("yyyy-MM-ddTHH:mm", "2024-02-29T20:00:00Z", "2024-03-01"),
            ("serial", "45351", "2024-02-29"), ("serial", "1", "1900-01-01"), ("serial", "61", "1900-03-01"),
            ("serial", "60", "map.date"), ("yyyyMMdd", "20230229", "map.date"), ("yyyyMMdd", "20241301", "map.date"),
            ("yyyyMMdd", "00000000", "map.date"), ("yyyyMMdd", "20240200", "map.date"),
            ("dd/MM/yyyy", "31/4/2024", "map.date"),
            ("dd/MM/yyyy", "1/2/24", "map.date"), ("dd/MM/yyyy", "1/2-2024", "map.date"),
            ("yyyyMMddHHmm", "202402292460", "map.date"),
            ("yyyy", "2024", "map.date"), ("yyyyMMdd", "２０２４０２２９", "map.date"), ("yyyyMMdd", "99999999", "map.date"),
        ])
    func dates(format: String, text: String, expected: String) throws {
        #expect(
            try Language.x(#"{"from": "a", "as": "date", "format": "\#(format)"}"#, #"{"a": "\#(text)"}"#)
                == .string(expected))
    }

    @Test("keeps a date as exact as it is given, and times in Indochina time")
    func precision() throws {
        func partial(_ format: String, _ text: String) throws -> JSONValue? {
            try Language.x(#"{"from": "a", "as": "partial-date", "format": \#(format)}"#, #"{"a": "\#(text)"}"#)
        }
        #expect(try partial(#""yyyyMMddHHmm""#, "195800000000") == "1958")
        #expect(try partial(#""yyyyMMddHHmm""#, "195805000000") == "1958-05")
        #expect(try partial(#""yyyyMMdd""#, "19580015") == "map.date")
        #expect(try partial(#"["dd/MM/yyyy", "MM/yyyy", "yyyy"]"#, "05/1958") == "1958-05")
        #expect(try partial(#"["dd/MM/yyyy", "MM/yyyy", "yyyy"]"#, "1958") == "1958")
        func time(_ format: String, _ text: String) throws -> JSONValue? {
            try Language.x(#"{"from": "a", "as": "date-time", "format": "\#(format)"}"#, #"{"a": "\#(text)"}"#)
        }
        #expect(try time("yyyyMMddHHmm", "202403010815") == "2024-03-01T08:15:00+07:00")
        #expect(try time("yyyy-MM-ddTHH:mm", "2024-03-01T23:30:00Z") == "2024-03-02T06:30:00+07:00")
        #expect(try time("yyyy-MM-ddTHH:mm", "2024-03-01T01:30:00+09:00") == "2024-02-29T23:30:00+07:00")
        #expect(try time("yyyy-MM-ddTHH:mm", "2024-03-01T25:30:00") == "map.date")
        #expect(try time("dd/MM/yyyy HH:mm", "01/03/2024 8:15") == "map.date")
        #expect(try time("dd/MM/yyyy HH:mm", "01/03/2024 08:15:09") == "2024-03-01T08:15:09+07:00")
        #expect(try time("serial", "45352.5") == "2024-03-01T12:00:00+07:00")
        #expect(try Language.x(#"{"from": "a", "as": "month", "format": "MM/yyyy"}"#, #"{"a": "8/2024"}"#) == "2024-08")
        #expect(try Language.x(#"{"from": "a", "as": "year", "format": "yyyyMMdd"}"#, #"{"a": "20240801"}"#) == 2024)
    }

    @Test(
        "reads numbers exactly",
        arguments: [
            ("decimal", ".", "", "00125.40", "125.40"), ("decimal", ",", ".", "1.250.000,5", "1250000.5"),
            ("decimal", ",", ".", "1.25", "\"map.number\""), ("decimal", ".", ",", "1,250.5", "1250.5"),
            ("decimal", ".", "", "1 250 000", "1250000"), ("decimal", ".", "", "-0.0", "0.0"),
            ("decimal", ".", "", "+5", "5"), ("decimal", ".", "", ".5", "\"map.number\""),
            ("decimal", ".", "", "5.", "\"map.number\""),
            ("decimal", ".", "", "1e5", "\"map.number\""),
            ("decimal", ".", "", "12345678901234567890.123456789", "12345678901234567890.123456789"),
            ("decimal", ".,", "", "1,5", "1.5"), ("decimal", ".,", "", "1.5", "1.5"),
            ("integer", ".", "", "360000", "360000"), ("integer", ",", ".", "360.000", "360000"),
            ("integer", ".", "", "5.00", "5"), ("integer", ".", "", "5.5", "\"map.number\""),
            ("integer", ".", "", "1234567890123456789", "\"map.number\""), ("integer", ".", "", "-12", "-12"),
        ])
    func numbers(conversion: String, point: String, thousands: String, text: String, expected: String) throws {
        let grouping = thousands.isEmpty ? "" : #", "thousandsSeparator": "\#(thousands)""#
        let value = #"{"from": "a", "as": "\#(conversion)", "decimalSeparator": "\#(point)"\#(grouping)}"#
        #expect(try Language.x(value, #"{"a": "\#(text)"}"#) == JSONValue(parsing: expected))
    }

    @Test("reads booleans, pictures and citizen references")
    func words() throws {
        #expect(try Language.x(#"{"from": "a", "as": "boolean"}"#, #"{"a": "CÓ"}"#) == true)
        #expect(try Language.x(#"{"from": "a", "as": "boolean"}"#, #"{"a": false}"#) == false)
        #expect(try Language.x(#"{"from": "a", "as": "boolean"}"#, #"{"a": "maybe"}"#) == "map.code")
        #expect(
            try Language.x(
                #"{"from": "a", "as": "picture", "pictures": {"AA######": "AA ######"}}"#, #"{"a": "ck123456"}"#)
                == "CK 123456")
        #expect(
            try Language.x(
                #"{"from": "a", "as": "picture", "pictures": {"AA######": "AA ######"}}"#, #"{"a": "c1123456"}"#)
                == "map.identifier")
        #expect(
            Language.faults(fields: ##""x": {"from": "a", "as": "picture", "pictures": {"A#": "#A"}}"##).isEmpty
                == false)
        let reference = try Language.x(#"{"from": "a", "as": "person-reference"}"#, #"{"a": "052190000001"}"#)
        #expect(reference?.stringValue == Language.key.reference(of: "052190000001"))
        #expect(try Language.x(#"{"from": "a", "as": "person-reference"}"#, #"{"a": "211234567"}"#) == nil)
    }
}
