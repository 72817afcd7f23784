// The unit in which records travel through the hub: one byte arena and plain slots that point into it.
// A batch is copied once out of librdkafka and once into it; between the two nothing is allocated per
// record or per field.

/// A range of a batch's arena. `count` is -1 where the thing is absent (a tombstone's value, a missing key).
public struct ArenaSlice: Sendable, Hashable {
    public var start: Int32
    public var count: Int32

    public init(start: Int32, count: Int32) {
        self.start = start
        self.count = count
    }

    /// What is not there: a null key, a tombstone's value.
    public static let absent = ArenaSlice(start: 0, count: -1)

    public var isAbsent: Bool { count < 0 }
    /// The bytes' place in the arena; empty where absent.
    public var range: Range<Int> { Int(start)..<Int(start) + Int(max(count, 0)) }
}

/// One record: where it was read or is to be written, and where its bytes lie.
public struct RecordSlot: Sendable {
    /// Index into `RecordBatch.topics`.
    public var topic: Int32
    /// The partition; -1 in a batch to be produced: the partitioner decides by key.
    public var partition: Int32
    /// The offset read; -1 in a batch to be produced.
    public var offset: Int64
    /// Milliseconds since 1970 UTC; 0 in a batch to be produced: the producer's clock.
    public var timestampMilliseconds: Int64
    public var key: ArenaSlice
    public var value: ArenaSlice
    /// The record's headers are `headerSlots[headerStart ..< headerStart + headerCount]`.
    public var headerStart: Int32
    public var headerCount: Int32
}

/// One header of one record.
public struct HeaderSlot: Sendable {
    public var name: ArenaSlice
    public var value: ArenaSlice
}

/// Records read together or to be produced together.
///
/// Limits: an arena under 2 GiB (`Int32` places); the bus fills at most 1,000 records or 1 MiB.
public struct RecordBatch: Sendable {
    /// Every byte of every record. Builders append to it and then add a slot that points at what they wrote.
    public var arena: [UInt8] = []
    public private(set) var slots: ContiguousArray<RecordSlot> = []
    public private(set) var headerSlots: ContiguousArray<HeaderSlot> = []
    /// The topic names that the slots' `topic` indexes.
    public private(set) var topics: [String] = []

    public init() {}

    public var count: Int { slots.count }
    public var isEmpty: Bool { slots.isEmpty }

    /// Forgets the records and keeps the memory and the topic table.
    public mutating func removeAll() {
        arena.removeAll(keepingCapacity: true)
        slots.removeAll(keepingCapacity: true)
        headerSlots.removeAll(keepingCapacity: true)
    }

    /// The index of a topic in this batch's table, added on first use. A batch names few topics.
    public mutating func topicIndex(_ name: String) -> Int32 {
        if let known = topics.firstIndex(of: name) { return Int32(known) }
        topics.append(name)
        return Int32(topics.count - 1)
    }

    /// Where the next byte will be written; pair with `slice(from:)`.
    public var mark: Int { arena.count }

    /// What has been appended to the arena since `mark`.
    public func slice(from mark: Int) -> ArenaSlice {
        ArenaSlice(start: Int32(mark), count: Int32(arena.count - mark))
    }

    /// Copies bytes into the arena.
    public mutating func store(_ bytes: some Sequence<UInt8>) -> ArenaSlice {
        let start = arena.count
        arena.append(contentsOf: bytes)
        return slice(from: start)
    }

    /// Copies bytes into the arena.
    public mutating func store(_ bytes: Span<UInt8>) -> ArenaSlice {
        let start = arena.count
        // Safe because the buffer is used within the closure only.
        unsafe bytes.withUnsafeBufferPointer { unsafe arena.append(contentsOf: $0) }
        return slice(from: start)
    }

    /// Copies a string's UTF-8 into the arena.
    public mutating func store(_ text: String) -> ArenaSlice { store(text.utf8) }

    /// Copies bytes of another batch's arena; absent stays absent.
    public mutating func store(_ slice: ArenaSlice, of other: borrowing RecordBatch) -> ArenaSlice {
        if slice.isAbsent { return .absent }
        let start = arena.count
        arena.append(contentsOf: other.arena[slice.range])
        return self.slice(from: start)
    }

    /// How many headers are stored: pass it as `headersFrom` after adding the record's own.
    public var headerMark: Int { headerSlots.count }

    /// Adds a header for the record that is being built.
    public mutating func addHeader(_ name: ArenaSlice, _ value: ArenaSlice) {
        headerSlots.append(HeaderSlot(name: name, value: value))
    }

    /// Adds a header for the record that is being built.
    public mutating func addHeader(_ name: String, _ value: String) {
        addHeader(store(name), store(value))
    }

    /// Closes the record that is being built: its headers are those added since `headersFrom`.
    public mutating func addRecord(
        topic: Int32, partition: Int32 = -1, offset: Int64 = -1, timestampMilliseconds: Int64 = 0,
        key: ArenaSlice, value: ArenaSlice, headersFrom: Int
    ) {
        slots.append(
            RecordSlot(
                topic: topic, partition: partition, offset: offset, timestampMilliseconds: timestampMilliseconds,
                key: key, value: value, headerStart: Int32(headersFrom), headerCount: Int32(headerSlots.count - headersFrom)))
    }

    /// Takes back everything appended since the three marks: a record that turned out unfit leaves no trace.
    public mutating func rollBack(arena mark: Int, headers: Int, records: Int) {
        arena.removeLast(arena.count - mark)
        headerSlots.removeLast(headerSlots.count - headers)
        slots.removeLast(slots.count - records)
    }

    /// The value of the first header of that name; nil where there is none or its value is null.
    public func header(_ name: StaticString, of slot: RecordSlot) -> ArenaSlice? {
        let first = Int(slot.headerStart)
        for place in first..<first + Int(slot.headerCount) {
            let header = headerSlots[place]
            guard header.name.count == name.utf8CodeUnitCount, !header.value.isAbsent else { continue }
            if equals(header.name, name) { return header.value }
        }
        return nil
    }

    /// Whether a slice of the arena holds exactly that text.
    public func equals(_ slice: ArenaSlice, _ text: StaticString) -> Bool {
        guard Int(slice.count) == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { buffer in
            var place = Int(slice.start)
            for unsafe byte in unsafe buffer {
                if arena[place] != byte { return false }
                place += 1
            }
            return true
        }
    }

    /// A slice as text; bytes that are not UTF-8 are repaired, so use it for names and codes only.
    public func text(_ slice: ArenaSlice) -> String { String(decoding: arena[slice.range], as: UTF8.self) }

    /// A header as text.
    public func headerText(_ name: StaticString, of slot: RecordSlot) -> String? { header(name, of: slot).map(text) }
}
