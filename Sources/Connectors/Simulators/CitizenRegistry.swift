// The simulators' citizens: read from JSON lines that the caller passes, kept in memory, never changed.

public import JSON

/// A simulated citizen.
public struct SimulatedCitizen: Sendable, Equatable {
    public var idNumber: String
    public var oldIdNumber: String?
    public var fullName: String
    /// `1990-05-03`, or shorter where only month or year are known.
    public var birthDate: String
    public var gender: String
    /// `2024-11-30`; nil while alive.
    public var deceasedOn: String?

    public init(
        idNumber: String, oldIdNumber: String? = nil, fullName: String, birthDate: String, gender: String = "unknown",
        deceasedOn: String? = nil
    ) {
        self.idNumber = idNumber
        self.oldIdNumber = oldIdNumber
        self.fullName = fullName
        self.birthDate = birthDate
        self.gender = gender
        self.deceasedOn = deceasedOn
    }
}

/// Citizens by number.
public struct CitizenRegistry: Sendable {
    private var citizens: [SimulatedCitizen] = []
    private var placeOfNumber: [String: Int] = [:]

    public init(_ citizens: [SimulatedCitizen] = []) {
        for citizen in citizens { add(citizen) }
    }

    /// One object a line: idNumber, oldIdNumber, fullName, birthDate, gender, deceasedOn. Lines without an
    /// idNumber, a fullName or a birthDate are passed over, as are empty ones.
    public init(jsonLines: [UInt8]) throws(JSONError) {
        for line in jsonLines.split(separator: UInt8(ascii: "\n")) {
            let value = try JSONValue(parsing: Array(line))
            guard let number = value["idNumber"]?.stringValue, let name = value["fullName"]?.stringValue,
                let birth = value["birthDate"]?.stringValue
            else { continue }
            add(
                SimulatedCitizen(
                    idNumber: number, oldIdNumber: value["oldIdNumber"]?.stringValue, fullName: name, birthDate: birth,
                    gender: value["gender"]?.stringValue ?? "unknown", deceasedOn: value["deceasedOn"]?.stringValue))
        }
    }

    public var count: Int { citizens.count }

    public mutating func add(_ citizen: SimulatedCitizen) {
        placeOfNumber[citizen.idNumber] = citizens.count
        if let old = citizen.oldIdNumber { placeOfNumber[old] = citizens.count }
        citizens.append(citizen)
    }

    /// The citizen with that number, of either kind.
    public subscript(number: String) -> SimulatedCitizen? { placeOfNumber[number].map { citizens[$0] } }
}
