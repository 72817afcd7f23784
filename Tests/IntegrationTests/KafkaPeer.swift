// A small blocking Kafka client on the wire format itself: every call either has its answer or says that the
// connection is gone, so that a test knows exactly what was acknowledged.
import Foundation
import KafkaWire

/// One connection.
final class KafkaPeer {
    /// The connection ended, or the answer could not be read.
    struct Gone: Error { var reason = "the connection is gone" }

    private let descriptor: Int32
    private var correlation: Int32 = 0

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var timeout = timeval(tv_sec: 20, tv_usec: 0)
        unsafe _ = setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            throw Gone()
        }
    }

    deinit { close(descriptor) }

    func ask<Q: WireMessage, R: WireMessage>(_ message: Q, version: Int16, _ type: R.Type = R.self) throws -> R {
        correlation += 1
        let header = RequestHeader(
            apiKey: Q.apiKey.rawValue, version: version, correlationID: correlation, clientID: "peer")
        let frame = try header.frame(message)
        var sent = 0
        while sent < frame.count {
            let count = unsafe frame.withUnsafeBytes { unsafe send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Gone() }
            sent += count
        }
        let length = try receive(4).reduce(0) { $0 << 8 | Int($1) }
        guard (4...(64 << 20)).contains(length) else { throw Gone() }
        return try ResponseHeader.read(type, version: version, frame: try receive(length)).body
    }

    func createTopic(_ name: String, partitions: Int32) throws {
        var topic = CreateTopicsRequest.Topic()
        topic.name = name
        topic.partitionCount = partitions
        topic.replicationFactor = 1
        var request = CreateTopicsRequest()
        request.topics = [topic]
        request.timeoutMilliseconds = 10_000
        let response: CreateTopicsResponse = try ask(request, version: 4)
        guard response.topics.first?.error == ErrorCode.none else { throw Gone() }
    }

    /// A fetch of one partition: the answer and the frame that its records lie in.
    func fetch(_ topic: String, _ partition: Int32, from offset: Int64, committedOnly: Bool) throws -> FetchedRecords {
        var asked = FetchRequest.Topic.Partition()
        asked.index = partition
        asked.fetchOffset = offset
        asked.maxBytes = 1 << 20
        var entry = FetchRequest.Topic()
        entry.name = topic
        entry.partitions = [asked]
        var request = FetchRequest()
        request.maxBytes = 1 << 20
        request.isolationLevel = committedOnly ? 1 : 0
        request.topics = [entry]
        correlation += 1
        let header = RequestHeader(apiKey: 1, version: 11, correlationID: correlation, clientID: "peer")
        let frame = try header.frame(request)
        let count = unsafe frame.withUnsafeBytes { unsafe send(descriptor, $0.baseAddress!, $0.count, Int32(MSG_NOSIGNAL)) }
        guard count == frame.count else { throw Gone() }
        let length = try receive(4).reduce(0) { $0 << 8 | Int($1) }
        guard (4...(64 << 20)).contains(length) else { throw Gone() }
        return try FetchedRecords(try receive(length))
    }

    private func receive(_ count: Int) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        var received = 0
        while received < count {
            let more = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress! + received, count - received, 0) }
            guard more > 0 else { throw Gone() }
            received += more
        }
        return buffer
    }
}

/// The records of a fetched partition as an application sees them: without markers and aborted ones.
struct FetchedRecords {
    var error: ErrorCode
    var records: [(offset: Int64, value: String)] = []
    /// One past the last batch; nil when there was none.
    var next: Int64?

    init(_ frame: [UInt8]) throws {
        let response = try ResponseHeader.read(FetchResponse.self, version: 11, frame: frame).body
        guard let partition = response.topics.first?.partitions.first else { throw KafkaPeer.Gone() }
        error = partition.error
        var aborted = (partition.abortedTransactions ?? []).sorted { $0.firstOffset < $1.firstOffset }
        var active: Set<Int64> = []
        let range = partition.records.range ?? 0..<0
        var position = range.lowerBound
        while position < range.upperBound, let header = RecordBatchHeader(frame.span, at: position) {
            guard header.computedChecksum(frame.span, at: position) == header.checksum else { throw KafkaPeer.Gone() }
            while let first = aborted.first, first.firstOffset <= header.baseOffset {
                active.insert(first.producerID)
                aborted.removeFirst()
            }
            if header.isControl {
                active.remove(header.producerID)
            } else if !header.isTransactional || !active.contains(header.producerID) {
                var iterator = try RecordIterator(frame.span, header: header, at: position)
                while let record = try iterator.next() {
                    let value = record.value.map { String(decoding: frame[$0], as: UTF8.self) } ?? ""
                    records.append((header.baseOffset + Int64(record.offsetDelta), value))
                }
            }
            position += header.sizeBytes
            next = header.lastOffset + 1
        }
    }
}
