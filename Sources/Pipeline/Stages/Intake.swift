// Stage 1, Intake: an agency's file → `raw.<agency>.<feed>`. Cuts the file into records and stores their bytes
// untouched, each with its source, the file's SHA-256, its number and place in the file and the arrival time.
// What cannot be cut out becomes a raw record too, marked with the reason, so that everything read is counted.
import Bytes
public import Mapping
public import Records

/// One file on its way into a raw topic.
public struct Intake {
    /// What every raw record of the file says of where it came from.
    public struct Origin: Sendable {
        public var agency: String
        public var feed: String
        public var file: String
        /// SHA-256 of the file, hex.
        public var digest: String
        /// RFC 3339.
        public var arrival: String

        public init(agency: String, feed: String, file: String, digest: String, arrival: String) {
            self.agency = agency
            self.feed = feed
            self.file = file
            self.digest = digest
            self.arrival = arrival
        }
    }

    private let origin: Origin
    private var framer: Framer
    /// Records to pass over: they are in the topic since an earlier attempt.
    private let recordsToSkip: Int
    private let faultBytesMax: Int
    /// Key and headers of a raw record other than the titles, bytes; a file's name has at most 255, a name of
    /// bytes that are not UTF-8 three times as many.
    private static let overheadBytesMax = 4_096
    /// Records cut out so far, those passed over included.
    public private(set) var recordCount = 0

    public init(origin: Origin, spec: ReaderSpec, limits: ReaderLimits, recordsToSkip: Int) {
        self.origin = origin
        self.framer = Framer(spec: spec, limits: limits)
        self.recordsToSkip = recordsToSkip
        faultBytesMax = limits.faultBytesMax
    }

    /// Takes the next bytes of the file and appends the records that they complete.
    public mutating func feed(_ bytes: [UInt8], isLast: Bool, into out: inout RecordBatch) {
        let topic = out.topicIndex(TopicName.raw(agency: origin.agency, feed: origin.feed))
        let constant = ConstantHeaders(origin, in: &out)
        var titles = ArenaSlice.absent
        var titlesVersion = -1
        var count = recordCount
        let skip = recordsToSkip
        let faultBytesMax = faultBytesMax
        framer.feed(bytes.span, isLast: isLast) { frame, source, frameTitles in
            count += 1
            guard count > skip else { return }
            if frame.titlesVersion != titlesVersion {
                titlesVersion = frame.titlesVersion
                titles = out.store(frameTitles)
            }
            // What the bus would never take must not come to it: the whole file would wait behind that record.
            let isTooLarge = source.count + Int(max(0, titles.count)) > OversizeGuard.recordBytesMax - Self.overheadBytesMax
            let fault = frame.fault ?? (isTooLarge ? .recordTooLarge : nil)
            let kept = isTooLarge ? source.extracting(0..<min(source.count, faultBytesMax)) : source
            let headers = out.headerMark
            out.addHeader(constant.sourceName, constant.source)
            out.addHeader(constant.fileName, constant.file)
            out.addHeader(constant.digestName, constant.digest)
            out.addHeader(constant.arrivalName, constant.arrival)
            out.addHeader(HeaderName.rawNumber, String(frame.number))
            out.addHeader(HeaderName.rawPlace, String(frame.place))
            if titles.count > 0 { out.addHeader(constant.titlesName, titles) }
            if let fault { out.addHeader(HeaderName.rawFault, fault.rawValue) }
            // One source, one key: its records keep their order.
            out.addRecord(topic: topic, key: constant.key, value: out.store(kept), headersFrom: headers)
        }
        recordCount = count
    }

    /// Header bytes that all records of a batch share.
    private struct ConstantHeaders {
        let key, sourceName, source, fileName, file, digestName, digest, arrivalName, arrival, titlesName: ArenaSlice

        init(_ origin: Origin, in out: inout RecordBatch) {
            key = out.store("\(origin.agency)/\(origin.feed)")
            sourceName = out.store(HeaderName.rawSource)
            source = out.store("urn:lgsp:\(origin.agency):\(origin.feed)")
            fileName = out.store(HeaderName.rawFile)
            file = out.store(origin.file)
            digestName = out.store(HeaderName.rawDigest)
            digest = out.store(origin.digest)
            arrivalName = out.store(HeaderName.rawArrival)
            arrival = out.store(origin.arrival)
            titlesName = out.store(HeaderName.rawTitles)
        }
    }
}
