// Holds every record that lies on a contract topic, and every indicator, against its contract: what connectors and
// models publish is bound by the same promise as what adapters do.
import ContractRegistry
import JSON
import Records

struct ContractCheck {
    private let contracts: ContractSet
    private var tape = JSONTape()
    private var scratch = ValidationScratch()
    private(set) var checked = 0
    /// Contract → how many records break it, and the first failure in words.
    private(set) var broken: [String: (count: Int, first: String)] = [:]

    init(contracts: ContractSet) { self.contracts = contracts }

    var brokenCount: Int { broken.values.reduce(0) { $0 + $1.count } }

    mutating func add(_ batch: borrowing RecordBatch) {
        for slot in batch.slots where !slot.value.isAbsent {
            let topic = batch.topics[Int(slot.topic)]
            let contract: Contract?
            if topic == TopicName.indicator {
                contract = contracts.newest("indicator-result")
            } else if topic.hasPrefix("contract.") {
                contract = contracts.contracts.first { $0.topic == topic }
            } else {
                continue
            }
            guard let contract else { continue }
            check(batch.arena.span.extracting(slot.value.range), contract)
        }
    }

    private mutating func check(_ value: Span<UInt8>, _ contract: Contract) {
        checked += 1
        guard (try? tape.parse(value)) != nil else { return note(contract, "not JSON") }
        // Copies: a view borrows the tape while scratch and counters change.
        let parsed = tape
        let view = JSONView(bytes: value, tape: parsed)
        if contract.schema.isValid(view, scratch: &scratch) { return }
        let first = contract.schema.failures(view).first
        note(contract, first.map { "\($0.instanceLocation): \($0.message)" } ?? "invalid")
    }

    private mutating func note(_ contract: Contract, _ failure: String) {
        let known = broken[contract.name]
        broken[contract.name] = ((known?.count ?? 0) + 1, known?.first ?? failure)
    }
}
