// Writes what one route releases of a walked record: runs of bytes straight from the record, a comma or a
// brace between them, and the recipient's own references where it has some.

import Consent
import Crypto

/// Turns the recipient-wide reference of a person into a recipient's own.
struct OwnReference: Sendable {
    private let code: HMACSHA256

    /// The key for a recipient is derived from the secret and its name.
    init(secret: HMACSHA256, recipient: String) {
        code = HMACSHA256(key: secret.code(of: Array("lgsp-reference\0\(recipient)".utf8)).bytes)
    }

    /// First 16 bytes of HMAC-SHA256 over the hub-wide reference's 16 bytes.
    func reference(for person: PersonReference) -> PersonReference {
        var message: [UInt8] = []
        message.reserveCapacity(16)
        for shift in stride(from: 56, through: 0, by: -8) {
            message.append(UInt8(truncatingIfNeeded: person.high >> UInt64(shift)))
        }
        for shift in stride(from: 56, through: 0, by: -8) {
            message.append(UInt8(truncatingIfNeeded: person.low >> UInt64(shift)))
        }
        let digest = code.code(of: message)
        return PersonReference(high: digest.word0, low: digest.word1)
    }
}

/// The writer of released records; reused from record to record.
struct ReleaseWriter {
    private struct Level {
        /// Where the arena stood before the container's comma and name.
        var mark: Int
        var outerHasContent: Bool
    }
    private var levels: [Level] = []
    /// Whether the container that is being written has anything in it yet.
    private var hasContent = false
    /// The bytes of the record that are to be copied next; -1 where there are none.
    private var runStart = -1
    private var runEnd = -1

    /// Appends the JSON object that a route releases. `base` is the record's place in `source`.
    mutating func write(
        _ walk: borrowing RecordWalk, bit: RouteMask, source: [UInt8], base: Int, own: OwnReference?,
        to arena: inout [UInt8]
    ) {
        levels.removeAll(keepingCapacity: true)
        hasContent = false
        runStart = -1
        arena.append(0x7B)
        var place = 0
        while place < walk.parts.count {
            let part = walk.parts[place]
            switch part.kind {
            case .value:
                if part.mask & bit != 0 { copy(part, source, base, &arena) }
            case .reference:
                if part.mask & bit == 0 { break }
                if let own, let person = PersonReference(hex: source.span, at: base + Int(part.valueStart) + 1) {
                    begin(part, source, base, &arena)
                    own.reference(for: person).append(to: &arena)
                    arena.append(0x22)
                    hasContent = true
                } else {
                    copy(part, source, base, &arena)
                }
            case .enterObject, .enterArray:
                if part.mask & bit == 0 {
                    place = Int(part.end)
                } else if part.whole & bit != 0 {
                    copy(part, source, base, &arena)
                    place = Int(part.end)
                } else {
                    flush(source, base, &arena)
                    levels.append(Level(mark: arena.count, outerHasContent: hasContent))
                    begin(part, source, base, &arena)
                    hasContent = false
                }
            case .leave: leave(part, bit: bit, source, base, &arena)
            }
            place += 1
        }
        flush(source, base, &arena)
        arena.append(0x7D)
    }

    /// Marks a part for copying; a neighbour after its comma goes in the same run.
    @inline(__always)
    private mutating func copy(_ part: ReleasePart, _ source: [UInt8], _ base: Int, _ arena: inout [UInt8]) {
        if runStart >= 0, Int(part.start) == runEnd + 1, source[base + runEnd] == 0x2C {
            runEnd = Int(part.valueEnd)
        } else {
            flush(source, base, &arena)
            runStart = Int(part.start)
            runEnd = Int(part.valueEnd)
        }
    }

    /// Copies what is marked.
    @inline(__always)
    private mutating func flush(_ source: [UInt8], _ base: Int, _ arena: inout [UInt8]) {
        if runStart < 0 { return }
        if hasContent { arena.append(0x2C) }
        arena.append(contentsOf: source[base + runStart..<base + runEnd])
        hasContent = true
        runStart = -1
    }

    /// Writes a part's name, colon and its value's first byte: a quote, a brace or a bracket.
    private mutating func begin(_ part: ReleasePart, _ source: [UInt8], _ base: Int, _ arena: inout [UInt8]) {
        flush(source, base, &arena)
        if hasContent { arena.append(0x2C) }
        arena.append(contentsOf: source[base + Int(part.start)...base + Int(part.valueStart)])
    }

    /// Closes a container, or takes it back where nothing came into it.
    private mutating func leave(
        _ part: ReleasePart, bit: RouteMask, _ source: [UInt8], _ base: Int, _ arena: inout [UInt8]
    ) {
        flush(source, base, &arena)
        guard let level = levels.popLast() else { return }
        let isObject = source[base + Int(part.valueStart)] == 0x7B
        if isObject, !hasContent, !part.isElement, part.mask & bit == 0 {
            // An object of which nothing is released says nothing, not even that it was there.
            arena.removeLast(arena.count - level.mark)
            hasContent = level.outerHasContent
        } else {
            arena.append(isObject ? 0x7D : 0x5D)
            hasContent = true
        }
    }
}
