// Attributes, texts and references of the XML reader.

import Records

extension XMLReader {
    // MARK: Attributes

    mutating func readAttributes(_ text: Span<UInt8>, into record: inout SourceRecord) throws(XMLFault) {
        attributes.removeAll(keepingCapacity: true)
        let top = stack.count - 1
        while place < text.count {
            let before = place
            while place < text.count, isXMLBlank(text[place]) { place += 1 }
            guard place < text.count, text[place] != UInt8(ascii: ">"), text[place] != UInt8(ascii: "/") else { return }
            guard place > before else { throw malformed("attributes must be parted by blanks") }
            let name = try readName(text)
            for other in attributes where isEqual(text, other, name) { throw malformed("an attribute stands twice") }
            guard attributes.count < limits.attributesMax else { throw malformed("there are too many attributes") }
            attributes.append(name)
            while place < text.count, isXMLBlank(text[place]) { place += 1 }
            guard place < text.count, text[place] == UInt8(ascii: "=") else {
                throw malformed("an attribute has no value")
            }
            place += 1
            while place < text.count, isXMLBlank(text[place]) { place += 1 }
            let mark = record.text.count
            try attributeValue(text, into: &record)
            if try isNamespace(text, name, record, from: mark) {
                record.text.removeLast(record.text.count - mark)
                continue
            }
            let value = record.slice(from: mark)
            var last = stack[top].lastChild
            let node = try addNode(
                text, localPart(text, name), prefix: UInt8(ascii: "@"), at: name.lowerBound, under: stack[top].node,
                after: &last, &record)
            stack[top].lastChild = last
            record.nodes[Int(node)].value = value
        }
    }

    /// Declarations of name spaces are no data; whatever would make a reader open another file is refused.
    func isNamespace(
        _ text: Span<UInt8>, _ name: Range<Int>, _ record: borrowing SourceRecord, from mark: Int
    ) throws(XMLFault) -> Bool {
        let local = localPart(text, name)
        let isPrefixed = local.lowerBound > name.lowerBound
        if isPrefixed, matches(text, local, "schemaLocation") || matches(text, local, "noNamespaceSchemaLocation") {
            throw malformed("a reference to a schema is not taken")
        }
        let prefix = name.lowerBound..<max(local.lowerBound - 1, name.lowerBound)
        guard isPrefixed ? matches(text, prefix, "xmlns") : matches(text, name, "xmlns") else { return false }
        if matches(record.text.span, mark..<record.text.count, "http://www.w3.org/2001/XInclude") {
            throw malformed("an inclusion is not taken")
        }
        return true
    }

    mutating func attributeValue(_ text: Span<UInt8>, into record: inout SourceRecord) throws(XMLFault) {
        guard place < text.count, text[place] == 0x22 || text[place] == 0x27 else {
            throw malformed("an attribute's value has no quotes")
        }
        let quote = text[place]
        let mark = record.text.count
        var hasReference = false
        place += 1
        while place < text.count, text[place] != quote {
            switch text[place] {
            case UInt8(ascii: "<"): throw malformed("a < inside an attribute")
            case UInt8(ascii: "&"):
                hasReference = true
                try reference(text, into: &record)
            case 0x09, 0x0A, 0x0D:
                record.text.append(0x20)
                place += 1
            default:
                let start = place
                try character(text)
                record.text.append(text, start..<place)
            }
        }
        guard place < text.count else { throw malformed("an attribute's value does not end") }
        place += 1
        if hasReference { recompose(&record.text, from: mark) }
    }

    // MARK: Text

    /// Text up to the next tag.
    mutating func characters(_ text: Span<UInt8>, into record: inout SourceRecord) throws(XMLFault) {
        let mark = record.text.count
        var hasReference = false
        var start = place
        while place < text.count, text[place] != UInt8(ascii: "<") {
            let byte = text[place]
            if byte == UInt8(ascii: "&") {
                record.text.append(text, start..<place)
                hasReference = true
                try reference(text, into: &record)
                start = place
            } else if byte == 0x0D {
                record.text.append(text, start..<place)
                record.text.append(0x0A)
                place += place + 1 < text.count && text[place + 1] == 0x0A ? 2 : 1
                start = place
            } else if byte < 0x20 || byte == 0xEF || byte == 0x5D {
                if byte == 0x5D, starts(text, "]]>") { throw malformed("]]> in a text") }
                try character(text)
            } else {
                place += 1
            }
        }
        record.text.append(text, start..<place)
        if hasReference { recompose(&record.text, from: mark) }
        try setValue(from: mark, &record)
    }

