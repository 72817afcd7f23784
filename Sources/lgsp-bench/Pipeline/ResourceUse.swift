// What a measured process reports of itself: records, elapsed time and processor time, from its first batch to
// its last commit. One line of JSON, the same from Swift and from Python.
import Foundation
import JSON

/// A moment of this process.
struct ResourceUse {
    private let instant = ContinuousClock.now
    private let cpuSeconds = ResourceUse.processorSeconds()

    /// User and system time of all threads of this process so far.
    private static func processorSeconds() -> Double {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// What passed since then.
    func result(records: Int, written: Int) -> PartResult {
        let elapsed = (ContinuousClock.now - instant).components
        return PartResult(
            records: records, written: written, seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18,
            cpuSeconds: ResourceUse.processorSeconds() - cpuSeconds)
    }
}

/// The result of one measured process.
struct PartResult {
    var records: Int
    var written: Int
    var seconds: Double
    var cpuSeconds: Double
    /// Processor time that the broker took meanwhile; nil where it is not a child of the benchmark.
    var brokerCPUSeconds: Double?

    init(records: Int, written: Int, seconds: Double, cpuSeconds: Double) {
        self.records = records
        self.written = written
        self.seconds = seconds
        self.cpuSeconds = cpuSeconds
    }

    /// Reads the line that the process printed.
    init(line: String) throws {
        guard let value = try? JSONValue(parsing: Array(line.utf8)), let records = value["records"]?.intValue,
            let written = value["written"]?.intValue, let seconds = value["seconds"]?.doubleValue,
            let cpuSeconds = value["cpuSeconds"]?.doubleValue
        else { throw BenchFailure("no result: \(line)") }
        self.init(records: records, written: written, seconds: seconds, cpuSeconds: cpuSeconds)
    }

    var line: String {
        #"{"records":\#(records),"written":\#(written),"seconds":\#(seconds),"cpuSeconds":\#(cpuSeconds)}"#
    }

    var recordsPerSecond: Double { Double(records) / max(seconds, 1e-9) }
    var cpuSecondsPerMillion: Double { cpuSeconds / Double(max(records, 1)) * 1e6 }
    var brokerCPUSecondsPerMillion: Double? { brokerCPUSeconds.map { $0 / Double(max(records, 1)) * 1e6 } }
}

/// Processor seconds of another process so far, from /proc; nil where there is none.
func processorSeconds(of process: Int32) -> Double? {
    guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
        // The name in parentheses may have spaces: the numbers begin behind the last parenthesis.
        let end = stat.lastIndex(of: ")")
    else { return nil }
    let fields = stat[end...].split(separator: " ")
    guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else { return nil }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
}
