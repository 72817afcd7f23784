// A small strict XML reader for SOAP answers: elements and text only. A document type, an entity of its own,
// too deep or too much is refused; nothing is fetched from anywhere. And the escaping for writing.

/// An element, without its namespace prefix; attributes are checked and dropped.
struct XMLElement: Sendable, Equatable {
    var name: String
    var text = ""
    var children: [XMLElement] = []

    /// The first child of that name.
    subscript(_ name: String) -> XMLElement? { children.first { $0.name.utf8.elementsEqual(name.utf8) } }

    /// Text without surrounding white space.
    var trimmedText: String {
        let bytes = Array(text.utf8)
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte >= 0x09 && byte <= 0x0d }
        guard let first = bytes.firstIndex(where: { !isSpace($0) }), let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }

    /// The first element of that name at any depth, this one included.
    func find(_ name: String) -> XMLElement? {
        if self.name.utf8.elementsEqual(name.utf8) { return self }
        for child in children { if let found = child.find(name) { return found } }
        return nil
    }

    /// Appends text with the five characters escaped that mean something in XML; control characters that XML
    /// cannot hold become spaces.
    static func appendEscaped(_ text: String, to output: inout [UInt8]) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): output.append(contentsOf: "&amp;".utf8)
            case UInt8(ascii: "<"): output.append(contentsOf: "&lt;".utf8)
            case UInt8(ascii: ">"): output.append(contentsOf: "&gt;".utf8)
            case UInt8(ascii: "\""): output.append(contentsOf: "&quot;".utf8)
            case UInt8(ascii: "'"): output.append(contentsOf: "&apos;".utf8)
            case 0..<0x20: output.append(0x20)
            default: output.append(byte)
            }
        }
    }
}

/// Why XML was refused.
enum XMLFault: Error, Equatable {
    case malformed, doctype, tooDeep, tooMany
}

/// Reads one document.
struct XMLReader {
    static let depthMax = 32
    static let elementsMax = 20_000

    private let bytes: [UInt8]
    private var place = 0
    private var elements = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The document's root element.
    static func read(_ bytes: [UInt8]) throws(XMLFault) -> XMLElement {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .malformed }
        var reader = XMLReader(bytes)
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { reader.place = 3 }
        try reader.skipMisc()
        let root = try reader.element(depth: 1)
        try reader.skipMisc()
        guard reader.place == bytes.count else { throw .malformed }
        return root
    }

    private func starts(_ text: StaticString) -> Bool {
        guard bytes.count - place >= text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { buffer in
            unsafe bytes[place..<place + buffer.count].elementsEqual(buffer)
        }
    }

    private mutating func skip(past text: StaticString) throws(XMLFault) {
        while place < bytes.count {
            if starts(text) {
                place += text.utf8CodeUnitCount
                return
            }
            place += 1
        }
        throw .malformed
    }

    private var isAtSpace: Bool {
        place < bytes.count && (bytes[place] == 0x20 || bytes[place] >= 0x09 && bytes[place] <= 0x0d)
    }

    private mutating func skipSpace() { while isAtSpace { place += 1 } }

    /// White space, comments and processing instructions.
    private mutating func skipMisc() throws(XMLFault) {
        while true {
            skipSpace()
            if starts("<!--") {
                try skip(past: "-->")
            } else if starts("<?") {
                try skip(past: "?>")
            } else if starts("<!") {
                throw .doctype
            } else {
                return
            }
        }
    }

    private mutating func name() throws(XMLFault) -> String {
        let start = place
        while place < bytes.count {
            switch bytes[place] {
            case 0x30...0x3a, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x80...0xff: place += 1
            default:
                guard place > start else { throw .malformed }
                return String(decoding: bytes[start..<place], as: UTF8.self)
            }
        }
        throw .malformed
    }

    private mutating func element(depth: Int) throws(XMLFault) -> XMLElement {
        guard depth <= XMLReader.depthMax else { throw .tooDeep }
        elements += 1
        guard elements <= XMLReader.elementsMax else { throw .tooMany }
        guard starts("<") else { throw .malformed }
        place += 1
        let qualified = try name()
        var result = XMLElement(name: String(qualified.split(separator: ":").last ?? ""))
        try attributes()
        if starts("/>") {
            place += 2
            return result
        }
        guard starts(">") else { throw .malformed }
        place += 1
        while true {
            if starts("</") {
                place += 2
                guard try name().utf8.elementsEqual(qualified.utf8) else { throw .malformed }
                skipSpace()
                guard starts(">") else { throw .malformed }
                place += 1
                return result
            }
            if starts("<!--") {
                try skip(past: "-->")
            } else if starts("<![CDATA[") {
                place += 9
                let start = place
                try skip(past: "]]>")
                result.text += String(decoding: bytes[start..<place - 3], as: UTF8.self)
            } else if starts("<?") {
                try skip(past: "?>")
            } else if starts("<!") {
                throw .doctype
            } else if starts("<") {
                result.children.append(try element(depth: depth + 1))
            } else {
                result.text += try text(until: UInt8(ascii: "<"))
            }
        }
    }

    private mutating func attributes() throws(XMLFault) {
        while true {
            let hadSpace = isAtSpace
            skipSpace()
            if starts(">") || starts("/>") { return }
            guard hadSpace else { throw .malformed }
            _ = try name()
            skipSpace()
            guard starts("=") else { throw .malformed }
            place += 1
            skipSpace()
            guard place < bytes.count, bytes[place] == 0x22 || bytes[place] == 0x27 else { throw .malformed }
            let quote = bytes[place]
            place += 1
            _ = try text(until: quote)
            place += 1
        }
    }

    /// Text up to a byte, with references resolved.
    private mutating func text(until end: UInt8) throws(XMLFault) -> String {
        var result: [UInt8] = []
        while place < bytes.count, bytes[place] != end {
            if bytes[place] == UInt8(ascii: "<") { throw .malformed }
            guard bytes[place] == UInt8(ascii: "&") else {
                result.append(bytes[place])
                place += 1
                continue
            }
            guard let stop = bytes[place...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else { throw .malformed }
            let reference = String(decoding: bytes[(place + 1)..<stop], as: UTF8.self)
            switch reference {
            case "amp": result.append(UInt8(ascii: "&"))
            case "lt": result.append(UInt8(ascii: "<"))
            case "gt": result.append(UInt8(ascii: ">"))
            case "quot": result.append(UInt8(ascii: "\""))
            case "apos": result.append(UInt8(ascii: "'"))
            default:
                let number =
                    reference.hasPrefix("#x")
                    ? UInt32(reference.dropFirst(2), radix: 16)
                    : reference.hasPrefix("#") ? UInt32(reference.dropFirst()) : nil
                guard let number, number > 0, let scalar = Unicode.Scalar(number) else { throw .malformed }
                result.append(contentsOf: String(Character(scalar)).utf8)
            }
            place = stop + 1
        }
        guard place < bytes.count else { throw .malformed }
        return String(decoding: result, as: UTF8.self)
    }
}
