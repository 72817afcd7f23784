// What the five stages have in common, so that one worker drives them all.
public import Bus
public import Records

/// One stage of the record's way. Synchronous: what it needs is given to it, what it makes goes to `out`. A stage
/// never throws for a record: what cannot go on is a rejection or a denial in `out`.
public protocol Stage: SendableMetatype {
    /// Takes the records of one poll and appends what follows from them.
    ///
    /// - Throws: `BusError` where nothing of the batch may be committed now, such as a platform that is away.
    mutating func process(_ batch: borrowing RecordBatch, into out: inout RecordBatch) throws(BusError)

    /// Called before a transaction commits. `isCaughtUp` says that nothing was waiting when the last poll ended:
    /// the time for aggregates.
    mutating func close(isCaughtUp: Bool, into out: inout RecordBatch)

    /// The compacted topic that holds the stage's state; read whole before the first batch. nil: stateless.
    var stateTopic: String? { get }

    /// Takes one record of the state topic; `value` is absent for a deleted key.
    mutating func restore(_ batch: borrowing RecordBatch)
}

extension Stage {
    public mutating func close(isCaughtUp: Bool, into out: inout RecordBatch) {}
    public var stateTopic: String? { nil }
    public mutating func restore(_ batch: borrowing RecordBatch) {}
}
