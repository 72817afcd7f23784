// The heart of the Share stage: contract records in, deliver and audit records out. Per record one parse, one
// walk for all recipients, then a decision per route. What cannot be decided is denied and said so.

public import Consent
import Crypto
import JSON
public import Records

/// Decides for every record of contract topics who receives what of it. One owner, one thread.
public struct ShareEngine: Sendable {
    /// One for each route, by contract topic and then recipient.
    public private(set) var counters: ContiguousArray<RouteCounters>
    /// Records of topics on which no route stands.
    public private(set) var unroutedCount = 0

    private let contracts: ContiguousArray<ContractRoutes>
    /// By route number; nil where the recipient knows persons as the hub does.
    private let ownReferences: ContiguousArray<OwnReference?>
    private let limits: ShareLimits
    private var tape = JSONTape()
    private var walk = RecordWalk()
    private var writer = ReleaseWriter()

    /// `referenceSecret` is what recipients' own references are derived from: 32 random bytes, kept for ever.
    public init(routes: RouteSet, referenceSecret: [UInt8], limits: ShareLimits = ShareLimits()) {
        self.limits = limits
        contracts = ContiguousArray(routes.contracts)
        var counters: ContiguousArray<RouteCounters> = []
        var own: ContiguousArray<OwnReference?> = []
        let secret = HMACSHA256(key: referenceSecret)
        for contract in routes.contracts {
            for route in contract.routes {
                counters.append(
                    RouteCounters(recipient: route.recipient, contract: contract.contract, major: contract.major))
                own.append(route.usesOwnReference ? OwnReference(secret: secret, recipient: route.recipient) : nil)
            }
        }
        self.counters = counters
        ownReferences = own
    }

    /// What lasts for one call.
    private struct Pass {
        var decisions: DecisionWriter
        var question: BasisQuestion
        var record = DecisionSubject()
        /// By route number, made when first needed.
        var constants: ContiguousArray<RouteConstants?>
        /// One for each basis of each route; of a law nil.
        var queries: ContiguousArray<ConsentQuery?>
        /// What the output may grow to, in bytes.
        var outputMax: Int
    }

    /// Decides on every record of a batch at a time in milliseconds since 1970 UTC and appends the deliver and
    /// audit records to `out`. Consents must have been read to the end that was known when the batch was fetched.
    public mutating func process(
        _ batch: borrowing RecordBatch, consents: ConsentView, at time: Int64, into out: inout RecordBatch
    ) {
        var pass = Pass(
            decisions: DecisionWriter(&out, time: time), question: BasisQuestion(time: time),
            constants: ContiguousArray(repeating: nil, count: counters.count),
            queries: queries(consents),
            outputMax: out.mark + limits.outputBytesMax)
        let contractByTopic = batch.topics.map { topic in
            let name = Array(topic.utf8)
            return contracts.firstIndex { Array($0.topic.utf8) == name } ?? -1
        }
        for slot in batch.slots {
            let contract = contractByTopic[Int(slot.topic)]
            if contract < 0 {
                unroutedCount += 1
            } else {
                share(batch, slot, contract, consents, &pass, &out)
            }
        }
    }

    /// Looks the consents of all routes up by name, once for a batch.
    private func queries(_ consents: ConsentView) -> ContiguousArray<ConsentQuery?> {
        var queries: ContiguousArray<ConsentQuery?> = []
        for contract in contracts {
            for route in contract.routes {
                for basis in route.bases {
                    queries.append(
                        basis.consent.map {
                            consents.query(recipient: $0.recipient, purpose: $0.purpose, dataCategory: $0.dataCategory)
                        })
                }
            }
        }
        return queries
    }

    private mutating func share(
        _ batch: borrowing RecordBatch, _ slot: RecordSlot, _ place: Int, _ consents: ConsentView,
        _ pass: inout Pass, _ out: inout RecordBatch
    ) {
        let contract = contracts[place]
        let headers = RecordHeaders(batch, slot)
        let hasIdentity =
            headers.id.map {
                RecordHeaders.isIdentifier(batch.arena.span.extracting($0.range), bytesMax: limits.identifierBytesMax)
            } ?? false
        var examined = Examination(applies: .max, faulty: .max)
        if hasIdentity, read(batch, slot) {
            examined = ShareEngine.examine(batch.arena.span.extracting(slot.value.range), tape, contract, &walk)
        }
        var isPrepared = false
        for place in contract.routes.indices {
            let bit: RouteMask = 1 << RouteMask(place)
            let number = contract.firstNumber + place
            if examined.applies & bit == 0 {
                counters[number].notApplicable += 1
                continue
            }
            if !isPrepared {
                prepare(&pass.record, batch, slot, headers, hasIdentity: hasIdentity, contract, &out)
                isPrepared = true
            }
            var outcome = Outcome.deny(.ruleFault)
            if examined.faulty & bit == 0 {
                outcome = decide(batch, slot, contract, place, consents, &pass, &out)
            }
            if case .deny(let reason) = outcome {
                pass.decisions.deny(contract.routes[place], reason, pass.record, &out)
            }
            counters[number].count(outcome)
        }
    }

    /// Whether the record's value is JSON.
    private mutating func read(_ batch: borrowing RecordBatch, _ slot: RecordSlot) -> Bool {
        if slot.value.isAbsent { return false }
        do {
            try tape.parse(batch.arena.span.extracting(slot.value.range))
            return true
        } catch {
            return false
        }
    }

