// Consents from a file of JSON lines onto the consent topic: every line is checked before the first is written.
import Bus
import Consent
import Crypto
import JSON
import Records

enum ConsentImport {
    /// Each line has the members of a consent record; instead of `personRef` it may have `idNumber`, instead of
    /// `guardianRef` `guardianIdNumber`: the numbers become references and are not kept.
    ///
    /// - Returns: how many consents were written.
    /// - Throws: `CommandFailure` that names the line; `BusError`.
    @discardableResult
    static func run(_ bytes: [UInt8], file: String, bus: BusSettings, subjectSecret: [UInt8]) throws -> Int {
        let records = try records(bytes, file: file, key: SubjectReferenceKey(secret: subjectSecret))
        try write(records, bus: bus)
        return records.count
    }

    /// The records of a file of JSON lines.
    static func records(_ bytes: [UInt8], file: String, key: SubjectReferenceKey) throws(CommandFailure) -> [ConsentRecord] {
        var records: [ConsentRecord] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            do {
                let value = try referenced(try JSONValue(parsing: Array(line)), key: key)
                let record = try ConsentRecord(value: value)
                _ = try record.checked()
                records.append(record)
            } catch {
                let reason = (error as? ConsentFault)?.rawValue ?? "\(error)"
                throw CommandFailure(
                    .usage, "\(file) line \(index + 1): not a consent record [\(reason)]; a line is an object with personRef "
                        + "(or idNumber), recipient, purpose, dataCategory, state, validFrom, changedAt, evidenceRef")
            }
        }
        return records
    }

    /// Writes the records in one transaction; they are acknowledged when it returns.
    static func write(_ records: [ConsentRecord], bus: BusSettings) throws(BusError) {
        var out = RecordBatch()
        let topic = out.topicIndex(TopicName.consent)
        for record in records {
            out.addRecord(topic: topic, key: out.store(record.key), value: out.store(record.value), headersFrom: out.headerMark)
        }
        // Not in a transaction: Kafka acknowledges a commit before readers of committed records see it, and what was
        // acknowledged must hold for the very next record. To import a file again does no harm.
        let producer = try Producer(bus)
        try producer.produceAndWait(out)
    }

    private static func referenced(_ value: JSONValue, key: SubjectReferenceKey) throws -> JSONValue {
        guard let members = value.objectValue else { return value }
        return .object(
            members.map { member in
                switch member.name {
                case "idNumber": JSONMember("personRef", .string(key.reference(of: member.value.stringValue ?? "")))
                case "guardianIdNumber": JSONMember("guardianRef", .string(key.reference(of: member.value.stringValue ?? "")))
                default: member
                }
            })
    }
}
