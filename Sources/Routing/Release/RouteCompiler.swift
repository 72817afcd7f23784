// Turns the rules of all recipients into what the engine runs: one entry per contract topic with its routes
// as bits, one tree of places, and every constant text as bytes.

import Consent
import Crypto
import JSON
import Records

/// The compiled routes on one contract. Classes, here and below: a record passes many of them, and handing on
/// one reference costs less than counting those of every array and text inside.
final class ContractRoutes: Sendable {
    let topic: String
    let contract: String
    let major: Int
    let routes: ContiguousArray<CompiledRoute>
    let trie: FieldTrie
    /// Routes whose recipients know persons under references of their own.
    let ownReferences: RouteMask
    /// The number of its first route among those of all contracts.
    let firstNumber: Int

    init(
        contract: String, major: Int, routes: ContiguousArray<CompiledRoute>, trie: FieldTrie,
        ownReferences: RouteMask, firstNumber: Int
    ) {
        topic = TopicName.contract(contract, major: major)
        self.contract = contract
        self.major = major
        self.routes = routes
        self.trie = trie
        self.ownReferences = ownReferences
        self.firstNumber = firstNumber
    }
}

/// One route, ready to run.
final class CompiledRoute: Sendable {
    let recipient: String
    /// The deliver topic.
    let topic: String
    let purpose: String
    let usesOwnReference: Bool
    let when: ConditionProgram?
    let bases: ContiguousArray<CompiledBasis>
    /// First 16 bytes, by `Outcome.index`: what a decision's id is made from besides the origin.
    let tags: ContiguousArray<[UInt8]>
    let texts: DecisionTexts
    /// The number of its first basis among those of all routes.
    let firstQuery: Int

    init(
        _ rules: RecipientRules, _ route: Route, when: ConditionProgram?, bases: ContiguousArray<CompiledBasis>,
        tags: ContiguousArray<[UInt8]>, firstQuery: Int
    ) {
        recipient = rules.recipient
        topic = TopicName.deliver(recipient: rules.recipient, contract: route.contract, major: route.major)
        purpose = route.purpose
        usesOwnReference = rules.reference == .recipient
        self.when = when
        self.bases = bases
        self.tags = tags
        texts = DecisionTexts(rules, route)
        self.firstQuery = firstQuery
    }
}

/// A legal basis, ready to test.
final class CompiledBasis: Sendable {
    /// As the `lgsp-basis` header has it; a consent's evidence is appended.
    let text: [UInt8]
    /// The same escaped for JSON.
    let escapedText: [UInt8]
    /// Milliseconds since 1970 UTC; of a law.
    let from: Int64
    let to: Int64
    let consent: CompiledConsent?

    init(text: String, from: Int64 = .min, to: Int64 = .max, consent: CompiledConsent? = nil) {
        self.text = Array(text.utf8)
        var quoted: [UInt8] = []
        JSONWriter.appendString(text, to: &quoted)
        escapedText = Array(quoted.dropFirst().dropLast())
        self.from = from
        self.to = to
        self.consent = consent
    }
}

/// A consent to ask for.
final class CompiledConsent: Sendable {
    let recipient: String
    let purpose: String
    let dataCategory: String
    let byGuardian: Bool
    /// For each place of persons the captures of the reference and of what contains it; -1 for the record.
    let subjects: [(reference: Int32, container: Int32)]

    init(_ basis: ConsentBasis, recipient: String, subjects: [(reference: Int32, container: Int32)]) {
        self.recipient = recipient
        purpose = basis.purpose
        dataCategory = basis.dataCategory
        byGuardian = basis.byGuardian
        self.subjects = subjects
    }
}

/// The parts of an audit entry that are the same for all of a route's decisions.
struct DecisionTexts: Sendable {
    /// `","contract":"…","decision":"permit","id":"`, after the basis.
    let permitHead: [UInt8]
    /// `","contract":"…","decision":"deny","id":"`, after the time.
    let denyHead: [UInt8]
    /// `","purpose":"…` after the origin.
    let purpose: [UInt8]
    /// `","recipient":"…","release":"…","rules":"…"`.
    let tail: [UInt8]
    /// `purpose` and `tail`, which follow each other in a permit.
    let purposeAndTail: [UInt8]

    init(_ rules: RecipientRules, _ route: Route) {
        let contract = "\(route.contract).v\(route.major)"
        permitHead = Array("\",\"contract\":\"\(contract)\",\"decision\":\"permit\",\"id\":\"".utf8)
        denyHead = Array("\",\"contract\":\"\(contract)\",\"decision\":\"deny\",\"id\":\"".utf8)
        purpose = Array("\",\"purpose\":\"\(route.purpose)".utf8)
        let versions = "\"release\":\"\(route.releaseVersion)\",\"rules\":\"\(rules.version)\""
        tail = Array("\",\"recipient\":\"\(rules.recipient)\",\(versions)".utf8)
        purposeAndTail = purpose + tail
    }
}

