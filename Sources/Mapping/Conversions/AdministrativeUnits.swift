// Provinces, districts and communes by date. A commune's code is no key by itself: codes have been given to
// other communes, and on 2025-07-01 all changed. So the key is code and day.

import JSON
import Records

/// The administrative units of `Adapters/codes/admin-units.csv`.
struct AdministrativeUnits: Sendable {
    struct Unit: Sendable {
        var code: Int
        var parentCode: Int
        var from: Int
        var to: Int
        /// The full name as a JSON string with quotes.
        var name: [UInt8]
        /// The code of the only successor from 2025-07-01, -1 where there are several or none.
        var successor: Int
    }

    /// Communes by code, then by first day.
    private var communes: [Unit] = []
    private var districts: [Unit] = []

    static let file = "Adapters/codes/admin-units.csv"
    /// The first day of the units of 2025.
    static let reformDay = 20_270

    init() {}

    /// Reads the table; `ConfigurationFault` names a line that is none.
    init(_ table: CodeFile) throws(ConfigurationFault) {
        let titles = ["level", "code", "parent_code", "full_name", "valid_from", "valid_to", "successor_codes_2025"]
        var columns: [Int] = []
        for title in titles {
            guard let column = table.column(title) else {
                throw ConfigurationFault(
                    file: AdministrativeUnits.file, pointer: "", detail: "no column \(title)", fix: "add the column")
            }
            columns.append(column)
        }
        for (number, row) in table.rows.enumerated() {
            guard let code = Int(row[columns[1]]), let from = AdministrativeUnits.day(row[columns[4]], or: .min),
                let to = AdministrativeUnits.day(row[columns[5]], or: .max), from <= to
            else {
                throw ConfigurationFault(
                    file: AdministrativeUnits.file, pointer: "", detail: "line \(number + 2): code or dates unreadable",
                    fix: "digits for codes, yyyy-MM-dd for dates")
            }
            var name: [UInt8] = []
            JSONWriter.appendString(row[columns[3]], to: &name)
            let successors = row[columns[6]].split(separator: ";")
            let unit = Unit(
                code: code, parentCode: Int(row[columns[2]]) ?? -1, from: from, to: to, name: name,
                successor: successors.count == 1 ? Int(successors[0]) ?? -1 : -1)
            switch row[columns[0]] {
            case "commune": communes.append(unit)
            case "district": districts.append(unit)
            default: break
            }
        }
        communes.sort { ($0.code, $0.from) < ($1.code, $1.from) }
        districts.sort { ($0.code, $0.from) < ($1.code, $1.from) }
    }

    private static func day(_ text: String, or open: Int) -> Int? {
        if text.isEmpty { return open }
        let bytes = Array(text.utf8)
        guard case .date(let date) = DateFormat.isoDate.read(bytes.span) else { return nil }
        return date.dayNumber
    }

    var isEmpty: Bool { communes.isEmpty }

    /// A commune on a day.
    struct Commune {
        /// nil where the code is in the table on other days only.
        var unit: Unit?
        /// The code of the province; nil where the table does not say.
        var provinceCode: Int?
        var districtCode: Int?
        /// The single successor, of this commune or of the last that had the code.
        var successor: Int?
    }

    /// What a commune code means on a day; nil where the table never heard of it. Without a day only the
    /// province and district are told, and only where all holders of the code agree.
    func commune(_ code: Int, day: Int?) -> Commune? {
        var place = firstPlace(code)
        guard place < communes.count, communes[place].code == code else { return nil }
        var result = Commune(unit: nil, provinceCode: nil, districtCode: nil, successor: nil)
        var last = communes[place]
        while place < communes.count, communes[place].code == code {
            last = communes[place]
            if let day, day >= last.from, day <= last.to { result.unit = last }
            place += 1
        }
        let told = result.unit ?? last
        if let district = districts.first(where: { $0.code == told.parentCode }) {
            result.provinceCode = district.parentCode
            if result.unit != nil || day == nil { result.districtCode = district.code }
        } else {
            result.provinceCode = told.parentCode >= 0 ? told.parentCode : nil
        }
        // What holds since the reform is its own successor; saying so would only repeat the code.
        if told.from < AdministrativeUnits.reformDay, told.successor >= 0 { result.successor = told.successor }
        return result
    }

    private func firstPlace(_ code: Int) -> Int {
        var low = 0
        var high = communes.count
        while low < high {
            let middle = (low + high) / 2
            if communes[middle].code < code { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
