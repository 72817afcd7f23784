// A model as the worker sees it: one value for all 42, its model's type erased once per batch.

public import Records

/// What became of the records of a batch.
public struct ModelSummary: Sendable {
    /// Taken into the state: new records and corrections.
    public var takenCount = 0
    /// Versions known already.
    public var duplicateCount = 0
    /// Without a value.
    public var tombstoneCount = 0
    /// Of topics that are not this model's.
    public var foreignCount = 0
    /// Index in the batch and what is wrong with the record.
    public var rejections: [(index: Int, rejection: Rejection)] = []

    public init() {}
}

/// Runs one model on batches. Pure: what it is given and what it has kept decide what it writes.
///
/// One runner must see all partitions of its model's topics, because facts of different keys meet in it. The
/// caller writes `out` and the offsets of `batch` in one transaction; after a failed one it makes a new runner
/// and restores it.
public struct ModelRunner: Sendable {
    public let spec: ModelSpec
    private var engine: any ModelEngine

    public init<M: Model>(_ model: M.Type) {
        spec = model.spec
        engine = Engine<M>()
    }

    /// Nil where that model is not built yet.
    public init?(number: Int) {
        guard let model = ModelRegistry.model(number) else { return nil }
        self = ModelRunner.open(model)
    }

    private static func open<M: Model>(_ model: M.Type) -> ModelRunner { ModelRunner(model) }

    /// The consumer group and recipient: `model-NN`.
    public var group: String { spec.head.group }
    /// The topics it reads: `deliver.model-NN.<contract>.v<major>`.
    public var inputTopics: [String] {
        spec.inputs.map { TopicName.deliver(recipient: group, contract: $0.contract, major: $0.major) }
    }
    public var stateTopic: String { TopicName.state(group: group) }
    public var outputTopic: String { TopicName.contract(spec.output, major: 1) }

    /// Takes delivered records and appends the state entries and findings that follow.
    @discardableResult
    public mutating func process(batch: borrowing RecordBatch, into out: inout RecordBatch) -> ModelSummary {
        engine.process(batch, into: &out)
    }

    /// Appends the indicators that changed, with their state entries; call it when the input is idle or a period
    /// closes. `asOf` is the day on which status and overdue are judged. Returns how many were written.
    @discardableResult
    public mutating func flushIndicators(asOf day: CalendarDay, into out: inout RecordBatch) -> Int {
        engine.flush(asOf: day, into: &out)
    }

    /// Takes one entry of the state topic, in the order of its offsets, before the first batch; nil deletes.
    public mutating func restore(key: ArraySlice<UInt8>, value: ArraySlice<UInt8>?) {
        engine.restore(key: key, value: value)
    }

    /// How often each decision word holds now, by word; follows from the state alone.
    public var tally: [(word: String, count: Int)] {
        engine.words.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Records kept.
    public var factCount: Int { engine.factCount }
}
