// `lgsp read`: what the hub's readers make of a file when no adapter is asked, so that a person sees the cells and
// elements that an adapter would see.
import JSON
import Mapping

enum ReadCommands {
    static let all: [Command] = [csv, xml]

    static let csv = Command(
        words: ["read", "csv"], summary: "the rows of a delimited file as JSON lines, or why it is refused",
        positional: "FILE",
        options: [
            .value("header", "a,b", "titles of the columns: each row becomes an object, and one with more or fewer cells is refused")
        ],
        example: "lgsp read csv export.csv --header HO_TEN,NGAY_SINH"
    ) { arguments in
        let file = try arguments.required(0, "FILE")
        let header = arguments.value("header").map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        var rows: [UInt8] = []
        let fault = PlainReading.readCSV(try FileRoot.bytes(of: file), header: header, to: &rows)
        return finish(rows, fault, file: file, json: arguments.json)
    }

    static let xml = Command(
        words: ["read", "xml"], summary: "an XML document as one JSON line, or why it is refused",
        positional: "FILE",
        example: "lgsp read xml export.xml"
    ) { arguments in
        let file = try arguments.required(0, "FILE")
        var line: [UInt8] = []
        let fault = PlainReading.readXML(try FileRoot.bytes(of: file), to: &line)
        return finish(line, fault, file: file, json: arguments.json)
    }

    /// The lines that could be read go to stdout, the fault behind them to stderr.
    private static func finish(_ lines: [UInt8], _ fault: PlainReadingFault?, file: String, json: Bool) -> ExitCode {
        Output.bytes(lines)
        guard let fault else { return .done }
        Output.flush()
        if json {
            Output.diagnostic(
                ["code": .string(fault.code), "place": .string(fault.place), "detail": .string(fault.detail)] as JSONValue)
        } else {
            Output.diagnostic("\(file): \(fault.place): \(fault.detail) [\(fault.code)]")
        }
        return .doesNotHold
    }
}
