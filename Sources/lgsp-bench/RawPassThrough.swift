// The raw limit of the pipeline benchmark: records from one topic to another over librdkafka's C interface
// with nothing in between, and the same through `Bus`. What a stage costs is its time less this.

import Bus
import CRdKafka
import Glibc
import Records
import Runtime

/// What a run came to.
struct PassThroughResult: CustomStringConvertible {
    var records: Int
    var seconds: Double
    /// User and system time of this process.
    var cpuSeconds: Double

    var recordsPerSecond: Double { Double(records) / seconds }
    var cpuSecondsPerMillion: Double { cpuSeconds / Double(records) * 1_000_000 }
    var description: String {
        "\(records) records, \(Int(recordsPerSecond)) a second, "
            + "\((cpuSecondsPerMillion * 100).rounded() / 100) CPU seconds a million"
    }

    /// Times a run that says how many records it moved.
    static func measure<Failure: Error>(_ body: () throws(Failure) -> Int) throws(Failure) -> PassThroughResult {
        let start = SystemClock().monotonicNanoseconds()
        let cpu = cpuNanoseconds()
        let records = try body()
        return PassThroughResult(
            records: records, seconds: Double(SystemClock().monotonicNanoseconds() - start) / 1e9,
            cpuSeconds: Double(cpuNanoseconds() - cpu) / 1e9)
    }

    private static func cpuNanoseconds() -> Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}

/// Makes a topic and fills it with visit records.
func fillInput(bootstrap: String, topic: String, partitions: Int, records: Int) throws(BusError) {
    let settings = BusSettings(bootstrapServers: bootstrap, clientId: "bench")
    try Admin(settings).createTopics([NewTopic(topic, partitionCount: partitions)])
    let producer = try Producer(settings)
    var tickets: [Ticket] = []
    for first in stride(from: 0, to: records, by: 1_000) {
        tickets.append(try producer.produce(VisitWorkload.batch(first..<min(first + 1_000, records), topic: topic)))
        // Records wait in the producer in bytes as well as in number: not too many at once.
        if tickets.count > 20 { try producer.wait(for: tickets.removeFirst()) }
    }
    for ticket in tickets { try producer.wait(for: ticket) }
}

/// Consumes a batch, produces the same bytes, and with `transactional` commits both with their positions in
/// one transaction; straight over the C interface.
func runRawPassThrough(
    bootstrap: String, input: String, output: String, transactional: Bool, records: Int, batchRecords: Int = 1_000
) throws(BusError) -> PassThroughResult {
    let copier = try RawCopier(
        bootstrap: bootstrap, input: input, output: output, transactional: transactional, batchRecords: batchRecords)
    try copier.waitForFirstBatch()
    return try PassThroughResult.measure { () throws(BusError) in try copier.copy(records) }
}

/// The same through `Bus`: one copy into a `RecordBatch` and one out of it.
func runBusPassThrough(
    bootstrap: String, input: String, output: String, transactional: Bool, records: Int
) throws(BusError) -> PassThroughResult {
    let settings = BusSettings(bootstrapServers: bootstrap, clientId: "bench-bus")
    let consumer = try Consumer(settings, group: "bench-bus.\(output)", topics: [input])
    let producer = try Producer(settings, transactionalId: transactional ? "bench-bus.\(output)" : nil)
    if transactional { try producer.initTransactions() }
    var batch = RecordBatch()
    while batch.isEmpty { _ = try consumer.poll(into: &batch, timeoutMilliseconds: 100) }
    return try PassThroughResult.measure { () throws(BusError) in
        var copied = 0
        var positions = PartitionPositions()
        var tickets: [Ticket] = []
        var out = RecordBatch()
        while true {
            out.removeAll()
            let topic = out.topicIndex(output)
            for slot in batch.slots {
                let key = out.store(slot.key, of: batch)
                let value = out.store(slot.value, of: batch)
                out.addRecord(topic: topic, key: key, value: value, headersFrom: out.headerMark)
            }
            positions.advance(past: batch)
            if transactional {
                try producer.beginTransaction()
                try producer.produce(out)
                try producer.sendOffsets(positions, of: consumer)
                try producer.commitTransaction()
            } else {
                tickets.append(try producer.produce(out))
                while tickets.count > 4 { try producer.wait(for: tickets.removeFirst()) }
            }
            copied += batch.count
            if copied >= records { break }
            repeat { _ = try consumer.poll(into: &batch, timeoutMilliseconds: 100) } while batch.isEmpty
        }
        for ticket in tickets { try producer.wait(for: ticket) }
        return copied
    }
}
