// Persons and administrative units: the two shapes that most contracts share.

public import Crypto
import JSON
import Records

/// The key that makes subject references of citizen numbers.
public typealias SubjectKey = SubjectReferenceKey

extension Translator {
    // MARK: Identity numbers

    /// Reads an identity number; false with a rejection where it is none.
    private mutating func readIdentity(
        _ range: Range<Int>, _ source: SourceReference, restoringZero: Bool, _ record: SourceRecord
    ) -> Bool {
        if identity.read(record.text.span.extracting(range), restoringZero: restoringZero) { return true }
        reject(
            .mapIdentifier, source.place, "neither a citizen number, nor an old card's number, nor a passport's",
            "12 digits, 9 digits, or one capital letter and 7 digits")
        return false
    }

    mutating func writePersonReference(
        _ source: SourceReference, _ record: SourceRecord, to output: inout [UInt8]
    ) -> Outcome {
        guard let range = text(source, record) else { return .absent }
        guard readIdentity(range, source, restoringZero: false, record) else { return .rejected }
        guard identity.kind == .citizen else { return .absent }
        output.append(UInt8(ascii: "\""))
        key.appendReference(of: identity.characters.span, to: &output)
        output.append(UInt8(ascii: "\""))
        return .written
    }

    // MARK: Persons

    mutating func writePerson(_ index: Int32, _ record: SourceRecord, to output: inout [UInt8]) -> Outcome {
        let person = program.persons[Int(index)]
        let number = text(person.number, record)
        output.append(UInt8(ascii: "{"))
        if let number {
            guard readIdentity(number, person.number, restoringZero: person.restoresZero, record) else {
                return .rejected
            }
            writeIdentity(to: &output)
            if identity.isRestored { note(.zeroRestored, person.number.place) }
        } else {
            if person.requiresNumber {
                reject(.mapMissing, person.number.place, "the identity number is missing", "fill it in at the source")
                return .rejected
            }
            output.append(contentsOf: "\"idKind\":\"none\"".utf8)
        }
        output.append(contentsOf: ",\"fullName\":".utf8)
        switch write(person.name, record, to: &output) {
        case .written: break
        case .rejected: return .rejected
        case .absent:
            // Nobody stands here; but a number without a name is a fault of the source.
            if number == nil { return .absent }
            reject(.mapMissing, person.namePlace, "the person's name is missing", "fill it in at the source")
            return .rejected
        }
        guard writeBirth(person, isCitizen: number != nil && identity.kind == .citizen, record, to: &output),
            writeMembers(person.members, record, isFirst: false, to: &output)
        else { return .rejected }
        output.append(UInt8(ascii: "}"))
        return .written
    }

    private mutating func writeIdentity(to output: inout [UInt8]) {
        let isCitizen = identity.kind == .citizen
        if isCitizen {
            output.append(contentsOf: "\"personRef\":\"".utf8)
            key.appendReference(of: identity.characters.span, to: &output)
            output.append(contentsOf: "\",".utf8)
        }
        output.append(contentsOf: "\"idNumber\":\"".utf8)
        output.append(contentsOf: identity.characters)
        output.append(contentsOf: "\",\"idKind\":\"".utf8)
        switch identity.kind {
        case .citizen: output.append(contentsOf: "citizen\"".utf8)
        case .old: output.append(contentsOf: "old\"".utf8)
        case .passport: output.append(contentsOf: "passport\"".utf8)
        }
    }

