// Request and response headers. Request header version 1 (key, version, correlation, client id) or 2
// (the same and tagged fields, from the request's first flexible version on); response header version 0
// (correlation) or 1 (and tagged fields). ApiVersions answers always with response header 0, because the
// client does not know yet what the broker speaks.

import Bytes

/// What precedes every request.
public struct RequestHeader: Sendable, Equatable {
    public var apiKey: Int16 = 0
    public var version: Int16 = 0
    public var correlationID: Int32 = 0
    public var clientID: String?

    public init(apiKey: Int16, version: Int16, correlationID: Int32, clientID: String?) {
        self.apiKey = apiKey
        self.version = version
        self.correlationID = correlationID
        self.clientID = clientID
    }

    /// Decodes the header in `range` and returns it with the offset at which the body begins.
    public static func read(_ buffer: [UInt8], range: Range<Int>) throws(WireError) -> (RequestHeader, bodyStart: Int) {
        var coder = FieldCoder(reading: buffer, range: range, version: 0, isFlexible: false)
        var header = RequestHeader(apiKey: 0, version: 0, correlationID: 0, clientID: nil)
        try coder.integer(&header.apiKey)
        try coder.integer(&header.version)
        try coder.integer(&header.correlationID)
        // The client id keeps its two-byte length even in flexible headers.
        try coder.nullableString(&header.clientID)
        if let key = APIKey(rawValue: header.apiKey), key.versions.contains(header.version),
            key.isFlexible(header.version)
        {
            var flexible = FieldCoder(
                reading: buffer, range: coder.position..<range.upperBound, version: header.version, isFlexible: true)
            try flexible.tags()
            return (header, flexible.position)
        }
        return (header, coder.position)
    }

    /// A whole frame, its length included, of this header and `body`.
    public func frame(_ body: some WireMessage) throws(WireError) -> [UInt8] {
        var plain = FieldCoder(appendingTo: [0, 0, 0, 0], version: 0, isFlexible: false)
        plain.put(apiKey)
        plain.put(version)
        plain.put(correlationID)
        var client = clientID
        try plain.nullableString(&client)
        let isFlexible = APIKey(rawValue: apiKey)?.isFlexible(version) ?? false
        var coder = FieldCoder(appendingTo: plain.buffer, version: version, isFlexible: isFlexible)
        try coder.tags()
        var message = body
        try message.fields(&coder)
        coder.buffer.setBigEndian(Int32(truncatingIfNeeded: coder.buffer.count - 4), at: 0)
        return coder.buffer
    }
}

/// What precedes every response.
public enum ResponseHeader {
    /// A coder that has written the place of the length and the header, ready for the body.
    public static func begin(_ key: APIKey, version: Int16, correlationID: Int32, reserving: Int = 0) -> FieldCoder {
        var buffer: [UInt8] = []
        buffer.reserveCapacity(reserving + 16)
        buffer.appendBigEndian(Int32(0))
        buffer.appendBigEndian(correlationID)
        let isFlexible = key.isFlexible(version)
        if isFlexible, key != .apiVersions { buffer.append(0) }
        return FieldCoder(appendingTo: buffer, version: version, isFlexible: isFlexible)
    }

    /// The finished frame: the length is filled in.
    public static func finish(_ coder: consuming FieldCoder) -> [UInt8] {
        var buffer = coder.buffer
        buffer.setBigEndian(Int32(truncatingIfNeeded: buffer.count - 4), at: 0)
        return buffer
    }

    /// Decodes a whole response frame without its length.
    public static func read<M: WireMessage>(
        _ type: M.Type, version: Int16, frame: [UInt8]
    ) throws(WireError) -> (correlationID: Int32, body: M) {
        let isFlexible = M.apiKey.isFlexible(version)
        var coder = FieldCoder(reading: frame, range: 0..<frame.count, version: version, isFlexible: isFlexible)
        var correlationID: Int32 = 0
        try coder.integer(&correlationID)
        if M.apiKey != .apiVersions { try coder.tags() }
        var message = M()
        try message.fields(&coder)
        try coder.finishReading()
        return (correlationID, message)
    }
}

extension WireMessage {
    /// Decodes a request body.
    public static func read(_ buffer: [UInt8], range: Range<Int>, version: Int16) throws(WireError) -> Self {
        var coder = FieldCoder(
            reading: buffer, range: range, version: version, isFlexible: apiKey.isFlexible(version))
        var message = Self()
        try message.fields(&coder)
        // Bytes after the last field are let pass, as Kafka does: librdkafka 2.0.2 leaves one behind the null topics
        // of OffsetFetch 7.
        return message
    }
}
