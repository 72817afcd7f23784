// URI references for `$id` and `$ref`: split and resolved as RFC 3986 §5 says, on text, nothing looked up.

/// The five parts of a URI reference.
struct URIReference {
    var scheme: String?
    var authority: String?
    var path: String
    var query: String?
    var fragment: String?

    init(_ text: String) {
        var rest = Substring(text)
        if let hash = rest.firstIndex(of: "#") {
            fragment = String(rest[rest.index(after: hash)...])
            rest = rest[..<hash]
        }
        if let colon = rest.firstIndex(of: ":"), URIReference.isScheme(rest[..<colon]) {
            scheme = rest[..<colon].lowercased()
            rest = rest[rest.index(after: colon)...]
        }
        if let mark = rest.firstIndex(of: "?") {
            query = String(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        }
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            let slash = rest.firstIndex(of: "/") ?? rest.endIndex
            authority = String(rest[..<slash])
            rest = rest[slash...]
        }
        path = String(rest)
    }

    private static func isScheme(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, (first | 0x20) >= 0x61, (first | 0x20) <= 0x7A else { return false }
        return text.utf8.allSatisfy { byte in
            (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A || byte >= 0x30 && byte <= 0x39 || byte == 0x2B
                || byte == 0x2D
                || byte == 0x2E
        }
    }

    /// The absolute URI without its fragment that `reference` names when read in a document at `base`.
    static func resolve(_ reference: String, base: String) -> String {
        var target = URIReference(reference)
        let base = URIReference(base)
        if target.scheme == nil {
            if target.authority == nil {
                if target.path.isEmpty {
                    target.path = base.path
                    if target.query == nil { target.query = base.query }
                } else if !target.path.hasPrefix("/") {
                    target.path = merge(target.path, base)
                }
                target.authority = base.authority
            }
            target.scheme = base.scheme
        }
        if target.authority != nil || target.path.hasPrefix("/") { target.path = withoutDots(target.path) }
        target.fragment = nil
        return target.text
    }

    private static func merge(_ path: String, _ base: URIReference) -> String {
        if base.authority != nil, base.path.isEmpty { return "/" + path }
        guard let slash = base.path.lastIndex(of: "/") else { return path }
        return base.path[...slash] + path
    }

    /// RFC 3986 §5.2.4.
    private static func withoutDots(_ path: String) -> String {
        var segments: [Substring] = []
        let all = path.split(separator: "/", omittingEmptySubsequences: false)
        for (position, segment) in all.enumerated() {
            let isLast = position == all.count - 1
            if segment == "." {
                if isLast { segments.append("") }
            } else if segment == ".." {
                if segments.count > 1 { segments.removeLast() }
                if isLast { segments.append("") }
            } else {
                segments.append(segment)
            }
        }
        return segments.joined(separator: "/")
    }

    var text: String {
        var text = ""
        if let scheme { text += scheme + ":" }
        if let authority { text += "//" + authority }
        text += path
        if let query { text += "?" + query }
        if let fragment { text += "#" + fragment }
        return text
    }

    /// Percent-encoded bytes decoded (RFC 3986 §2.1); nil if an escape is not one.
    static func decoded(_ text: String) -> [UInt8]? {
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        var place = 0
        while place < bytes.count {
            if bytes[place] != 0x25 {
                output.append(bytes[place])
                place += 1
                continue
            }
            guard place + 2 < bytes.count, let high = StringEscapes.hexadecimalDigit(bytes[place + 1]),
                let low = StringEscapes.hexadecimalDigit(bytes[place + 2])
            else { return nil }
            output.append(high << 4 | low)
            place += 3
        }
        return output
    }
}
