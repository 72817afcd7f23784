// `lgsp consent`: what a person agreed to, written to the consent topic and read back from it. A command that changes
// something answers only after the bus has acknowledged the record.
import Bus
import Consent
import ContractRegistry
import Crypto
import Foundation
import Records
import JSON
import Routing
import Runtime

enum ConsentCommands {
    static let all: [Command] = [grant, withdraw, show, load]

    private static let whose: [Option] = [
        .value("person", "IDNUMBER", "the person's citizen number; needs the hub's key, see --data"),
        .value("ref", "REF", "the person's reference instead: 32 hex digits, the ce_subject of events"),
        .value("data", "DIR", "the hub's folder, which holds the key of the references (default: hub-data)"),
    ]
    private static let scope: [Option] = [
        .value("recipient", "NAME", "who may receive: a recipient of Routes/ (required)"),
        .value("purpose", "ID", "for what: a purpose of Routes/purposes.json (required)"),
        .value("category", "CONTRACT", "which data: a contract's name, or * for all (required)"),
        .value("evidence", "TEXT", "where the expression is kept: a form's number, a VNeID transaction (required)"),
    ]

    static let grant = Command(
        words: ["consent", "grant"], summary: "records that a person agrees",
        options: whose + scope + [
            .value("from", "TIME", "from when it holds: date or date-time (default: now)"),
            .value("until", "TIME", "until when, exclusive (default: no end)"),
            .value("guardian", "IDNUMBER", "the guardian who gave it, for a child or a person under guardianship"),
        ],
        example: "lgsp consent grant --person 052165004001 --recipient vneid --purpose vneid-display "
            + "--category land-certificate --until 2027-01-01 --evidence FORM-2026-0012"
    ) { arguments in
        try change(arguments, to: .granted)
    }

    static let withdraw = Command(
        words: ["consent", "withdraw"], summary: "records that a person takes a consent back; done when it is acknowledged",
        options: whose + scope,
        example: "lgsp consent withdraw --person 052165004001 --recipient vneid --purpose vneid-display "
            + "--category land-certificate --evidence FORM-2026-0031"
    ) { arguments in
        try change(arguments, to: .withdrawn)
    }

    private static func change(_ arguments: Arguments, to state: ConsentRecord.State) throws -> ExitCode {
        let person = try person(arguments)
        func needed(_ name: String) throws(CommandFailure) -> String {
            guard let text = arguments.value(name) else {
                throw CommandFailure(.usage, "--\(name) is missing; --help says what it is")
            }
            return text
        }
        let now = SystemClock().wallMilliseconds()
        var record = ConsentRecord(
            person: person, recipient: try needed("recipient"), purpose: try needed("purpose"),
            dataCategory: try needed("category"), state: state, validFrom: try time("from", arguments) ?? now,
            validTo: try time("until", arguments), changedAt: now, evidence: try needed("evidence"))
        if let number = arguments.value("guardian") {
            record.guardian = PersonReference(try key(arguments).reference(of: number))
        }
        try check(record, root: arguments.root)
        let bus = try BusCommands.bus(arguments)
        // A change dated before what is on the topic would be passed over: clocks differ between machines.
        let known = try records(of: person, bus).last { $0.key == record.key }
        if let known {
            record.changedAt = max(now, known.changedAt + 1)
            if state == .withdrawn { record = known.withdrawn(at: record.changedAt, evidence: record.evidence) }
        }
        do {
            _ = try record.checked()
        } catch {
            throw CommandFailure(.usage, "the consent cannot be recorded [\(error.rawValue)]: evidence is printable ASCII, --until lies after --from, names are lower-case")
        }
        let place = try write(record, bus)
        if arguments.json {
            Output.json(["state": .string(state.rawValue), "personRef": .string(person.text), "stored": .string(place)])
        } else {
            let news = known == nil && state == .withdrawn ? "; nothing was recorded before it" : ""
            Output.line("\(state.rawValue): \(person.text) \(record.recipient) \(record.purpose) \(record.dataCategory), stored at \(place)\(news)")
        }
        return .done
    }

    /// Names that nobody knows are typing errors: such a consent would never be asked for.
    private static func check(_ record: ConsentRecord, root: String) throws {
        let tree = try FileRoot.load(root)
        let contracts = try ContractSet.load(tree)
        let routes = try RouteCommands.load(tree)
        guard routes[record.recipient] != nil else {
            throw CommandFailure(.usage, "--recipient \(record.recipient): no such recipient; there are \(routes.recipients.map(\.recipient).joined(separator: ", "))")
        }
        guard routes.purposes.contains(where: { $0.id == record.purpose }) else {
            throw CommandFailure(.usage, "--purpose \(record.purpose): not in Routes/purposes.json; there are \(routes.purposes.map(\.id).joined(separator: ", "))")
        }
        guard record.dataCategory == "*" || contracts.newest(record.dataCategory) != nil else {
            throw CommandFailure(.usage, "--category \(record.dataCategory): no such contract; lgsp contract list has them, and * stands for all")
        }
    }

    private static func write(_ record: ConsentRecord, _ bus: BusSettings) throws -> String {
        var out = RecordBatch()
        out.addRecord(
            topic: out.topicIndex(TopicName.consent), key: out.store(record.key), value: out.store(record.value),
            headersFrom: out.headerMark)
        let places = try Producer(bus).produceAndWait(out)
        return places.first.map { "\(TopicName.consent)/\($0.partition)/\($0.offset)" } ?? TopicName.consent
    }

