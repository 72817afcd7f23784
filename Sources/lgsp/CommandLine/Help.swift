// The help texts, made from the declarations so that they cannot disagree with what the program takes.

enum Help {
    static func overview() -> String {
        var lines = [
            "lgsp \(Version.text): data-sharing hub of a province (LGSP), on Kafka",
            "",
            "usage: lgsp COMMAND [OPTIONS]      lgsp COMMAND --help has options and an example",
            "",
        ]
        let width = Commands.all.map(\.name.count).max() ?? 0
        for command in Commands.all {
            lines.append("  \(command.name.padded(to: width))  \(command.summary)")
        }
        lines += ["", "exit codes: 0 done · 1 does not hold · 2 usage or configuration · 3 unreachable · 4 integrity"]
        return lines.joined(separator: "\n")
    }

    static func group(_ commands: [Command]) -> String {
        let width = commands.map(\.name.count).max() ?? 0
        return (["usage: lgsp \(commands[0].words[0]) …"]
            + commands.map { "  lgsp \($0.name.padded(to: width))  \($0.summary)" }
            + ["each with --help has options and an example"]).joined(separator: "\n")
    }

    static func text(of command: Command) -> String {
        var lines = [
            command.summary, "", "usage: lgsp \(command.name)\(command.positional.isEmpty ? "" : " " + command.positional) [OPTIONS]",
            "",
        ]
        for option in command.options + commonOptions {
            var left = "--" + option.name
            if case .value(let word) = option.kind { left += " " + word }
            lines.append("  \(left.padded(to: 28))  \(option.help)")
        }
        lines += ["", "example: \(command.example)"]
        let below = Commands.all.filter { $0.words.count > command.words.count && $0.words.starts(with: command.words) }
        if !below.isEmpty { lines += ["", "see also: " + below.map { "lgsp " + $0.name }.joined(separator: ", ")] }
        return lines.joined(separator: "\n")
    }
}

extension String {
    /// The text with spaces after it up to a width in characters.
    func padded(to width: Int) -> String { count >= width ? self : self + String(repeating: " ", count: width - count) }

    /// The text with spaces before it up to a width in characters.
    func leftPadded(to width: Int) -> String { count >= width ? self : String(repeating: " ", count: width - count) + self }
}
