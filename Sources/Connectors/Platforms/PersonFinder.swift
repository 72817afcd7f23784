// The persons in a delivered payload, whatever its contract: objects under the known keys that hold a
// reference and a number that the population database knows.

import JSON

/// A person to be verified.
struct ReleasedPerson: Sendable, Equatable {
    var reference: String
    var number: String
    /// A nine-digit card from before the personal number.
    var isOldNumber: Bool
    var fullName: String
    /// `1990-05-03`, `1990-05` or `1990`; nil where unknown.
    var birthDate: String?
    var role: String
}

enum PersonFinder {
    /// Keys under which contracts hold persons, with the role that they mean.
    static let keys: [(key: String, role: String)] = [
        ("person", "person"), ("persons", "person"), ("owners", "owner"), ("spouses", "spouse"), ("mother", "mother"),
        ("father", "father"), ("deceased", "deceased"), ("child", "child"), ("guardian", "guardian"),
    ]
    static let depthMax = 4
    static let countMax = 400

    /// Persons in the payload's order. Those without a number, or with a passport, cannot be asked about and are
    /// left out.
    static func persons(in payload: JSONValue) -> [ReleasedPerson] {
        var found: [ReleasedPerson] = []
        collect(payload, depth: 0, into: &found)
        return found
    }

    private static func collect(_ value: JSONValue, depth: Int, into found: inout [ReleasedPerson]) {
        guard depth < depthMax, let members = value.objectValue else { return }
        for member in members where found.count < countMax {
            guard let known = keys.first(where: { $0.key.utf8.elementsEqual(member.name.utf8) }) else {
                collect(member.value, depth: depth + 1, into: &found)
                continue
            }
            for candidate in member.value.arrayValue ?? [member.value] where found.count < countMax {
                if let person = person(candidate, role: known.role) { found.append(person) }
            }
        }
    }

    private static func person(_ value: JSONValue, role: String) -> ReleasedPerson? {
        guard let reference = value["personRef"]?.stringValue, let number = value["idNumber"]?.stringValue,
            let name = value["fullName"]?.stringValue, let kind = value["idKind"]?.stringValue
        else { return nil }
        let isOld = kind.utf8.elementsEqual("old".utf8)
        guard isOld || kind.utf8.elementsEqual("citizen".utf8), number.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            number.utf8.count == (isOld ? 9 : 12)
        else { return nil }
        return ReleasedPerson(
            reference: reference, number: number, isOldNumber: isOld, fullName: name,
            birthDate: value["birthDate"]?.stringValue, role: value["role"]?.stringValue ?? role)
    }
}
