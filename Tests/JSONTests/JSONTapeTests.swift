import JSON
import Testing

@Suite struct JSONTapeTests {
    private func refusal(_ text: String, limits: JSONLimits = JSONLimits()) -> JSONError? {
        refusal(Array(text.utf8), limits)
    }

    private func refusal(_ bytes: [UInt8], _ limits: JSONLimits = JSONLimits()) -> JSONError? {
        var tape = JSONTape(limits: limits)
        do {
            try tape.parse(bytes.span)
            return nil
        } catch {
            return error
        }
    }

    @Test func `A view walks members and elements in order`() throws {
        let bytes = Array(#"{"a":[1,{"b":null}],"tên":"Nguyễn","c":{}}"#.utf8)
        var tape = JSONTape()
        try tape.parse(bytes.span)
        let view = JSONView(bytes: bytes.span, tape: tape)
        // A view cannot escape into `#expect`: what it says is read first.
        let (kind, count) = (view.kind(view.root), view.count(view.root))
        #expect(kind == .object)
        #expect(count == 3)
        var keys: [String] = []
        var child = view.firstChild(view.root)
        while let value = child {
            keys.append(view.key(value))
            child = view.next(value, in: view.root)
        }
        #expect(keys == ["a", "tên", "c"])
        let inner = view.resolve(try JSONPointer("/a/1/b")).map { $0.index }
        #expect(inner == 6)
        let first = view.resolve(try JSONPointer("/a/0")).flatMap { view.int64($0) }
        #expect(first == 1)
        var text: String?
        var raw = 0..<0
        var isSame = false
        if let name = view.member(view.root, "tên") {
            text = view.string(name)
            raw = view.rawRange(name)
            isSame = view.isString(name, "Nguyễn")
        }
        #expect(text == "Nguyễn")
        #expect(isSame)
        #expect(Array(bytes[raw]) == Array("\"Nguyễn\"".utf8))
        for missing in ["/a/2", "/a/01", "/d", "/a/x"] {
            let found = view.resolve(try JSONPointer(missing)) != nil
            #expect(!found, "\(missing)")
        }
    }

    @Test func `Escapes are decoded and lone surrogates refused with their place`() throws {
        let value = try JSONValue(parsing: #""\u1ec5\n\ud83d\ude00\\\/""#)
        #expect(value.stringValue == "ễ\n😀\\/")
        #expect(refusal(#"["\ud83d"]"#) == JSONError(.loneSurrogate, at: 2))
        #expect(refusal(#"["\udc00x"]"#) == JSONError(.loneSurrogate, at: 2))
        #expect(refusal(#"["\ud83d\u0041"]"#) == JSONError(.loneSurrogate, at: 2))
        #expect(refusal(#"["\x41"]"#)?.kind == .invalidEscape)
    }

    @Test func `A key that comes twice is refused however it is written`() {
        #expect(refusal(#"{"a":1,"a":2}"#) == JSONError(.duplicateKey, at: 7))
        #expect(refusal(#"{"a":1,"\u0061":2}"#)?.kind == .duplicateKey)
        #expect(refusal(#"{"x":{"a":1,"b":2,"a":3}}"#)?.kind == .duplicateKey)
        #expect(refusal(#"{"a":{"a":{"a":1}},"b":1}"#) == nil)
        // Canonically equivalent keys are different keys.
        #expect(refusal("{\"\u{1EC5}\":1,\"e\u{302}\u{303}\":2}") == nil)
    }

    @Test func `Long objects find their duplicates too`() {
        for count in [2, 31, 63, 64, 65, 66, 500] {
            let members = (0..<count).map { "\"key\($0)\":\($0)" }
            #expect(refusal("{" + members.joined(separator: ",") + "}") == nil, "\(count)")
            for position in [0, count / 2, count - 1] {
                let twice = members + ["\"key\(position)\":0"]
                #expect(
                    refusal("{" + twice.joined(separator: ",") + "}")?.kind == .duplicateKey, "\(count) \(position)")
            }
        }
    }

    @Test func `Depth, size and digits are limited`() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(refusal(nested(128)) == nil)
        #expect(refusal(nested(129)) == JSONError(.tooDeep, at: 128))
        #expect(refusal(String(repeating: "9", count: 1_000)) == nil)
        #expect(refusal(String(repeating: "9", count: 1_001))?.kind == .numberTooLong)
        #expect(refusal("[1,2]", limits: JSONLimits(sizeBytesMax: 4)) == JSONError(.tooLarge, at: 4))
    }

