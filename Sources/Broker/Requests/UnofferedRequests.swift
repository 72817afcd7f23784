// Requests that are announced, as every broker of Kafka 4.3 announces them, and answered with UNSUPPORTED_VERSION,
// as Kafka answers where the feature is switched off: share groups (76-79, 83-87, 90-92) and streams groups (88, 89).
// Their responses are written here field by field; all are flexible, with response header 1.

import KafkaWire

/// A request that this broker knows the refusal of, and nothing else.
struct UnofferedRequest: Sendable {
    enum Shape: Sendable {
        case consumerHeartbeat, streamsHeartbeat, fetch, acknowledge, offsets, state
        case describe(hasTopology: Bool)
        case describeOffsets
    }

    var key: Int16
    var versions: ClosedRange<Int16>
    var shape: Shape

    /// Without those that have a handler.
    static let all: [UnofferedRequest] = [
        .init(key: 68, versions: 0...1, shape: .consumerHeartbeat),
        .init(key: 69, versions: 0...1, shape: .describe(hasTopology: false)),
        .init(key: 76, versions: 1...1, shape: .consumerHeartbeat),
        .init(key: 77, versions: 1...1, shape: .describe(hasTopology: false)),
        .init(key: 78, versions: 1...2, shape: .fetch), .init(key: 79, versions: 1...2, shape: .acknowledge),
        .init(key: 83, versions: 0...0, shape: .state), .init(key: 84, versions: 0...0, shape: .state),
        .init(key: 85, versions: 0...1, shape: .state), .init(key: 86, versions: 0...0, shape: .state),
        .init(key: 87, versions: 0...1, shape: .state), .init(key: 88, versions: 0...0, shape: .streamsHeartbeat),
        .init(key: 89, versions: 0...0, shape: .describe(hasTopology: true)),
        .init(key: 90, versions: 0...1, shape: .describeOffsets), .init(key: 91, versions: 0...0, shape: .offsets),
        .init(key: 92, versions: 0...0, shape: .offsets),
    ].filter { APIKey(rawValue: $0.key) == nil }

    var range: ApiVersionsResponse.Range {
        var range = ApiVersionsResponse.Range()
        (range.apiKey, range.minVersion, range.maxVersion) = (key, versions.lowerBound, versions.upperBound)
        return range
    }

    /// The whole refusal; nil for a request that is not one of these.
    static func refusal(_ header: RequestHeader, _ buffer: [UInt8], _ body: Range<Int>) throws(WireError) -> [UInt8]? {
        guard let request = all.first(where: { $0.key == header.apiKey && $0.versions.contains(header.version) }) else {
            return nil
        }
        var reader = FieldCoder(reading: buffer, range: body, version: header.version, isFlexible: true)
        try reader.tags()
        var writer = FieldCoder(appendingTo: [], version: header.version, isFlexible: true)
        writer.put(Int32(0))
        writer.put(header.correlationID)
        try writer.tags()
        try request.write(&writer, &reader)
        try writer.tags()
        return ResponseHeader.finish(writer)
    }

    private func write(_ writer: inout FieldCoder, _ reader: inout FieldCoder) throws(WireError) {
        switch shape {
        case .state: return writer.putArrayCount(0)
        case .describe(let hasTopology): return try describe(&writer, &reader, hasTopology)
        case .describeOffsets: return try describeOffsets(&writer, &reader)
        default: break
        }
        writer.put(Int32(0))
        try refuse(&writer)
        switch shape {
        case .consumerHeartbeat:
            try null(&writer)
            writer.put(Int32(0))
            writer.put(Int32(0))
            writer.put(Int8(-1))
        case .streamsHeartbeat:
            var memberID = ""
            try writer.string(&memberID)
            for _ in 0..<4 { writer.put(Int32(0)) }
            writer.putArrayCount(0)
            for _ in 0..<3 { try null(&writer) }
            writer.put(Int32(0))
            try null(&writer)
        case .fetch, .acknowledge:
            if case .fetch = shape { writer.put(Int32(0)) } else if writer.version >= 2 { writer.put(Int32(0)) }
            writer.putArrayCount(0)
            writer.putArrayCount(0)
        default: writer.putArrayCount(0)
        }
    }

    private func refuse(_ writer: inout FieldCoder) throws(WireError) {
        writer.put(ErrorCode.unsupportedVersion.rawValue)
        try null(&writer)
    }

    /// Null, for strings and arrays alike.
    private func null(_ writer: inout FieldCoder) throws(WireError) {
        var none: String?
        try writer.nullableString(&none)
    }

    private func describe(
        _ writer: inout FieldCoder, _ reader: inout FieldCoder, _ hasTopology: Bool
    ) throws(WireError) {
        var names: [String] = []
        try reader.strings(&names)
        writer.put(Int32(0))
        writer.putArrayCount(names.count)
        for name in names {
            var name = name
            var empty = ""
            try refuse(&writer)
            try writer.string(&name)
            try writer.string(&empty)
            writer.put(Int32(0))
            writer.put(Int32(0))
            if hasTopology { writer.put(Int8(-1)) } else { try writer.string(&empty) }
            writer.putArrayCount(0)
            writer.put(Int32.min)
            try writer.tags()
        }
    }

    private func describeOffsets(_ writer: inout FieldCoder, _ reader: inout FieldCoder) throws(WireError) {
        var groups: [OffsetsOfGroup] = []
        try reader.array(&groups)
        writer.put(Int32(0))
        writer.putArrayCount(groups.count)
        for var group in groups {
            try writer.string(&group.name)
            writer.putArrayCount(0)
            try refuse(&writer)
            try writer.tags()
        }
    }

    private struct OffsetsOfGroup: WireFields {
        var name = ""
        private var topics: [Topic]?

        mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&name)
            try coder.nullableArray(&topics)
            try coder.tags()
        }

        private struct Topic: WireFields {
            var name = ""
            var partitions: [Int32] = []

            mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.string(&name)
                try coder.integers(&partitions)
                try coder.tags()
            }
        }
    }
}

extension BrokerCore {
    /// Answers a request that is announced and not offered; false when it is neither.
    func answerUnoffered(
        connection: Int, slot: UInt64, _ header: RequestHeader, _ buffer: [UInt8], _ body: Range<Int>
    ) throws(WireError) -> Bool {
        guard let frame = try UnofferedRequest.refusal(header, buffer, body) else { return false }
        send(connection: connection, slot: slot, frame)
        return true
    }
}
