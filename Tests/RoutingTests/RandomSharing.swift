// Random rules, records and consents over one small contract with every shape that a contract can have.

import Consent
import JSON
import Records

@testable import Routing

/// SplitMix64: a seed gives the same run everywhere.
struct SeededNumbers {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &+ 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
    mutating func one<Element>(of elements: [Element]) -> Element { elements[below(elements.count)] }
    /// True once in so many.
    mutating func once(in count: Int) -> Bool { below(count) == 0 }
}

struct RandomSharing {
    var numbers: SeededNumbers

    static let contract = ContractFields(
        name: "thing", major: 1,
        pointers: [
            "/id": .public, "/kind": .public, "/count": .personal, "/flag": .public, "/day": .personal,
            "/person/personRef": .personal, "/person/name": .personal, "/person/birthDate": .personal,
            "/owners/*/personRef": .personal, "/owners/*/name": .personal, "/owners/*/share": .personal,
            "/tags": .personal, "/deep/a/b": .sensitive, "/deep/a/personRef": .personal, "/deep/c": .personal,
            "/parts/*/part": .personal, "/parts/*/readerPersonRef": .personal, "/a~1b": .public,
        ], subjectPointers: ["/person/personRef", "/owners/*/personRef"])
    static let releasable = [
        "/id", "/kind", "/count", "/flag", "/day", "/person", "/person/personRef", "/person/name", "/person/birthDate",
        "/owners", "/owners/*", "/owners/*/personRef", "/owners/*/name", "/owners/*/share", "/tags", "/deep", "/deep/a",
        "/deep/a/b", "/deep/a/personRef", "/deep/c", "/parts", "/parts/*/part", "/parts/*/readerPersonRef", "/a~1b",
    ]
    static let purposes = ["care", "display", "study"]

    // MARK: Rules

    mutating func tree(recipientCount: Int) -> FileTree {
        var tree = FileTree()
        let purposes = RandomSharing.purposes.map { "{\"id\":\"\($0)\",\"title\":\"t\",\"titleEnglish\":\"t\"}" }
        tree.files["Routes/purposes.json"] = Array("{\"purposes\":[\(purposes.joined(separator: ","))]}".utf8)
        for number in 0..<recipientCount {
            let reference = numbers.once(in: 2) ? "hub" : "recipient"
            let route = route()
            tree.files["Routes/r\(number).route.json"] = Array(
                """
                {"recipient":"r\(number)","title":"t","titleEnglish":"t","kind":"agency","reference":"\(reference)",
                 "routes":[\(route)]}
                """.utf8)
        }
        return tree
    }

    private mutating func route() -> String {
        var release: [String] = []
        for pointer in RandomSharing.releasable where numbers.once(in: 4) { release.append(pointer) }
        if release.isEmpty { release = ["/id"] }
        let bases = (0...numbers.below(3)).map { _ in basis() }
        let when = numbers.once(in: 3) ? "" : "\"when\":\(condition(depth: 3)),"
        return """
            {"contract":"thing","purpose":"\(numbers.one(of: RandomSharing.purposes))",\(when)
             "basis":[\(bases.joined(separator: ","))],
             "release":[\(release.map { "\"\($0)\"" }.joined(separator: ","))]}
            """
    }

    private mutating func basis() -> String {
        if numbers.once(in: 3) {
            let years = numbers.one(of: [("2020", "2023"), ("2023", "2024"), ("2024", "2030")])
            return """
                {"kind":"law","instrument":"Luật \\"\(years.0)\\"","article":"Điều 1","from":"\(years.0)-01-01",
                 "to":"\(years.1)-12-31","covers":"sensitive"}
                """
        }
        let subjects = numbers.one(of: [
            "\"/person/personRef\"", "\"/owners/*/personRef\"", "\"/person/personRef\",\"/owners/*/personRef\"",
            "\"/deep/a/personRef\"",
        ])
        let giver = numbers.once(in: 4) ? ",\"givenBy\":\"guardian\"" : ""
        return """
            {"kind":"consent","purpose":"\(numbers.one(of: RandomSharing.purposes))","subjects":[\(subjects)],
             "dataCategory":"thing","covers":"sensitive"\(giver)}
            """
    }