/// The compiler.
enum RouteCompiler {
    static func compile(
        _ recipients: [RecipientRules], _ tables: [String: FieldTable], _ faults: inout [ConfigurationFault]
    ) -> [ContractRoutes] {
        var byContract: [String: [(RecipientRules, Route)]] = [:]
        for rules in recipients {
            for route in rules.routes {
                byContract["\(route.contract).v\(route.major)", default: []].append((rules, route))
            }
        }
        var result: [ContractRoutes] = []
        var counts = Counts()
        for (key, routes) in byContract.sorted(by: { $0.key < $1.key }) {
            guard routes.count <= RouteLimits.routesPerContractMax else {
                faults.append(
                    ConfigurationFault(
                        file: routes[RouteLimits.routesPerContractMax].0.file, pointer: "/routes",
                        detail: "more than \(RouteLimits.routesPerContractMax) recipients of \(key)",
                        fix: "join recipients that receive the same"))
                continue
            }
            // A fault of another kind already stands for a contract that does not exist.
            guard let table = tables[key] else { continue }
            result.append(contract(routes, table, &counts))
        }
        return result
    }

    /// What has been compiled so far.
    private struct Counts {
        var routes = 0
        var bases = 0
    }

    private static func contract(
        _ routes: [(RecipientRules, Route)], _ table: FieldTable, _ counts: inout Counts
    ) -> ContractRoutes {
        let firstNumber = counts.routes
        let root = FieldTrieBuilder()
        var captures: [FieldPointer: Int] = [:]
        func capture(_ pointer: FieldPointer) -> Int {
            if let known = captures[pointer] { return known }
            let number = captures.count
            captures[pointer] = number
            root.node(at: pointer).captures.append(number)
            return number
        }
        for pointer in table.references { root.node(at: pointer).isReference = true }
        var compiled: ContiguousArray<CompiledRoute> = []
        var ownReferences: RouteMask = 0
        for (place, (rules, route)) in routes.enumerated() {
            let bit: RouteMask = 1 << RouteMask(place)
            if rules.reference == .recipient { ownReferences |= bit }
            for pointer in route.release { root.node(at: pointer).release |= bit }
            compiled.append(self.route(rules, route, firstQuery: counts.bases, capture))
            counts.routes += 1
            counts.bases += route.basis.count
        }
        let first = routes[0].1
        return ContractRoutes(
            contract: first.contract, major: first.major, routes: compiled, trie: FieldTrie(root),
            ownReferences: ownReferences, firstNumber: firstNumber)
    }

    private static func route(
        _ rules: RecipientRules, _ route: Route, firstQuery: Int, _ capture: (FieldPointer) -> Int
    ) -> CompiledRoute {
        let contract = "\(route.contract).v\(route.major)"
        let tags = Outcome.all.map { outcome in
            let text = [
                rules.recipient, contract, rules.version, outcome.word, outcome.reason?.rawValue ?? "",
            ].joined(separator: "\0")
            return Array(SHA256.hash(text).bytes.prefix(16))
        }
        return CompiledRoute(
            rules, route, when: route.when.map { ConditionProgram($0, capture: capture) },
            bases: ContiguousArray(route.basis.map { compiled($0, recipient: rules.recipient, capture) }),
            tags: ContiguousArray(tags), firstQuery: firstQuery)
    }

    private static func compiled(
        _ basis: LegalBasis, recipient: String, _ capture: (FieldPointer) -> Int
    ) -> CompiledBasis {
        switch basis {
        case .law(let law):
            return CompiledBasis(text: law.text, from: law.from, to: law.to)
        case .consent(let consent):
            let subjects = consent.subjects.map { pointer in
                (reference: Int32(capture(pointer)), container: pointer.parent.map { Int32(capture($0)) } ?? -1)
            }
            return CompiledBasis(
                text: "consent:", consent: CompiledConsent(consent, recipient: recipient, subjects: subjects))
        }
    }
}

/// A decision as an index: permit, or one of the reasons to deny.
enum Outcome {
    case permit
    case deny(DenialReason)

    static let all: [Outcome] = [.permit] + DenialReason.allCases.map { .deny($0) }

    var index: Int {
        switch self {
        case .permit: 0
        case .deny(let reason): 1 + reason.ordinal
        }
    }
    var word: String {
        switch self {
        case .permit: "permit"
        case .deny: "deny"
        }
    }
    var reason: DenialReason? {
        switch self {
        case .permit: nil
        case .deny(let reason): reason
        }
    }
}

extension DenialReason {
    /// The reason's place among all.
    var ordinal: Int {
        switch self {
        case .routeCondition: 0
        case .basisNotInForce: 1
        case .consentNone: 2
        case .consentWithdrawn: 3
        case .consentExpired: 4
        case .consentScope: 5
        case .subjectMissing: 6
        case .subjectDeceased: 7
        case .ruleFault: 8
        }
    }
}
