// Cuts an agency's file into raw records while it streams by, in constant memory and without changing a byte.
// What cannot be cut becomes a fault in its place and the rest goes on.

/// The cutter of one file. Feed it the file's bytes in any portions; the last portion says so.
///
/// `titles` holds what belongs to every record of the file and is stored beside each: the bytes from the file's
/// start to the end of the title row (delimited formats); byte order mark, XML declaration and the context
/// elements read so far (xml); the byte order mark (others). A record reader needs the same bytes again.
public struct Framer: Sendable {
    private enum Machine: Sendable {
        case delimited(DelimitedFramer)
        case lines(LineFramer)
        case xml(XMLFramer)
        case json(JSONFramer)
    }

    private let encoding: TextEncoding
    private var core: FramerCore
    private var machine: Machine
    private var hasBegun = false
    /// Large portions are worked off in pieces of this size, so that the buffer stays small.
    private static let pieceBytes = 64 << 10

    public init(spec: ReaderSpec, limits: ReaderLimits = ReaderLimits()) {
        encoding = spec.encoding
        core = FramerCore(limits: limits)
        switch spec.format {
        case .csv, .tsv: machine = .delimited(DelimitedFramer(spec: spec))
        case .jsonlines, .fixed: machine = .lines(LineFramer())
        case .xml: machine = .xml(XMLFramer(spec: spec))
        case .json: machine = .json(JSONFramer(spec: spec))
        }
    }

    /// What is handed over beside the frames from now on.
    public var titles: [UInt8] { core.titles }

    /// How many frames were handed over, faults included.
    public var frameCount: Int { core.number }

    /// Takes the next portion; calls `body` with every frame that it completes: the frame, its bytes, the titles.
    public mutating func feed(
        _ bytes: Span<UInt8>, isLast: Bool,
        _ body: (_ frame: Frame, _ bytes: Span<UInt8>, _ titles: Span<UInt8>) throws -> Void
    ) rethrows {
        var place = 0
        repeat {
            let end = min(place + Self.pieceBytes, bytes.count)
            try feedPiece(bytes.extracting(place..<end), isLast: isLast && end == bytes.count, body)
            place = end
        } while place < bytes.count
    }

    private mutating func feedPiece(_ bytes: Span<UInt8>, isLast: Bool, _ body: FrameBody) rethrows {
        core.append(bytes)
        if !hasBegun {
            guard isLast || core.end >= 4 else { return }
            hasBegun = true
            core.begin(encoding: encoding)
        }
        if !core.isFinished {
            switch machine {
            case .delimited(var framer):
                try framer.scan(&core, isLast: isLast, body)
                machine = .delimited(framer)
            case .lines(var framer):
                try framer.scan(&core, isLast: isLast, body)
                machine = .lines(framer)
            case .xml(var framer):
                try framer.scan(&core, isLast: isLast, body)
                machine = .xml(framer)
            case .json(var framer):
                try framer.scan(&core, isLast: isLast, body)
                machine = .json(framer)
            }
        }
        if core.isFinished {
            core.position = core.end
            core.keepFrom = core.end
        }
        core.dropConsumed()
    }
}