    private mutating func condition(depth: Int) -> String {
        switch numbers.below(depth > 0 ? 9 : 6) {
        case 0: return "{\"field\":\"/kind\",\"equals\":\"\(numbers.one(of: ["a", "b", "Đ"]))\"}"
        case 1: return "{\"field\":\"/count\",\"in\":[1,2,\(numbers.below(9))]}"
        case 2:
            let field = numbers.one(of: RandomSharing.releasable)
            return "{\"field\":\"\(field)\",\"exists\":\(numbers.once(in: 2))}"
        case 3:
            return
                "{\"field\":\"/day\",\"\(numbers.one(of: ["before", "after"]))\":\"2024-0\(1 + numbers.below(9))-15\"}"
        case 4: return "{\"field\":\"/owners/*/name\",\"equals\":\"\(numbers.one(of: ["An", "Bình"]))\"}"
        case 5: return "{\"field\":\"/flag\",\"equals\":\(numbers.once(in: 2))}"
        case 6: return "{\"not\":\(condition(depth: depth - 1))}"
        default:
            let parts = (0...numbers.below(3)).map { _ in condition(depth: depth - 1) }
            return "{\"\(numbers.one(of: ["all", "any"]))\":[\(parts.joined(separator: ","))]}"
        }
    }

    // MARK: Records and consents

    static func person(_ number: Int) -> PersonReference { PersonReference(high: 0xABCD, low: UInt64(number)) }

    private mutating func reference() -> JSONValue {
        if numbers.once(in: 60) { return .string("not a reference") }
        if numbers.once(in: 60) { return .null }
        return .string(RandomSharing.person(numbers.below(6)).text)
    }

    private mutating func some(_ members: [(String, JSONValue)], missingOnceIn: Int = 6) -> JSONValue {
        var kept: [JSONMember] = []
        for (name, value) in members where !numbers.once(in: missingOnceIn) { kept.append(JSONMember(name, value)) }
        // The order of members is the writer's affair.
        if numbers.once(in: 2) { kept.reverse() }
        return .object(kept)
    }

    mutating func record() -> JSONValue {
        let owners = (0..<numbers.below(4)).map { _ in
            some([
                ("personRef", reference()), ("name", .string(numbers.one(of: ["An", "Bình", "Cường \"C\""]))),
                ("share", .number(numbers.one(of: ["0.5", "1", "1e-1"]))), ("unknown", .number("7")),
            ])
        }
        let parts = (0..<numbers.below(3)).map { _ in
            some([("part", .string("theory")), ("readerPersonRef", reference())])
        }
        let day = numbers.one(of: [
            "2024-03-15", "2024-04-15T00:00:00+07:00", "2024", "2024-05", "2024-02-30", "2024-06-14T23:59:59.999Z", "",
        ])
        let value = some(
            [
                ("id", .string("x\(numbers.below(1000))")),
                ("kind", .string(numbers.one(of: ["a", "b", "Đ", "\u{1}"]))),
                ("count", .number(numbers.one(of: ["1", "2", "7", "1.0", "-0", "99999999999999999999"]))),
                ("flag", numbers.once(in: 9) ? .string("true") : .bool(numbers.once(in: 2))), ("day", .string(day)),
                (
                    "person",
                    some([("personRef", reference()), ("name", .string("Lê")), ("birthDate", .string("1990"))])
                ),
                ("owners", numbers.once(in: 12) ? .string("nobody") : .array(owners)),
                ("tags", .array([.string("x"), .null, .object([])])),
                (
                    "deep",
                    some([
                        ("a", some([("b", .array([.number("1"), .array([])])), ("personRef", reference())])),
                        ("c", .object([JSONMember("any", .bool(true))])),
                    ])
                ),
                ("parts", .array(parts)), ("a/b", .null),
                ("stranger", .object([JSONMember("personRef", .string("s"))])),
            ], missingOnceIn: 12)
        return numbers.once(in: 50) ? .array([value]) : value
    }

    mutating func consents(recipientCount: Int) -> [ConsentRecord] {
        (0..<numbers.below(40)).map { _ in
            let from = 1_700_000_000_000 + Int64(numbers.below(20)) * 1_000_000_000
            return ConsentRecord(
                person: RandomSharing.person(numbers.below(6)), recipient: "r\(numbers.below(recipientCount))",
                purpose: numbers.one(of: RandomSharing.purposes),
                dataCategory: numbers.one(of: ["thing", "*", "other"]),
                state: numbers.once(in: 4) ? .withdrawn : .granted, validFrom: from,
                validTo: numbers.once(in: 2) ? nil : from + 1 + Int64(numbers.below(20)) * 1_000_000_000,
                changedAt: 1_700_000_000_000 + Int64(numbers.below(6)), evidence: "E-\(numbers.below(1000))",
                guardian: numbers.once(in: 2) ? nil : RandomSharing.person(99))
        }
    }
}
