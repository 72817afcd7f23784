// Turns the rules of all recipients into what the engine runs: one entry per contract topic with its routes
// as bits, one tree of places, and every constant text as bytes.

import Consent
import Crypto
import JSON
import Records

/// The compiled routes on one contract.
struct ContractRoutes: Sendable {
    var topic: String
    var contract: String
    var major: Int
    var routes: ContiguousArray<CompiledRoute>
    var trie: FieldTrie
    /// Routes whose recipients know persons under references of their own.
    var ownReferences: RouteMask
}

/// One route, ready to run.
struct CompiledRoute: Sendable {
    var recipient: String
    /// The deliver topic.
    var topic: String
    var purpose: String
    var usesOwnReference: Bool
    var when: ConditionProgram?
    var bases: ContiguousArray<CompiledBasis>
    /// First 16 bytes, by `Outcome.index`: what a decision's id is made from besides the origin.
    var tags: ContiguousArray<[UInt8]>
    var texts: DecisionTexts
}

/// A legal basis, ready to test.
struct CompiledBasis: Sendable {
    /// As the `lgsp-basis` header has it; a consent's evidence is appended.
    var text: [UInt8]
    /// The same escaped for JSON.
    var escapedText: [UInt8]
    /// Milliseconds since 1970 UTC; of a law.
    var from: Int64 = .min
    var to: Int64 = .max
    var consent: CompiledConsent?
}

/// A consent to ask for.
struct CompiledConsent: Sendable {
    var recipient: String
    var purpose: String
    var dataCategory: String
    var byGuardian: Bool
    /// For each place of persons the captures of the reference and of what contains it; -1 for the record.
    var subjects: [(reference: Int32, container: Int32)]
}

/// The parts of an audit entry that are the same for all of a route's decisions.
struct DecisionTexts: Sendable {
    /// `","contract":"…","decision":"permit","id":"`, after the basis.
    var permitHead: [UInt8]
    /// `","contract":"…","decision":"deny","id":"`, after the time.
    var denyHead: [UInt8]
    /// `","purpose":"…` after the origin.
    var purpose: [UInt8]
    /// `","recipient":"…","release":"…","rules":"…"`.
    var tail: [UInt8]
}

/// The compiler.
enum RouteCompiler {
    static func compile(
        _ recipients: [RecipientRules], _ tables: [String: FieldTable], _ faults: inout [ConfigurationFault]
    ) -> [ContractRoutes] {
        var byContract: [String: [(RecipientRules, Route)]] = [:]
        for rules in recipients {
            for route in rules.routes { byContract["\(route.contract).v\(route.major)", default: []].append((rules, route)) }
        }
        var result: [ContractRoutes] = []
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
            result.append(contract(routes, table))
        }
        return result
    }

    private static func contract(_ routes: [(RecipientRules, Route)], _ table: FieldTable) -> ContractRoutes {
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
            compiled.append(self.route(rules, route, capture))
        }
        let first = routes[0].1
        return ContractRoutes(
            topic: TopicName.contract(first.contract, major: first.major), contract: first.contract, major: first.major,
            routes: compiled, trie: FieldTrie(root), ownReferences: ownReferences)
    }

    private static func route(
        _ rules: RecipientRules, _ route: Route, _ capture: (FieldPointer) -> Int
    ) -> CompiledRoute {
        let contract = "\(route.contract).v\(route.major)"
        let bases = route.basis.map { basis in compiled(basis, recipient: rules.recipient, capture) }
        let texts = DecisionTexts(
            permitHead: Array("\",\"contract\":\"\(contract)\",\"decision\":\"permit\",\"id\":\"".utf8),
            denyHead: Array("\",\"contract\":\"\(contract)\",\"decision\":\"deny\",\"id\":\"".utf8),
            purpose: Array("\",\"purpose\":\"\(route.purpose)".utf8),
            tail: Array(
                "\",\"recipient\":\"\(rules.recipient)\",\"release\":\"\(route.releaseVersion)\",\"rules\":\"\(rules.version)\""
                    .utf8))
        let tags = Outcome.all.map { outcome in
            Array(
                SHA256.hash(
                    "\(rules.recipient)\0\(contract)\0\(rules.version)\0\(outcome.word)\0\(outcome.reason?.rawValue ?? "")"
                ).bytes.prefix(16))
        }
        return CompiledRoute(
            recipient: rules.recipient,
            topic: TopicName.deliver(recipient: rules.recipient, contract: route.contract, major: route.major),
            purpose: route.purpose, usesOwnReference: rules.reference == .recipient,
            when: route.when.map { ConditionProgram($0, capture: capture) }, bases: ContiguousArray(bases),
            tags: ContiguousArray(tags), texts: texts)
    }

    private static func compiled(
        _ basis: LegalBasis, recipient: String, _ capture: (FieldPointer) -> Int
    ) -> CompiledBasis {
        switch basis {
        case .law(let law):
            return CompiledBasis(
                text: Array(law.text.utf8), escapedText: escaped(law.text), from: law.from, to: law.to, consent: nil)
        case .consent(let consent):
            let subjects = consent.subjects.map { pointer in
                (reference: Int32(capture(pointer)), container: pointer.parent.map { Int32(capture($0)) } ?? -1)
            }
            return CompiledBasis(
                text: Array("consent:".utf8), escapedText: Array("consent:".utf8),
                consent: CompiledConsent(
                    recipient: recipient, purpose: consent.purpose, dataCategory: consent.dataCategory,
                    byGuardian: consent.byGuardian, subjects: subjects))
        }
    }

    private static func escaped(_ text: String) -> [UInt8] {
        var quoted: [UInt8] = []
        JSONWriter.appendString(text, to: &quoted)
        return Array(quoted.dropFirst().dropLast())
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
