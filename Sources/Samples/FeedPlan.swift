// How one feed's files are made: in what portions, with which faults, and what a correct hub makes of them.

/// A fault put into one record.
enum SampleFault: Sendable {
    case wrongCode, impossibleDate, missingField, wrongNumber, undecodable, malformed, columns, base64
}

/// One feed's recipe. A record is made from its index alone, so that it can be made again for a correction.
struct FeedPlan {
    var agency: String
    var feed: String
    /// Sets the chance of this feed apart from that of the others.
    var kind: UInt64
    var count: Int
    var recordsPerFile: Int
    /// Faults with the code that a correct hub rejects them with.
    var faults: [(fault: SampleFault, code: String)]
    /// How a hub rejects the record in which a file breaks off; nil where none does.
    var truncationCode: String? = "file.truncated"
    var hasEmptyFile = false
    var hasRepeatedFile = false
    var hasDoctypeFile = false
    /// Corrections and duplicates repeat records of the file so many before.
    var fileStride = 1
    var separator: [UInt8] = []
    var name: (_ file: Int) -> String
    var head: (_ file: Int, _ count: Int) -> [UInt8]
    var foot: [UInt8] = []
    var record: (_ index: Int, _ fault: SampleFault?, _ isCorrected: Bool, _ bytes: inout [UInt8]) -> Void

    var key: String { agency + "/" + feed }
}

/// Makes a feed's files and counts what is in them.
struct FeedWriter {
    let plan: FeedPlan
    let seed: UInt64
    private(set) var expectation = FeedExpectation()

    init(plan: FeedPlan, seed: UInt64) {
        self.plan = plan
        self.seed = seed
    }

    private var fileCount: Int { (plan.count + plan.recordsPerFile - 1) / plan.recordsPerFile }

    /// The fault of a record; the first record of a file has none, so that readers know what records look like.
    private func fault(of index: Int) -> (fault: SampleFault, code: String)? {
        guard index % plan.recordsPerFile != 0, !plan.faults.isEmpty, !isCutOff(index) else { return nil }
        var random = SampleRandom(seed: seed, plan.kind &+ 1000, index)
        return random.chance(perMille: 22) ? random.pick(plan.faults) : nil
    }

    /// The file in the middle breaks off in its last record.
    private var truncatedFile: Int { fileCount / 2 }

    private func isCutOff(_ index: Int) -> Bool {
        plan.truncationCode != nil && index / plan.recordsPerFile == truncatedFile
            && (index + 1 == plan.count || (index + 1) % plan.recordsPerFile == 0) && index % plan.recordsPerFile != 0
    }

    mutating func write(_ take: (SampleFile) throws -> Void) rethrows {
        let kind = SampleFile.Kind.feed(agency: plan.agency, feed: plan.feed)
        for file in 0..<fileCount {
            let before = expectation.records
            let bytes = makeFile(file)
            try take(SampleFile(kind: kind, name: plan.name(file), bytes: bytes))
            expectation.files += 1
            if file == 0, plan.hasRepeatedFile {
                let name = suffixed(plan.name(file), "-lan2")
                try take(SampleFile(kind: kind, name: name, bytes: bytes))
                expectation.repeatedFiles[name] = expectation.records - before
            }
        }
        if plan.hasEmptyFile {
            try take(SampleFile(kind: kind, name: suffixed(plan.name(fileCount), "-trong"), bytes: []))
            reject("file.empty")
            expectation.files += 1
        }
        if plan.hasDoctypeFile, plan.count > 0 {
            var bytes = Array(
                "<?xml version=\"1.0\"?>\n<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>\n".utf8)
            bytes += plan.head(0, 1).drop { $0 != UInt8(ascii: ">") }.dropFirst()
            plan.record(0, nil, false, &bytes)
            bytes += plan.foot
            try take(SampleFile(kind: kind, name: suffixed(plan.name(fileCount), "-dtd"), bytes: bytes))
            reject("xml.doctype")
            expectation.files += 1
        }
    }

    private mutating func reject(_ code: String) {
        expectation.records += 1
        expectation.rejected[code, default: 0] += 1
    }

    private func suffixed(_ name: String, _ suffix: String) -> String {
        guard let dot = name.lastIndex(of: ".") else { return name + suffix }
        return name[..<dot] + suffix + name[dot...]
    }

    private mutating func makeFile(_ file: Int) -> [UInt8] {
        let start = file * plan.recordsPerFile
        let end = min(start + plan.recordsPerFile, plan.count)
        var bytes = plan.head(file, end - start)
        var isFirst = true
        for index in start..<end {
            if !isFirst { bytes += plan.separator }
            isFirst = false
            let mark = bytes.count
            let fault = fault(of: index)
            plan.record(index, fault?.fault, false, &bytes)
            if isCutOff(index), let code = plan.truncationCode {
                cut(&bytes, from: mark)
                reject(code)
                return bytes
            }
            if let fault {
                reject(fault.code)
            } else {
                expectation.records += 1
                expectation.published += 1
            }
            repeatEarlier(file, index, &bytes)
        }
        return bytes + plan.foot
    }

    /// A record of an earlier file comes again, now and then corrected.
    private mutating func repeatEarlier(_ file: Int, _ index: Int, _ bytes: inout [UInt8]) {
        var random = SampleRandom(seed: seed, plan.kind &+ 2000, index)
        guard file >= plan.fileStride, random.chance(perMille: 8) else { return }
        let earlier = (file - plan.fileStride) * plan.recordsPerFile + random.below(plan.recordsPerFile)
        guard earlier < plan.count, fault(of: earlier) == nil, !isCutOff(earlier) else { return }
        let isCorrected = random.chance(perMille: 600)
        bytes += plan.separator
        plan.record(earlier, nil, isCorrected, &bytes)
        expectation.records += 1
        expectation.published += 1
        if isCorrected { expectation.corrections += 1 } else { expectation.duplicates += 1 }
    }

    /// Breaks the file off inside its last record.
    private func cut(_ bytes: inout [UInt8], from mark: Int) {
        var end = mark + (bytes.count - mark) / 2
        if plan.truncationCode == "csv.columns" {
            // After the first cell, so that columns are missing for certain.
            end = bytes[mark...].firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ";") } ?? end
        }
        bytes.removeLast(bytes.count - end)
    }
}
