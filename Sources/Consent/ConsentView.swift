// The consent topic as a table in memory: what Share asks before every release that rests on consent.
// Built from the compacted topic, kept up by its records, never written to by anything else. One owner, one
// thread; asking allocates nothing.

import JSON
public import Records

/// The state of every recorded consent.
public struct ConsentView: Sendable {
    private var table = ConsentTable()
    private var scopes: [Scope] = []
    /// FNV-1a of `recipient|purpose|dataCategory` → scope; a collision takes the next number.
    private var scopeByHash: [UInt64: UInt16] = [:]
    private var tape = JSONTape()
    private let limits: ConsentLimits
    /// Records not taken, by kind.
    public private(set) var faults: [ConsentFault: Int] = [:]
    /// Records taken that were older than what was already known.
    public private(set) var lateCount = 0

    private struct Scope {
        var bytes: [UInt8]
        var recipient: Int32
    }
    private var recipients: [[UInt8]] = []

    public init(limits: ConsentLimits = ConsentLimits()) { self.limits = limits }

    /// The consents held, granted, withdrawn or unreadable.
    public var count: Int { table.liveCount }
    public var personCount: Int { table.personCount }
    /// Bytes held by the table.
    public var byteCount: Int { table.byteCount }
    public var faultCount: Int { faults.values.reduce(0, +) }

    /// Applies every record of a batch of the consent topic, in its order.
    public mutating func apply(_ batch: borrowing RecordBatch) {
        for slot in batch.slots {
            let key = batch.arena.span.extracting(slot.key.range)
            if slot.value.isAbsent {
                forget(key: key)
            } else {
                apply(key: key, value: batch.arena.span.extracting(slot.value.range))
            }
        }
    }

    /// Applies one record of the consent topic: a grant or a withdrawal.
    ///
    /// A record older than what is known (`changedAt`) changes nothing; at the same instant a withdrawal wins.
    /// One that cannot be read is counted and denies its key until a readable one comes.
    public mutating func apply(key: Span<UInt8>, value: Span<UInt8>) {
        guard let parts = ConsentKey(key, limits: limits) else { return count(.key) }
        guard let scope = intern(key.extracting(parts.scope), recipientCount: parts.recipient.count) else {
            return count(.limit)
        }
        do throws(ConsentFault) {
            guard value.count <= limits.valueBytesMax else { throw .limit }
            let fields = try read(key: key, value: value, parts: parts)
            try put(fields, evidence: value.extracting(fields.evidence), person: parts.person, scope: scope)
        } catch {
            count(error)
            deny(parts.person, scope)
        }
    }

    /// Applies a tombstone: the consent's record is forgotten.
    public mutating func forget(key: Span<UInt8>) {
        guard let parts = ConsentKey(key, limits: limits) else { return count(.key) }
        guard let scope = scope(of: key.extracting(parts.scope)) else { return }
        let entry = table.find(parts.person, scope: scope)
        if entry != ConsentTable.noEntry { table.remove(entry) }
    }

    private mutating func count(_ fault: ConsentFault) { faults[fault, default: 0] += 1 }

    private mutating func read(
        key: Span<UInt8>, value: Span<UInt8>, parts: ConsentKey
    ) throws(ConsentFault) -> ConsentFields {
        do { try tape.parse(value) } catch { throw .value }
        let view = JSONView(bytes: value, tape: tape)
        return try ConsentFields.read(view, value: value, key: key, parts: parts, limits: limits)
    }

    private mutating func put(
        _ fields: ConsentFields, evidence: Span<UInt8>, person: PersonReference, scope: UInt16
    ) throws(ConsentFault) {
        var entry = table.find(person, scope: scope)
        let state: ConsentEntry.State =
            !fields.isGranted ? .withdrawn : fields.guardian != nil ? .grantedByGuardian : .granted
        if entry == ConsentTable.noEntry {
            let fresh = ConsentEntry(
                person: person, validFrom: fields.validFrom, validTo: fields.validTo, changedAt: fields.changedAt,
                evidenceStart: 0, next: ConsentTable.noEntry, scope: scope, evidenceCount: 0, state: state)
            guard let number = table.insert(fresh) else { throw .limit }
            entry = number
        } else {
            let known = table[entry]
            let isLate =
                fields.changedAt < known.changedAt
                || (fields.changedAt == known.changedAt && known.state == .withdrawn && fields.isGranted)
            if isLate {
                lateCount += 1
                return
            }
            table[entry].validFrom = fields.validFrom
            table[entry].validTo = fields.validTo
            table[entry].changedAt = fields.changedAt
            table[entry].state = state
        }
        guard table.setEvidence(evidence, of: entry) else { throw .limit }
    }

    /// Marks a key as unreadable; what was known of its order stays, so that an older record cannot open it.
    private mutating func deny(_ person: PersonReference, _ scope: UInt16) {
        let entry = table.find(person, scope: scope)
        if entry != ConsentTable.noEntry {
            table[entry].state = .unreadable
            return
        }
        _ = table.insert(
            ConsentEntry(
                person: person, validFrom: 0, validTo: 0, changedAt: .min, evidenceStart: 0,
                next: ConsentTable.noEntry, scope: scope, evidenceCount: 0, state: .unreadable))
    }
}

