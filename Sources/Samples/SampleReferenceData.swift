// What samples are made of: communes with their dates and how frequent names are, from the code tables beside
// the adapters.

import Mapping
public import Records

public struct SampleReferenceData: Sendable {
    struct Commune: Sendable {
        var code: String
        var districtCode: String
        var fullName: String
    }

    /// Names with their running sums, so that one draw finds one name.
    struct Names: Sendable {
        var names: [String] = []
        var sums: [Int] = []

        mutating func add(_ name: String, _ count: Int) {
            names.append(name)
            sums.append((sums.last ?? 0) + count)
        }

        func draw(_ random: inout SampleRandom) -> Int {
            let wanted = random.below(sums.last ?? 0)
            var low = 0
            var high = sums.count - 1
            while low < high {
                let middle = (low + high) / 2
                if sums[middle] > wanted { high = middle } else { low = middle + 1 }
            }
            return low
        }
    }

    /// The communes in force from 2024-06-01 to 2024-08-31.
    var communes: [Commune] = []
    var surnames = Names()
    var middles = (men: Names(), women: Names())
    var givens = (men: Names(), women: Names())

    static let unitsFile = "Adapters/codes/admin-units.csv"
    static let namesFile = "Adapters/codes/names.csv"

    /// Reads `Adapters/codes/admin-units.csv` and `names.csv`.
    public init(_ files: FileTree) throws(ConfigurationFaults) {
        for row in try Self.rows(Self.unitsFile, of: files) where row["level"] == "commune" {
            guard let code = row["code"], let parent = row["parent_code"], let name = row["full_name"],
                row["valid_from"] ?? "" <= "2024-06-01",
                row["valid_to"] ?? "" == "" || row["valid_to"] ?? "" > "2024-08-31"
            else { continue }
            communes.append(Commune(code: code, districtCode: parent, fullName: name))
        }
        for row in try Self.rows(Self.namesFile, of: files) {
            let name = row["name"] ?? ""
            let count = Int(row["count"] ?? "") ?? 1
            let hint = row["gender_hint"]
            switch row["kind"] {
            case "surname": surnames.add(name, count)
            case "middle":
                if hint != "F" { middles.men.add(name, count) }
                if hint != "M" { middles.women.add(name, hint == "F" ? count * 2 : count) }
            case "given":
                if hint != "F" { givens.men.add(name, count) }
                if hint != "M" { givens.women.add(name, count) }
            default: break
            }
        }
        if communes.isEmpty || surnames.names.isEmpty || givens.men.names.isEmpty || givens.women.names.isEmpty {
            throw ConfigurationFaults([
                ConfigurationFault(
                    file: Self.namesFile, pointer: "", detail: "communes or names are missing",
                    fix: "restore Adapters/codes")
            ])
        }
    }

    private static func rows(_ path: String, of files: FileTree) throws(ConfigurationFaults) -> [[String: String]] {
        guard let bytes = files[path] else {
            throw ConfigurationFaults([
                ConfigurationFault(file: path, pointer: "", detail: "is missing", fix: "restore the file")
            ])
        }
        var spec = ReaderSpec(format: .csv)
        spec.delimiter = UInt8(ascii: ",")
        var framer = Framer(spec: spec)
        var reader = RecordReader(spec: spec)
        var record = SourceRecord()
        var rows: [[String: String]] = []
        framer.feed(bytes.span, isLast: true) { _, line, titles in
            guard reader.read(line, titles: titles, into: &record) == nil else { return }
            var row: [String: String] = [:]
            for node in record.nodes.dropFirst() { row[record.string(node.name)] = record.string(node.value) }
            rows.append(row)
        }
        return rows
    }
}
