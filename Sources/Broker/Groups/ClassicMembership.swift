// What members of the classic protocol say to each other through the broker, as far as the broker must
// understand it to have them in one group with members of the consumer protocol.
//
// Subscription: version i16, topics, user data; from version 1 the partitions owned. Assignment: version i16,
// partitions by topic, user data. Texts have an i16 length, arrays and user data an i32; -1 is null.

import KafkaWire

/// How a member of the consumer protocol's group that speaks the classic one is to be spoken to.
struct ClassicMembership: Equatable {
    /// In milliseconds.
    var sessionTimeout: Int32
    var protocols: [GroupProtocol]

    /// The version of the subscription, in which assignments are written too.
    var version: Int16 {
        let bytes = protocols.first?.metadata ?? []
        return bytes.count >= 2 ? Int16(bytes[0]) << 8 | Int16(bytes[1]) : 0
    }
}

/// A member's subscription.
struct ClassicSubscription {
    var topics: [String] = []
    var owned: [(topic: String, partitions: [Int32])] = []

    init?(_ bytes: [UInt8]) {
        var coder = FieldCoder(reading: bytes, range: 0..<bytes.count, version: 0, isFlexible: false)
        do throws(WireError) {
            let version: Int16 = try coder.take()
            try coder.strings(&topics)
            _ = try coder.takeUserData()
            if version >= 1 { owned = try coder.takePartitions() }
        } catch {
            return nil
        }
    }
}

/// A member's assignment.
struct ClassicAssignment {
    var partitions: [(topic: String, partitions: [Int32])] = []
    var hasUserData = false

    init(_ partitions: [(topic: String, partitions: [Int32])]) { self.partitions = partitions }

    init?(_ bytes: [UInt8]) {
        // Nothing assigned yet.
        guard !bytes.isEmpty else { return }
        var coder = FieldCoder(reading: bytes, range: 0..<bytes.count, version: 0, isFlexible: false)
        do throws(WireError) {
            let _: Int16 = try coder.take()
            partitions = try coder.takePartitions()
            hasUserData = try coder.takeUserData() > 0
        } catch {
            return nil
        }
    }

    func encode(version: Int16) -> [UInt8] {
        var coder = FieldCoder(version: 0)
        coder.put(min(3, max(0, version)))
        coder.put(Int32(truncatingIfNeeded: partitions.count))
        for item in partitions {
            coder.put(item.topic)
            coder.put(Int32(truncatingIfNeeded: item.partitions.count))
            for partition in item.partitions { coder.put(partition) }
        }
        coder.put(Int32(-1))
        return coder.buffer
    }
}

extension FieldCoder {
    /// Passes user data by and returns how much there was.
    fileprivate mutating func takeUserData() throws(WireError) -> Int {
        let count: Int32 = try take()
        guard count > 0 else { return 0 }
        guard Int(count) <= bytesLeft else { throw .lengthOutOfRange }
        for _ in 0..<count { let _: UInt8 = try take() }
        return Int(count)
    }

    fileprivate mutating func takePartitions() throws(WireError) -> [(topic: String, partitions: [Int32])] {
        var items: [(String, [Int32])] = []
        let count: Int32 = try take()
        guard count <= Int32(clamping: bytesLeft) else { throw .lengthOutOfRange }
        for _ in 0..<max(0, count) {
            let topic = try takeString()
            var partitions: [Int32] = []
            try integers(&partitions)
            items.append((topic, partitions))
        }
        return items
    }
}
