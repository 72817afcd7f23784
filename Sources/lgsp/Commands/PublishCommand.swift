// `lgsp publish`: records of a file onto a contract's topic, for tests, repairs and agencies without an adapter. The
// contract checks every one first; one transaction takes them all or none.
import Bus
import ContractRegistry
import Crypto
import JSON
import Records
import Runtime

enum PublishCommand {
    static let all: [Command] = [publish]

    static let publish = Command(
        words: ["publish"],
        summary: "checks a file against a contract and publishes it: one JSON document, or one a line; all or none",
        positional: "CONTRACT FILE",
        options: [.flag("dry-run", "check only")],
        example: "lgsp publish reference-unit Contracts/office/examples/valid/reference-unit.v1.minimal.json"
    ) { arguments in
        let set = try ContractSet.load(try FileRoot.load(arguments.root))
        let contract = try ContractCommands.find(try arguments.required(0, "CONTRACT"), in: set)
        let file = try arguments.required(1, "FILE")
        let documents = try documents(of: try FileRoot.bytes(of: file), file: file)
        var out = RecordBatch()
        var refusedCount = 0
        for (line, document) in documents {
            do {
                try append(Draft(document, contract), contract, to: &out)
            } catch let refusal as Refusal {
                refusedCount += 1
                for rejection in refusal.rejections {
                    Output.diagnostic([
                        "line": .integer(line), "code": .string(rejection.code.rawValue),
                        "place": .string(rejection.place), "detail": .string(rejection.detail),
                        "fix": .string(rejection.fix),
                    ])
                }
            }
        }
        guard refusedCount == 0 else {
            throw CommandFailure(.doesNotHold, "\(refusedCount) of \(documents.count) documents do not satisfy \(contract.name) v\(contract.major); nothing was published")
        }
        guard !arguments.has("dry-run") else {
            Output.line("\(documents.count) documents satisfy \(contract.name) v\(contract.major); nothing was published")
            return .done
        }
        let bus = try BusCommands.bus(arguments)
        guard try Admin(bus).describeTopic(contract.topic) != nil else {
            throw CommandFailure(.unreachable, "the bus has no topic \(contract.topic); lgsp up makes the hub's topics at its start")
        }
        let producer = try Producer(bus, transactionalId: "publish-\(contract.name)")
        try producer.initTransactions()
        try producer.beginTransaction()
        try producer.produce(out)
        try producer.commitTransaction()
        arguments.json
            ? Output.json(["topic": .string(contract.topic), "published": .integer(out.count)])
            : Output.line("\(out.count) records published to \(contract.topic)")
        return .done
    }

    /// Why a document is not published.
    private struct Refusal: Error {
        var rejections: [Rejection]
    }

    /// The whole file as one document, else one a line; each with the line that it begins on.
    private static func documents(of bytes: [UInt8], file: String) throws(CommandFailure) -> [(line: Int, document: JSONValue)] {
        if let whole = try? JSONValue(parsing: bytes) {
            return whole.arrayValue?.enumerated().map { ($0.offset + 1, $0.element) } ?? [(1, whole)]
        }
        var documents: [(line: Int, document: JSONValue)] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            do {
                documents.append((index + 1, try JSONValue(parsing: Array(line))))
            } catch {
                throw CommandFailure(.doesNotHold, "\(file) line \(index + 1): not JSON: \(error); nothing was published")
            }
        }
        guard !documents.isEmpty else { throw CommandFailure(.doesNotHold, "\(file) has no JSON document") }
        return documents
    }

    /// A record with the envelope that it is given or that follows from it.
    private struct Draft {
        var value: [UInt8]
        var id: String
        var source: String
        var time: String
        var subject: String?
        var key: String

        /// - Parameter document: a contract's record, or a structured CloudEvent that holds one.
        init(_ document: JSONValue, _ contract: Contract) throws {
            let isEvent = document["specversion"] != nil && document["data"] != nil
            if isEvent, document["type"]?.stringValue != contract.type {
                throw Refusal(rejections: [
                    Rejection(
                        stage: .intake, code: .contractOther, place: "/type", detail: "the event is of another contract",
                        fix: "publish it to that one, or write \(contract.type)")
                ])
            }
            let data = isEvent ? document["data"] ?? .null : document
            let failures = contract.schema.failures(of: data)
            guard failures.isEmpty else {
                throw Refusal(rejections: failures.map { contract.rejection(for: $0, stage: .intake) })
            }
            value = data.write()
            subject = contract.subjectPointers.lazy.compactMap { data.first(at: $0.tokens[...]) }.first
            let natural = contract.keyPointers.lazy.compactMap { parts -> String? in
                let found = parts.compactMap { data.first(at: $0.tokens[...]) }
                return found.count == parts.count ? found.joined(separator: "/") : nil
            }.first
            source = (isEvent ? document["source"]?.stringValue : nil) ?? "urn:lgsp:\(contract.owner):command-line"
            var hasher = SHA256()
            for part in [Array(source.utf8), Array(contract.type.utf8), value] {
                hasher.update(part)
                hasher.update(byte: 0)
            }
            let digest = String(hasher.finish().hex.prefix(32))
            id = (isEvent ? document["id"]?.stringValue : nil) ?? digest
            key = natural ?? subject ?? id
            let occurred = data["occurredAt"]?.stringValue.map { $0.utf8.count == 10 ? $0 + "T00:00:00+07:00" : $0 }
            time = occurred ?? document["time"]?.stringValue ?? Timestamp.text(SystemClock().wallMilliseconds())
        }
    }

    private static func append(_ draft: Draft, _ contract: Contract, to out: inout RecordBatch) throws {
        let headers = out.headerMark
        out.addHeader(HeaderName.specVersion, "1.0")
        out.addHeader(HeaderName.id, draft.id)
        out.addHeader(HeaderName.source, draft.source)
        out.addHeader(HeaderName.type, contract.type)
        out.addHeader(HeaderName.time, draft.time)
        if let subject = draft.subject { out.addHeader(HeaderName.subject, subject) }
        out.addHeader(HeaderName.dataSchema, contract.identifier)
        out.addHeader(HeaderName.contentType, "application/json")
        out.addHeader(HeaderName.agency, contract.owner)
        out.addRecord(
            topic: out.topicIndex(contract.topic), key: out.store(draft.key), value: out.store(draft.value),
            headersFrom: headers)
    }
}

extension JSONValue {
    /// The text of the first scalar at a pointer in which `*` stands for any element.
    fileprivate func first(at tokens: ArraySlice<[UInt8]>) -> String? {
        guard let token = tokens.first else { return stringValue ?? numberText }
        let rest = tokens.dropFirst()
        if let members = objectValue {
            return members.first { $0.name.utf8.elementsEqual(token) }?.value.first(at: rest)
        }
        guard let elements = arrayValue else { return nil }
        if token == [UInt8(ascii: "*")] { return elements.lazy.compactMap { $0.first(at: rest) }.first }
        guard let position = Int(String(decoding: token, as: UTF8.self)), elements.indices.contains(position) else { return nil }
        return elements[position].first(at: rest)
    }
}
