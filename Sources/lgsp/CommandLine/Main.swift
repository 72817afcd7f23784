// Entry: finds the command whose words lead the arguments, prints help or runs it, and turns every failure
// into a sentence on stderr and one of the five exit codes.
import Foundation

@main
struct Main {
    static func main() {
        // A closed pipe behind `lgsp … | head` ends the command, it does not kill it.
        _ = signal(SIGPIPE, SIG_IGN)
        let code = run(Array(CommandLine.arguments.dropFirst()))
        Output.flush()
        exit(code.rawValue)
    }

    static func run(_ words: [String]) -> ExitCode {
        guard let first = words.first, first != "--help", first != "-h", first != "help" else {
            Output.line(Help.overview())
            return words.isEmpty ? .usage : .done
        }
        if first == "--version" {
            Output.line("lgsp \(Version.text)")
            return .done
        }
        let matching = Commands.all.filter { words.starts(with: $0.words) }
        guard let command = matching.max(by: { $0.words.count < $1.words.count }) else {
            let group = Commands.all.filter { $0.words[0] == first }
            if !group.isEmpty {
                let wantsHelp = words.dropFirst().first == "--help"
                wantsHelp ? Output.line(Help.group(group)) : Output.diagnostic(Help.group(group))
                return wantsHelp ? .done : .usage
            }
            Output.diagnostic("lgsp: no command '\(first)'; lgsp --help lists them")
            return .usage
        }
        do {
            let rest = Array(words.dropFirst(command.words.count))
            if rest.contains("--help") || rest.contains("-h") {
                Output.line(Help.text(of: command))
                return .done
            }
            return try command.run(Arguments(rest, for: command))
        } catch let failure as CommandFailure {
            Output.diagnostic("lgsp \(command.name): \(failure.message)")
            return failure.code
        } catch {
            Output.diagnostic("lgsp \(command.name): \(error)")
            return FailureClass.code(of: error)
        }
    }
}

/// The product's version; a release sets it.
enum Version {
    static let text = "0.1.0"
}
