// Stage 4, Deliver: `deliver.<platform>.…` → the national platform over mutual TLS, and `receipt.<platform>`. What the
// platform answers comes back as events on contract topics, in the same transaction as the receipts. Calls are made
// at least once, with the record's `ce_id` as idempotency key; receipts and events are there exactly once.
public import Bus
public import Connectors
import Crypto
public import Records
public import Runtime

/// The Deliver stage of one connector.
public struct Deliver: Stage {
    private let platform: String
    private let client: ConnectorClient
    private let shutdown: ShutdownSignal
    private let patienceMilliseconds: Int

    /// - Parameters:
    ///   - platform: the recipient's name: `population`.
    ///   - patienceMilliseconds: how long one batch may wait for a platform that is away; below the consumer's
    ///     limit between two polls.
    public init(platform: String, client: ConnectorClient, shutdown: ShutdownSignal, patienceMilliseconds: Int = 200_000) {
        self.platform = platform
        self.client = client
        self.shutdown = shutdown
        self.patienceMilliseconds = patienceMilliseconds
    }

    public mutating func process(_ batch: borrowing RecordBatch, into out: inout RecordBatch) throws(BusError) {
        var slots: [RecordSlot] = []
        var deliveries: [Delivery] = []
        for slot in batch.slots {
            guard let delivery = Self.delivery(slot, of: batch) else {
                reject(
                    Rejection(
                        stage: .deliver, code: .connectorPayload, place: "", detail: "the record has no ce_id or no value",
                        fix: "only Share writes to deliver topics; look who else does"), slot, of: batch, into: &out)
                continue
            }
            slots.append(slot)
            deliveries.append(delivery)
        }
        let deadline = Deadline(afterMilliseconds: patienceMilliseconds)
        while !deliveries.isEmpty {
            let results = client.deliver(deliveries)
            var waiting: [Int] = []
            for (index, result) in results.enumerated() {
                if case .deferred = result.outcome { waiting.append(index) } else { settle(result, slots[index], of: batch, into: &out) }
            }
            slots = waiting.map { slots[$0] }
            deliveries = waiting.map { deliveries[$0] }
            if deliveries.isEmpty { break }
            if shutdown.isRequested || deadline.hasPassed {
                throw BusError(
                    .other, topic: batch.topics[Int(slots[0].topic)], text: "\(platform) did not take \(deliveries.count) records",
                    fix: "nothing is lost: they are delivered when it answers again", disposition: .abort)
            }
        }
    }

    private static func delivery(_ slot: RecordSlot, of batch: borrowing RecordBatch) -> Delivery? {
        guard !slot.value.isAbsent, let id = batch.headerText("ce_id", of: slot) else { return nil }
        let parts = batch.topics[Int(slot.topic)].split(separator: ".")
        guard parts.count >= 3 else { return nil }
        return Delivery(
            id: id, origin: batch.headerText("lgsp-origin", of: slot) ?? id, contract: String(parts[2]),
            key: Array(batch.arena[slot.key.range]), payload: Array(batch.arena[slot.value.range]))
    }

    /// Writes what came of a delivery: its receipt or rejection, and the events.
    private func settle(_ result: DeliveryResult, _ slot: RecordSlot, of batch: borrowing RecordBatch, into out: inout RecordBatch) {
        let now = SystemClock().wallMilliseconds()
        if let rejection = result.rejection(platform: platform) {
            reject(rejection, slot, of: batch, into: &out)
        } else if let receipt = result.receipt(platform: platform, atMilliseconds: now) {
            let headers = out.headerMark
            out.addHeader(HeaderName.contentType, "application/json")
            out.addRecord(
                topic: out.topicIndex(TopicName.receipt(platform)), key: out.store(result.id), value: out.store(receipt),
                headersFrom: headers)
        }
        for event in result.events { append(event, at: now, into: &out) }
    }

    private func append(_ event: ConnectorEvent, at now: Int64, into out: inout RecordBatch) {
        let headers = out.headerMark
        out.addHeader(HeaderName.specVersion, "1.0")
        out.addHeader(HeaderName.id, event.id)
        out.addHeader(HeaderName.source, "urn:lgsp:hub:connector-\(platform)")
        out.addHeader(HeaderName.type, "vn.lgsp.\(event.contract).v\(event.major)")
        out.addHeader(HeaderName.time, Timestamp.text(now))
        out.addHeader(HeaderName.subject, event.subject)
        out.addHeader(HeaderName.dataSchema, "urn:lgsp:contract:\(event.contract):v\(event.major)")
        out.addHeader(HeaderName.contentType, "application/json")
        out.addRecord(
            topic: out.topicIndex(TopicName.contract(event.contract, major: event.major)), key: out.store(event.subject),
            value: out.store(event.payload), headersFrom: headers)
    }

    private func reject(_ rejection: Rejection, _ slot: RecordSlot, of batch: borrowing RecordBatch, into out: inout RecordBatch) {
        RejectionWriter.append(
            rejection, of: slot, in: batch, topic: TopicName.rejected("connector-\(platform)"), into: &out)
    }
}
