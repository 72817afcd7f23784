// Which produced records are still on their way. librdkafka carries one pointer-sized number through for
// each record: the ticket of its batch and its place in it, so that no object is made per record.

import CRdKafka

/// A produced batch on its way to the bus.
public struct Ticket: Sendable, Hashable {
    let number: Int
}

/// Where a record was stored.
public struct StoredPlace: Sendable, Hashable {
    public var partition: Int32
    /// -1 where the record was not stored.
    public var offset: Int64

    public init(partition: Int32, offset: Int64) {
        self.partition = partition
        self.offset = offset
    }
}

/// Books of the records that were handed to librdkafka.
struct DeliveryLedger {
    struct Entry {
        var outstanding = 0
        var places: ContiguousArray<StoredPlace>
        var failed: [Int] = []
        var firstFailure = RD_KAFKA_RESP_ERR_NO_ERROR
        var firstPartition: Int32 = -1
    }
    /// The lower bits hold the place in the batch, the upper the ticket.
    private static let placeBits = 20
    static let placesMax = 1 << placeBits

    private var entries: [Int: Entry] = [:]
    private var next = 1
    /// The first failure of a record since it was last asked for: what broke a transaction.
    var lastFailure: rd_kafka_resp_err_t?

    mutating func open(count: Int) -> Ticket {
        let ticket = Ticket(number: next)
        next += 1
        let nowhere = StoredPlace(partition: -1, offset: -1)
        entries[ticket.number] = Entry(outstanding: count, places: ContiguousArray(repeating: nowhere, count: count))
        return ticket
    }

    static func opaque(_ ticket: Ticket, _ place: Int) -> UnsafeMutableRawPointer? {
        unsafe UnsafeMutableRawPointer(bitPattern: ticket.number << placeBits | place)
    }

    mutating func record(_ opaque: UnsafeMutableRawPointer?, _ code: rd_kafka_resp_err_t, partition: Int32, offset: Int64) {
        if code != RD_KAFKA_RESP_ERR_NO_ERROR, lastFailure == nil { lastFailure = code }
        let bits = UInt(bitPattern: opaque)
        settle(
            Ticket(number: Int(bits >> Self.placeBits)), Int(bits) & (Self.placesMax - 1), code, partition: partition,
            offset: offset)
    }

    mutating func settle(
        _ ticket: Ticket, _ place: Int, _ code: rd_kafka_resp_err_t, partition: Int32, offset: Int64
    ) {
        guard let index = entries.index(forKey: ticket.number) else { return }
        entries.values[index].outstanding -= 1
        if code == RD_KAFKA_RESP_ERR_NO_ERROR {
            entries.values[index].places[place] = StoredPlace(partition: partition, offset: offset)
        } else {
            entries.values[index].failed.append(place)
            if entries.values[index].failed.count == 1 {
                entries.values[index].firstFailure = code
                entries.values[index].firstPartition = partition
            }
        }
    }

    func isSettled(_ ticket: Ticket) -> Bool { (entries[ticket.number]?.outstanding ?? 0) <= 0 }
    var openCount: Int { entries.count }

    /// Closes a ticket and gives what became of it.
    mutating func close(_ ticket: Ticket) -> Entry? { entries.removeValue(forKey: ticket.number) }
    mutating func closeAll() { entries.removeAll(keepingCapacity: true) }
}

typealias DeliveryCallback = @convention(c) (
    OpaquePointer?, UnsafePointer<rd_kafka_message_t>?, UnsafeMutableRawPointer?
) -> Void

/// Fires only inside `rd_kafka_poll` and `rd_kafka_flush`, on the thread that calls them.
let deliveryCallback: DeliveryCallback = { _, message, opaque in
    guard let message = unsafe message, let opaque = unsafe opaque else { return }
    let observer = unsafe Unmanaged<ClientObserver>.fromOpaque(opaque).takeUnretainedValue()
    unsafe observer.deliveries.record(
        message.pointee._private, message.pointee.err, partition: message.pointee.partition,
        offset: message.pointee.offset)
}