    /// Birth date and gender, and whether the citizen number agrees with them.
    private mutating func writeBirth(
        _ person: PersonOperation, isCitizen: Bool, _ record: SourceRecord, to output: inout [UInt8]
    ) -> Bool {
        var year: Int?
        if let reference = person.birthDate {
            switch readDate(reference, record) {
            case .absent: break
            case .rejected: return false
            case .date(let date):
                year = date.year
                var day = date
                if day.precision == .time { day.precision = .day }
                output.append(contentsOf: ",\"birthDate\":\"".utf8)
                day.appendDate(to: &output)
                output.append(contentsOf: "\",\"birthDatePrecision\":\"".utf8)
                switch day.precision {
                case .year: output.append(contentsOf: "year\"".utf8)
                case .month: output.append(contentsOf: "month\"".utf8)
                case .day, .time: output.append(contentsOf: "day\"".utf8)
                }
            }
        }
        output.append(contentsOf: ",\"gender\":".utf8)
        let mark = output.count
        let outcome = person.gender < 0 ? .absent : write(person.gender, record, to: &output)
        if outcome == .rejected { return false }
        if outcome == .absent { output.append(contentsOf: "\"unknown\"".utf8) }
        guard isCitizen else { return true }
        let place = person.number.place
        if !identity.hasKnownPrefix { note(.prefixUnknown, place) }
        // The words are "male", "female" and "unknown" in quotes: their second byte tells them apart.
        if output.count > mark + 1 {
            let initial = output[mark + 1]
            if initial == UInt8(ascii: "m") && !identity.saysMale || initial == UInt8(ascii: "f") && identity.saysMale {
                note(.sexMismatch, place)
            }
        }
        if let year, year != identity.birthYear { note(.yearMismatch, place) }
        return true
    }

    // MARK: Administrative units

    mutating func writeUnit(_ index: Int32, _ record: SourceRecord, to output: inout [UInt8]) -> Outcome {
        let unit = program.units[Int(index)]
        let province = unit.province.map { code($0, digitCount: 2, record) } ?? .absent
        let district = unit.district.map { code($0, digitCount: 3, record) } ?? .absent
        let commune = code(unit.commune, digitCount: 5, record)
        if rejection != nil { return .rejected }
        var day: Int?
        if let at = unit.at, case .date(let date) = readDate(at, record, silently: true) { day = date.dayNumber }
        var known: AdministrativeUnits.Commune?
        if case .value(let code) = commune {
            known = program.administrativeUnits.commune(code, day: day)
            if known?.unit == nil { note(.unitUnknown, unit.commune.place) }
        }
        guard writeProvince(unit, province, known, to: &output) else { return .absent }
        if case .value(let code) = district {
            appendCode("districtCode", code, 3, to: &output)
        } else if let code = known?.districtCode {
            appendCode("districtCode", code, 3, to: &output)
        }
        if case .value(let code) = commune { appendCode("communeCode", code, 5, to: &output) }
        if let name = known?.unit?.name {
            output.append(contentsOf: ",\"communeName\":".utf8)
            output.append(contentsOf: name)
        }
        if let successor = known?.successor { appendCode("successorCode", successor, 5, to: &output) }
        output.append(UInt8(ascii: "}"))
        return .written
    }

    private func writeProvince(
        _ unit: UnitOperation, _ stated: UnitCode, _ known: AdministrativeUnits.Commune?, to output: inout [UInt8]
    ) -> Bool {
        output.append(contentsOf: "{\"provinceCode\":\"".utf8)
        if case .value(let code) = stated {
            appendDigits(code, 2, to: &output)
        } else if let code = known?.provinceCode {
            appendDigits(code, 2, to: &output)
        } else if !unit.provinceDefault.isAbsent, known != nil || unit.province == nil {
            appendConstant(unit.provinceDefault, to: &output)
        } else {
            return false
        }
        output.append(UInt8(ascii: "\""))
        return true
    }

    private func appendCode(_ name: StaticString, _ code: Int, _ width: Int, to output: inout [UInt8]) {
        output.append(UInt8(ascii: ","))
        JSONWriter.appendKey(name, to: &output)
        output.append(UInt8(ascii: "\""))
        appendDigits(code, width, to: &output)
        output.append(UInt8(ascii: "\""))
    }

    private enum UnitCode {
        case absent
        case value(Int)
    }

    /// A code of so many digits; anything else is rejected as impossible.
    private mutating func code(_ source: SourceReference, digitCount: Int, _ record: SourceRecord) -> UnitCode {
        guard let range = text(source, record) else { return .absent }
        guard range.count == digitCount, let value = digits(record.text.span, range.lowerBound, digitCount) else {
            reject(
                .mapCode, source.place, "not a code of an administrative unit",
                "\(digitCount) digits")
            return .absent
        }
        return .value(value)
    }
}
