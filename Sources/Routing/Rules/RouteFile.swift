// Reads a route file: shape, words and dates. Whether its fields exist is checked against the contracts in
// RouteCheck.

import Consent
import Crypto
import JSON
import Records

/// The reader of `Routes/<recipient>.route.json`.
struct RouteFile {
    var collector: FaultCollector

    /// The file's rules; nil with faults collected where it is not fit.
    static func read(_ bytes: [UInt8], file: String) -> (rules: RecipientRules?, faults: [ConfigurationFault]) {
        var reader = RouteFile(collector: FaultCollector(file: file))
        let rules = reader.rules(bytes)
        return (reader.collector.faults.isEmpty ? rules : nil, reader.collector.faults)
    }

    private mutating func rules(_ bytes: [UInt8]) -> RecipientRules? {
        guard bytes.count <= RouteLimits.fileBytesMax else {
            collector.add("", "larger than \(RouteLimits.fileBytesMax) bytes", fix: "split the recipient")
            return nil
        }
        let document: JSONValue
        do {
            document = try JSONValue(parsing: bytes)
        } catch {
            collector.add("", "not JSON: \(error)", fix: "check it with lgsp json check")
            return nil
        }
        let known = ["recipient", "title", "titleEnglish", "kind", "reference", "routes"]
        guard collector.object(document, "", known: known) != nil else { return nil }
        let recipient = collector.string(document, "recipient", "")
        let title = collector.string(document, "title", "")
        let titleEnglish = collector.string(document, "titleEnglish", "")
        let kind: RecipientRules.Kind? = collector.word(document, "kind", "")
        let reference: RecipientRules.Reference? = collector.word(document, "reference", "")
        var routes: [Route] = []
        let elements = collector.array(document, "routes", "", countMax: 200)
        for (place, element) in elements.enumerated() {
            if let route = route(element, "/routes/\(place)") { routes.append(route) }
        }
        if let recipient { checkName(recipient) }
        guard let recipient, let title, let titleEnglish, let kind, let reference else { return nil }
        let version = SHA256.hash(bytes)
        return RecipientRules(
            recipient: recipient, title: title, titleEnglish: titleEnglish, kind: kind, reference: reference,
            routes: routes, version: String(version.hex.prefix(32)), file: collector.file)
    }

    /// A recipient's name becomes part of topic names and of consent keys.
    private mutating func checkName(_ recipient: String) {
        let isName = recipient.utf8.allSatisfy {
            ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2D
        }
        if !isName || recipient.utf8.count > 64 {
            collector.add(
                "/recipient", "not a topic name's part", fix: "lower-case letters, digits and hyphens, up to 64")
        }
        let named = "Routes/\(recipient).route.json"
        if collector.file != named {
            collector.add("/recipient", "the file is named for another recipient", fix: "name it \(named)")
        }
    }

    private mutating func route(_ value: JSONValue, _ place: String) -> Route? {
        let known = ["contract", "major", "purpose", "when", "basis", "release"]
        guard collector.object(value, place, known: known) != nil else { return nil }
        let contract = collector.string(value, "contract", place)
        let purpose = collector.string(value, "purpose", place)
        var major = 1
        if let number = value["major"] {
            if let given = number.intValue, given > 0, given < 1_000 {
                major = Int(given)
            } else {
                collector.add("\(place)/major", "not a major version", fix: "write a whole number from 1")
            }
        }
        var when: Condition?
        if let condition = value["when"] {
            var reader = ConditionReader(collector: collector)
            when = reader.read(condition, "\(place)/when", depth: 1)
            collector = reader.collector
        }
        var basis: [LegalBasis] = []
        let bases = collector.array(value, "basis", place, countMax: RouteLimits.basesPerRouteMax)
        for (number, element) in bases.enumerated() {
            if let one = legalBasis(element, "\(place)/basis/\(number)") { basis.append(one) }
        }
        var release: [FieldPointer] = []
        let fields = collector.array(value, "release", place, countMax: RouteLimits.pointersPerRouteMax)
        for (number, field) in fields.enumerated() {
            guard let pointer = collector.pointer(field, "\(place)/release/\(number)") else { continue }
            if release.contains(pointer) {
                collector.add("\(place)/release/\(number)", "released twice", fix: "remove one")
            }
            release.append(pointer)
        }
        guard let contract, let purpose else { return nil }
        let places = release.map(\.description).sorted().joined(separator: "\n")
        return Route(
            contract: contract, major: major, purpose: purpose, when: when, basis: basis, release: release,
            releaseVersion: String(SHA256.hash(places).hex.prefix(32)), dataClass: .public)
    }

    private mutating func legalBasis(_ value: JSONValue, _ place: String) -> LegalBasis? {
        switch value["kind"]?.stringValue {
        case "law":
            let known = ["kind", "instrument", "article", "from", "to", "covers"]
            guard collector.object(value, place, known: known) != nil else { return nil }
            let instrument = collector.string(value, "instrument", place)
            let article = collector.string(value, "article", place)
            let covers: DataClass? = collector.word(value, "covers", place, default: .personal)
            let from = day(value["from"], "\(place)/from")
            // The last day is in force to its end.
            let to = value["to"].map { day($0, "\(place)/to").map { $0 + Instant.dayMilliseconds } } ?? .max
            guard let instrument, let article, let covers, let from, let to else { return nil }
            if to <= from {
                collector.add("\(place)/to", "ends before it begins", fix: "put the later day into \"to\"")
            }
            return .law(LawBasis(instrument: instrument, article: article, from: from, to: to, covers: covers))
        case "consent":
            let known = ["kind", "purpose", "subjects", "dataCategory", "givenBy", "covers"]
            guard collector.object(value, place, known: known) != nil else { return nil }
            let purpose = collector.string(value, "purpose", place)
            let category = collector.string(value, "dataCategory", place)
            let covers: DataClass? = collector.word(value, "covers", place, default: .personal)
            let giver: ConsentGiver? = collector.word(value, "givenBy", place, default: .subject)
            var subjects: [FieldPointer] = []
            for (number, one) in collector.array(value, "subjects", place, countMax: 16).enumerated() {
                if let pointer = collector.pointer(one, "\(place)/subjects/\(number)") { subjects.append(pointer) }
            }
            guard let purpose, let category, let covers, let giver else { return nil }
            return .consent(
                ConsentBasis(
                    purpose: purpose, subjects: subjects, dataCategory: category, byGuardian: giver == .guardian,
                    covers: covers))
        default:
            collector.add("\(place)/kind", "not a kind of legal basis", fix: "write law or consent")
            return nil
        }
    }

    private enum ConsentGiver: String, CaseIterable {
        case subject, guardian
    }

    private mutating func day(_ value: JSONValue?, _ place: String) -> Int64? {
        if let text = value?.stringValue {
            let bytes = Array(text.utf8)
            if let instant = Instant.date(bytes.span) { return instant }
        }
        collector.add(place, "not a day", fix: "write a date like 2026-01-01")
        return nil
    }
}
