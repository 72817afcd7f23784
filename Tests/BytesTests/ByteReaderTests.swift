import Bytes
import Testing

@Suite struct ByteReaderTests {
    @Test func readsWhatTheWriterWrote() throws {
        var writer = ByteWriter()
        writer.int8(-2)
        writer.int16(-300)
        writer.int32(70_000)
        writer.int64(.min)
        writer.varint(.max)
        for value in [0, -1, 1, Int64.min, Int64.max, 63, -64, 64] { writer.zigzag(value) }
        writer.append("tỉnh")
        var reader = ByteReader(writer.bytes.span)
        let first = (try reader.int8(), try reader.int16(), try reader.int32(), try reader.int64())
        #expect(first == (-2, -300, 70_000, .min))
        let varint = try reader.varint()
        #expect(varint == .max)
        for value in [0, -1, 1, Int64.min, Int64.max, 63, -64, 64] {
            let read = try reader.zigzag()
            #expect(read == value)
        }
        let text = try reader.string(reader.remaining)
        #expect(text == "tỉnh")
        let isAtEnd = reader.isAtEnd
        #expect(isAtEnd)
    }

    @Test func refusesWhatTheBytesDoNotHold() {
        #expect(throws: ByteError.truncated) { try read([1, 2, 3]) { (r) throws(ByteError) in _ = try r.int32() } }
        #expect(throws: ByteError.lengthOutOfRange) { try read([1]) { (r) throws(ByteError) in _ = try r.array(2) } }
        #expect(throws: ByteError.lengthOutOfRange) { try read([1]) { (r) throws(ByteError) in _ = try r.array(-1) } }
        #expect(throws: ByteError.notUTF8) { try read([0xff]) { (r) throws(ByteError) in _ = try r.string(1) } }
        #expect(throws: ByteError.truncated) { try read([0x80]) { (r) throws(ByteError) in _ = try r.varint() } }
        let overlong = [UInt8](repeating: 0xff, count: 9) + [2]
        #expect(throws: ByteError.varintOverlong) { try read(overlong) { (r) throws(ByteError) in _ = try r.varint() } }
    }

    @Test func varintSizeIsTheNumberOfBytesAppended() {
        for shift in 0..<64 {
            var bytes: [UInt8] = []
            Varint.append(1 << UInt64(shift), to: &bytes)
            #expect(bytes.count == Varint.size(1 << UInt64(shift)))
        }
        #expect(Varint.size(0) == 1)
    }

    private func read(_ bytes: [UInt8], _ body: (inout ByteReader) throws(ByteError) -> Void) throws(ByteError) {
        var reader = ByteReader(bytes.span)
        try body(&reader)
    }
}

@Suite struct TextEncodingTests {
    @Test func base64AgreesWithRFC4648() throws {
        let pairs = [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy"),
        ]
        for (plain, coded) in pairs {
            #expect(Base64.encode([UInt8](plain.utf8)) == coded)
            #expect(try Base64.decode(coded) == [UInt8](plain.utf8))
        }
        #expect(Base64.encode([0xfb, 0xff], urlSafe: true) == "-_8")
        #expect(try Base64.decode("-_8", urlSafe: true) == [0xfb, 0xff])
    }

    @Test(arguments: ["Zg", "Zg=", "Zh==", "Z", "Zg==Zg==", "Z g=", "Zm8=="])
    func base64RefusesSloppyText(_ text: String) {
        #expect(throws: ByteError.self) { try Base64.decode(text) }
    }

    @Test func hexRoundTrips() throws {
        #expect(Hex.encode([0, 0xab, 0xff]) == "00abff")
        #expect(try Hex.decode("00ABff") == [0, 0xab, 0xff])
        #expect(throws: ByteError.truncated) { try Hex.decode("abc") }
        #expect(throws: ByteError.notInAlphabet) { try Hex.decode("zz") }
    }
}
