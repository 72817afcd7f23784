// Stage 3, Share: `contract.…` → `deliver.<recipient>.…` and `audit`. For every record and every route whose
// condition holds: is there a basis in law or a consent at this moment, which fields may go, under which reference;
// one audit entry per decision, in the same transaction as what it released.
public import Bus
public import Consent
public import Records
public import Routing
import Runtime

/// The Share stage of one worker.
public struct Share: Stage {
    private var engine: ShareEngine
    public private(set) var consents = ConsentView()
    private let reader: ConsentReader

    public init(engine: ShareEngine, reader: ConsentReader) {
        self.engine = engine
        self.reader = reader
    }

    /// Reads the consent topic to where it ends now. Called after a batch was fetched and before it is decided on:
    /// a withdrawal that was acknowledged before the records were taken up is always known.
    ///
    /// - Throws: `BusError`. Without a view of the consents nothing is shared: the session ends and begins anew.
    public mutating func catchUpWithConsents() throws(BusError) {
        try reader.readToEnd { consents.apply($0) }
    }

    public mutating func process(_ batch: borrowing RecordBatch, into out: inout RecordBatch) {
        engine.process(batch, consents: consents, at: SystemClock().wallMilliseconds(), into: &out)
    }
}

/// The consent topic, read again and again to its end by one Share worker.
///
/// A class because a reader stays where it is while the stage is a value.
public final class ConsentReader: Sendable {
    private let reader: AssignedReader

    /// - Throws: `BusError` where the topic cannot be looked up.
    public init(_ bus: BusSettings) throws(BusError) {
        let topic = try Admin(bus).describeTopic(TopicName.consent)
        guard let topic else {
            throw BusError(
                .topicUnknown, topic: TopicName.consent, text: "there is no consent topic",
                fix: "lgsp up creates it; without it nothing is shared", disposition: .retry(afterMilliseconds: 1_000))
        }
        reader = try AssignedReader(
            bus, from: topic.partitions.map { .oldest($0.topic, $0.partition) }, asksOften: true)
    }

    func readToEnd(_ body: (borrowing RecordBatch) -> Void) throws(BusError) {
        try reader.readToEnd(timeoutMilliseconds: 30_000, body)
    }
}