    static let show = Command(
        words: ["consent", "show"], summary: "the consents of a person as they stand",
        options: whose,
        example: "lgsp consent show --person 052165004001"
    ) { arguments in
        let person = try person(arguments)
        var latest: [ConsentRecord] = []
        for record in try records(of: person, try BusCommands.bus(arguments)) {
            latest.removeAll { $0.key == record.key && $0.changedAt <= record.changedAt }
            if !latest.contains(where: { $0.key == record.key }) { latest.append(record) }
        }
        if arguments.json {
            Output.json(.array(latest.map { (try? JSONValue(parsing: $0.value)) ?? .null }))
        } else if latest.isEmpty {
            Output.line("no consent is recorded for \(person.text)")
        } else {
            Output.table(
                ["recipient", "purpose", "category", "state", "from", "until", "changed", "evidence"],
                latest.map {
                    [
                        $0.recipient, $0.purpose, $0.dataCategory, $0.state.rawValue, Instant.text($0.validFrom),
                        $0.validTo.map { Instant.text($0) } ?? "-", Instant.text($0.changedAt), $0.evidence,
                    ]
                })
        }
        return .done
    }

    static let load = Command(
        words: ["consent", "import"], summary: "records consents from a file of JSON lines, all or none",
        positional: "FILE",
        options: [whose[2]],
        example: "lgsp consent import consents.jsonl --data hub-data"
    ) { arguments in
        let file = try arguments.required(0, "FILE")
        let bytes = try FileRoot.bytes(of: file)
        let secret = try knownSecret(data: try data(arguments))
        let bus = try BusCommands.bus(arguments)
        try requireTopic(bus)
        let count = try ConsentImport.run(bytes, file: file, bus: bus, subjectSecret: secret)
        arguments.json
            ? Output.json(["imported": .integer(count)]) : Output.line("\(count) consents recorded from \(file)")
        return .done
    }

    // MARK: Parts

    private static func data(_ arguments: Arguments) throws(CommandFailure) -> String {
        if let data = arguments.value("data") { return data }
        return try UpCommands.settings(arguments).data
    }

    /// The hub's key where there is one: a key made by mistake would give references that join with nothing.
    private static func knownSecret(data: String) throws(CommandFailure) -> [UInt8] {
        guard FileManager.default.fileExists(atPath: data + "/keys/subject-reference.key") else {
            throw CommandFailure(
                .usage, "\(data)/keys/subject-reference.key is missing: --data names the folder of the hub that publishes the events; it makes the key at its first start")
        }
        return try HubSecrets.subjectKey(data: data)
    }

    private static func key(_ arguments: Arguments) throws(CommandFailure) -> SubjectReferenceKey {
        SubjectReferenceKey(secret: try knownSecret(data: try data(arguments)))
    }

    private static func person(_ arguments: Arguments) throws(CommandFailure) -> PersonReference {
        switch (arguments.value("person"), arguments.value("ref")) {
        case (let number?, nil):
            guard number.utf8.count == 12 || number.utf8.count == 9, number.utf8.allSatisfy({ (0x30...0x39).contains($0) })
            else { throw CommandFailure(.usage, "--person: a citizen number has 12 digits (an old one 9)") }
            guard let person = PersonReference(try key(arguments).reference(of: number)) else {
                throw CommandFailure(.integrity, "the hub's key gives no reference; put the backup of it back")
            }
            return person
        case (nil, let text?):
            guard let person = PersonReference(text) else {
                throw CommandFailure(.usage, "--ref \(text): a reference has 32 lower-case hex digits, as ce_subject of the person's events")
            }
            return person
        default: throw CommandFailure(.usage, "give either --person IDNUMBER or --ref REF")
        }
    }

    private static func time(_ name: String, _ arguments: Arguments) throws(CommandFailure) -> Int64? {
        guard let text = arguments.value(name) else { return nil }
        guard let time = Instant.dateOrDateTime(text) else {
            throw CommandFailure(.usage, "--\(name) \(text): needs a date (2026-01-15) or a date-time (2026-01-15T08:00:00+07:00)")
        }
        return time
    }

    private static func requireTopic(_ bus: BusSettings) throws {
        guard try Admin(bus).describeTopic(TopicName.consent) != nil else { throw noTopic }
    }

    private static var noTopic: CommandFailure {
        CommandFailure(.unreachable, "the bus has no topic \(TopicName.consent); lgsp up makes the hub's topics at its start")
    }

    /// A person's readable records in the order of the topic.
    private static func records(of person: PersonReference, _ bus: BusSettings) throws -> [ConsentRecord] {
        let prefix = Array("\(person.text)|".utf8)
        var found: [ConsentRecord] = []
        let isThere = try BusCommands.readToEnd(TopicName.consent, bus) { batch in
            for slot in batch.slots {
                let key = batch.arena[slot.key.range]
                guard key.starts(with: prefix) else { continue }
                if slot.value.isAbsent {
                    found.removeAll { $0.key.elementsEqual(key) }
                } else if let record = try? ConsentRecord(key: Array(key), value: Array(batch.arena[slot.value.range])) {
                    found.append(record)
                }
            }
        }
        guard isThere else { throw noTopic }
        return found
    }
}
