// Stage 2, Conform: `raw.<agency>.<feed>` → `contract.<contract>.v<major>`. The adapter decodes, maps and validates;
// an event published before is not published again. What cannot go on goes to `rejected.<agency>` with its code,
// its place and the fix.
public import Mapping
public import Records

/// The Conform stage of one worker.
public struct Conform: Stage {
    private var conformer: Conformer
    private var window: DuplicateWindow

    public init(adapters: AdapterSet, limits: DuplicateWindowLimits = .init()) {
        conformer = Conformer(adapters: adapters)
        window = DuplicateWindow(limits: limits)
    }

    public mutating func process(_ batch: borrowing RecordBatch, into out: inout RecordBatch) {
        var origin = RawOrigin()
        var lastTopic: Int32 = -1
        var lastPartition: Int32 = -1
        var place = ""
        for slot in batch.slots {
            let headers = out.headerMark
            let records = out.count
            guard case .published = conformer.conform(slot, of: batch, into: &out) else { continue }
            if slot.topic != lastTopic || slot.partition != lastPartition {
                (lastTopic, lastPartition) = (slot.topic, slot.partition)
                place = "\(batch.topics[Int(slot.topic)])/\(slot.partition)"
            }
            guard !hasNews(out, from: records, partition: place) else { continue }
            // The bytes stay in the arena: later records may share them.
            out.rollBack(arena: out.mark, headers: headers, records: records)
            origin.take(slot, of: batch)
            guard let feed = conformer.adapters.index(rawTopic: batch.topics[Int(slot.topic)]) else { continue }
            conformer.reject(
                Rejection(
                    stage: .conform, code: .recordDuplicate, place: "",
                    detail: "the same record, with the same content, was published before",
                    fix: "nothing to do; an export that overlaps the one before it brings such records"),
                feed: feed, origin: origin, into: &out)
        }
    }

    /// Whether any of the events appended since `first` is new; notes them all.
    private mutating func hasNews(_ out: borrowing RecordBatch, from first: Int, partition: String) -> Bool {
        var hasNews = false
        for slot in out.slots[first...] {
            guard let header = out.header("ce_id", of: slot), let id = Self.identifier(out.arena[header.range]) else {
                return true
            }
            if window.insert(id, partition: partition) { hasNews = true }
        }
        return hasNews
    }

    /// 32 hexadecimal digits as a number.
    private static func identifier(_ digits: ArraySlice<UInt8>) -> UInt128? {
        guard digits.count == 32 else { return nil }
        var value: UInt128 = 0
        for digit in digits {
            let nibble: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): nibble = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): nibble = digit - UInt8(ascii: "a") + 10
            default: return nil
            }
            value = value << 4 | UInt128(nibble)
        }
        return value
    }

    public mutating func close(isCaughtUp: Bool, into out: inout RecordBatch) { window.closeRounds(into: &out) }

    public var stateTopic: String? { TopicName.state(group: "conform") }

    public mutating func restore(_ batch: borrowing RecordBatch) {
        for slot in batch.slots where !slot.key.isAbsent && !slot.value.isAbsent {
            window.restore(key: batch.text(slot.key), value: batch.arena[slot.value.range])
        }
    }
}
