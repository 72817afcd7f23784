// The headers of a contract record that Share reads or passes on, found in one pass.

import Records

/// Slices of the input batch's arena; nil where the header is missing or null.
struct RecordHeaders {
    var id: ArenaSlice?
    var source: ArenaSlice?
    var time: ArenaSlice?
    var subject: ArenaSlice?
    var dataSchema: ArenaSlice?
    var traceParent: ArenaSlice?

    init(_ batch: borrowing RecordBatch, _ slot: RecordSlot) {
        let first = Int(slot.headerStart)
        for place in first..<first + Int(slot.headerCount) {
            let header = batch.headerSlots[place]
            if header.value.isAbsent { continue }
            // The lengths differ but for one pair, so most headers are told apart without their bytes.
            switch header.name.count {
            case 5 where id == nil && batch.equals(header.name, "ce_id"): id = header.value
            case 7 where time == nil && batch.equals(header.name, "ce_time"): time = header.value
            case 9 where source == nil && batch.equals(header.name, "ce_source"): source = header.value
            case 10 where subject == nil && batch.equals(header.name, "ce_subject"): subject = header.value
            case 11 where traceParent == nil && batch.equals(header.name, "traceparent"): traceParent = header.value
            case 13 where dataSchema == nil && batch.equals(header.name, "ce_dataschema"): dataSchema = header.value
            default: break
            }
        }
    }

    /// Whether bytes may stand in JSON and in a key as they are: printable ASCII, no quote, no backslash.
    static func isIdentifier(_ bytes: Span<UInt8>, bytesMax: Int) -> Bool {
        guard bytes.count > 0, bytes.count <= bytesMax else { return false }
        for place in bytes.indices {
            let byte = bytes[place]
            if byte < 0x21 || byte > 0x7E || byte == 0x22 || byte == 0x5C { return false }
        }
        return true
    }
}
