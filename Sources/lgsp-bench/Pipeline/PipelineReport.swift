// The table and the line of JSON of the pipeline benchmark.
import Foundation

struct PipelineReport {
    /// In the order of the table.
    static let parts = ["raw-once", "raw", "conform", "share", "python", "python-share"]
    private static let titles = [
        "raw-once": "librdkafka pass-through, exactly-once", "raw": "librdkafka pass-through, at least once",
        "conform": "Conform: decode, map, validate", "share": "Share: decide, release, audit",
        "python": "Python: validate, release, audit", "python-share": "Python: release, audit only",
    ]
    /// What the hub is held to.
    private static let shareToRawMin = 0.4
    private static let pythonToShareMin = 2.0

    var broker: String
    var source: String
    /// Bytes of a record on average.
    var size: Int
    /// Records that Conform let pass.
    var fit: Int
    var results: [String: PartResult]

    func show(count: Int) {
        print("\(broker); \(count) records of \(size) bytes from the \(source), \(fit) of them fit; exactly-once unless said")
        func row(_ cells: [String]) -> String {
            zip(cells, [42, 12, 14, 14]).map { cell, width in
                let gap = String(repeating: " ", count: max(1, width - cell.count))
                return width == 42 ? cell + gap : gap + cell
            }.joined()
        }
        print(row(["", "records/s", "CPU s/million", "broker CPU s"]))
        for part in PipelineReport.parts {
            guard let result = results[part] else { continue }
            print(
                row([
                    PipelineReport.titles[part] ?? part, "\(Int(result.recordsPerSecond))",
                    PipelineReport.text(result.cpuSecondsPerMillion),
                    result.brokerCPUSecondsPerMillion.map(PipelineReport.text) ?? "-",
                ]))
        }
        func ratio(_ first: String, _ second: String, _ value: (PartResult) -> Double) -> Double {
            guard let first = results[first], let second = results[second] else { return 0 }
            return value(first) / max(value(second), 1e-9)
        }
        let share = ratio("share", "raw-once") { $0.recordsPerSecond }
        let python = ratio("python", "share") { $0.cpuSecondsPerMillion }
        let pythonShare = ratio("python-share", "share") { $0.cpuSecondsPerMillion }
        print("Share / raw, records/s: \(PipelineReport.text(share)) (wanted: \(PipelineReport.shareToRawMin) or more)")
        print("Python / Share, CPU: \(PipelineReport.text(python)) (wanted: \(PipelineReport.pythonToShareMin) or more)")
        print("Python without validation / Share, CPU: \(PipelineReport.text(pythonShare))")
        let isMet = share >= PipelineReport.shareToRawMin && python >= PipelineReport.pythonToShareMin
        let members = PipelineReport.parts.compactMap { part in
            results[part].map {
                #""\#(part)":{"recordsPerSecond":\#(Int($0.recordsPerSecond)),"# + #""cpuSecondsPerMillion":"#
                    + PipelineReport.text($0.cpuSecondsPerMillion) + #","brokerCPUSecondsPerMillion":"#
                    + ($0.brokerCPUSecondsPerMillion.map(PipelineReport.text) ?? "null") + "}"
            }
        }
        print(
            #"{"bench":"pipeline","broker":"\#(broker)","records":\#(count),"meanBytes":\#(size),"#
                + members.joined(separator: ",") + #","shareToRaw":\#(PipelineReport.text(share)),"#
                + #""pythonToShareCPU":\#(PipelineReport.text(python)),"#
                + #""pythonShareOnlyToShareCPU":\#(PipelineReport.text(pythonShare)),"isMet":\#(isMet)}"#)
    }

    private static func text(_ value: Double) -> String { String(format: "%.2f", value) }
}
