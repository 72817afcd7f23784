// The program's log levels by the names that Kafka's loggers have.

import Runtime

extension LogLevel {
    /// Kafka's finer levels fall to the nearest there is.
    init?(kafkaName: String) {
        switch kafkaName {
        case "TRACE", "DEBUG": self = .debug
        case "INFO": self = .info
        case "WARN": self = .warning
        case "ERROR", "FATAL": self = .error
        default: return nil
        }
    }

    var kafkaName: String {
        switch self {
        case .debug: "DEBUG"
        case .info: "INFO"
        case .warning: "WARN"
        case .error: "ERROR"
        }
    }
}
