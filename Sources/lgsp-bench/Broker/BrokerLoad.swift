// One measured process of `lgsp bench broker`: librdkafka's C API as fast as it goes, with the settings of its own
// performance program (rdkafka_performance), or at a given pace for the time to the acknowledgement. What is
// measured is the broker: nothing of the hub's Bus is in the way. Any error ends it.
import CRdKafka
import Foundation
import JSON
import Runtime

/// `lgsp-bench load produce|consume|latency --servers A --topic T --records N [--bytes B] [--pace R]`.
func runBrokerLoad(_ words: [String]) throws {
    let options = try BenchOptions(words, known: ["servers", "topic", "records", "bytes", "pace"])
    let load = BrokerLoad(
        servers: try options.text("servers"), topic: try options.text("topic"), records: try options.integer("records"),
        bytes: try options.integer("bytes", default: 1_024))
    switch options.positional.first {
    case "produce": print(try load.produce().line)
    case "consume": print(try load.consume().line)
    case "latency": print(try load.latency(pace: try options.integer("pace", default: 5_000)).line)
    default: throw BenchFailure("the loads are produce, consume and latency")
    }
}

struct BrokerLoad {
    var servers: String
    var topic: String
    var records: Int
    /// Bytes of a record's value.
    var bytes: Int

    /// Produces with acks=all and waits for the last acknowledgement.
    func produce() throws -> PartResult {
        let reports = DeliveryTimes(expected: 0)
        let client = try LoadClient(
            RD_KAFKA_PRODUCER, servers,
            [
                ("acks", "all"), ("linger.ms", "1000"), ("message.send.max.retries", "3"), ("retry.backoff.ms", "500"),
                ("queue.buffering.max.messages", "500000"), ("queue.buffering.max.kbytes", "1048576"),
            ], reports: reports)
        let target = unsafe try client.topic(topic)
        let value = BrokerLoad.value(bytes)
        // The first record settles connection and metadata, which are not measured.
        unsafe try produceOne(client, target, value, opaque: nil)
        try client.flush()
        let before = ResourceUse()
        for _ in 0..<records { unsafe try produceOne(client, target, value, opaque: nil) }
        try client.flush()
        guard reports.failed == 0 else { throw BenchFailure("\(reports.failed) records were not stored") }
        return before.result(records: records, written: records)
    }

    /// Reads as many records from the beginning, through the legacy consumer as the performance program does.
    func consume() throws -> PartResult {
        let client = try LoadClient(
            RD_KAFKA_CONSUMER, servers,
            // Without the last, librdkafka pauses for a second whenever 64 MB wait.
            [("queued.min.messages", "1000000"), ("queued.max.messages.kbytes", "2097151")])
        let target = unsafe try client.topic(topic)
        guard unsafe rd_kafka_consume_start(target, 0, Int64(RD_KAFKA_OFFSET_BEGINNING)) == 0 else {
            throw BenchFailure("\(topic) cannot be read")
        }
        let room = 1_000
        let messages = UnsafeMutablePointer<UnsafeMutablePointer<rd_kafka_message_t>?>.allocate(capacity: room)
        defer { unsafe messages.deallocate() }
        var seen = 0
        var before: (use: ResourceUse, seen: Int)?
        let deadline = ContinuousClock.now + .seconds(300)
        while seen < records {
            if ContinuousClock.now > deadline { throw BenchFailure("\(seen) of \(records) records in 5 minutes") }
            let count = unsafe rd_kafka_consume_batch(target, 0, 100, messages, room)
            for place in 0..<max(0, count) {
                guard let message = unsafe messages[place] else { continue }
                if unsafe message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR { seen += 1 }
                unsafe rd_kafka_message_destroy(message)
            }
            if before == nil, seen > 0 { before = (ResourceUse(), seen) }
        }
        guard let before else { throw BenchFailure("\(topic) has no record") }
        let result = before.use.result(records: seen - before.seen, written: 0)
        unsafe rd_kafka_consume_stop(target, 0)
        return result
    }

    /// Produces at a steady pace, each record sent at once, and takes the time to each acknowledgement.
    func latency(pace: Int) throws -> LatencyResult {
        let reports = DeliveryTimes(expected: records)
        let client = try LoadClient(
            RD_KAFKA_PRODUCER, servers, [("acks", "all"), ("linger.ms", "0"), ("socket.nagle.disable", "true")],
            reports: reports)
        let target = unsafe try client.topic(topic)
        let value = BrokerLoad.value(bytes)
        for _ in 0..<100 { unsafe try produceOne(client, target, value, opaque: nil) }
        try client.flush()
        reports.isMeasuring = true
        let began = DeliveryTimes.now()
        for place in 0..<records {
            let due = began + UInt64(place) * 1_000_000_000 / UInt64(pace)
            while true {
                let now = DeliveryTimes.now()
                if now >= due { break }
                unsafe rd_kafka_poll(client.pointer, Int32((due - now) / 1_000_000))
            }
            // The clock starts when the record is due: a stall that delays later records counts for them too.
            unsafe try produceOne(client, target, value, opaque: UnsafeMutableRawPointer(bitPattern: UInt(due)))
            unsafe rd_kafka_poll(client.pointer, 0)
        }
        try client.flush()
        guard reports.failed == 0 else { throw BenchFailure("\(reports.failed) records were not stored") }
        return LatencyResult(nanoseconds: reports.nanoseconds)
    }

