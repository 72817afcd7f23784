// What a command is: its words, its options and what it does. All commands are declared alike and listed in
// one literal array (`Commands.swift`), from which `--help` is printed and the catalogue test sweeps.

/// How a command ends; interfaces.md "Stable interfaces".
enum ExitCode: Int32, Sendable {
    /// Done, and what was asked holds.
    case done = 0
    /// The thing asked about does not hold: record invalid, check failed, access denied.
    case doesNotHold = 1
    /// Usage or configuration.
    case usage = 2
    /// Something outside cannot be reached: broker, endpoint, disk.
    case unreachable = 3
    /// Log, audit tree or key store are damaged.
    case integrity = 4
}

/// An end that prints a sentence on stderr: what is wrong, and the fix.
struct CommandFailure: Error {
    var code: ExitCode
    var message: String

    init(_ code: ExitCode, _ message: String) {
        self.code = code
        self.message = message
    }
}

/// One option of a command.
struct Option: Sendable {
    enum Kind: Sendable {
        case flag
        /// Takes a value; the word stands for it in the help.
        case value(String)
    }
    var name: String
    var kind: Kind
    var help: String

    static func flag(_ name: String, _ help: String) -> Option { Option(name: name, kind: .flag, help: help) }
    static func value(_ name: String, _ word: String, _ help: String) -> Option {
        Option(name: name, kind: .value(word), help: help)
    }
}

/// A command's declaration. `words` is its path: `["schema", "validate"]`.
struct Command: Sendable {
    var words: [String]
    var summary: String
    /// Positional arguments as the help shows them: `FILE`, `[NAME]`, `ROLE…`.
    var positional: String = ""
    var options: [Option] = []
    var example: String
    var run: @Sendable (Arguments) throws -> ExitCode

    var name: String { words.joined(separator: " ") }

    /// How many positional arguments it takes: one a word of `positional`, any number after an ellipsis.
    var positionalCountMax: Int { positional.contains("…") ? .max : positional.split(separator: " ").count }
}

/// Options that every command takes.
let commonOptions: [Option] = [
    .value("root", "DIR", "where Adapters, Contracts and Routes lie (default: the current directory)"),
    .value("bootstrap-servers", "LIST", "Kafka brokers, host:port[,host:port…]"),
    .value("config", "FILE", "settings of lgsp up, a JSON file"),
    .value("lang", "vi|en", "language of titles (default: vi)"),
    .flag("json", "machine-readable output on stdout"),
    .flag("help", "this text"),
]