    @Test func `Errors name the byte, the line and the column`() {
        let text = "{\n  \"họ\": tru\n}"
        let bytes = Array(text.utf8)
        let error = refusal(bytes)
        #expect(error?.kind == .invalidLiteral)
        let position = error?.position(in: bytes.span)
        #expect(position?.line == 2)
        #expect(position?.column == 12)
        #expect(error?.excerpt(in: bytes.span) == "  \"họ\": tru\n           ^")
        for (text, kind, offset) in [
            ("", JSONError.Kind.empty, 0), (" \n", .empty, 2), ("[1,]", .unexpectedByte, 3),
            ("{\"a\":1,}", .unexpectedByte, 7),
            ("01", .invalidNumber, 1), ("-", .unexpectedEnd, 1), ("1.", .unexpectedEnd, 2), ("1 2", .trailingData, 2),
            ("[\"a\u{1}\"]", .controlCharacter, 3), ("\u{FEFF}[]", .byteOrderMark, 0), ("[1", .unexpectedEnd, 2),
            ("nul", .unexpectedEnd, 3), ("+1", .unexpectedByte, 0), ("{1:2}", .unexpectedByte, 1),
        ] { #expect(refusal(text) == JSONError(kind, at: offset), "\(text)") }
    }

    /// The fast test works on words: every place of a bad sequence relative to them is tried.
    @Test func `UTF-8 is judged the same wherever it stands`() {
        let good: [[UInt8]] = [
            [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xE1, 0xBB, 0x85], [0xED, 0x9F, 0xBF], [0xEF, 0xBF, 0xBF],
            [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF],
        ]
        let bad: [[UInt8]] = [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x9F, 0xBF], [0xE1, 0xBB],
            [0xE1, 0x28, 0x85],
            [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF1, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80],
            [0xFF], [0xC3, 0xA1, 0x80], [0xE1, 0xBB, 0x85, 0x85],
        ]
        for filler in ["a", "á", "ễ", "😀"] {
            for lead in 0..<44 {
                for trail in [0, 1, 7, 40] {
                    let before = Array("\"".utf8) + Array(repeatElement(Array(filler.utf8), count: lead).joined())
                    let after = Array(repeatElement(Array(filler.utf8), count: trail).joined()) + Array("\"".utf8)
                    for sequence in good { #expect(refusal(before + sequence + after) == nil) }
                    for sequence in bad where refusal(before + sequence + after)?.kind != .invalidUTF8 {
                        Issue.record("accepted \(sequence) after \(lead) and before \(trail) of \(filler)")
                    }
                }
            }
        }
    }

    @Test func `A tape is reused from short to long and after a failure`() throws {
        var tape = JSONTape()
        for text in ["1", "[" + String(repeating: "0,", count: 100_000) + "0]", "{\"a\":[]}"] {
            let bytes = Array(text.utf8)
            try tape.parse(bytes.span)
            #expect(tape.count >= 1)
        }
        let bad = Array("[1".utf8)
        #expect(throws: JSONError.self) { try tape.parse(bad.span) }
        #expect(tape.count == 0)
        let view = JSONView(bytes: bad.span, tape: tape)
        let kind = view.kind(view.root)
        #expect(kind == .null)
    }

    @Test func `Trees write back what they were read from`() throws {
        let text = #"{"b":[1.50,-0,1e400,true,null],"a":"\u0001\"\\ễ","":{}}"#
        let value = try JSONValue(parsing: text)
        #expect(String(decoding: value.write(), as: UTF8.self) == text)
        #expect(try JSONValue(parsing: value.write(pretty: true)) == value)
        #expect(value["b"]?[0]?.numberText == "1.50")
        #expect(try JSONValue(parsing: "\"\u{1EC5}\"") != JSONValue(parsing: "\"e\u{302}\u{303}\""))
    }

    @Test func `Pointers follow RFC 6901`() throws {
        let document = try JSONValue(parsing: #"{"foo":["bar","baz"],"":0,"a/b":1,"m~n":8,"k\"l":6}"#)
        for (text, expected) in [("/foo/0", "\"bar\""), ("/", "0"), ("/a~1b", "1"), ("/m~0n", "8"), ("/k\"l", "6")] {
            let pointer = try JSONPointer(text)
            #expect(String(decoding: document.resolve(pointer)?.write() ?? [], as: UTF8.self) == expected)
            #expect(pointer.description == text)
        }
        #expect(throws: JSONPointerError(byteOffset: 0)) { try JSONPointer("a") }
        #expect(throws: JSONPointerError(byteOffset: 1)) { try JSONPointer("/~2") }
    }

    @Test func `Integers are read exactly or not at all`() throws {
        let bytes = Array(
            "[9223372036854775807,-9223372036854775808,9223372036854775808,18446744073709551616,1.0,-0]".utf8)
        var tape = JSONTape()
        try tape.parse(bytes.span)
        let view = JSONView(bytes: bytes.span, tape: tape)
        let expected: [Int64?] = [.max, .min, nil, nil, nil, 0]
        for (position, value) in expected.enumerated() {
            let read = view.element(view.root, at: position).flatMap { view.int64($0) }
            #expect(read == value, "\(position)")
        }
    }
}
