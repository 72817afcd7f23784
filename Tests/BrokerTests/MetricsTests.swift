// What an operator sees of the broker's work.

import KafkaWire
import Runtime
import Testing

@testable import Broker

@Suite struct MetricsTests {
    private func value(_ broker: TestBroker, _ series: String) -> Int? {
        let lines = broker.core.metricsPage().text.split(separator: "\n").filter { $0.hasPrefix(series + " ") }
        #expect(lines.count <= 1, "\(series) is there more than once")
        return lines.first.flatMap { Int($0.dropFirst(series.count + 1)) }
    }

    @Test func whatWentThroughIsCountedByTopicAndByRequest() throws {
        let broker = try TestBroker()
        try broker.createTopic("t", partitions: 2)
        let batch = TestBroker.batch(["a", "b", "c"])
        _ = try broker.produce("t", batch)
        _ = try broker.produce("t", batch, partition: 1)
        var damaged = batch
        damaged[damaged.count - 1] ^= 1
        #expect(try broker.produce("t", damaged).error == .corruptMessage)
        _ = try broker.fetch("t")
        #expect(value(broker, #"kafka_server_brokertopicmetrics_messagesin_total{topic="t"}"#) == 6)
        #expect(value(broker, #"kafka_server_brokertopicmetrics_bytesin_total{topic="t"}"#) == 2 * batch.count)
        #expect(value(broker, #"kafka_server_brokertopicmetrics_bytesout_total{topic="t"}"#) == batch.count)
        #expect(value(broker, #"kafka_server_brokertopicmetrics_failedproducerequests_total{topic="t"}"#) == 1)
        #expect(value(broker, #"kafka_network_requestmetrics_requests_total{request="Produce"}"#) == 3)
        #expect(value(broker, #"kafka_network_requestmetrics_totaltimems_count{request="Fetch"}"#) == 1)
        #expect(value(broker, #"kafka_log_log_logendoffset{topic="t",partition="1"}"#) == 3)
        #expect(value(broker, "kafka_controller_kafkacontroller_offlinepartitionscount") == 0)
        #expect((value(broker, "kafka_log_logflushstats_logflushrateandtimems_count") ?? 0) >= 2)
    }

    @Test func aFetchThatWaitsIsSeenAndItsTimeCounted() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        try broker.post(broker.fetchRequest("t", from: 0, committedOnly: false, wait: 500), version: 12)
        let waiting = #"kafka_server_delayedoperationpurgatory_purgatorysize{delayedOperation="Fetch"}"#
        #expect(value(broker, waiting) == 1)
        broker.advance(600)
        #expect(value(broker, waiting) == 0)
        #expect((value(broker, #"kafka_network_requestmetrics_totaltimems_sum{request="Fetch"}"#) ?? 0) >= 500)
        #expect((value(broker, #"kafka_network_requestmetrics_totaltimems{request="Fetch",quantile="0.50"}"#) ?? 0) >= 500)
    }

    @Test func quantilesAreBoundsThatTheShareStaysWithin() {
        var durations = DurationCounts()
        #expect(durations.quantile(0.99) == 0)
        for milliseconds in 1...100 { durations.add(milliseconds: Int64(milliseconds)) }
        #expect(durations.quantile(0.5) == 50)
        #expect(durations.quantile(0.75) == 75)
        #expect(durations.quantile(0.999) == 100)
        durations.add(milliseconds: 1_000_000)
        #expect(durations.quantile(1) == 60_000)
        #expect(durations.count == 101)
    }

    @Test func everyFamilyHasItsTypeOnceAndEveryLineIsWellFormed() throws {
        let broker = try TestBroker()
        try broker.createTopic("t")
        _ = try broker.produce("t", TestBroker.batch(["a"]))
        var families: Set<Substring> = []
        for line in broker.core.metricsPage().text.split(separator: "\n") {
            if line.hasPrefix("# TYPE ") {
                let name = line.split(separator: " ")[2]
                #expect(families.insert(name).inserted, "\(name) begins twice")
            } else if !line.hasPrefix("#") {
                let name = line.prefix { $0 != "{" && $0 != " " }
                let known = families.contains(name) || ["_count", "_sum"].contains { name.hasSuffix($0) && families.contains(name.dropLast($0.count)) }
                #expect(known, "\(line)")
                #expect(line.split(separator: " ").last.flatMap { Double($0) } != nil, "\(line)")
            }
        }
        #expect(families.count > 30)
    }
}
