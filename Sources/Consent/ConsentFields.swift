// The reading of one consent record without allocation: byte ranges and numbers, checked as strictly as a
// contract would, because a record half understood must never grant anything.

import JSON

/// The four parts of a consent record's key, as ranges of its bytes.
struct ConsentKey {
    var person: PersonReference
    var recipient: Range<Int>
    var purpose: Range<Int>
    var category: Range<Int>
    /// `recipient|purpose|dataCategory`: what a scope is interned by.
    var scope: Range<Int>

    init?(_ bytes: Span<UInt8>, limits: ConsentLimits) {
        guard bytes.count > PersonReference.characterCount, bytes[PersonReference.characterCount] == 0x7C,
            let person = PersonReference(hex: bytes, at: 0)
        else { return nil }
        self.person = person
        let first = PersonReference.characterCount + 1
        guard let second = ConsentKey.name(bytes, from: first, limits),
            second < bytes.count, let third = ConsentKey.name(bytes, from: second + 1, limits),
            third < bytes.count, let end = ConsentKey.name(bytes, from: third + 1, limits), end == bytes.count
        else { return nil }
        recipient = first..<second
        purpose = second + 1..<third
        category = third + 1..<end
        scope = first..<end
        // Only the category may stand for all: a consent to every recipient or purpose is none.
        if bytes[first] == 0x2A || bytes[second + 1] == 0x2A { return nil }
    }

    /// The end of the name that starts at a place: lower-case letters, digits, hyphen and full stop, or `*`.
    private static func name(_ bytes: Span<UInt8>, from start: Int, _ limits: ConsentLimits) -> Int? {
        var place = start
        while place < bytes.count, bytes[place] != 0x7C {
            let byte = bytes[place]
            let isNameByte =
                (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x30 && byte <= 0x39) || byte == 0x2D || byte == 0x2E
            let isStar = byte == 0x2A && place == start && (place + 1 == bytes.count || bytes[place + 1] == 0x7C)
            guard isNameByte || isStar else { return nil }
            place += 1
        }
        return place > start && place - start <= limits.nameBytesMax ? place : nil
    }
}

/// A consent record's value, as ranges of its bytes and numbers.
struct ConsentFields {
    var isGranted = false
    var guardian: PersonReference?
    /// Milliseconds since 1970 UTC.
    var validFrom: Int64 = 0
    /// Exclusive; `Int64.max` where the consent has no end.
    var validTo: Int64 = .max
    var changedAt: Int64 = 0
    var evidence = 0..<0

    /// Reads a parsed value and compares it with its key.
    static func read(
        _ view: borrowing JSONView, value: Span<UInt8>, key: Span<UInt8>, parts: ConsentKey, limits: ConsentLimits
    ) throws(ConsentFault) -> ConsentFields {
        var fields = ConsentFields()
        var seen: UInt16 = 0
        let root = view.root
        guard view.kind(root) == .object else { throw .value }
        var child = view.firstChild(root)
        while let member = child {
            let name = view.keyRange(member)
            guard view.kind(member) == .string else { throw .value }
            // Between the quotes; no member of a consent record needs an escape.
            let raw = view.rawRange(member)
            let text = raw.lowerBound + 1..<raw.upperBound - 1
            for place in text where value[place] == 0x5C || value[place] < 0x20 { throw .value }
            seen |= try fields.take(name, text, value: value, key: key, parts: parts, limits: limits)
            child = view.next(member, in: root)
        }
        // validTo and guardianRef may be absent.
        guard seen & 0xFF == 0xFF, fields.validFrom < fields.validTo else { throw .value }
        return fields
    }

    /// Takes one member; its bit: the eight that must be there are the low eight.
    private mutating func take(
        _ name: Range<Int>, _ text: Range<Int>, value: Span<UInt8>, key: Span<UInt8>, parts: ConsentKey,
        limits: ConsentLimits
    ) throws(ConsentFault) -> UInt16 {
        let member = value.extracting(name)
        let content = value.extracting(text)
        if member.equals("personRef") {
            guard content.equals(key.extracting(0..<PersonReference.characterCount)) else { throw .mismatch }
            return 1
        } else if member.equals("recipient") {
            guard content.equals(key.extracting(parts.recipient)) else { throw .mismatch }
            return 2
        } else if member.equals("purpose") {
            guard content.equals(key.extracting(parts.purpose)) else { throw .mismatch }
            return 4
        } else if member.equals("dataCategory") {
            guard content.equals(key.extracting(parts.category)) else { throw .mismatch }
            return 8
        } else if member.equals("state") {
            isGranted = content.equals("granted")
            guard isGranted || content.equals("withdrawn") else { throw .value }
            return 16
        } else if member.equals("validFrom") {
            validFrom = try ConsentFields.time(content)
            return 32
        } else if member.equals("changedAt") {
            changedAt = try ConsentFields.time(content)
            return 64
        } else if member.equals("evidenceRef") {
            guard content.count <= min(limits.evidenceBytesMax, 255) else { throw .limit }
            guard content.count > 0, content.isPrintableASCII else { throw .value }
            evidence = text
            return 128
        } else if member.equals("validTo") {
            validTo = try ConsentFields.time(content)
            return 256
        } else if member.equals("guardianRef") {
            guard let reference = PersonReference(hex: content) else { throw .value }
            guardian = reference
            return 512
        }
        throw .value
    }

    private static func time(_ content: Span<UInt8>) throws(ConsentFault) -> Int64 {
        guard let instant = Instant.dateTime(content) else { throw .value }
        return instant
    }
}

extension Span<UInt8> {
    /// Whether the bytes are exactly that text.
    func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { buffer in
            var place = 0
            for unsafe byte in unsafe buffer {
                if self[place] != byte { return false }
                place += 1
            }
            return true
        }
    }

    /// Whether two spans hold the same bytes.
    func equals(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for place in 0..<count where self[place] != other[place] { return false }
        return true
    }

    /// Whether every byte may stand in a header and in JSON as it is: printable, no quote, no backslash.
    var isPrintableASCII: Bool {
        for place in 0..<count {
            let byte = self[place]
            if byte < 0x21 || byte > 0x7E || byte == 0x22 || byte == 0x5C { return false }
        }
        return true
    }
}