    /// A CDATA section.
    mutating func literal(_ text: Span<UInt8>, into record: inout SourceRecord) throws(XMLFault) {
        place += 9
        let mark = record.text.count
        let start = place
        while place < text.count, !starts(text, "]]>") { try character(text) }
        guard place < text.count else { throw malformed("the CDATA section does not end") }
        record.text.append(text, start..<place)
        place += 3
        try setValue(from: mark, &record)
    }

    /// Gives the open element the text since `mark`; what follows a child element becomes a `#text` child.
    mutating func setValue(from mark: Int, _ record: inout SourceRecord) throws(XMLFault) {
        let top = stack.count - 1
        let node = Int(stack[top].node)
        let value = record.nodes[node].value
        guard record.text.count - mark < textBytesMax else { throw fault(.recordTooLarge, "a text is too long") }
        if !value.isAbsent, value.range.upperBound == mark {
            guard record.text.count - Int(value.start) < textBytesMax else {
                throw fault(.recordTooLarge, "a text is too long")
            }
            record.nodes[node].value = record.slice(from: Int(value.start))
            return
        }
        if stack[top].hasElement, record.text[mark...].allSatisfy(isXMLBlank) {
            record.text.removeLast(record.text.count - mark)
            return
        }
        let piece = record.slice(from: mark)
        if value.isAbsent {
            record.nodes[node].value = piece
            return
        }
        guard record.nodes.count < limits.nodesMax else { throw fault(.recordTooLarge, "there are too many elements") }
        let nameMark = record.text.count
        record.text.append(contentsOf: "#text".utf8)
        var last = stack[top].lastChild
        record.append(
            SourceNode(name: record.slice(from: nameMark), value: piece, place: fixedPlace ?? Int32(place)),
            under: stack[top].node, after: &last)
        stack[top].lastChild = last
    }

    mutating func reference(_ text: Span<UInt8>, into record: inout SourceRecord) throws(XMLFault) {
        let known: [(name: StaticString, byte: UInt8)] = [
            ("&amp;", 0x26), ("&lt;", 0x3C), ("&gt;", 0x3E), ("&quot;", 0x22), ("&apos;", 0x27),
        ]
        for entity in known where starts(text, entity.name) {
            record.text.append(entity.byte)
            place += entity.name.utf8CodeUnitCount
            return
        }
        guard starts(text, "&#") else { throw malformed("an entity that is not one of the five") }
        var index = place + 2
        let isHex = index < text.count && text[index] == UInt8(ascii: "x")
        if isHex { index += 1 }
        let first = index
        var scalar: UInt32 = 0
        while index < text.count, text[index] != UInt8(ascii: ";") {
            let byte = text[index]
            let digit: UInt32
            switch byte {
            case 0x30...0x39: digit = UInt32(byte) - 0x30
            case 0x41...0x46 where isHex, 0x61...0x66 where isHex: digit = UInt32(byte | 0x20) - 0x61 + 10
            default: throw malformed("a character reference that is no number")
            }
            scalar = scalar * (isHex ? 16 : 10) + digit
            guard scalar <= 0x10_FFFF else { throw malformed("a reference to no character") }
            index += 1
        }
        let isControl = scalar < 0x20 && scalar != 0x09 && scalar != 0x0A && scalar != 0x0D
        let isNone = scalar >= 0xD800 && scalar < 0xE000 || scalar == 0xFFFE || scalar == 0xFFFF
        guard index > first, index < text.count, !isControl, !isNone else {
            throw malformed("a reference to no character")
        }
        appendUTF8(scalar, to: &record.text)
        place = index + 1
    }

    /// Steps over one byte of a character that XML allows.
    mutating func character(_ text: Span<UInt8>) throws(XMLFault) {
        let byte = text[place]
        if byte < 0x20, byte != 0x09, byte != 0x0A, byte != 0x0D { throw malformed("a control character") }
        if byte == 0xEF, place + 2 < text.count, text[place + 1] == 0xBF, text[place + 2] >= 0xBE {
            throw malformed("a character that XML does not allow")
        }
        place += 1
    }
}
