// Writes decisions into the batch that Share produces: the deliver record of a permit and the audit record of
// either. Texts that many records have in common are stored once a batch and pointed at.

import Consent
import Crypto
import Records

/// What the decisions on one record have in common.
struct DecisionSubject {
    /// In the output arena: the record's `ce_id`, or its coordinates where it has none.
    var origin: ArenaSlice
    /// In the output arena; absent where the record has none that could be shown.
    var subject: ArenaSlice
    var source: ArenaSlice
    var time: ArenaSlice
    var dataSchema: ArenaSlice
    var traceParent: ArenaSlice
    /// The hub-wide reference behind `subject`, where it is one.
    var person: PersonReference?
}

/// What one route's records of a batch have in common; slices of the output arena.
struct RouteConstants {
    var topic: Int32
    var type: ArenaSlice
    var purpose: ArenaSlice
    /// The basis stored last, by its place; a law stays the same for a batch.
    var basis: Int
    var basisText: ArenaSlice
}

/// The writer; reused from batch to batch.
struct DecisionWriter {
    /// Names and constant values, stored once a batch.
    private struct Names {
        var specVersion, id, source, type, time, subject, dataSchema, contentType, traceParent: ArenaSlice
        var origin, decision, purpose, basis: ArenaSlice
        var version, json: ArenaSlice

        init(_ out: inout RecordBatch) {
            specVersion = out.store(HeaderName.specVersion)
            id = out.store(HeaderName.id)
            source = out.store(HeaderName.source)
            type = out.store(HeaderName.type)
            time = out.store(HeaderName.time)
            subject = out.store(HeaderName.subject)
            dataSchema = out.store(HeaderName.dataSchema)
            contentType = out.store(HeaderName.contentType)
            traceParent = out.store(HeaderName.traceParent)
            origin = out.store(HeaderName.origin)
            decision = out.store(HeaderName.decision)
            purpose = out.store(HeaderName.purpose)
            basis = out.store(HeaderName.basis)
            version = out.store("1.0")
            json = out.store("application/json")
        }
    }
    private let names: Names
    private let auditTopic: Int32
    /// `{"at":"…`, the decision time.
    private let auditStart: [UInt8]

    private static let basisName = Array("\",\"basis\":\"".utf8)
    private static let originName = Array("\",\"origin\":\"".utf8)
    private static let reasonName = Array("\",\"reason\":\"".utf8)
    private static let subjectName = Array(",\"subject\":\"".utf8)
    private static let digestName = Array(",\"valueDigest\":\"".utf8)
    private static let reasons = DenialReason.allCases.map { Array($0.rawValue.utf8) }

    /// Begins a batch decided at a time in milliseconds since 1970 UTC.
    init(_ out: inout RecordBatch, time: Int64) {
        names = Names(&out)
        auditTopic = out.topicIndex(TopicName.audit)
        auditStart = Array("{\"at\":\"\(Instant.text(time))".utf8)
    }

    /// Stores what a route's records have in common.
    func constants(_ route: borrowing CompiledRoute, _ contract: String, _ major: Int, _ out: inout RecordBatch)
        -> RouteConstants
    {
        RouteConstants(
            topic: out.topicIndex(route.topic), type: out.store("vn.lgsp.\(contract).v\(major)"),
            purpose: out.store(route.purpose), basis: -1, basisText: .absent)
    }

    /// Appends an identifier: the first 16 bytes of a digest as hex.
    private static func appendIdentifier(_ digest: Digest, to out: inout RecordBatch) -> ArenaSlice {
        let mark = out.mark
        PersonReference(high: digest.word0, low: digest.word1).append(to: &out.arena)
        return out.slice(from: mark)
    }

    /// A decision's id: the same origin, route, rules and outcome have the same, also after a crash.
    private static func decisionDigest(_ route: borrowing CompiledRoute, _ outcome: Outcome, _ origin: Span<UInt8>)
        -> Digest
    {
        var hasher = SHA256()
        hasher.update(route.tags[outcome.index])
        hasher.update(origin)
        return hasher.finish()
    }

