// Writing JSON into a byte array the caller owns and reuses.

/// Functions that append JSON to bytes; commas and brackets between values are the caller's.
public enum JSONWriter {
    /// A string in quotes; escapes quote, backslash and what is under 0x20 (RFC 8259 §7), nothing else.
    public static func appendString(_ text: Span<UInt8>, to output: inout [UInt8]) {
        output.append(0x22)
        for place in text.indices { appendEscaped(text[place], to: &output) }
        output.append(0x22)
    }

    /// UTF-8 bytes, which must be valid: they are not looked at again.
    public static func appendString(_ text: some Sequence<UInt8>, to output: inout [UInt8]) {
        output.append(0x22)
        for byte in text { appendEscaped(byte, to: &output) }
        output.append(0x22)
    }

    public static func appendString(_ text: String, to output: inout [UInt8]) {
        appendString(text.utf8, to: &output)
    }

    public static func appendString(_ text: StaticString, to output: inout [UInt8]) {
        text.withUTF8Buffer { buffer in
            unsafe appendString(Span(_unsafeElements: buffer), to: &output)
        }
    }

    @inline(__always)
    private static func appendEscaped(_ byte: UInt8, to output: inout [UInt8]) {
        if byte >= 0x20, byte != 0x22, byte != 0x5C {
            output.append(byte)
            return
        }
        output.append(0x5C)
        switch byte {
        case 0x22, 0x5C: output.append(byte)
        case 0x08: output.append(0x62)
        case 0x0C: output.append(0x66)
        case 0x0A: output.append(0x6E)
        case 0x0D: output.append(0x72)
        case 0x09: output.append(0x74)
        default:
            output.append(0x75)
            output.append(0x30)
            output.append(0x30)
            output.append(0x30 + byte >> 4)
            output.append(byte & 15 < 10 ? 0x30 + byte & 15 : 0x57 + byte & 15)
        }
    }

    /// A key in quotes and its colon.
    public static func appendKey(_ name: StaticString, to output: inout [UInt8]) {
        appendString(name, to: &output)
        output.append(0x3A)
    }

    public static func appendKey(_ name: String, to output: inout [UInt8]) {
        appendString(name.utf8, to: &output)
        output.append(0x3A)
    }

    /// An integer's digits, without making a string.
    public static func appendInt(_ value: Int64, to output: inout [UInt8]) {
        if value < 0 { output.append(0x2D) }
        var rest = value.magnitude
        let start = output.count
        repeat {
            output.append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        output[start...].reverse()
    }

    public static func appendInt(_ value: Int, to output: inout [UInt8]) { appendInt(Int64(value), to: &output) }

    /// The shortest digits that read back as the same double; null for what JSON cannot say (NaN, infinity).
    public static func appendDouble(_ value: Double, to output: inout [UInt8]) {
        guard value.isFinite else {
            output.append(contentsOf: "null".utf8)
            return
        }
        // Not `Int64(exactly:)`: it needs the C mathematics library, which nothing else here does.
        let whole = value.magnitude < 1e15 ? Int64(value) : 0
        if Double(whole) == value {
            appendInt(whole, to: &output)
        } else {
            output.append(contentsOf: value.description.utf8)
        }
    }

    public static func appendBool(_ value: Bool, to output: inout [UInt8]) {
        output.append(contentsOf: (value ? "true" : "false").utf8)
    }

    public static func appendNull(to output: inout [UInt8]) { output.append(contentsOf: "null".utf8) }

    /// A value of a view exactly as it stands in its source.
    public static func appendVerbatim(_ view: borrowing JSONView, _ node: JSONNode, to output: inout [UInt8]) {
        let range = view.rawRange(node)
        output.reserveCapacity(output.count + range.count)
        for place in range { output.append(view.bytes[place]) }
    }

    /// A tree; `indentation` is the level to indent from, nil for compact.
    public static func append(_ value: JSONValue, to output: inout [UInt8], indentation: Int? = nil) {
        switch value {
        case .null: appendNull(to: &output)
        case .bool(let value): appendBool(value, to: &output)
        case .number(let text): output.append(contentsOf: text.utf8)
        case .string(let text): appendString(text, to: &output)
        case .array(let elements):
            output.append(0x5B)
            for (position, element) in elements.enumerated() {
                if position > 0 { output.append(0x2C) }
                appendLine(indentation.map { $0 + 1 }, to: &output)
                append(element, to: &output, indentation: indentation.map { $0 + 1 })
            }
            if !elements.isEmpty { appendLine(indentation, to: &output) }
            output.append(0x5D)
        case .object(let members):
            output.append(0x7B)
            for (position, member) in members.enumerated() {
                if position > 0 { output.append(0x2C) }
                appendLine(indentation.map { $0 + 1 }, to: &output)
                appendKey(member.name, to: &output)
                if indentation != nil { output.append(0x20) }
                append(member.value, to: &output, indentation: indentation.map { $0 + 1 })
            }
            if !members.isEmpty { appendLine(indentation, to: &output) }
            output.append(0x7D)
        }
    }

    private static func appendLine(_ level: Int?, to output: inout [UInt8]) {
        guard let level else { return }
        output.append(0x0A)
        output.append(contentsOf: repeatElement(0x20, count: 2 * level))
    }
}
