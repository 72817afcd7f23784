// Counters and gauges, and their Prometheus text form. A metric is looked up once and kept; adding to it
// is one atomic operation, done per batch.

import Synchronization

/// A number that only grows.
public final class Counter: Sendable {
    private let total = Atomic<Int>(0)
    public init() {}
    public func add(_ amount: Int = 1) { total.wrappingAdd(max(0, amount), ordering: .relaxed) }
    public var value: Int { total.load(ordering: .relaxed) }
}

/// A number that goes up and down.
public final class Gauge: Sendable {
    private let current = Atomic<Int>(0)
    public init() {}
    public func set(_ value: Int) { current.store(value, ordering: .relaxed) }
    public func add(_ amount: Int) { current.wrappingAdd(amount, ordering: .relaxed) }
    public var value: Int { current.load(ordering: .relaxed) }
}

/// All metrics of the process, or of a test.
public final class Metrics: Sendable {
    /// How many label combinations one name may have; past it all share one more, labelled `overflow`, so
    /// that a value from outside used as a label cannot fill the memory.
    public static let seriesPerNameMax = 1_000

    private enum Series {
        case counter(Counter)
        case gauge(Gauge)
        var value: Int {
            switch self {
            case .counter(let counter): counter.value
            case .gauge(let gauge): gauge.value
            }
        }
    }
    private struct Family {
        var title: String
        var isCounter: Bool
        var series: [String: Series] = [:]
    }
    private let families = Mutex<[String: Family]>([:])

    public init() {}

    /// The counter of that name and those labels, made on first use. Names end in `_total`.
    public func counter(_ name: String, _ title: String, labels: KeyValuePairs<String, String> = [:]) -> Counter {
        let made = series(name, title, isCounter: true, labels: labels) { .counter(Counter()) }
        // A name that is already a gauge keeps its kind; the caller gets a counter nobody reads.
        if case .counter(let counter) = made { return counter }
        return Counter()
    }

    /// The gauge of that name and those labels, made on first use.
    public func gauge(_ name: String, _ title: String, labels: KeyValuePairs<String, String> = [:]) -> Gauge {
        let made = series(name, title, isCounter: false, labels: labels) { .gauge(Gauge()) }
        if case .gauge(let gauge) = made { return gauge }
        return Gauge()
    }

    private func series(
        _ name: String, _ title: String, isCounter: Bool, labels: KeyValuePairs<String, String>,
        make: @Sendable () -> Series
    ) -> Series {
        let wanted = MetricsPage.labelText(labels)
        return families.withLock { families in
            var family = families[name] ?? Family(title: title, isCounter: isCounter)
            var key = wanted
            if family.series[key] == nil, family.series.count >= Self.seriesPerNameMax { key = "{overflow=\"true\"}" }
            let found = family.series[key] ?? make()
            family.series[key] = found
            families[name] = family
            return found
        }
    }

    /// Everything in Prometheus' text format 0.0.4, sorted so that two scrapes compare line by line.
    public func text() -> String {
        families.withLock { families in
            var page = MetricsPage()
            for (name, family) in families.sorted(by: { $0.key < $1.key }) {
                page.begin(name, family.isCounter ? .counter : .gauge, family.title)
                for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                    page.add(String(series.value), labelText: labels, suffix: "")
                }
            }
            return page.text
        }
    }
}
