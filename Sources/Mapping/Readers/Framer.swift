// Cuts an agency's file into raw records while it streams by, in constant memory and without changing a byte.

/// The cutter of one file. Feed it the file's bytes in any portions; the last portion says so.
///
/// `titles` holds what belongs to every record of the file and is stored beside each: the bytes from the file's
/// start to the end of the title row (delimited formats), or byte order mark, XML declaration and the context
/// elements read so far (xml). A record reader needs the same bytes again.
public struct Framer: Sendable {
    let spec: ReaderSpec
    let limits: ReaderLimits

    public init(spec: ReaderSpec, limits: ReaderLimits = ReaderLimits()) {
        self.spec = spec
        self.limits = limits
    }

    /// Takes the next portion; calls `body` with every frame that it completes: the frame, its bytes, the titles.
    public mutating func feed(
        _ bytes: Span<UInt8>, isLast: Bool,
        _ body: (_ frame: Frame, _ bytes: Span<UInt8>, _ titles: Span<UInt8>) throws -> Void
    ) rethrows {
    }
}
