// The argument vector of `rd_kafka_produceva`: places that are fixed once and values that change per record.

import CRdKafka
import Records

/// The places of the argument vector.
enum Argument {
    private static let topic = 0
    private static let partition = 1
    private static let flags = 2
    private static let key = 3
    private static let value = 4
    private static let timestamp = 5
    private static let opaque = 6
    private static let headers = 7
    static let count = 8

    @unsafe static func prepare(_ arguments: UnsafeMutablePointer<rd_kafka_vu_t>) {
        unsafe arguments[topic].vtype = RD_KAFKA_VTYPE_RKT
        unsafe arguments[partition].vtype = RD_KAFKA_VTYPE_PARTITION
        unsafe arguments[flags].vtype = RD_KAFKA_VTYPE_MSGFLAGS
        unsafe arguments[flags].u.i = RD_KAFKA_MSG_F_COPY
        unsafe arguments[key].vtype = RD_KAFKA_VTYPE_KEY
        unsafe arguments[value].vtype = RD_KAFKA_VTYPE_VALUE
        unsafe arguments[timestamp].vtype = RD_KAFKA_VTYPE_TIMESTAMP
        unsafe arguments[opaque].vtype = RD_KAFKA_VTYPE_OPAQUE
        unsafe arguments[headers].vtype = RD_KAFKA_VTYPE_HEADERS
    }

    /// Hands one record over; librdkafka copies key and value and takes the headers.
    @unsafe static func produce(
        _ client: OpaquePointer, _ arguments: UnsafeMutablePointer<rd_kafka_vu_t>, _ batch: borrowing RecordBatch,
        _ slot: RecordSlot, topic handle: OpaquePointer, opaque number: UnsafeMutableRawPointer?
    ) -> rd_kafka_resp_err_t {
        unsafe arguments[topic].u.rkt = handle
        unsafe arguments[partition].u.i32 = slot.partition
        unsafe arguments[timestamp].u.i64 = slot.timestampMilliseconds
        unsafe arguments[opaque].u.ptr = number
        return unsafe batch.arena.withUnsafeBytes { arena in
            // An empty value still needs an address: null would make it a tombstone.
            let start = unsafe arena.baseAddress ?? UnsafeRawPointer(arguments)
            unsafe point(&arguments[key], at: slot.key, in: start)
            unsafe point(&arguments[value], at: slot.value, in: start)
            var made: OpaquePointer?
            if slot.headerCount > 0 {
                unsafe made = rd_kafka_headers_new(Int(slot.headerCount))
                let first = Int(slot.headerStart)
                for place in first..<first + Int(slot.headerCount) {
                    let header = batch.headerSlots[place]
                    unsafe rd_kafka_header_add(
                        made, (start + Int(header.name.start)).assumingMemoryBound(to: CChar.self),
                        Int(max(0, header.name.count)), header.value.isAbsent ? nil : start + Int(header.value.start),
                        Int(max(0, header.value.count)))
                }
            }
            unsafe arguments[headers].u.headers = made
            // Without headers the last place is left out.
            let used = unsafe made == nil ? count - 1 : count
            guard let error = unsafe rd_kafka_produceva(client, arguments, used) else {
                return RD_KAFKA_RESP_ERR_NO_ERROR
            }
            let code = unsafe rd_kafka_error_code(error)
            unsafe rd_kafka_error_destroy(error)
            if let made = unsafe made { unsafe rd_kafka_headers_destroy(made) }
            return code
        }
    }

    private static func point(_ argument: inout rd_kafka_vu_t, at slice: ArenaSlice, in start: UnsafeRawPointer) {
        if slice.isAbsent {
            unsafe argument.u.mem.ptr = nil
            unsafe argument.u.mem.size = 0
        } else {
            unsafe argument.u.mem.ptr = UnsafeMutableRawPointer(mutating: start + Int(slice.start))
            unsafe argument.u.mem.size = Int(slice.count)
        }
    }
}
