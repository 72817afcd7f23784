// Compiles an adapter file to a `Program`, collecting every fault with the JSON Pointer of its place. Nothing
// that the language does not know passes: a misspelt key is a fault, not a silent default.

import JSON
import Records

/// The compiler of one adapter file.
struct AdapterCompiler {
    let file: String
    let tree: FileTree
    /// Whether the source is made of columns: rejections then name the column.
    let isTabular: Bool
    var program = Program()
    var faults: [ConfigurationFault] = []
    var tableNames: [String] = []
    /// The files read besides the adapter's own: they are part of the rules' version.
    var filesRead: [String] = []
    private var placeIndexes: [String: Int32] = [:]

    static let depthMax = 32
    var depth = 0

    init(file: String, tree: FileTree, isTabular: Bool) {
        self.file = file
        self.tree = tree
        self.isTabular = isTabular
        _ = program.paths.addScope()
    }

    // MARK: Faults and members

    mutating func fault(_ pointer: String, _ detail: String, _ fix: String) {
        faults.append(ConfigurationFault(file: file, pointer: pointer, detail: detail, fix: fix))
    }

    /// The pointer of a member.
    func child(_ pointer: String, _ name: String) -> String {
        var text = Array(pointer.utf8)
        JSONPointer.appendToken(name.utf8, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Checks that a value is an object with these members and no others.
    mutating func checkMembers(
        _ value: JSONValue, _ pointer: String, required: [String] = [], optional: [String] = []
    ) -> Bool {
        guard let members = value.objectValue else {
            fault(pointer, "not an object", "write an object here")
            return false
        }
        var isRight = true
        for member in members where !required.contains(member.name) && !optional.contains(member.name) {
            fault(
                child(pointer, member.name), "unknown member",
                "known here: \((required + optional).joined(separator: ", "))")
            isRight = false
        }
        for name in required where value[name] == nil {
            fault(pointer, "no member \(name)", "add \(name)")
            isRight = false
        }
        return isRight
    }

    mutating func text(_ value: JSONValue, _ name: String, _ pointer: String) -> String? {
        guard let member = value[name] else { return nil }
        guard let text = member.stringValue else {
            fault(child(pointer, name), "not a string", "write a string here")
            return nil
        }
        return text
    }

    mutating func flag(_ value: JSONValue, _ name: String, _ pointer: String) -> Bool {
        guard let member = value[name] else { return false }
        guard let flag = member.boolValue else {
            fault(child(pointer, name), "not true or false", "write true or false")
            return false
        }
        return flag
    }

    /// A one-character member as its byte.
    mutating func character(_ value: JSONValue, _ name: String, _ pointer: String) -> UInt8? {
        guard let text = text(value, name, pointer) else { return nil }
        guard text.utf8.count == 1, let byte = text.utf8.first, byte < 0x80 else {
            fault(child(pointer, name), "not one ASCII character", "write a single character such as \";\"")
            return nil
        }
        return byte
    }

    // MARK: Lists and constants

    mutating func constant(_ bytes: some Sequence<UInt8>) -> ArenaSlice {
        let start = program.constants.count
        program.constants.append(contentsOf: bytes)
        return ArenaSlice(start: Int32(start), count: Int32(program.constants.count - start))
    }

    mutating func constant(json value: JSONValue) -> ArenaSlice { constant(value.write()) }

    mutating func operation(_ operation: Operation) -> Int32 {
        program.operations.append(operation)
        return Int32(program.operations.count - 1)
    }

    mutating func operands(_ indexes: [Int32]) -> ListRange {
        program.operands.append(contentsOf: indexes)
        return ListRange(start: Int32(program.operands.count - indexes.count), count: Int32(indexes.count))
    }

    /// How a place in the source is named in rejections.
    mutating func place(_ path: String) -> Int32 {
        let name = isTabular && !path.isEmpty ? "column \"\(path)\"" : path
        if let known = placeIndexes[name] { return known }
        program.places.append(name)
        placeIndexes[name] = Int32(program.places.count - 1)
        return Int32(program.places.count - 1)
    }

    // MARK: Sources

    mutating func path(_ text: String, _ pointer: String, _ scope: Int32) -> Int32 {
        guard let path = SourcePath(text) else {
            fault(pointer, "not a path", "write names with slashes between, such as XML1/MA_LK or owners[0]/hoTen")
            return 0
        }
        return program.paths.slot(of: path, in: scope)
    }

    /// The member `name`: a path, or several in order of preference.
    mutating func source(_ value: JSONValue, _ name: String, _ pointer: String, _ scope: Int32) -> SourceReference? {
        guard let member = value[name] else { return nil }
        return source(member, child(pointer, name), scope)
    }

    mutating func source(_ member: JSONValue, _ pointer: String, _ scope: Int32) -> SourceReference? {
        let paths: [String]
        if let single = member.stringValue {
            paths = [single]
        } else if let several = member.arrayValue, !several.isEmpty, several.allSatisfy({ $0.stringValue != nil }) {
            paths = several.compactMap(\.stringValue)
        } else {
            fault(pointer, "not a path", "write a path or a list of paths")
            return nil
        }
        let slots = paths.map { path($0, pointer, scope) }
        let start = program.slotLists.count
        program.slotLists.append(contentsOf: slots)
        return SourceReference(
            firstSlot: Int32(start), slotCount: Int32(slots.count), place: place(paths[0]))
    }

    /// The member `name`: `{"from": path, "format": formats}`.
    mutating func dateReference(
        _ value: JSONValue, _ name: String, _ pointer: String, _ scope: Int32
    ) -> DateReference? {
        guard let member = value[name] else { return nil }
        let place = child(pointer, name)
        guard checkMembers(member, place, required: ["from", "format"]),
            let source = source(member, "from", place, scope), let formats = formats(member, place)
        else { return nil }
        return DateReference(source: source, formats: formats)
    }

    /// The member `format`: one notation or several, tried in turn.
    mutating func formats(_ value: JSONValue, _ pointer: String) -> ListRange? {
        guard let member = value["format"] else {
            fault(pointer, "no member format", "say how the date is written, such as yyyyMMdd")
            return nil
        }
        let names = member.stringValue.map { [$0] } ?? member.arrayValue?.compactMap(\.stringValue) ?? []
        let known = names.compactMap { DateFormat(rawValue: $0) }
        guard !known.isEmpty, known.count == (member.arrayValue?.count ?? 1) else {
            fault(
                child(pointer, "format"), "not a date format",
                "known: \(DateFormat.allCases.map(\.rawValue).joined(separator: ", "))")
            return nil
        }
        let start = program.dateFormats.count
        program.dateFormats.append(contentsOf: known)
        return ListRange(start: Int32(start), count: Int32(known.count))
    }

    /// The member `codes`: the name of a table of this adapter.
    mutating func table(_ value: JSONValue, _ pointer: String) -> Int32? {
        guard let name = text(value, "codes", pointer) else {
            if value["codes"] == nil { fault(pointer, "no member codes", "name a table under /codes") }
            return nil
        }
        guard let index = tableNames.firstIndex(of: name) else {
            fault(
                child(pointer, "codes"), "no such table",
                "tables of this adapter: \(tableNames.joined(separator: ", "))")
            return nil
        }
        return Int32(index)
    }
}
