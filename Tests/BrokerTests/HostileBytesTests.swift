// Bytes that a peer, or a disk, should never hold: each is refused, and a broker that met them serves on.
import Foundation

import Bytes
import KafkaWire
import Testing

@testable import Broker

@Suite struct HostileBytesTests {
    /// Request bodies behind a header of the key and version given, and what is wrong with them.
    private static let bodies: [(key: Int16, version: Int16, body: [UInt8], fault: String)] = [
        (3, 1, [0x7f, 0xff, 0xff, 0xff], "an array of 2^31-1 topics in no bytes"),
        (3, 1, [0xff, 0xff, 0xff, 0xfe], "an array of -2 topics"),
        (3, 1, [0, 0, 0, 1, 0x7f, 0xff, 0x61], "a string longer than the frame"),
        (3, 1, [0, 0, 0, 1, 0x80, 0, 0x61], "a string of negative length"),
        (3, 9, [0, 0xff, 0xff, 0xff, 0xff, 0x0f], "a compact array of 2^32-1 topics"),
        (3, 9, [0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], "a varint of eleven bytes"),
        (3, 9, [0, 2, 2, 0x61], "a compact string that ends the frame early"),
        (0, 3, [0xff, 0xff], "a produce request that ends after its transactional id"),
        (0, 3, [0xff, 0xff, 0, 1, 0, 0, 0, 0, 0x10, 0, 0, 0], "two hundred million topics to produce to"),
        (1, 4, [UInt8](repeating: 0xff, count: 40), "a fetch of minus ones"),
        (1, 12, [UInt8](repeating: 0x7f, count: 64), "a fetch of nonsense in compact form"),
        (8, 2, [0, 1, 0x67, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 0, 0, 0], "commits of many topics"),
        (11, 0, [0, 1, 0x67, 0, 0, 0, 1, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff], "a member of no protocols"),
        (14, 0, [0, 1, 0x67, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0], "a billion assignments"),
        (19, 0, [0, 0, 0, 1, 0, 1, 0x74, 0x7f, 0xff, 0xff, 0xff, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "2^31-1 partitions"),
        (21, 0, [0, 0, 0, 1, 0, 1, 0x74, 0xff, 0xff, 0xff, 0xff], "records of a null array of partitions"),
        (22, 0, [0, 1, 0x78, 0x80, 0, 0, 0], "a transaction timeout of -2^31"),
        (24, 0, [0, 1, 0x78] + [UInt8](repeating: 0xff, count: 30), "partitions for the producer of minus one"),
    ]

    @Test func noRequestBodyEndsTheBroker() throws {
        let broker = try TestBroker()
        try broker.createTopic("served")
        for (index, item) in Self.bodies.enumerated() {
            for isCut in [false, true] {
                let header: [UInt8] = [0, UInt8(item.key), 0, UInt8(item.version), 0, 0, 0, 1, 0xff, 0xff]
                let isFlexible = APIKey(rawValue: item.key)?.isFlexible(item.version) == true
                var frame = header + (isFlexible ? [0] : []) + (isCut ? Array(item.body.dropLast()) : item.body)
                let connection = 100 + index
                broker.core.handle(
                    connection: connection, slot: isCut ? 1 : 0, clientHost: "hostile", buffer: &frame,
                    frame: 0..<frame.count, now: broker.now)
                broker.turn()
                let isAnswered = broker.replies[connection] != nil || broker.closed.contains(connection)
                #expect(isAnswered || item.key == 1 || item.key == 11, "\(item.fault): neither answered nor closed")
            }
        }
        #expect(try broker.produce("served", TestBroker.batch(["still here"])).error == ErrorCode.none)
        #expect(try broker.fetch("served").values == ["still here"])
    }

    /// Batches with a right checksum and impossible contents, appended, compacted and recovered.
    @Test func noBatchEndsTheBroker() throws {
        let changes: [(place: Int, bytes: [UInt8])] = [
            (23, [0x7f, 0xff, 0xff, 0xff]), (23, [0xff, 0xff, 0xff, 0xff]), (27, [0x80, 0, 0, 0, 0, 0, 0, 0]),
            (27, [0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), (35, [0x80, 0, 0, 0, 0, 0, 0, 0]),
            (35, [0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), (43, [0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
            (51, [0x7f, 0xff]), (51, [0x80, 0]), (53, [0x7f, 0xff, 0xff, 0xff]), (57, [0x7f, 0xff, 0xff, 0xff]),
            (57, [0x80, 0, 0, 0]), (57, [0, 0, 0, 0]), (21, [0, 64]), (21, [0, 0x28]), (61, [0x80]), (61, [0xff, 0xff, 0xff]),
            (63, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
        ]
        for policy in ["delete", "compact"] {
            let broker = try TestBroker(settings: { try? $0.set(key: "log.segment.bytes", value: "1024") })
            try broker.createTopic("t", configs: ["cleanup.policy": policy])
            for round in 0..<8 {
                for change in changes {
                    var batch = TestBroker.batch(["value \(round)", String(repeating: "x", count: 40)])
                    batch.replaceSubrange(change.place..<(change.place + change.bytes.count), with: change.bytes)
                    batch.setBigEndian(RecordBatchHeader(batch.span)?.computedChecksum(batch.span, at: 0) ?? 0, at: 17)
                    _ = try broker.produce("t", batch)
                }
            }
            let log = try #require(broker.core.catalog.log("t", 0))
            broker.advance(20_000)
            broker.advance(600_000)
            _ = try log.offset(atOrAfter: 1, below: .max)
            _ = try log.offsetOfMaxTimestamp()
            let image = broker.disk.crashed { _, unsynced in unsynced }
            let again = try TestBroker(disk: image)
            #expect(again.core.catalog.log("t", 0)?.failure == nil)
            #expect(try again.produce("t", TestBroker.batch(["next"])).error == ErrorCode.none)
        }
    }

    /// The shared vectors, as a peer would send them.
    @Test func sharedAttacksLeaveTheBrokerServing() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let place = root.appending(path: "../shared/suites/kafka-wire-attacks/vectors.json")
        guard let data = try? Data(contentsOf: place),
            let vectors = try JSONSerialization.jsonObject(with: data) as? [[String: Any]]
        else { return print("skipped: kafka-wire-attacks is not here") }
        let directory = FileManager.default.temporaryDirectory.appending(path: "lgsp-attacks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let server = try BrokerServer(settings: BrokerSettings(dataDirectory: directory.path, port: 0))
        try server.start()
        defer { server.stop() }
        for vector in vectors {
            let hex = try #require(vector["hex"] as? String)
            var bytes: [UInt8] = []
            var rest = hex[...]
            while rest.count >= 2 {
                bytes.append(try #require(UInt8(rest.prefix(2), radix: 16)))
                rest = rest.dropFirst(2)
            }
            let client = try RawClient(port: server.port)
            client.send(bytes)
            if let note = vector["note"] as? String, note.hasPrefix("close") {
                #expect(client.receive(1) == nil, "\(vector["id"] ?? ""): the connection must be closed")
            }
        }
        let client = try RawClient(port: server.port)
        let response: ApiVersionsResponse = try client.ask(ApiVersionsRequest(), version: 0)
        #expect(response.error == ErrorCode.none)
    }

    /// Names become folders and counts loops: a catalog that has others is refused as a whole.
    @Test(arguments: [
        ("t", 1, true), ("t", 0, false), ("t", -1, false), ("t", Int32.max, false), ("../t", 1, false), ("", 1, false),
    ] as [(String, Int32, Bool)])
    func aCatalogWithImpossibleTopicsIsRefused(name: String, count: Int32, isTaken: Bool) throws {
        var writer = ByteWriter()
        writer.integer(UInt32(0x4c47_4354))
        writer.int16(1)
        writer.text("cluster")
        writer.int64(1)
        writer.int32(1)
        writer.text(name)
        writer.integer(UInt64(1))
        writer.integer(UInt64(2))
        writer.int32(count)
        writer.int32(0)
        writer.integer(CRC32C.checksum(writer.bytes))
        let disk = MemoryDisk()
        let file = try disk.open("/data/catalog", creating: true)
        try file.write(writer.bytes.span, at: 0)
        #expect(((try? TestBroker(disk: disk)) != nil) == isTaken)
    }
}
