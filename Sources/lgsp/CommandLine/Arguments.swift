// The words after a command's name, checked against its declaration: an unknown option or a missing value is
// a usage error that names the option and what is close to it.
import Models

/// Parsed arguments of one command.
struct Arguments: Sendable {
    private(set) var positional: [String] = []
    private var values: [String: [String]] = [:]
    private var flags: Set<String> = []

    init(_ words: [String], for command: Command) throws(CommandFailure) {
        let known = command.options + commonOptions
        var index = 0
        var optionsEnded = false
        while index < words.count {
            let word = words[index]
            index += 1
            if optionsEnded || word == "-" || !word.hasPrefix("-") {
                positional.append(word)
                continue
            }
            if word == "--" {
                optionsEnded = true
                continue
            }
            var name = String(word.drop { $0 == "-" })
            var attached: String?
            if let equals = name.firstIndex(of: "=") {
                attached = String(name[name.index(after: equals)...])
                name = String(name[..<equals])
            }
            guard let option = known.first(where: { $0.name == name }) else {
                let offered = known.map { "--" + $0.name }.joined(separator: " ")
                throw CommandFailure(.usage, "lgsp \(command.name): unknown option \(word); it takes \(offered)")
            }
            switch option.kind {
            case .flag:
                guard attached == nil else {
                    throw CommandFailure(.usage, "lgsp \(command.name): --\(name) takes no value")
                }
                flags.insert(name)
            case .value(let placeholder):
                guard let value = attached ?? (index < words.count ? words[index] : nil) else {
                    throw CommandFailure(.usage, "lgsp \(command.name): --\(name) needs a value: --\(name) \(placeholder)")
                }
                if attached == nil { index += 1 }
                values[name, default: []].append(value)
            }
        }
    }

    func has(_ flag: String) -> Bool { flags.contains(flag) }
    func value(_ name: String) -> String? { values[name]?.last }
    func all(_ name: String) -> [String] { values[name] ?? [] }

    /// A whole number within a range; a usage error otherwise.
    func integer(_ name: String, default fallback: Int, in range: ClosedRange<Int>) throws(CommandFailure) -> Int {
        guard let text = value(name) else { return fallback }
        guard let number = Int(text), range.contains(number) else {
            throw CommandFailure(.usage, "--\(name) \(text): needs a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// The positional argument at a place; a usage error that names it where it is missing.
    func required(_ place: Int, _ name: String) throws(CommandFailure) -> String {
        guard place < positional.count else {
            throw CommandFailure(.usage, "\(name) is missing; --help shows the form and an example")
        }
        return positional[place]
    }

    var json: Bool { has("json") }
    var root: String { value("root") ?? "." }
    var bootstrapServers: String? { value("bootstrap-servers") }

    /// The language of titles.
    func language() throws(CommandFailure) -> ReportLanguage {
        guard let text = value("lang") else { return .vietnamese }
        guard let language = ReportLanguage(rawValue: text) else {
            throw CommandFailure(.usage, "--lang \(text): must be vi or en")
        }
        return language
    }
}

extension ReportLanguage {
    /// The text of the two that this language stands for.
    func callAsFunction(_ vietnamese: String, _ english: String) -> String { self == .vietnamese ? vietnamese : english }

    /// A title's text in this language.
    func callAsFunction(_ title: Title) -> String { self == .vietnamese ? title.vietnamese : title.english }
}