// MARK: Asking

extension ConsentView {
    /// Looks the names up once; ask it for as many persons as wanted.
    public func query(recipient: String, purpose: String, dataCategory: String) -> ConsentQuery {
        let name = Array(recipient.utf8)
        let exact = Array("\(recipient)|\(purpose)|\(dataCategory)".utf8)
        let any = Array("\(recipient)|\(purpose)|*".utf8)
        return ConsentQuery(
            exactScope: scope(of: exact.span).map(Int32.init) ?? -1,
            anyScope: scope(of: any.span).map(Int32.init) ?? -1,
            recipient: recipients.firstIndex(of: name).map(Int32.init) ?? -1)
    }

    /// Whether a person's consent covers a query at a time in milliseconds since 1970 UTC.
    ///
    /// Between the consent for the category and that for `*` the newer expression holds; an unreadable record
    /// of either denies. With `byGuardian` only a consent given by a guardian counts.
    public func decide(
        _ person: PersonReference, _ query: ConsentQuery, at time: Int64, byGuardian: Bool = false
    ) -> ConsentDecision {
        if query.recipient < 0 { return .none }
        var exact: ConsentEntry?
        var any: ConsentEntry?
        var hasOther = false
        var number = table.first(person)
        while number != ConsentTable.noEntry {
            let entry = table[number]
            if Int32(entry.scope) == query.exactScope {
                exact = entry
            } else if Int32(entry.scope) == query.anyScope {
                any = entry
            } else if scopes[Int(entry.scope)].recipient == query.recipient, isInForce(entry, time) {
                hasOther = true
            }
            number = entry.next
        }
        return combine(exact, any, hasOther: hasOther, at: time, byGuardian: byGuardian)
    }

    private func isInForce(_ entry: ConsentEntry, _ time: Int64) -> Bool {
        (entry.state == .granted || entry.state == .grantedByGuardian) && entry.validFrom <= time
            && time < entry.validTo
    }

    private func combine(
        _ exact: ConsentEntry?, _ any: ConsentEntry?, hasOther: Bool, at time: Int64, byGuardian: Bool
    ) -> ConsentDecision {
        if exact?.state == .unreadable || any?.state == .unreadable { return .none }
        var withdrawnAt = Int64.min
        var isWithdrawn = false
        if let exact, exact.state == .withdrawn {
            isWithdrawn = true
            withdrawnAt = exact.changedAt
        }
        if let any, any.state == .withdrawn {
            isWithdrawn = true
            withdrawnAt = max(withdrawnAt, any.changedAt)
        }
        var hasExpired = false
        var hasWrongGiver = false
        for place in 0..<2 {
            guard let entry = place == 0 ? exact : any, entry.state != .withdrawn else { continue }
            if isWithdrawn && entry.changedAt <= withdrawnAt { continue }
            if time >= entry.validTo {
                hasExpired = true
            } else if entry.validFrom <= time {
                if byGuardian && entry.state != .grantedByGuardian {
                    hasWrongGiver = true
                } else {
                    return .granted(ConsentEvidence(start: entry.evidenceStart, count: entry.evidenceCount))
                }
            }
        }
        if hasExpired { return .expired }
        if isWithdrawn { return .withdrawn }
        return hasWrongGiver || hasOther ? .scope : .none
    }

    /// Appends the `evidenceRef` of a grant; only with the view that gave it and before it changes.
    public func appendEvidence(_ evidence: ConsentEvidence, to output: inout [UInt8]) {
        table.appendEvidence(start: evidence.start, count: evidence.count, to: &output)
    }
}

// MARK: Names

extension ConsentView {
    private static func hash(_ bytes: Span<UInt8>) -> UInt64 {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for place in 0..<bytes.count { value = (value ^ UInt64(bytes[place])) &* 0x0000_0100_0000_01B3 }
        return value
    }

    private func scope(of bytes: Span<UInt8>) -> UInt16? {
        var hash = ConsentView.hash(bytes)
        while let known = scopeByHash[hash] {
            let name = scopes[Int(known)].bytes
            if bytes.equals(name.span) { return known }
            hash = hash &+ 1
        }
        return nil
    }

    private mutating func intern(_ bytes: Span<UInt8>, recipientCount: Int) -> UInt16? {
        if let known = scope(of: bytes) { return known }
        guard scopes.count < min(limits.scopeCountMax, 65_535) else { return nil }
        var copy: [UInt8] = []
        copy.reserveCapacity(bytes.count)
        for place in 0..<bytes.count { copy.append(bytes[place]) }
        let name = Array(copy[..<recipientCount])
        let recipient = recipients.firstIndex(of: name) ?? recipients.count
        if recipient == recipients.count { recipients.append(name) }
        var hash = ConsentView.hash(bytes)
        while scopeByHash[hash] != nil { hash = hash &+ 1 }
        let number = UInt16(scopes.count)
        scopes.append(Scope(bytes: copy, recipient: Int32(recipient)))
        scopeByHash[hash] = number
        return number
    }
}
