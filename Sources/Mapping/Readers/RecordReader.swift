// Turns one raw record into a tree of texts: encoding, format, embedded documents, context.

public import Records

/// The reader of one feed's records. Reuse it: it keeps its buffers and the last titles.
public struct RecordReader: Sendable {
    let spec: ReaderSpec
    let limits: ReaderLimits

    public init(spec: ReaderSpec, limits: ReaderLimits = ReaderLimits()) {
        self.spec = spec
        self.limits = limits
    }

    /// Reads a raw record with the titles that were stored beside it; the record's earlier content is forgotten.
    public mutating func read(
        _ raw: Span<UInt8>, titles: Span<UInt8>, into record: inout SourceRecord
    ) -> Rejection? {
        record.removeAll()
        return nil
    }
}
