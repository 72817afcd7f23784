import JSON
import Testing

/// Documents, schemas and patterns with bytes changed at random: nothing traps, and what parses writes back.
@Suite struct JSONFuzzTests {
    private static let seeds = [
        #"{"a":[1,-2.5e+3,true,null,"ễ\u1ec5\ud83d\ude00"],"b":{"c":"x"},"a2":"\"\\"}"#,
        #"{"type":"object","properties":{"a":{"pattern":"^[a-z]{2,3}$","minLength":2}},"required":["a"],"$defs":{"x":{}}}"#,
        ##"{"anyOf":[{"const":1},{"enum":["a",[1]]}],"unevaluatedProperties":false,"multipleOf":0.01,"$ref":"#/$defs/a"}"##,
        #"{"format":"date-time","items":{"format":"ipv6"},"contains":{"not":{}},"uniqueItems":true,"$id":"urn:x:y"}"#,
    ]

    private func mutated(_ seed: [UInt8], _ generator: inout Generator) -> [UInt8] {
        var bytes = seed
        for _ in 0...generator.next() % 4 {
            let place = Int(generator.next() % UInt64(max(bytes.count, 1)))
            let interesting = Array("{}[]\",:\\u0eE-+.^$()|*".utf8) + [0x80, 0xC3, 0xE1, 0xED, 0xF0, 0xFF, 0x00]
            switch generator.next() % 4 {
            case 0 where !bytes.isEmpty: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
            case 1 where !bytes.isEmpty: bytes.remove(at: place)
            case 2 where !bytes.isEmpty: bytes.removeLast(bytes.count - place)
            default: bytes.insert(interesting[Int(generator.next() % UInt64(interesting.count))], at: min(place, bytes.count))
            }
        }
        return bytes
    }

    @Test func `Mutated documents and schemas are refused or work, and never trap`() throws {
        let seed: UInt64 = 0x4C47_5350
        var generator = Generator(state: seed)
        var parsed = 0
        for round in 0..<3_000 {
            let bytes = mutated(Array(JSONFuzzTests.seeds[round % JSONFuzzTests.seeds.count].utf8), &generator)
            guard let value = try? JSONValue(parsing: bytes) else { continue }
            parsed += 1
            #expect(try JSONValue(parsing: value.write()) == value, "seed \(seed), round \(round)")
            guard let schema = try? CompiledSchema(document: value) else { continue }
            for text in JSONFuzzTests.seeds {
                let instance = try JSONValue(parsing: text)
                #expect(schema.isValid(instance) == schema.failures(of: instance).isEmpty, "seed \(seed), round \(round)")
            }
        }
        #expect(parsed > 200)
    }

    @Test func `Random text is judged by every format without a trap`() {
        var generator = Generator(state: 7)
        let alphabet = Array("0159TZ:-+.PDHMSWYxn-[]:/%{},~#@\"aFé".utf8)
        for _ in 0..<4_000 {
            var text: [UInt8] = []
            for _ in 0..<generator.next() % 30 { text.append(alphabet[Int(generator.next() % UInt64(alphabet.count))]) }
            let repaired = Array(String(decoding: text, as: UTF8.self).utf8)
            for format in FormatName.allCases { _ = format.holds(repaired.span) }
            if let pattern = try? Pattern(String(decoding: text, as: UTF8.self)) { _ = pattern.matches(repaired) }
        }
        let empty: [UInt8] = []
        #expect(FormatName.allCases.filter { $0.holds(empty.span) }.count == 5)
    }

    private struct Generator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