    /// Adds the deliver record and the audit record of a permit.
    ///
    /// `value` is the released object, already in the output arena; `evidence` is what a consent basis rests on.
    func permit(
        _ route: borrowing CompiledRoute, _ constants: inout RouteConstants, _ record: DecisionSubject, basis: Int,
        evidence: [UInt8], key: ArenaSlice, subject: ArenaSlice, value: ArenaSlice, out: inout RecordBatch
    ) {
        let isConsent = route.bases[basis].consent != nil
        var basisText = constants.basisText
        if isConsent || constants.basis != basis {
            let mark = out.mark
            out.arena.append(contentsOf: route.bases[basis].text)
            if isConsent { out.arena.append(contentsOf: evidence) }
            basisText = out.slice(from: mark)
            if !isConsent {
                constants.basis = basis
                constants.basisText = basisText
            }
        }
        var hasher = SHA256()
        hasher.update(out.arena.span.extracting(record.origin.range))
        hasher.update(byte: 0)
        hasher.update(route.recipient)
        let id = DecisionWriter.appendIdentifier(hasher.finish(), to: &out)
        let decisionDigest = DecisionWriter.decisionDigest(
            route, .permit, out.arena.span.extracting(record.origin.range))
        let decision = DecisionWriter.appendIdentifier(decisionDigest, to: &out)
        let headers = out.headerMark
        out.addHeader(names.specVersion, names.version)
        out.addHeader(names.id, id)
        if !record.source.isAbsent { out.addHeader(names.source, record.source) }
        out.addHeader(names.type, constants.type)
        if !record.time.isAbsent { out.addHeader(names.time, record.time) }
        if !subject.isAbsent { out.addHeader(names.subject, subject) }
        if !record.dataSchema.isAbsent { out.addHeader(names.dataSchema, record.dataSchema) }
        out.addHeader(names.contentType, names.json)
        if !record.traceParent.isAbsent { out.addHeader(names.traceParent, record.traceParent) }
        out.addHeader(names.origin, record.origin)
        out.addHeader(names.decision, decision)
        out.addHeader(names.purpose, constants.purpose)
        out.addHeader(names.basis, basisText)
        out.addRecord(topic: constants.topic, key: key, value: value, headersFrom: headers)

        let valueDigest = SHA256.hash(out.arena.span.extracting(value.range))
        let mark = out.mark
        out.arena.append(contentsOf: auditStart)
        out.arena.append(contentsOf: DecisionWriter.basisName)
        out.arena.append(contentsOf: route.bases[basis].escapedText)
        if isConsent { out.arena.append(contentsOf: evidence) }
        out.arena.append(contentsOf: route.texts.permitHead)
        PersonReference(high: decisionDigest.word0, low: decisionDigest.word1).append(to: &out.arena)
        appendOrigin(record, route, &out)
        out.arena.append(contentsOf: route.texts.tail)
        appendSubject(record, &out)
        out.arena.append(contentsOf: DecisionWriter.digestName)
        PersonReference(high: valueDigest.word0, low: valueDigest.word1).append(to: &out.arena)
        out.arena.append(0x22)
        out.arena.append(0x7D)
        addAudit(record, from: mark, &out)
    }

    /// Adds the audit record of a denial.
    func deny(
        _ route: borrowing CompiledRoute, _ reason: DenialReason, _ record: DecisionSubject, out: inout RecordBatch
    ) {
        let digest = DecisionWriter.decisionDigest(
            route, .deny(reason), out.arena.span.extracting(record.origin.range))
        let mark = out.mark
        out.arena.append(contentsOf: auditStart)
        out.arena.append(contentsOf: route.texts.denyHead)
        PersonReference(high: digest.word0, low: digest.word1).append(to: &out.arena)
        appendOrigin(record, route, &out)
        out.arena.append(contentsOf: DecisionWriter.reasonName)
        out.arena.append(contentsOf: DecisionWriter.reasons[reason.ordinal])
        out.arena.append(contentsOf: route.texts.tail)
        appendSubject(record, &out)
        out.arena.append(0x7D)
        addAudit(record, from: mark, &out)
    }

    private func appendOrigin(
        _ record: DecisionSubject, _ route: borrowing CompiledRoute, _ out: inout RecordBatch
    ) {
        out.arena.append(contentsOf: DecisionWriter.originName)
        out.appendCopy(of: record.origin)
        out.arena.append(contentsOf: route.texts.purpose)
    }

    private func appendSubject(_ record: DecisionSubject, _ out: inout RecordBatch) {
        if record.subject.isAbsent { return }
        out.arena.append(contentsOf: DecisionWriter.subjectName)
        out.appendCopy(of: record.subject)
        out.arena.append(0x22)
    }

    private func addAudit(_ record: DecisionSubject, from mark: Int, _ out: inout RecordBatch) {
        let value = out.slice(from: mark)
        let headers = out.headerMark
        out.addHeader(names.contentType, names.json)
        out.addRecord(
            topic: auditTopic, key: record.subject.isAbsent ? record.origin : record.subject, value: value,
            headersFrom: headers)
    }
}

extension RecordBatch {
    /// Appends bytes that already lie in the arena: short identifiers only.
    @inline(__always)
    fileprivate mutating func appendCopy(of slice: ArenaSlice) {
        for place in slice.range { arena.append(arena[place]) }
    }
}
