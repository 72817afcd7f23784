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
    /// The number of a contract's first route.
    private let firstRoute: ContiguousArray<Int>
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
        var first: ContiguousArray<Int> = []
        var own: ContiguousArray<OwnReference?> = []
        let secret = HMACSHA256(key: referenceSecret)
        for contract in routes.contracts {
            first.append(counters.count)
            for route in contract.routes {
                counters.append(
                    RouteCounters(recipient: route.recipient, contract: contract.contract, major: contract.major))
                own.append(route.usesOwnReference ? OwnReference(secret: secret, recipient: route.recipient) : nil)
            }
        }
        self.counters = counters
        firstRoute = first
        ownReferences = own
    }

    /// What lasts for one call.
    private struct Pass {
        var decisions: DecisionWriter
        var question: BasisQuestion
        /// By route number, made when first needed.
        var constants: ContiguousArray<RouteConstants?>
        var queries: ContiguousArray<[ConsentQuery?]?>
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
            queries: ContiguousArray(repeating: nil, count: counters.count),
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

    private mutating func share(
        _ batch: borrowing RecordBatch, _ slot: RecordSlot, _ contract: Int, _ consents: ConsentView,
        _ pass: inout Pass, _ out: inout RecordBatch
    ) {
        let headers = RecordHeaders(batch, slot)
        let hasIdentity =
            headers.id.map {
                RecordHeaders.isIdentifier(batch.arena.span.extracting($0.range), bytesMax: limits.identifierBytesMax)
            } ?? false
        let isReadable = hasIdentity && read(batch, slot, contract)
        var examined = Examination(applies: .max, faulty: .max)
        if isReadable {
            examined = ShareEngine.examine(
                batch.arena.span.extracting(slot.value.range), tape, contracts[contract], &walk)
        }
        var record: DecisionSubject?
        for place in contracts[contract].routes.indices {
            let bit: RouteMask = 1 << RouteMask(place)
            let number = firstRoute[contract] + place
            if examined.applies & bit == 0 {
                counters[number].notApplicable += 1
                continue
            }
            let subject = record ?? self.subject(batch, slot, headers, hasIdentity: hasIdentity, &out)
            record = subject
            var outcome = Outcome.deny(.ruleFault)
            if examined.faulty & bit == 0 {
                outcome = decide(batch, slot, contract, place, subject, consents, &pass, &out)
            }
            if case .deny(let reason) = outcome {
                pass.decisions.deny(contracts[contract].routes[place], reason, subject, out: &out)
            }
            counters[number].count(outcome)
        }
    }

    /// Whether the record's value is JSON.
    private mutating func read(_ batch: borrowing RecordBatch, _ slot: RecordSlot, _ contract: Int) -> Bool {
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
        _ value: Span<UInt8>, _ tape: borrowing JSONTape, _ contract: borrowing ContractRoutes,
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
        _ batch: borrowing RecordBatch, _ slot: RecordSlot, _ contract: Int, _ place: Int, _ record: DecisionSubject,
        _ consents: ConsentView, _ pass: inout Pass, _ out: inout RecordBatch
    ) -> Outcome {
        let number = firstRoute[contract] + place
        let base = Int(slot.value.start)
        if pass.queries[number] == nil {
            pass.queries[number] = contracts[contract].routes[place].bases.map { basis in
                basis.consent.map {
                    consents.query(recipient: $0.recipient, purpose: $0.purpose, dataCategory: $0.dataCategory)
                }
            }
        }
        let basis: Int
        switch pass.question.decide(
            contracts[contract].routes[place], walk, source: batch.arena, base: base, consents: consents,
            queries: (pass.queries[number] ?? [])[...])
        {
        case .holds(let found): basis = found
        case .denied(let reason): return .deny(reason)
        }
        guard out.mark + 2 * Int(slot.value.count) + 4_096 < pass.outputMax else { return .deny(.ruleFault) }
        let own = ownReferences[number]
        // Without a readable reference there is nothing to make the recipient's own from.
        if own != nil, !record.subject.isAbsent, record.person == nil { return .deny(.ruleFault) }
        var constants =
            pass.constants[number]
            ?? pass.decisions.constants(
                contracts[contract].routes[place], contracts[contract].contract, contracts[contract].major, &out)
        var subject = record.subject
        if let own, let person = record.person {
            let mark = out.mark
            own.reference(for: person).append(to: &out.arena)
            subject = out.slice(from: mark)
        }
        let key = self.key(batch, slot, own, record, subject, &out)
        let mark = out.mark
        writer.write(walk, bit: 1 << RouteMask(place), source: batch.arena, base: base, own: own, to: &out.arena)
        pass.decisions.permit(
            contracts[contract].routes[place], &constants, record, basis: basis, evidence: pass.question.evidence,
            key: key, subject: subject, value: out.slice(from: mark), out: &out)
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
    private func subject(
        _ batch: borrowing RecordBatch, _ slot: RecordSlot, _ headers: RecordHeaders, hasIdentity: Bool,
        _ out: inout RecordBatch
    ) -> DecisionSubject {
        var record = DecisionSubject(
            origin: .absent, subject: .absent, source: .absent, time: .absent, dataSchema: .absent,
            traceParent: .absent, person: nil)
        if let id = headers.id, hasIdentity {
            record.origin = out.store(id, of: batch)
        } else {
            record.origin = out.store("\(batch.topics[Int(slot.topic)])/\(slot.partition)/\(slot.offset)")
        }
        if let subject = headers.subject {
            let bytes = batch.arena.span.extracting(subject.range)
            if RecordHeaders.isIdentifier(bytes, bytesMax: limits.identifierBytesMax) {
                record.subject = out.store(subject, of: batch)
                record.person = PersonReference(hex: bytes)
            }
        }
        if let source = headers.source { record.source = out.store(source, of: batch) }
        if let time = headers.time { record.time = out.store(time, of: batch) }
        if let dataSchema = headers.dataSchema { record.dataSchema = out.store(dataSchema, of: batch) }
        if let traceParent = headers.traceParent { record.traceParent = out.store(traceParent, of: batch) }
        return record
    }
}