    private func produceOne(
        _ client: LoadClient, _ target: OpaquePointer, _ value: [UInt8], opaque: UnsafeMutableRawPointer?
    ) throws {
        while true {
            let code = unsafe value.withUnsafeBytes { bytes in
                unsafe rd_kafka_produce(
                    target, 0, RD_KAFKA_MSG_F_COPY, UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count, nil, 0,
                    opaque)
            }
            if code == 0 { return }
            guard rd_kafka_last_error() == RD_KAFKA_RESP_ERR__QUEUE_FULL else {
                throw BenchFailure("librdkafka does not take a record")
            }
            unsafe rd_kafka_poll(client.pointer, 10)
        }
    }

    /// Bytes that do not compress to nothing, the same on every run.
    private static func value(_ count: Int) -> [UInt8] {
        var state: UInt64 = 42
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(32 + (state >> 33) % 95)
        }
    }
}

/// Times from due to acknowledged, nanoseconds.
final class DeliveryTimes {
    private(set) var nanoseconds: [UInt64] = []
    private(set) var failed = 0
    var isMeasuring = false

    init(expected: Int) { nanoseconds.reserveCapacity(expected) }

    func take(_ message: UnsafePointer<rd_kafka_message_t>) {
        if unsafe message.pointee.err != RD_KAFKA_RESP_ERR_NO_ERROR { failed += 1 }
        guard isMeasuring, let due = unsafe message.pointee._private else { return }
        nanoseconds.append(DeliveryTimes.now() - UInt64(UInt(bitPattern: due)))
    }

    /// Monotonic.
    static func now() -> UInt64 { UInt64(SystemClock().monotonicNanoseconds()) }
}

/// Percentiles of the time to an acknowledgement, milliseconds.
struct LatencyResult {
    var median: Double
    var p99: Double
    var max: Double

    init(nanoseconds: [UInt64]) {
        let sorted = nanoseconds.sorted()
        func at(_ share: Double) -> Double {
            sorted.isEmpty ? 0 : Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / 1e6
        }
        (median, p99, max) = (at(0.5), at(0.99), at(1))
    }

    init(line: String) throws {
        guard let value = try? JSONValue(parsing: Array(line.utf8)), let median = value["median"]?.doubleValue,
            let p99 = value["p99"]?.doubleValue, let max = value["max"]?.doubleValue
        else { throw BenchFailure("no result: \(line)") }
        (self.median, self.p99, self.max) = (median, p99, max)
    }

    var line: String { #"{"median":\#(median),"p99":\#(p99),"max":\#(max)}"# }
}

/// A librdkafka client that lives until the process ends.
@safe final class LoadClient {
    let pointer: OpaquePointer
    private let reports: DeliveryTimes?

    init(
        _ type: rd_kafka_type_t, _ servers: String, _ properties: [(String, String)], reports: DeliveryTimes? = nil
    ) throws {
        let configuration = unsafe rd_kafka_conf_new()
        var text = [CChar](repeating: 0, count: 512)
        for (name, value) in [("bootstrap.servers", servers)] + properties
        where unsafe rd_kafka_conf_set(configuration, name, value, &text, text.count) != RD_KAFKA_CONF_OK {
            throw BenchFailure("librdkafka does not take \(name)=\(value)")
        }
        self.reports = reports
        if let reports {
            unsafe rd_kafka_conf_set_opaque(configuration, Unmanaged.passUnretained(reports).toOpaque())
            unsafe rd_kafka_conf_set_dr_msg_cb(configuration) { _, message, opaque in
                guard let message = unsafe message, let opaque = unsafe opaque else { return }
                unsafe Unmanaged<DeliveryTimes>.fromOpaque(opaque).takeUnretainedValue().take(message)
            }
        }
        guard let made = unsafe rd_kafka_new(type, configuration, &text, text.count) else {
            throw BenchFailure("librdkafka makes no client")
        }
        unsafe pointer = made
    }

    func topic(_ name: String) throws -> OpaquePointer {
        guard let made = unsafe rd_kafka_topic_new(pointer, name, nil) else { throw BenchFailure("no topic \(name)") }
        return unsafe made
    }

    func flush() throws {
        guard unsafe rd_kafka_flush(pointer, 120_000) == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw BenchFailure("records were not acknowledged within 2 minutes")
        }
    }
}
