// The program's diagnostics: one line per event on stderr, as key=value or JSON, written with one system
// call so that lines of several threads never mix. Fields are names, codes, counts and places; never a
// record's content and never an identifier of a person.

import Glibc
import Synchronization

/// How much an event matters.
public enum LogLevel: UInt8, Sendable, Comparable, CaseIterable {
    case debug, info, warning, error

    public var word: String {
        switch self {
        case .debug: "debug"
        case .info: "info"
        case .warning: "warning"
        case .error: "error"
        }
    }
    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}

/// How a line is written.
public enum LogFormat: Sendable { case keyValue, json }

/// The program's log. Log per batch, never per record.
public enum Log {
    /// The longest line, bytes; a longer one is cut.
    public static let lineBytesMax = 8_192

    private struct Output {
        var format = LogFormat.keyValue
        var sink: (@Sendable ([UInt8]) -> Void)?
        var clock: any Clock = SystemClock()
    }
    private static let threshold = Atomic<UInt8>(LogLevel.info.rawValue)
    private static let output = Mutex(Output())

    /// Sets level and format; `sink` takes the lines instead of stderr.
    public static func configure(
        level: LogLevel, format: LogFormat = .keyValue, clock: any Clock = SystemClock(),
        sink: (@Sendable ([UInt8]) -> Void)? = nil
    ) {
        threshold.store(level.rawValue, ordering: .relaxed)
        output.withLock { $0 = Output(format: format, sink: sink, clock: clock) }
    }

    /// The least level that is written.
    public static var level: LogLevel {
        get { LogLevel(rawValue: threshold.load(ordering: .relaxed)) ?? .info }
        set { threshold.store(newValue.rawValue, ordering: .relaxed) }
    }

    public static func isEnabled(_ level: LogLevel) -> Bool { level.rawValue >= threshold.load(ordering: .relaxed) }

    /// Writes one event, named `module.what-happened`, with its fields.
    public static func write(
        _ level: LogLevel, _ event: String, _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]
    ) {
        guard isEnabled(level) else { return }
        let (format, sink, now) = output.withLock { ($0.format, $0.sink, $0.clock.wallMilliseconds()) }
        var line = LogLine(format: format)
        line.add("time", Timestamp.text(now))
        line.add("level", level.word)
        line.add("event", event)
        for (key, value) in fields() { line.add(key, value) }
        let bytes = line.finished(bytesMax: lineBytesMax)
        if let sink { return sink(bytes) }
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    public static func debug(_ event: String, _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]) {
        write(.debug, event, fields())
    }
    public static func info(_ event: String, _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]) {
        write(.info, event, fields())
    }
    public static func warning(_ event: String, _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]) {
        write(.warning, event, fields())
    }
    public static func error(_ event: String, _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]) {
        write(.error, event, fields())
    }
}

/// One line while it is put together.
struct LogLine {
    private var bytes: [UInt8]
    private let format: LogFormat

    init(format: LogFormat) {
        self.format = format
        bytes = format == .json ? [UInt8(ascii: "{")] : []
    }

    mutating func add(_ key: String, _ value: String) {
        switch format {
        case .json:
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            appendQuoted(key)
            bytes.append(UInt8(ascii: ":"))
            appendQuoted(value)
        case .keyValue:
            if !bytes.isEmpty { bytes.append(UInt8(ascii: " ")) }
            bytes.append(contentsOf: key.utf8)
            bytes.append(UInt8(ascii: "="))
            let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3D && $0 != 0x7F }
            if isPlain { bytes.append(contentsOf: value.utf8) } else { appendQuoted(value) }
        }
    }

    /// The line with its end; what is cut off still leaves valid JSON.
    func finished(bytesMax: Int) -> [UInt8] {
        var line = bytes
        if line.count > bytesMax {
            guard format == .keyValue else {
                var short = LogLine(format: .json)
                short.add("level", "warning")
                short.add("event", "log.line-too-long")
                return short.finished(bytesMax: bytesMax)
            }
            line.removeLast(line.count - bytesMax)
        }
        if format == .json { line.append(UInt8(ascii: "}")) }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    /// A JSON string; control characters are escaped so that no value can forge a second line.
    private mutating func appendQuoted(_ text: String) {
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C: bytes.append(contentsOf: [0x5C, byte])
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0..<0x20, 0x7F:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
