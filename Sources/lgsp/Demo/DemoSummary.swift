// What the demo prints: per feed, route, connector and model what came in and what became of it, from what lies on
// the bus. As tables for people, as one document for programs.
import JSON
import Operations

/// One model's result.
struct ModelAccount {
    var number: Int
    var title: String
    /// How often each decision word holds.
    var decisions: [(word: String, count: Int)]
    /// Indicator results as the model wrote them, sorted by their keys.
    var indicators: [JSONValue]
}

/// The figures of one run.
struct DemoSummary {
    var records: Int
    var seed: UInt64
    var accounts: Reconciliation
    var models: [ModelAccount]
    var check: ContractCheck
    /// Records that wait, by group.
    var lags: [(group: String, records: Int64)]
    var elapsedSeconds: Double

    var totalLag: Int64 { lags.reduce(0) { $0 + $1.records } }
    var isReconciled: Bool { accounts.isBalanced && totalLag == 0 && check.brokenCount == 0 }

    /// The document of `--json`. Everything but `elapsedSeconds` depends on the seed and the number of records only.
    func document() -> JSONValue {
        .object([
            JSONMember("records", .integer(records)), JSONMember("seed", .integer(seed)),
            JSONMember("feeds", .array(accounts.feeds.map(feed))),
            JSONMember("routes", .array(accounts.routes.map(route))),
            JSONMember("connectors", .array(accounts.connectors.map(connector))),
            JSONMember("models", .array(models.map(model))),
            JSONMember(
                "lag",
                .object([
                    JSONMember("total", .integer(totalLag)),
                    JSONMember("groups", .object(lags.map { JSONMember($0.group, .integer($0.records)) })),
                ])),
            JSONMember(
                "contracts",
                .object([
                    JSONMember("broken", counts(check.broken.mapValues(\.count))),
                ])),
            JSONMember("reconciled", .bool(isReconciled)),
            JSONMember("elapsedSeconds", .number("\((elapsedSeconds * 1_000).rounded() / 1_000)")),
        ])
    }

    private func counts(_ counts: [String: Int]) -> JSONValue {
        .object(counts.sorted { $0.key < $1.key }.map { JSONMember($0.key, .integer($0.value)) })
    }

    private func feed(_ account: FeedAccount) -> JSONValue {
        .object([
            JSONMember("agency", .string(account.agency)), JSONMember("feed", .string(account.feed)),
            JSONMember("read", .integer(account.read)), JSONMember("published", .integer(account.published)),
            JSONMember("rejected", counts(account.rejected)), JSONMember("balanced", .bool(account.isBalanced)),
        ])
    }

    private func route(_ account: RouteAccount) -> JSONValue {
        .object([
            JSONMember("recipient", .string(account.recipient)), JSONMember("contract", .string(account.contract)),
            JSONMember("matched", account.matched.map { .integer($0) } ?? .null),
            JSONMember("released", .integer(account.released)), JSONMember("denied", counts(account.denied)),
            JSONMember("delivered", .integer(account.delivered)), JSONMember("balanced", .bool(account.isBalanced)),
        ])
    }

    private func connector(_ account: ConnectorAccount) -> JSONValue {
        .object([
            JSONMember("platform", .string(account.platform)), JSONMember("taken", .integer(account.taken)),
            JSONMember("delivered", .integer(account.delivered)), JSONMember("refused", .integer(account.refused)),
            JSONMember("rejected", .integer(account.rejected)), JSONMember("balanced", .bool(account.isBalanced)),
        ])
    }

    private func model(_ account: ModelAccount) -> JSONValue {
        .object([
            JSONMember("model", .integer(account.number)), JSONMember("title", .string(account.title)),
            JSONMember(
                "decisions", .object(account.decisions.map { JSONMember($0.word, .integer($0.count)) })),
            JSONMember("indicators", .array(account.indicators)),
        ])
    }

    /// The tables.
    func show() {
        func words(_ counts: [String: Int]) -> String {
            counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        }
        Output.line("Feeds: read = published + rejected")
        Output.table(
            ["feed", "read", "published", "rejected", "by code"],
            accounts.feeds.map {
                ["\($0.agency)/\($0.feed)", "\($0.read)", "\($0.published)", "\($0.rejectedCount)", words($0.rejected)]
            })
        Output.line("\nRoutes: matched = released + denied; what was released lies in the recipient's topic")
        Output.table(
            ["recipient", "contract", "matched", "released", "denied", "by reason"],
            accounts.routes.map {
                [
                    $0.recipient, $0.contract, $0.matched.map { "\($0)" } ?? "-", "\($0.released)", "\($0.deniedCount)",
                    words($0.denied),
                ]
            })
        Output.line("\nConnectors: taken = delivered + refused + rejected")
        Output.table(
            ["platform", "taken", "delivered", "refused", "rejected"],
            accounts.connectors.map {
                [$0.platform, "\($0.taken)", "\($0.delivered)", "\($0.refused)", "\($0.rejected)"]
            })
        showModels()
        Output.line("\nContracts: \(check.checked) records and indicators checked, \(check.brokenCount) break theirs")
        for (name, broken) in check.broken.sorted(by: { $0.key < $1.key }) {
            Output.line("  \(name): \(broken.count), such as \(broken.first)")
        }
        Output.line("\nLag: \(totalLag) records in \(lags.count) groups")
        Output.line(
            isReconciled
                ? "Reconciled: every record read is accounted for."
                : "NOT RECONCILED: the rows above that do not add up name where to look.")
    }

    private func showModels() {
        Output.line("\nModels")
        for account in models {
            let decisions = account.decisions.map { "\($0.word) \($0.count)" }.joined(separator: ", ")
            Output.line("  \(account.number.description.leftPadded(to: 2))  \(account.title)")
            Output.line("      decisions: \(decisions.isEmpty ? "none" : decisions)")
        }
        // The province's figures of each indicator's latest period; the rest is in the report.
        var latest: [String: [String]] = [:]
        for account in models {
            for indicator in account.indicators where indicator["unit"]?.stringValue == "52" {
                let name = indicator["indicator"]?.stringValue ?? ""
                let key = "\(account.number.description.leftPadded(to: 2)) \(name)"
                let period = indicator["period"]?.stringValue ?? ""
                if let known = latest[key], known[2] > period { continue }
                func number(_ member: String) -> String { indicator[member]?.numberText ?? "-" }
                latest[key] = [
                    "\(account.number)", name, period, number("value"), number("numerator"), number("denominator"),
                    indicator["status"]?.stringValue ?? "",
                ]
            }
        }
        Output.table(
            ["model", "indicator (province)", "period", "value", "numerator", "denominator", "status"],
            latest.sorted { $0.key < $1.key }.map(\.value))
    }
}