    /// Which routes apply to a record, and for which of them that or the release cannot be told.
    private struct Examination {
        var applies: RouteMask
        var faulty: RouteMask
    }

    private static func examine(
        _ value: Span<UInt8>, _ tape: borrowing JSONTape, _ contract: ContractRoutes,
        _ walk: inout RecordWalk
    ) -> Examination {
        let view = JSONView(bytes: value, tape: tape)
        guard walk.walk(view, contract), walk.faulty != .max else { return Examination(applies: .max, faulty: .max) }
        var result = Examination(applies: 0, faulty: walk.faulty)
        for place in contract.routes.indices {
            let bit: RouteMask = 1 << RouteMask(place)
            guard let when = contract.routes[place].when else {
                result.applies |= bit
                continue
            }
            switch when.evaluate(view, walk) {
            case .holds: result.applies |= bit
            case .fails: break
            case .fault:
                result.applies |= bit
                result.faulty |= bit
            }
        }
        return result
    }

    /// Decides on one route and, where it permits, writes what is released.
    private mutating func decide(
        _ batch: borrowing RecordBatch, _ slot: RecordSlot, _ contract: ContractRoutes, _ place: Int,
        _ consents: ConsentView, _ pass: inout Pass, _ out: inout RecordBatch
    ) -> Outcome {
        let route = contract.routes[place]
        let number = contract.firstNumber + place
        let base = Int(slot.value.start)
        let basis: Int
        switch pass.question.decide(
            route, walk, source: batch.arena, base: base, consents: consents, queries: pass.queries,
            firstQuery: route.firstQuery)
        {
        case .holds(let found): basis = found
        case .denied(let reason): return .deny(reason)
        }
        guard out.mark + 2 * Int(slot.value.count) + 4_096 < pass.outputMax else { return .deny(.ruleFault) }
        let own = ownReferences[number]
        var subject = pass.record.subject
        if let own, !subject.isAbsent {
            // Without a readable reference there is nothing to make the recipient's own from.
            guard let person = pass.record.person else { return .deny(.ruleFault) }
            let mark = out.mark
            own.reference(for: person).append(to: &out.arena)
            subject = out.slice(from: mark)
        }
        let key = self.key(batch, slot, own, pass.record, subject, &out)
        let mark = out.mark
        writer.write(walk, bit: 1 << RouteMask(place), source: batch.arena, base: base, own: own, to: &out.arena)
        let parts = PermitParts(
            basis: basis, evidence: pass.question.evidence, key: key, subject: subject, value: out.slice(from: mark))
        var constants = pass.constants[number] ?? pass.decisions.constants(route, contract, &out)
        pass.decisions.permit(route, &constants, pass.record, parts, &out)
        pass.constants[number] = constants
        return .permit
    }

    /// The deliver record's key: the input's, or the recipient's own reference in place of the hub's.
    private func key(
        _ batch: borrowing RecordBatch, _ slot: RecordSlot, _ own: OwnReference?, _ record: DecisionSubject,
        _ subject: ArenaSlice, _ out: inout RecordBatch
    ) -> ArenaSlice {
        if slot.key.isAbsent { return .absent }
        let key = batch.arena.span.extracting(slot.key.range)
        if let own, let person = PersonReference(hex: key) {
            if person == record.person { return subject }
            let mark = out.mark
            own.reference(for: person).append(to: &out.arena)
            return out.slice(from: mark)
        }
        return out.store(slot.key, of: batch)
    }

    /// Stores what the decisions on a record have in common.
    private func prepare(
        _ record: inout DecisionSubject, _ batch: borrowing RecordBatch, _ slot: RecordSlot, _ headers: RecordHeaders,
        hasIdentity: Bool, _ contract: ContractRoutes, _ out: inout RecordBatch
    ) {
        record.originText.removeAll(keepingCapacity: true)
        record.subjectText.removeAll(keepingCapacity: true)
        record.originText.append(contentsOf: ShareEngine.originName)
        if let id = headers.id, hasIdentity {
            record.origin = out.store(id, of: batch)
            record.originText.append(contentsOf: batch.arena[id.range])
        } else {
            let coordinates = "\(batch.topics[Int(slot.topic)])/\(slot.partition)/\(slot.offset)"
            record.origin = out.store(coordinates)
            record.originText.append(contentsOf: coordinates.utf8)
        }
        record.subject = .absent
        record.person = nil
        if let subject = headers.subject {
            let bytes = batch.arena.span.extracting(subject.range)
            if RecordHeaders.isIdentifier(bytes, bytesMax: limits.identifierBytesMax) {
                record.subject = out.store(subject, of: batch)
                record.subjectText.append(contentsOf: ShareEngine.subjectName)
                record.subjectText.append(contentsOf: batch.arena[subject.range])
                record.subjectText.append(0x22)
                if contract.ownReferences != 0 { record.person = PersonReference(hex: bytes) }
            }
        }
        record.source = headers.source.map { out.store($0, of: batch) } ?? .absent
        record.time = headers.time.map { out.store($0, of: batch) } ?? .absent
        record.dataSchema = headers.dataSchema.map { out.store($0, of: batch) } ?? .absent
        record.traceParent = headers.traceParent.map { out.store($0, of: batch) } ?? .absent
    }

    private static let originName = Array("\",\"origin\":\"".utf8)
    private static let subjectName = Array(",\"subject\":\"".utf8)
}
