// What --set takes: Kafka's values of Kafka's settings, and what Kafka's own test beds give.

import Testing

@testable import Broker

@Suite struct BrokerSettingTests {
    @Test(arguments: [
        ("group.min.session.timeout.ms", "0"), ("group.max.session.timeout.ms", "-1"),
        ("group.initial.rebalance.delay.ms", "-1"),
        ("connections.max.idle.ms", "-1"), ("max.connections", "0"), ("log.cleaner.backoff.ms", "0"),
        ("offset.metadata.max.bytes", " 10 "), ("auto.create.topics.enable", "TRUE"), ("socket.request.max.bytes", "1"),
        ("sasl.server.max.receive.size", "-1"), ("log.cleaner.dedupe.buffer.size", "2097152"),
        ("file.delete.delay.ms", "0"), ("group.streams.initial.rebalance.delay.ms", "0"),
        ("replica.fetch.backoff.ms", "100"), ("unclean.leader.election.interval.ms", "10"),
    ])
    func valueThatKafkaTakesIsTaken(key: String, value: String) throws {
        var settings = BrokerSettings(dataDirectory: "/data")
        try settings.set(key: key, value: value)
    }

    @Test(arguments: [
        ("group.min.session.timeout.ms", "x"), ("group.max.size", "0"), ("fetch.max.bytes", "1023"),
        ("max.connections", "-1"), ("log.cleaner.backoff.ms", "-1"), ("auto.create.topics.enable", "yes"),
        ("group.min.session.timeout.ms", "99999999999"), ("no.such.setting", "1"),
    ])
    func valueThatKafkaRefusesIsRefusedByName(key: String, value: String) {
        var settings = BrokerSettings(dataDirectory: "/data")
        let error = #expect(throws: SettingError.self) { try settings.set(key: key, value: value) }
        #expect(error?.key == key)
    }

    @Test func brokerOfSuchValuesStartsAndServes() throws {
        let broker = try TestBroker(settings: { settings in
            for key in ["group.min.session.timeout.ms", "log.cleaner.backoff.ms"] {
                try? settings.set(key: key, value: "0")
            }
            try? settings.set(key: "sasl.server.max.receive.size", value: "-1")
            try? settings.set(key: "group.initial.rebalance.delay.ms", value: "-1")
        })
        try broker.createTopic("t")
        #expect(broker.core.catalog.log("t", 0) != nil)
    }
}
