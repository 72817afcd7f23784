// Stage 5, Evaluate: `deliver.model-NN.…` → decisions, state, output events and indicators of one model. The model's
// state is a changelog written in the same transaction; its indicators follow when nothing more is waiting.
public import Models
public import Records

/// The Evaluate stage of one model.
public struct Evaluate: Stage {
    private var runner: ModelRunner
    /// The day on which indicators are judged.
    private let asOf: @Sendable () -> CalendarDay

    public init(runner: ModelRunner, asOf: @escaping @Sendable () -> CalendarDay) {
        self.runner = runner
        self.asOf = asOf
    }

    public mutating func process(_ batch: borrowing RecordBatch, into out: inout RecordBatch) {
        let summary = runner.process(batch: batch, into: &out)
        for (index, rejection) in summary.rejections {
            RejectionWriter.append(rejection, of: batch.slots[index], in: batch, topic: TopicName.rejected(runner.group), into: &out)
        }
    }

    public mutating func close(isCaughtUp: Bool, into out: inout RecordBatch) {
        if isCaughtUp { runner.flushIndicators(asOf: asOf(), into: &out) }
    }

    public var stateTopic: String? { runner.stateTopic }

    public mutating func restore(_ batch: borrowing RecordBatch) {
        for slot in batch.slots where !slot.key.isAbsent {
            runner.restore(
                key: batch.arena[slot.key.range], value: slot.value.isAbsent ? nil : batch.arena[slot.value.range])
        }
    }
}
