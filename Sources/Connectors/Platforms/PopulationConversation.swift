// The exchange with the population database about one record: each person is verified; where the answer is
// no, a lookup tells why. A platform that cannot answer is never an outcome of a person.

import Crypto
import HTTP
import JSON
import Records
import Runtime

/// What the population database says of a person.
enum VerificationOutcome: Sendable, Equatable {
    case match
    case mismatch([String])
    case notFound
    case deceased(on: String?)

    var word: String {
        switch self {
        case .match: "MATCH"
        case .mismatch: "MISMATCH"
        case .notFound: "NOT_FOUND"
        case .deceased: "DECEASED"
        }
    }
}

struct PopulationConversation: Conversation {
    private let delivery: Delivery
    private let connector: PopulationConnector
    private let persons: [ReleasedPerson]
    private let isReadable: Bool
    private var current = 0
    private var operation = PopulationConnector.Operation.verify
    private var refusal: String?
    private(set) var events: [ConnectorEvent] = []

    init(_ delivery: Delivery, connector: PopulationConnector) {
        self.delivery = delivery
        self.connector = connector
        let payload = try? JSONValue(parsing: delivery.payload)
        isReadable = payload?.objectValue != nil
        persons = payload.map { PersonFinder.persons(in: $0) } ?? []
    }

    /// 32 hex digits that depend on the record, the person's place in it and what is asked, so that every attempt
    /// and every replay bears the same.
    private func identifier(_ what: String) -> String {
        var hasher = SHA256()
        for part in ["population", delivery.id, String(current), what] {
            hasher.update(part)
            hasher.update(byte: 0)
        }
        return String(hasher.finish().hex.prefix(32))
    }

    mutating func next(wallMilliseconds: Int64) -> ConversationStep {
        guard isReadable else { return .refused(.connectorPayload, detail: "the payload is not a JSON object") }
        if let refusal { return .refused(.connectorRefused, detail: refusal) }
        guard current < persons.count else {
            // The platform keeps no name for a record; a record without a person to ask about is done as it is.
            return .done(reference: events.first?.id ?? "")
        }
        let request = connector.request(
            operation, persons[current], requestID: identifier(operation.rawValue), wallMilliseconds: wallMilliseconds)
        return .ask(request)
    }

    mutating func take(_ answer: HTTPResponse, wallMilliseconds: Int64) -> AnswerVerdict {
        // SOAP 1.1 sends faults with status 500: they are read before the status is judged.
        let root = try? XMLReader.read(answer.body)
        if let fault = root?.find("Fault") { return take(fault: fault) }
        if let verdict = PlatformAnswers.verdict(answer) { return verdict }
        guard answer.status < 300 else {
            refusal = "the platform answered \(answer.status)"
            return .understood
        }
        guard let root, current < persons.count else {
            return .retry(afterMilliseconds: nil, blame: .record, reason: "the answer is not XML")
        }
        let person = persons[current]
        switch operation {
        case .verify:
            switch root.find("TonTai")?.trimmedText {
            case "true": conclude(.match, person, wallMilliseconds)
            case "false": operation = .lookUp
            default: return .retry(afterMilliseconds: nil, blame: .record, reason: "the answer lacks TonTai")
            }
        case .lookUp:
            guard let collection = root.find("CongdanCollection") else {
                return .retry(afterMilliseconds: nil, blame: .record, reason: "the answer lacks CongdanCollection")
            }
            conclude(PopulationRecord.compare(collection["CongDan"], with: person), person, wallMilliseconds)
        }
        return .understood
    }

    /// A fault of the client's making will be one next time too; the server's own may pass.
    private mutating func take(fault: XMLElement) -> AnswerVerdict {
        let code = fault["faultcode"]?.trimmedText ?? ""
        let local = code.split(separator: ":").last.map(String.init) ?? ""
        guard local.utf8.starts(with: "Client".utf8) else {
            return .retry(afterMilliseconds: nil, blame: .record, reason: "the platform answered with a SOAP fault")
        }
        refusal = "the platform answered with a SOAP fault of the client's making"
        return .understood
    }

