// A code table: an agency's codes to the contract's words, each perhaps valid only between two days.
// Looked up by bytes through an open-addressing table, so that no String is made per field.

/// What a table says of a code.
enum CodeAnswer: Equatable {
    /// The value as JSON text: a range of the table's bytes.
    case value(Range<Int>)
    case unknown
    /// The code exists, at another date.
    case otherDate
}

/// An immutable code table.
struct CodeTable: Sendable {
    struct Entry: Sendable {
        var code: Range<Int>
        var value: Range<Int>
        var from: Int
        var to: Int
        /// The next entry of the same code, -1 for the last.
        var next: Int
    }

    private var text: [UInt8] = []
    private var entries: [Entry] = []
    private var places: [Int32] = []
    /// Whether codes are compared in lower case.
    let isFolded: Bool

    init(isFolded: Bool) { self.isFolded = isFolded }

    var isEmpty: Bool { entries.isEmpty }

    /// Adds a code; days are inclusive. Call `seal` after the last.
    mutating func add(code: [UInt8], value: [UInt8], from: Int = .min, to: Int = .max) {
        let start = text.count
        if isFolded { LetterCase.lower.append(code.span, to: &text) } else { text.append(contentsOf: code) }
        let middle = text.count
        text.append(contentsOf: value)
        entries.append(Entry(code: start..<middle, value: middle..<text.count, from: from, to: to, next: -1))
    }

    /// Builds the index; returns a code that is given twice for one day, if there is one.
    mutating func seal() -> [UInt8]? {
        var size = 8
        while size < entries.count * 2 { size *= 2 }
        places = Array(repeating: -1, count: size)
        for index in entries.indices {
            let entry = entries[index]
            let place = slot(of: text.span.extracting(entry.code))
            if places[place] >= 0 {
                var other = Int(places[place])
                while true {
                    if entries[other].from <= entry.to, entry.from <= entries[other].to {
                        return Array(text[entry.code])
                    }
                    if entries[other].next < 0 { break }
                    other = entries[other].next
                }
                entries[other].next = index
            } else {
                places[place] = Int32(index)
            }
        }
        return nil
    }

    /// What a code means on a day; without a day only a code with one entry can be told.
    func answer(_ code: Span<UInt8>, day: Int?, scratch: inout [UInt8]) -> CodeAnswer {
        if isFolded {
            scratch.removeAll(keepingCapacity: true)
            LetterCase.lower.append(code, to: &scratch)
            return answer(exactly: scratch.span, day: day)
        }
        return answer(exactly: code, day: day)
    }

    private func answer(exactly code: Span<UInt8>, day: Int?) -> CodeAnswer {
        guard !places.isEmpty else { return .unknown }
        var index = Int(places[slot(of: code)])
        guard index >= 0 else { return .unknown }
        guard let day else {
            return entries[index].next < 0 ? .value(entries[index].value) : .otherDate
        }
        while index >= 0 {
            let entry = entries[index]
            if day >= entry.from, day <= entry.to { return .value(entry.value) }
            index = entry.next
        }
        return .otherDate
    }

    /// Appends a value that `answer` gave.
    func append(_ value: Range<Int>, to output: inout [UInt8]) { output.append(text.span.extracting(value)) }

    /// The place in the index of a code, or the empty place where it would stand.
    private func slot(of code: Span<UInt8>) -> Int {
        let mask = places.count - 1
        var place = Int(truncatingIfNeeded: nameHash(code)) & mask
        while places[place] >= 0, !equal(text.span.extracting(entries[Int(places[place])].code), code) {
            place = (place + 1) & mask
        }
        return place
    }
}

/// FNV-1a of 32 bits: short names and codes only, from our own files and bounded by them.
@inline(__always)
func nameHash(_ bytes: Span<UInt8>) -> UInt32 {
    var hash: UInt32 = 2_166_136_261
    for place in bytes.indices { hash = (hash ^ UInt32(bytes[place])) &* 16_777_619 }
    return hash ^ hash >> 15
}

/// Whether two spans hold the same bytes.
@inline(__always)
func equal(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    for place in left.indices where left[place] != right[place] { return false }
    return true
}
