// Pictures: the shape of a code, character by character. `A` stands for a capital letter, `#` for a digit,
// anything else for itself. A picture that matches is written anew after its partner: `AA######` as `AA ######`.

/// A pair of pictures with the same letters and digits in the same order.
struct Picture: Sendable, Equatable {
    let shape: [UInt8]
    let form: [UInt8]

    /// nil where the two do not hold the same variable characters.
    init?(shape: String, form: String) {
        let isVariable: (UInt8) -> Bool = { $0 == UInt8(ascii: "A") || $0 == UInt8(ascii: "#") }
        self.shape = Array(shape.utf8)
        self.form = Array(form.utf8)
        guard !self.shape.isEmpty, self.shape.filter(isVariable) == self.form.filter(isVariable) else { return nil }
    }

    /// Whether a text has the shape.
    func matches(_ text: Span<UInt8>) -> Bool {
        guard text.count == shape.count else { return false }
        for place in shape.indices {
            let byte = text[place]
            switch shape[place] {
            case UInt8(ascii: "A"): if byte < 0x41 || byte > 0x5a { return false }
            case UInt8(ascii: "#"): if !isDigit(byte) { return false }
            case let literal: if byte != literal { return false }
            }
        }
        return true
    }

    /// Appends a text that has the shape in the other form.
    func append(_ text: Span<UInt8>, to output: inout [UInt8]) {
        var place = 0
        for character in form {
            guard character == UInt8(ascii: "A") || character == UInt8(ascii: "#") else {
                output.append(character)
                continue
            }
            while shape[place] != UInt8(ascii: "A"), shape[place] != UInt8(ascii: "#") { place += 1 }
            output.append(text[place])
            place += 1
        }
    }
}
