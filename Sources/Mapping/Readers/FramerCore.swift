// What the cutters of all formats share: the bytes not yet cut, where they lie in the file, and how frames and
// faults are handed over. Bytes are dropped as soon as no record needs them: memory is bounded by the largest
// record, not by the file.

import Records

struct FramerCore: Sendable {
    let limits: ReaderLimits
    /// The bytes from `base` on that have arrived and are still needed.
    private(set) var buffer: [UInt8] = []
    private(set) var base = 0
    /// The next byte to look at, as a place in the file.
    var position = 0
    /// Bytes from this place on must be kept: a record may begin there.
    var keepFrom = 0
    /// The first bytes of a record that grew too large to keep.
    private var head: [UInt8]?
    private(set) var number = 0
    private(set) var titles: [UInt8] = []
    private(set) var titlesVersion = 0
    /// Nothing of the rest of the file can be cut: it is read and forgotten.
    var isFinished = false
    private(set) var mark = ByteOrderMark.none
    /// Bytes of a code unit: 2 in UTF-16, else 1.
    private(set) var width = 1
    private var order = ByteOrder.little

    init(limits: ReaderLimits) { self.limits = limits }

    var end: Int { base + buffer.count }

    /// How many whole code units can be looked at from `position` on.
    var hasUnit: Bool { position + width <= end }

    mutating func append(_ bytes: Span<UInt8>) { buffer.append(bytes) }

    /// Looks at the file's first bytes: byte order mark and width of a code unit.
    mutating func begin(encoding: TextEncoding) {
        mark = ByteOrderMark(of: buffer.span)
        switch (mark, encoding) {
        case (.utf16(let found), .auto), (.utf16(let found), .utf16):
            width = 2
            order = found
        case (_, .utf16):
            width = 2
            order = guessedByteOrder(buffer.span) ?? .little
        case (.utf16, _):
            mark = .none
        default: break
        }
        position = mark.byteCount
        keepFrom = 0
    }

    /// The code unit at a place as ASCII; 0x80 or more for any other letter.
    @inline(__always)
    func unit(at place: Int) -> UInt8 {
        let index = place - base
        if width == 1 { return buffer[index] }
        let (low, high) = order == .little ? (buffer[index], buffer[index + 1]) : (buffer[index + 1], buffer[index])
        return high == 0 ? low : 0x80
    }

    /// Moves on to the next such byte, or to the end; only where a code unit is a byte.
    mutating func skip(to sign: UInt8) {
        if width == 1 { position = base + indexOf(sign, in: buffer, from: position - base) }
    }

    /// Moves on to the next control character or one of three signs; only where a code unit is a byte.
    mutating func skip(toControlOr first: UInt8, _ second: UInt8, _ third: UInt8) {
        guard width == 1 else { return }
        var index = position - base
        let count = buffer.count
        while index < count {
            let byte = buffer[index]
            if byte < 0x20 || byte == first || byte == second || byte == third { break }
            index += 1
        }
        position = base + index
    }

    /// The first line feed or carriage return in a stretch, as a place in the file.
    func firstLineEnd(from start: Int, to end: Int) -> Int? {
        var place = max(start, base)
        while place + width <= end {
            let found = unit(at: place)
            if found == 0x0A || found == 0x0D { return place }
            place += width
        }
        return nil
    }

    /// A copy of a stretch that is still kept, as it lies in the file.
    func copy(from start: Int, to end: Int) -> [UInt8] { Array(buffer[(start - base)..<(end - base)]) }

    /// Remembers the beginning of a record that is too large and lets go of its bytes.
    mutating func beginTooLarge() {
        if head == nil { head = copy(from: keepFrom, to: min(keepFrom + limits.faultBytesMax, end)) }
        keepFrom = position
    }

    var isTooLarge: Bool { head != nil }

    /// Lets go of the bytes that nobody needs.
    mutating func dropConsumed() {
        let count = min(keepFrom, position) - base
        guard count > 0 else { return }
        buffer.removeFirst(count)
        base += count
    }

    /// Sets what is handed over beside every frame from now on.
    mutating func setTitles(_ bytes: [UInt8]) {
        if titles == bytes { return }
        titles = bytes
        titlesVersion += 1
    }

    /// Hands over a record, or a fault in its place; a record over the limit becomes a fault here.
    mutating func emit(
        from start: Int, to end: Int, fault: RejectionCode? = nil, faultPlace: Int? = nil,
        _ body: FrameBody
    ) rethrows {
        number += 1
        let isTooLarge = head != nil || end - start > limits.recordBytesMax
        let code = isTooLarge && fault == nil ? .recordTooLarge : fault
        if let kept = head {
            head = nil
            let frame = Frame(
                bytes: 0..<kept.count, number: number, place: start, fault: code, faultPlace: faultPlace,
                titlesVersion: titlesVersion)
            return try body(frame, kept.span, titles.span)
        }
        let first = max(start, base) - base
        var last = max(end - base, first)
        if code != nil { last = min(last, first + limits.faultBytesMax) }
        let frame = Frame(
            bytes: 0..<(last - first), number: number, place: start, fault: code, faultPlace: faultPlace,
            titlesVersion: titlesVersion)
        try body(frame, buffer.span.extracting(first..<last), titles.span)
    }
}

/// Takes a frame, its bytes and the titles.
typealias FrameBody = (_ frame: Frame, _ bytes: Span<UInt8>, _ titles: Span<UInt8>) throws -> Void
