// Names of the XML reader, and comparisons of them on the bytes.

extension XMLReader {
    // MARK: Names

    mutating func readName(_ text: Span<UInt8>) throws(XMLFault) -> Range<Int> {
        let start = place
        var colons = 0
        while place < text.count {
            let byte = text[place]
            let isStart = byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte == UInt8(ascii: "_") || byte >= 0x80
            if byte == UInt8(ascii: ":"), place > start {
                colons += 1
            } else if !isStart {
                guard place > start, byte >= 0x30 && byte <= 0x39 || byte == 0x2D || byte == 0x2E else { break }
            }
            place += 1
        }
        guard place > start, place - start <= limits.nameBytesMax, colons <= 1, text[place - 1] != UInt8(ascii: ":")
        else { throw malformed("this is no name") }
        return start..<place
    }

    func localPart(_ text: Span<UInt8>, _ name: Range<Int>) -> Range<Int> {
        for index in name where text[index] == UInt8(ascii: ":") { return index + 1..<name.upperBound }
        return name
    }

    func isEqual(_ text: Span<UInt8>, _ left: Range<Int>, _ right: Range<Int>) -> Bool {
        guard left.count == right.count else { return false }
        for index in 0..<left.count where text[left.lowerBound + index] != text[right.lowerBound + index] {
            return false
        }
        return true
    }

    func matches(_ text: Span<UInt8>, _ range: Range<Int>, _ word: StaticString) -> Bool {
        guard range.count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { buffer in
            for index in 0..<range.count where unsafe text[range.lowerBound + index] != buffer[index] { return false }
            return true
        }
    }

    func starts(_ text: Span<UInt8>, _ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard place + count <= text.count else { return false }
        return matches(text, place..<place + count, word)
    }
}
