// What `<?xml … encoding="…"?>` says. A name that no decoder here serves refuses the file: guessing would turn
// names of people into other names.

enum XMLDeclaration {
    /// The encoding's name in small letters; nil where the declaration names none.
    static func encodingName(_ declaration: [UInt8], width: Int = 1) -> [UInt8]? {
        let text = width == 1 ? declaration : declaration.filter { $0 != 0 }
        guard text.starts(with: Array("<?xml".utf8)) else { return nil }
        let word = Array("encoding".utf8)
        guard text.count > word.count else { return nil }
        for start in 0..<(text.count - word.count) where text[start..<(start + word.count)] == word[...] {
            var place = start + word.count
            while place < text.count, text[place] <= 0x20 || text[place] == UInt8(ascii: "=") { place += 1 }
            guard place < text.count, text[place] == 0x22 || text[place] == 0x27 else { return nil }
            let quote = text[place]
            let name = text[(place + 1)...].prefix { $0 != quote }
            return name.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
        }
        return nil
    }

    /// Whether a declared name goes with what the bytes show.
    static func isKnown(_ name: [UInt8], mark: ByteOrderMark) -> Bool {
        switch String(decoding: name, as: UTF8.self) {
        case "utf-8", "utf8", "us-ascii", "ascii": mark == .none || mark == .utf8
        case "utf-16", "utf-16le", "utf-16be":
            if case .utf16 = mark { true } else { false }
        case "windows-1258", "cp1258": mark == .none
        default: false
        }
    }

    /// The encoding to decode with, where the declaration asks for another than UTF-8.
    static func encoding(_ titles: [UInt8]) -> TextEncoding? {
        guard let name = encodingName(Array(titles.prefix(256))) else { return nil }
        let text = String(decoding: name, as: UTF8.self)
        return text == "windows-1258" || text == "cp1258" ? .windows1258 : nil
    }
}
