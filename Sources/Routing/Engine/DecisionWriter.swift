// Writes decisions into the batch that Share produces: the deliver record of a permit and the audit record of
// either. Texts that many records have in common are stored or put together once and pointed at.

import Consent
import Crypto
import Records

/// What the decisions on one record have in common; reused from record to record.
struct DecisionSubject {
    /// In the output arena: the record's `ce_id`, or its coordinates where it has none.
    var origin = ArenaSlice.absent
    /// In the output arena; absent where the record has none that could be shown.
    var subject = ArenaSlice.absent
    var source = ArenaSlice.absent
    var time = ArenaSlice.absent
    var dataSchema = ArenaSlice.absent
    var traceParent = ArenaSlice.absent
    /// The hub-wide reference behind `subject`, where it is one and a recipient needs its own.
    var person: PersonReference?
    /// `","origin":"…`, for audit entries.
    var originText: [UInt8] = []
    /// `,"subject":"…"`, for audit entries.
    var subjectText: [UInt8] = []
}

/// What one route's records of a batch have in common; slices of the output arena.
struct RouteConstants {
    var topic: Int32
    var type: ArenaSlice
    var purpose: ArenaSlice
    /// The law used last, by its place; with one time for the batch it stays the same.
    var basis = -1
    var basisText = ArenaSlice.absent
    /// An audit entry up to the id, for that law.
    var permitStart: [UInt8] = []
}

/// A permit's parts beside the record.
struct PermitParts {
    var basis: Int
    /// What a consent basis rests on.
    var evidence: [UInt8]
    var key: ArenaSlice
    var subject: ArenaSlice
    /// The released object, already in the output arena.
    var value: ArenaSlice
}

