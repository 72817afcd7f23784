// The `codes` member of an adapter file: its code tables, written in place or in a file beside.

import JSON
import Records

extension AdapterCompiler {
    /// Compiles all tables and loads the administrative units.
    mutating func compileTables(_ value: JSONValue?) {
        loadUnits()
        guard let value else { return }
        guard let tables = value.objectValue else {
            fault("/codes", "not an object", "write an object of tables by name")
            return
        }
        for member in tables {
            tableNames.append(member.name)
            program.tables.append(compileTable(member.value, child("/codes", member.name)))
        }
    }

    private mutating func loadUnits() {
        guard let bytes = tree[AdministrativeUnits.file] else { return }
        filesRead.append(AdministrativeUnits.file)
        do {
            program.administrativeUnits = try AdministrativeUnits(CodeFile(bytes, file: AdministrativeUnits.file))
        } catch {
            faults.append(error)
        }
    }

    private mutating func compileTable(_ value: JSONValue, _ pointer: String) -> CodeTable {
        let isFolded = flag(value, "fold", pointer)
        var table = CodeTable(isFolded: isFolded)
        if value["file"] != nil {
            fill(&table, fromFile: value, pointer)
        } else if checkMembers(value, pointer, required: ["values"], optional: ["fold"]) {
            fill(&table, fromValues: value["values"] ?? .null, child(pointer, "values"))
        }
        if let twice = table.seal() {
            fault(
                pointer, "code \(String(decoding: twice, as: UTF8.self)) has two values on one day",
                "let the validity of its entries not overlap")
        }
        if table.isEmpty { fault(pointer, "no codes", "add at least one code") }
        return table
    }

    /// `{"01": "outpatient"}`, or a list of entries with `code`, `value`, `from`, `to`.
    private mutating func fill(_ table: inout CodeTable, fromValues value: JSONValue, _ pointer: String) {
        if let members = value.objectValue {
            for member in members { table.add(code: Array(member.name.utf8), value: member.value.write()) }
            return
        }
        for (number, entry) in (value.arrayValue ?? []).enumerated() {
            let place = child(pointer, String(number))
            guard checkMembers(entry, place, required: ["code", "value"], optional: ["from", "to"]),
                let code = text(entry, "code", place), let written = entry["value"]?.write()
            else { continue }
            table.add(
                code: Array(code.utf8), value: written, from: day(entry, "from", place, or: .min),
                to: day(entry, "to", place, or: .max))
        }
        if value.arrayValue == nil { fault(pointer, "neither object nor list", "write codes and their values") }
    }

    private mutating func fill(_ table: inout CodeTable, fromFile value: JSONValue, _ pointer: String) {
        guard
            checkMembers(
                value, pointer, required: ["file", "code", "value"], optional: ["fold", "from", "to"]),
            let file = text(value, "file", pointer), let code = text(value, "code", pointer),
            let word = text(value, "value", pointer)
        else { return }
        guard let bytes = tree[file] else {
            fault(child(pointer, "file"), "no such file", "give its path from the root, such as Adapters/codes/x.csv")
            return
        }
        if !filesRead.contains(file) { filesRead.append(file) }
        do {
            let rows = try CodeFile(bytes, file: file)
            guard let codeColumn = rows.column(code), let wordColumn = rows.column(word) else {
                fault(pointer, "the file has no such columns", "its columns: \(rows.titles.joined(separator: ", "))")
                return
            }
            let from = text(value, "from", pointer).flatMap { rows.column($0) }
            let to = text(value, "to", pointer).flatMap { rows.column($0) }
            for row in rows.rows where !row[codeColumn].isEmpty {
                table.add(
                    code: Array(row[codeColumn].utf8), value: JSONValue.string(row[wordColumn]).write(),
                    from: from.flatMap { dayNumber(row[$0]) } ?? .min, to: to.flatMap { dayNumber(row[$0]) } ?? .max)
            }
        } catch {
            faults.append(error)
        }
    }

    private func dayNumber(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard case .date(let date) = DateFormat.isoDate.read(bytes.span) else { return nil }
        return date.dayNumber
    }

    private mutating func day(_ value: JSONValue, _ name: String, _ pointer: String, or open: Int) -> Int {
        guard let text = text(value, name, pointer) else { return open }
        guard let day = dayNumber(text) else {
            fault(child(pointer, name), "no date", "write yyyy-MM-dd")
            return open
        }
        return day
    }
}
