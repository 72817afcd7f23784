// Holds a recipient's rules against the contracts and the list of purposes: what may be released is decided
// here once, so that the engine has nothing left to doubt.

import Consent
import Records

/// The checks of one recipient's rules.
struct RouteCheck {
    let contracts: [String: FieldTable]
    let purposes: [Purpose]
    private(set) var faults: [ConfigurationFault] = []
    /// What is allowed and worth knowing: days without a law in force, or with two.
    private(set) var notices: [ConfigurationFault] = []

    init(contracts: [String: FieldTable], purposes: [Purpose]) {
        self.contracts = contracts
        self.purposes = purposes
    }

    mutating func check(_ rules: inout RecipientRules) {
        var collector = FaultCollector(file: rules.file)
        var seen: Set<String> = []
        for place in rules.routes.indices {
            let key = "\(rules.routes[place].contract).v\(rules.routes[place].major)"
            if !seen.insert(key).inserted {
                collector.add(
                    "/routes/\(place)/contract", "the contract \(key) stands twice",
                    fix: "join the two routes with \"any\"")
            }
            check(&rules.routes[place], "/routes/\(place)", key, &collector)
        }
        faults += collector.faults
    }

    private mutating func check(
        _ route: inout Route, _ place: String, _ key: String, _ collector: inout FaultCollector
    ) {
        checkPurpose(route.purpose, "\(place)/purpose", &collector)
        for (number, basis) in route.basis.enumerated() {
            if case .consent(let consent) = basis {
                checkPurpose(consent.purpose, "\(place)/basis/\(number)/purpose", &collector)
            }
        }
        guard let fields = contracts[key] else {
            collector.add("\(place)/contract", "there is no contract \(key)", fix: "see lgsp contract list")
            return
        }
        for (number, pointer) in route.release.enumerated() where !fields.has(pointer) {
            collector.add(
                "\(place)/release/\(number)", "the contract \(key) has no field \(pointer)",
                fix: "see lgsp contract show \(route.contract)")
        }
        for pointer in route.when?.pointers ?? [] where !fields.has(pointer) {
            collector.add(
                "\(place)/when", "the contract \(key) has no field \(pointer)",
                fix: "see lgsp contract show \(route.contract)")
        }
        route.dataClass = route.release.map { fields.dataClass(of: $0) }.max() ?? .public
        checkBases(route, place, fields, &collector)
        checkDates(route, place, collector.file)
    }

    private func checkPurpose(_ purpose: String, _ place: String, _ collector: inout FaultCollector) {
        if !purposes.contains(where: { $0.id == purpose }) {
            collector.add(place, "not a purpose of Routes/purposes.json", fix: "use a listed one or have it listed")
        }
    }

    private func checkBases(_ route: Route, _ place: String, _ fields: FieldTable, _ collector: inout FaultCollector) {
        for (number, basis) in route.basis.enumerated() {
            let below = "\(place)/basis/\(number)"
            if basis.covers < route.dataClass {
                let field = route.release.first { fields.dataClass(of: $0) > basis.covers }
                collector.add(
                    "\(below)/covers", "releases \(route.dataClass.rawValue) data at \(field?.description ?? "")",
                    fix: "do not release it, or state \"covers\": \"\(route.dataClass.rawValue)\" if this basis does")
            }
            guard case .consent(let consent) = basis else { continue }
            if consent.dataCategory != route.contract {
                collector.add(
                    "\(below)/dataCategory", "another category than the contract", fix: "write \(route.contract)")
            }
            for (order, subject) in consent.subjects.enumerated()
            where !subject.isPersonReference || !fields.has(subject) {
                collector.add(
                    "\(below)/subjects/\(order)", "not a person's reference in the contract",
                    fix: "name fields such as /person/personRef")
            }
        }
    }

    private mutating func checkDates(_ route: Route, _ place: String, _ file: String) {
        var laws: [LawBasis] = []
        for case .law(let law) in route.basis { laws.append(law) }
        laws.sort { $0.from < $1.from }
        for (earlier, later) in zip(laws, laws.dropFirst()) where earlier.to != later.from {
            let isGap = earlier.to < later.from
            notices.append(
                ConfigurationFault(
                    file: file, pointer: "\(place)/basis",
                    detail: isGap
                        ? "no law in force between \(earlier.text) and \(later.text)"
                        : "\(earlier.text) and \(later.text) are in force together",
                    fix: isGap ? "records of those days are denied" : "the one named first is cited"))
        }
    }
}