/// The writer; made for each batch.
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
    private static let reasonName = Array("\",\"reason\":\"".utf8)
    private static let digestName = Array(",\"valueDigest\":\"".utf8)
    private static let end = Array("\"}".utf8)
    private static let reasons = DenialReason.allCases.map { Array($0.rawValue.utf8) }

    /// Begins a batch decided at a time in milliseconds since 1970 UTC.
    init(_ out: inout RecordBatch, time: Int64) {
        names = Names(&out)
        auditTopic = out.topicIndex(TopicName.audit)
        auditStart = Array("{\"at\":\"\(Instant.text(time))".utf8)
    }

    /// Stores what a route's records have in common.
    func constants(_ route: CompiledRoute, _ contract: ContractRoutes, _ out: inout RecordBatch) -> RouteConstants {
        RouteConstants(
            topic: out.topicIndex(route.topic), type: out.store("vn.lgsp.\(contract.contract).v\(contract.major)"),
            purpose: out.store(route.purpose))
    }

    /// The first 16 bytes of a digest, as identifiers have them.
    private static func identifier(_ digest: Digest) -> PersonReference {
        PersonReference(high: digest.word0, low: digest.word1)
    }

    private static func store(_ identifier: PersonReference, _ out: inout RecordBatch) -> ArenaSlice {
        let mark = out.mark
        identifier.append(to: &out.arena)
        return out.slice(from: mark)
    }

    /// A decision's id: the same origin, route, rules and outcome have the same, also after a crash.
    private static func decision(_ route: CompiledRoute, _ outcome: Outcome, _ origin: Span<UInt8>) -> PersonReference {
        var hasher = SHA256()
        hasher.update(route.tags[outcome.index])
        hasher.update(origin)
        return identifier(hasher.finish())
    }

    /// A deliver record's `ce_id`: that of the origin for this recipient.
    private static func delivery(_ route: CompiledRoute, _ origin: Span<UInt8>) -> PersonReference {
        var hasher = SHA256()
        hasher.update(origin)
        hasher.update(byte: 0)
        hasher.update(route.recipient)
        return identifier(hasher.finish())
    }

    /// Adds the deliver record and the audit record of a permit.
    func permit(
        _ route: CompiledRoute, _ constants: inout RouteConstants, _ record: DecisionSubject, _ parts: PermitParts,
        _ out: inout RecordBatch
    ) {
        let basis = route.bases[parts.basis]
        let isConsent = basis.consent != nil
        var basisText = constants.basisText
        if isConsent || constants.basis != parts.basis {
            let mark = out.mark
            out.arena.append(contentsOf: basis.text)
            if isConsent { out.arena.append(contentsOf: parts.evidence) }
            basisText = out.slice(from: mark)
        }
        if !isConsent, constants.basis != parts.basis {
            constants.basis = parts.basis
            constants.basisText = basisText
            constants.permitStart = auditStart + DecisionWriter.basisName + basis.escapedText + route.texts.permitHead
        }
        let origin = record.origin.range
        let id = DecisionWriter.store(DecisionWriter.delivery(route, out.arena.span.extracting(origin)), &out)
        let decision = DecisionWriter.decision(route, .permit, out.arena.span.extracting(origin))
        let decisionText = DecisionWriter.store(decision, &out)
        addDelivery(constants, record, parts, id: id, decision: decisionText, basis: basisText, &out)

        let digest = DecisionWriter.identifier(SHA256.hash(out.arena.span.extracting(parts.value.range)))
        let mark = out.mark
        if isConsent {
            out.arena.append(contentsOf: auditStart)
            out.arena.append(contentsOf: DecisionWriter.basisName)
            out.arena.append(contentsOf: basis.escapedText)
            out.arena.append(contentsOf: parts.evidence)
            out.arena.append(contentsOf: route.texts.permitHead)
        } else {
            out.arena.append(contentsOf: constants.permitStart)
        }
        decision.append(to: &out.arena)
        out.arena.append(contentsOf: record.originText)
        out.arena.append(contentsOf: route.texts.purposeAndTail)
        out.arena.append(contentsOf: record.subjectText)
        out.arena.append(contentsOf: DecisionWriter.digestName)
        digest.append(to: &out.arena)
        out.arena.append(contentsOf: DecisionWriter.end)
        addAudit(record, from: mark, &out)
    }

    private func addDelivery(
        _ constants: RouteConstants, _ record: DecisionSubject, _ parts: PermitParts, id: ArenaSlice,
        decision: ArenaSlice, basis: ArenaSlice, _ out: inout RecordBatch
    ) {
        let headers = out.headerMark
        out.addHeader(names.specVersion, names.version)
        out.addHeader(names.id, id)
        if !record.source.isAbsent { out.addHeader(names.source, record.source) }
        out.addHeader(names.type, constants.type)
        if !record.time.isAbsent { out.addHeader(names.time, record.time) }
        if !parts.subject.isAbsent { out.addHeader(names.subject, parts.subject) }
        if !record.dataSchema.isAbsent { out.addHeader(names.dataSchema, record.dataSchema) }
        out.addHeader(names.contentType, names.json)
        if !record.traceParent.isAbsent { out.addHeader(names.traceParent, record.traceParent) }
        out.addHeader(names.origin, record.origin)
        out.addHeader(names.decision, decision)
        out.addHeader(names.purpose, constants.purpose)
        out.addHeader(names.basis, basis)
        out.addRecord(topic: constants.topic, key: parts.key, value: parts.value, headersFrom: headers)
    }

    /// Adds the audit record of a denial.
    func deny(_ route: CompiledRoute, _ reason: DenialReason, _ record: DecisionSubject, _ out: inout RecordBatch) {
        let decision = DecisionWriter.decision(route, .deny(reason), out.arena.span.extracting(record.origin.range))
        let mark = out.mark
        out.arena.append(contentsOf: auditStart)
        out.arena.append(contentsOf: route.texts.denyHead)
        decision.append(to: &out.arena)
        out.arena.append(contentsOf: record.originText)
        out.arena.append(contentsOf: route.texts.purpose)
        out.arena.append(contentsOf: DecisionWriter.reasonName)
        out.arena.append(contentsOf: DecisionWriter.reasons[reason.ordinal])
        out.arena.append(contentsOf: route.texts.tail)
        out.arena.append(contentsOf: record.subjectText)
        out.arena.append(0x7D)
        addAudit(record, from: mark, &out)
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
