// The builders of the two shapes that most contracts share: person and administrative unit.

import JSON
import Records

extension AdapterCompiler {
    /// `{"number": paths, "fullName": value, "birthDate": {from, format}, "gender": value, "with": {…}}`.
    mutating func compilePerson(_ value: JSONValue, _ pointer: String, _ scope: Int32) -> Int32 {
        guard
            checkMembers(
                value, pointer, required: ["fullName"],
                optional: ["number", "restoreZero", "requireNumber", "birthDate", "gender", "with"])
        else { return nothing() }
        let none = SourceReference(firstSlot: 0, slotCount: 0, place: place(""))
        let name = value["fullName"] ?? .null
        var gender: Int32 = -1
        if let member = value["gender"] {
            gender = compile(member, child(pointer, "gender"), scope)
        }
        let person = PersonOperation(
            number: source(value, "number", pointer, scope) ?? none,
            restoresZero: flag(value, "restoreZero", pointer),
            requiresNumber: flag(value, "requireNumber", pointer),
            name: compile(name, child(pointer, "fullName"), scope),
            namePlace: firstPlace(name),
            birthDate: dateReference(value, "birthDate", pointer, scope), gender: gender,
            members: value["with"].map { compileMembers($0, child(pointer, "with"), scope) }
                ?? ListRange(start: 0, count: 0))
        program.persons.append(person)
        return operation(.person(Int32(program.persons.count - 1)))
    }

    /// `{"commune": paths, "district": paths, "province": paths, "provinceDefault": "52", "at": {from, format}}`.
    mutating func compileUnit(_ value: JSONValue, _ pointer: String, _ scope: Int32) -> Int32 {
        guard
            checkMembers(
                value, pointer, required: ["commune"], optional: ["district", "province", "provinceDefault", "at"]),
            let commune = source(value, "commune", pointer, scope)
        else { return nothing() }
        var province = ArenaSlice.absent
        if let text = text(value, "provinceDefault", pointer) {
            if text.utf8.count == 2, text.utf8.allSatisfy(isDigit) {
                province = constant(text.utf8)
            } else {
                fault(child(pointer, "provinceDefault"), "not two digits", "write a province code such as 52")
            }
        }
        program.units.append(
            UnitOperation(
                commune: commune, district: source(value, "district", pointer, scope),
                province: source(value, "province", pointer, scope), provinceDefault: province,
                at: dateReference(value, "at", pointer, scope)))
        return operation(.unit(Int32(program.units.count - 1)))
    }
}
