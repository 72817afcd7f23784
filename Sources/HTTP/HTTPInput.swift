// The bytes of a connection that have come and are not yet read, cut into lines. A line ends with CR LF and
// nothing else; the checks run as bytes come, so that a hostile line is refused before it is complete.

/// A growing window on a byte stream.
struct HTTPInput: Sendable {
    private(set) var bytes: [UInt8] = []
    private(set) var start = 0
    /// How far the unfinished line has been looked at.
    private var scanned = 0

    var count: Int { bytes.count - start }

    mutating func receive(_ more: Span<UInt8>) {
        // Read bytes are let go of when they are more than what remains, so that each byte is moved at most once.
        if start > 4096 && start > bytes.count / 2 {
            bytes.removeFirst(start)
            scanned -= start
            start = 0
        }
        bytes.append(span: more)
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        start = 0
        scanned = 0
    }

    /// The next line without its end; nil where it is not complete. `tooLong` is the status past `limit` bytes.
    mutating func line(limit: Int, tooLong: Int) throws(HTTPRefusal) -> ArraySlice<UInt8>? {
        while scanned < bytes.count {
            let byte = bytes[scanned]
            if scanned - start > limit + 1 { throw HTTPRefusal(tooLong, "a line is too long") }
            let followsReturn = scanned > start && bytes[scanned - 1] == 0x0d
            if byte == 0x0a {
                guard followsReturn else { throw HTTPRefusal(400, "a line ends without CR") }
                let line = bytes[start..<scanned - 1]
                guard line.count <= limit else { throw HTTPRefusal(tooLong, "a line is too long") }
                scanned += 1
                start = scanned
                return line
            }
            if followsReturn { throw HTTPRefusal(400, "CR within a line") }
            guard byte >= 0x20 && byte != 0x7f || byte == 0x0d || byte == 0x09 else {
                throw HTTPRefusal(400, "a control character in a line")
            }
            scanned += 1
        }
        return nil
    }

    /// Moves up to `count` bytes to `body`; how many there were.
    mutating func take(_ count: Int, into body: inout [UInt8]) -> Int {
        let taken = min(count, self.count)
        body.append(span: bytes.span.extracting(start..<start + taken))
        start += taken
        scanned = start
        return taken
    }

    /// Skips CR LF between messages; true where something was skipped.
    mutating func skipEmptyLine() -> Bool {
        guard count >= 2, bytes[start] == 0x0d, bytes[start + 1] == 0x0a else { return false }
        start += 2
        scanned = start
        return true
    }

    /// A message's end must be exactly CR LF: nil where it has not all come.
    mutating func takeLineEnd() throws(HTTPRefusal) -> Bool? {
        if count >= 1 && bytes[start] != 0x0d { throw HTTPRefusal(400, "a chunk is longer than it said") }
        guard count >= 2 else { return nil }
        guard bytes[start + 1] == 0x0a else { throw HTTPRefusal(400, "a chunk is longer than it said") }
        start += 2
        scanned = start
        return true
    }
}

extension Array where Element == UInt8 {
    /// Appends a span's bytes at once.
    mutating func append(span: Span<UInt8>) {
        unsafe span.withUnsafeBufferPointer { buffer in unsafe append(contentsOf: buffer) }
    }
}
