import Synchronization
import TestSupport
import Testing

@testable import Runtime

@Suite struct LogTests {
    private func line(_ format: LogFormat, _ fields: [(String, String)], bytesMax: Int = 8_192) -> String {
        var line = LogLine(format: format)
        for (key, value) in fields { line.add(key, value) }
        return String(decoding: line.finished(bytesMax: bytesMax), as: UTF8.self)
    }

    @Test func quotesWhatWouldNotReadBack() {
        let fields = [("group", "share"), ("text", "two words \"x\""), ("empty", ""), ("vi", "Nguyễn")]
        #expect(line(.keyValue, fields) == "group=share text=\"two words \\\"x\\\"\" empty=\"\" vi=Nguyễn\n")
        let json = #"{"group":"share","text":"two words \"x\"","empty":"","vi":"Nguyễn"}"#
        #expect(line(.json, fields) == json + "\n")
    }

    @Test func noValueForgesASecondLine() {
        for format in [LogFormat.keyValue, .json] {
            let text = line(format, [("a", "x\nlevel=error\r\u{0}\u{1b}[31m")])
            #expect(text.utf8.filter { $0 < 0x20 } == [0x0A])
        }
    }

    @Test func cutsALineThatIsTooLong() {
        let long = [("a", String(repeating: "x", count: 500))]
        #expect(line(.keyValue, long, bytesMax: 100).utf8.count == 101)
        #expect(line(.json, long, bytesMax: 100).hasSuffix("}\n"))
    }

    @Test func writesOnlyWhatTheLevelLetsThrough() {
        let lines = Mutex<[String]>([])
        Log.configure(level: .warning, clock: SimulatedClock()) { line in
            lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
        Log.info("test.quiet", ["field": { Issue.record("a field of a silent line was made"); return "" }()])
        Log.warning("test.loud", ["count": "3"])
        Log.configure(level: .info)
        let own = lines.withLock { $0.filter { $0.contains("event=test.") } }
        #expect(own == ["time=2026-07-01T00:00:00Z level=warning event=test.loud count=3\n"])
    }
}

@Suite struct MetricsTests {
    @Test func writesPrometheusText() {
        let metrics = Metrics()
        metrics.counter("lgsp_records_total", "Records", labels: ["stage": "share", "code": "a\"b\\c\n"]).add(3)
        metrics.counter("lgsp_records_total", "Records", labels: ["stage": "conform", "code": ""]).add()
        metrics.counter("lgsp_records_total", "Records", labels: ["stage": "conform", "code": ""]).add(-5)
        metrics.gauge("lgsp_lag", "Lag").set(7)
        #expect(
            metrics.text() == """
                # HELP lgsp_lag Lag
                # TYPE lgsp_lag gauge
                lgsp_lag 7
                # HELP lgsp_records_total Records
                # TYPE lgsp_records_total counter
                lgsp_records_total{stage="conform",code=""} 1
                lgsp_records_total{stage="share",code="a\\"b\\\\c\\n"} 3

                """)
    }

    @Test func labelsFromOutsideCannotFillTheMemory() {
        let metrics = Metrics()
        for number in 0..<3_000 { metrics.counter("c_total", "c", labels: ["label": "\(number)"]).add() }
        let lines = metrics.text().split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.count == Metrics.seriesPerNameMax + 1)
        #expect(lines.contains("c_total{overflow=\"true\"} 2000"))
    }
}