    private mutating func conclude(_ outcome: VerificationOutcome, _ person: ReleasedPerson, _ wallMilliseconds: Int64)
    {
        let id = identifier("identity-verification")
        let checkedAt = JSONValue.string(Timestamp.text(wallMilliseconds))
        var members: [JSONMember] = [
            JSONMember("recordId", .string(id)), JSONMember("occurredAt", checkedAt),
            JSONMember("verificationId", .string(id)),
            JSONMember("sourceEventId", .string(delivery.origin)),
            JSONMember("sourceContract", .string(delivery.contract)),
            JSONMember("personRef", .string(person.reference)), JSONMember("role", .string(person.role)),
            JSONMember("checkedFields", .array(PopulationRecord.checkedFields(person).map { .string($0) })),
            JSONMember("outcome", .string(outcome.word)),
        ]
        switch outcome {
        case .mismatch(let fields): members.append(JSONMember("mismatches", .array(fields.map { .string($0) })))
        case .deceased(let date?): members.append(JSONMember("deceasedOn", .string(date)))
        default: break
        }
        members.append(JSONMember("checkedAt", checkedAt))
        events.append(
            ConnectorEvent(
                id: id, contract: "identity-verification", major: 1, subject: person.reference,
                payload: JSONValue.object(members).write()))
        current += 1
        operation = .verify
    }
}

/// A citizen's record in an answer, and its comparison.
enum PopulationRecord {
    static func checkedFields(_ person: ReleasedPerson) -> [String] {
        person.birthDate == nil ? ["fullName", "idNumber"] : ["fullName", "birthDate", "idNumber"]
    }

    /// Nil stands for an empty collection: nobody has that number.
    static func compare(_ citizen: XMLElement?, with person: ReleasedPerson) -> VerificationOutcome {
        guard let citizen else { return .notFound }
        var mismatches: [String] = []
        if !NameFolding.equal(fullName(citizen["HoVaTen"]), person.fullName) { mismatches.append("fullName") }
        if let wanted = person.birthDate, !isSameDate(citizen["NgayThangNamSinh"], wanted) {
            mismatches.append("birthDate")
        }
        let number = citizen[person.isOldNumber ? "SoCMND" : "SoDinhDanh"]?.trimmedText ?? ""
        if !number.utf8.elementsEqual(person.number.utf8) { mismatches.append("idNumber") }
        // Whose data do not fit is not said to be dead: the number may belong to somebody else.
        guard mismatches.isEmpty else { return .mismatch(mismatches) }
        let died = citizen["NgayChet"]?.trimmedText ?? ""
        if !died.isEmpty { return .deceased(on: isoDate(died)) }
        return .match
    }

    /// The whole name sits in Ten, with Ho and ChuDem empty; other sources fill all three.
    private static func fullName(_ name: XMLElement?) -> String {
        ["Ho", "ChuDem", "Ten"].compactMap { name?[$0]?.trimmedText }.filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// Two partial dates agree as far as both go.
    private static func isSameDate(_ element: XMLElement?, _ wanted: String) -> Bool {
        let day = element?["NgayThangNam"]?.trimmedText ?? ""
        let known = Array((day.isEmpty ? element?["Nam"]?.trimmedText ?? "" : day).utf8)
        let digits = wanted.utf8.filter { $0 != UInt8(ascii: "-") }
        let common = min(known.count, digits.count)
        return common >= 4 && known.prefix(common).elementsEqual(digits.prefix(common))
    }

    /// yyyyMMdd as an ISO date; nil where it is not one.
    private static func isoDate(_ text: String) -> String? {
        let digits = Array(text.utf8)
        guard digits.count == 8 else { return nil }
        let date = String(decoding: digits[..<4] + [0x2d] + digits[4..<6] + [0x2d] + digits[6...], as: UTF8.self)
        return Timestamp.parseDate(date) == nil ? nil : date
    }
}
