// How much memory a grant takes and how long asking for one lasts, at the size of a nation's consents.

import Consent

/// Fills a view and asks it; `--grants N` (default 1,000,000) sets its size.
func runConsentBench(arguments: [String]) {
    var grantCount = 1_000_000
    if let place = arguments.firstIndex(of: "--grants"), place + 1 < arguments.count {
        grantCount = max(Int(arguments[place + 1]) ?? grantCount, 1_000)
    }
    func person(_ number: Int) -> PersonReference {
        let mixed = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
        return PersonReference(high: mixed, low: mixed ^ mixed >> 29)
    }
    var view = ConsentView()
    let filling = ContinuousClock().measure {
        for number in 0..<grantCount {
            let record = ConsentRecord(
                person: person(number), recipient: "vneid", purpose: "vneid-display", dataCategory: "land-certificate",
                state: .granted, validFrom: 0, changedAt: 0, evidence: "VNEID-2026-\(10_000_000 + number)")
            let key = record.key
            let value = record.value
            view.apply(key: key.span, value: value.span)
        }
    }
    let query = view.query(recipient: "vneid", purpose: "vneid-display", dataCategory: "land-certificate")
    let askCount = 2_000_000
    var grantedCount = 0
    let asking = ContinuousClock().measure {
        for number in 0..<askCount {
            // Half of the persons asked for have never consented.
            let one = person((number &* 7_919) % (2 * grantCount))
            if case .granted = view.decide(one, query, at: 1) { grantedCount += 1 }
        }
    }
    print("\(view.count) grants: \(view.byteCount / max(view.count, 1)) bytes each, \(view.byteCount >> 20) MiB")
    print("write and apply: \(filling / grantCount) each; decide: \(asking / askCount) each, \(grantedCount) granted")
}
