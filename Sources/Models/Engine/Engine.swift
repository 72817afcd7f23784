// The engine of one model: takes delivered records, keeps facts, judges what changed, writes what follows.
//
// Why order does not matter: a judgement is a function of the facts alone, the sums are sums of judgements, and
// of one record the version that its partition holds last stands. What a batch boundary can change is only how
// many intermediate findings are written on the way to the same last one.

import JSON
import Records

/// What `ModelRunner` needs of an engine, whatever its model; called once a batch.
protocol ModelEngine: Sendable {
    mutating func process(_ batch: borrowing RecordBatch, into out: inout RecordBatch) -> ModelSummary
    mutating func flush(asOf day: CalendarDay, into out: inout RecordBatch) -> Int
    mutating func restore(key: ArraySlice<UInt8>, value: ArraySlice<UInt8>?)
    mutating func settle()
    var words: [String: Int] { get }
    var factCount: Int { get }
}

/// Facts, sums and what was published, of one model.
struct Engine<M: Model>: ModelEngine {
    private let inputs: [CompiledInput]
    private var store = FactStore()
    private var months = CellTable()
    private var judgement = Judgement()
    private var writer: OutputWriter
    private var reader = FactReader()
    private var tape = JSONTape()
    private var links = Links()
    /// Slots to be judged at the end of the batch.
    private var dirty: [Int32] = []
    /// Slots whose fact is new, so that their entry must be written whatever the judgement says.
    private var renewed: Set<Int32> = []
    private var factWords: [String: Int] = [:]
    private var published: [Month: [CellKey: PublishedCell]] = [:]
    private var isRestoring = false
    private var referenceChanged = false
    /// Whether the deadline was over at the last flush: when it passes, every standing is looked at again.
    private var wasPastDeadline: Bool?

    init() {
        inputs = M.spec.inputs.enumerated().map {
            CompiledInput($0.element, kind: $0.offset, recipient: M.spec.head.group)
        }
        writer = OutputWriter(M.spec)
    }

    var factCount: Int { store.slots.count { $0.fact != nil } }

    var words: [String: Int] {
        var all = factWords
        for month in months.months.values { all.merge(month.derivedWords, uniquingKeysWith: +) }
        return all.filter { $0.value != 0 }
    }

    // MARK: Taking records

    mutating func process(_ batch: borrowing RecordBatch, into out: inout RecordBatch) -> ModelSummary {
        settle()
        var summary = ModelSummary()
        let inputByTopic = batch.topics.map { name in inputs.firstIndex { $0.topic == name } }
        for index in 0..<batch.count {
            let record = batch.slots[index]
            guard let input = inputByTopic[Int(record.topic)] else {
                summary.foreignCount += 1
                continue
            }
            if record.value.isAbsent {
                summary.tombstoneCount += 1
                continue
            }
            do throws(PayloadFault) {
                if try take(record, inputs[input], batch) {
                    summary.takenCount += 1
                } else {
                    summary.duplicateCount += 1
                }
            } catch {
                summary.rejections.append((index, error.rejection))
            }
        }
        judgeDirty(into: &out)
        return summary
    }

    /// False where this very version of the record has been taken before.
    private mutating func take(
        _ record: RecordSlot, _ input: CompiledInput, _ batch: borrowing RecordBatch
    ) throws(PayloadFault) -> Bool {
        guard let origin = batch.header("lgsp-origin", of: record) ?? batch.header("ce_id", of: record),
            origin.count > 0,
            Int(origin.count) <= ModelLimits.fieldBytesMax
        else { throw FactReader.missing("header lgsp-origin", "the id of the shared event") }
        let fact = try reader.read(
            batch.arena.span.extracting(record.value.range), with: &tape, origin: batch.arena[origin.range], as: input)
        let slot = store.slot(for: FactEntry.key(fact, M.distinction(fact))[...])
        if !remember(fact.sourceEvent, in: slot) { return false }
        replace(slot, with: fact)
        renewed.insert(slot)
        return true
    }

    /// Notes a version of a record; false where it is known.
    private mutating func remember(_ event: ArraySlice<UInt8>, in slot: Int32) -> Bool {
        let mark = EventId.mark(event)
        let history = store.slots[Int(slot)].history
        for start in stride(from: 0, to: history.count - 7, by: 8) where history[start..<start + 8].elementsEqual(mark)
        {
            return false
        }
        let kept = history.suffix((ModelLimits.versionsMax - 1) * 8)
        store.slots[Int(slot)].history = Array(kept) + mark
        return true
    }

    private mutating func replace(_ slot: Int32, with fact: Fact) {
        markWatchers(of: slot)
        store.leave(slot)
        store.slots[Int(slot)].fact = fact
        enter(slot, fact)
        markWatchers(of: slot)
        mark(slot)
    }

    private mutating func enter(_ slot: Int32, _ fact: Fact) {
        links.removeAll()
        M.link(fact, &links)
        store.enter(slot, links)
    }

    private mutating func markWatchers(of slot: Int32) {
        var watchers: [Int32] = []
        store.eachWatcher(of: slot) { watchers.append($0) }
        for watcher in watchers { mark(watcher) }
        if store.slots[Int(slot)].links.contains(where: { $0.tag == .referenceUnits }) { referenceChanged = true }
    }

    private mutating func mark(_ slot: Int32) {
        if store.slots[Int(slot)].isDirty { return }
        store.slots[Int(slot)].isDirty = true
        dirty.append(slot)
    }

    // MARK: Judging

    private mutating func judgeDirty(into out: inout RecordBatch) {
        for slot in dirty {
            store.slots[Int(slot)].isDirty = false
            guard let fact = store.slots[Int(slot)].fact, fact.kind >= 0, fact.kind < inputs.count else { continue }
            judgement.removeAll()
            M.judge(Case(fact: fact, slot: slot, store: store), &judgement)
            settleSums(of: slot)
            let isNews = writeFinding(slot, fact, into: &out)
            if isNews || renewed.contains(slot) {
                var entry: [UInt8] = []
                FactEntry.write(store.slots[Int(slot)], fact, to: &entry)
                writer.state(Array(store.key(of: slot)), entry, into: &out)
            }
        }
        dirty.removeAll(keepingCapacity: true)
        renewed.removeAll(keepingCapacity: true)
    }

    /// Takes back what the slot added before and adds what it adds now.
    private mutating func settleSums(of slot: Int32) {
        let index = Int(slot)
        if store.slots[index].contributions != judgement.contributions {
            for contribution in store.slots[index].contributions { months.add(contribution, sign: -1) }
            for contribution in judgement.contributions { months.add(contribution, sign: 1) }
            store.slots[index].contributions = judgement.contributions
        }
        if store.slots[index].words != judgement.words {
            for word in store.slots[index].words { factWords[word, default: 0] -= 1 }
            for word in judgement.words { factWords[word, default: 0] += 1 }
            store.slots[index].words = judgement.words
        }
    }

    /// Writes the finding if it is another than the one written last; true where it did.
    private mutating func writeFinding(_ slot: Int32, _ fact: Fact, into out: inout RecordBatch) -> Bool {
        let signature = judgement.signature(of: fact.sourceEvent)
        guard signature != store.slots[Int(slot)].findingSignature else { return false }
        store.slots[Int(slot)].findingSignature = signature
        store.slots[Int(slot)].findingRevision &+= 1
        let words = signature == 0 ? [DecisionWord.cleared] : judgement.findings
        writer.finding(
            M.self, fact, words: words, details: signature == 0 ? [] : judgement.details.bytes,
            revision: store.slots[Int(slot)].findingRevision, into: &out)
        return true
    }

    // MARK: Restoring

    mutating func restore(key: ArraySlice<UInt8>, value: ArraySlice<UInt8>?) {
        isRestoring = true
        if key.starts(with: Array("f/".utf8)) {
            let slot = store.slot(for: key)
            store.slots[Int(slot)] = value.flatMap { FactEntry.read($0) } ?? FactSlot()
        } else if key.starts(with: Array("i/".utf8)), let place = IndicatorKey.parse(key.dropFirst(2)),
            let indicator = M.spec.indicators.firstIndex(where: { $0.name == place.indicator })
        {
            let cell = CellKey(indicator: Int32(indicator), unit: judgement.unitNumber(place.unit))
            published[place.month, default: [:]][cell] = value.flatMap { PublishedCell($0) }
        }
    }

    /// Ends a restore: links all facts and judges them, which adds the sums up again. A finding that today's rule
    /// no longer gives is written with the next batch.
    mutating func settle() {
        guard isRestoring else { return }
        isRestoring = false
        for slot in 0..<Int32(store.slots.count) {
            store.leave(slot)
            guard let fact = store.slots[Int(slot)].fact else { continue }
            enter(slot, fact)
            mark(slot)
        }
        referenceChanged = true
    }

    // MARK: Indicators

    mutating func flush(asOf day: CalendarDay, into out: inout RecordBatch) -> Int {
        settle()
        judgeDirty(into: &out)
        derive()
        let isPastDeadline = M.spec.head.deadline.day.map { day > $0 } ?? false
        let isWhole = wasPastDeadline != isPastDeadline
        wasPastDeadline = isPastDeadline
        var count = 0
        let changed = isWhole ? Set(months.months.keys).union(published.keys) : months.changedMonths
        for month in changed.sorted() { count += publish(month, isWhole, asOf: day, into: &out) }
        months.forgetChanges()
        return count
    }

    private mutating func derive() {
        if referenceChanged { months.markAllMonthsChanged() }
        referenceChanged = false
        for month in months.changedMonths.sorted() {
            guard let cells = months.months[month] else { continue }
            var derived = DerivedFigures()
            if cells.contributionCount > 0 {
                M.derive(
                    month, from: MonthFigures(store: store, cells: cells, units: judgement.units, month: month),
                    &derived)
            }
            var rows: [CellKey: Sums] = [:]
            for row in derived.rows {
                let unit = row.unit.map { judgement.unitNumber($0) } ?? Province.number
                rows[CellKey(indicator: row.indicator, unit: unit)] = row.sums
            }
            months.setDerived(rows, words: derived.words, in: month)
        }
    }

    /// Publishes the cells of a month that changed; how many.
    private mutating func publish(
        _ month: Month, _ isWhole: Bool, asOf day: CalendarDay, into out: inout RecordBatch
    ) -> Int {
        let cells = months.months[month]
        var keys = cells?.changed ?? []
        if isWhole {
            keys.formUnion(published[month, default: [:]].keys)
            if let cells { keys.formUnion(Set(cells.cells.keys).union(cells.derived.keys)) }
        }
        // The province's row of every indicator stands in every month that the model knows, data or not.
        for indicator in M.spec.indicators.indices {
            keys.insert(CellKey(indicator: Int32(indicator), unit: Province.number))
        }
        let ordered = keys.filter { M.spec.indicators[Int($0.indicator)].role != .working }
            .map {
                (
                    key: $0,
                    place: IndicatorKey.text(
                        month, M.spec.indicators[Int($0.indicator)].name, judgement.units.bytes(of: $0.unit))
                )
            }
            .sorted { $0.place.lexicographicallyPrecedes($1.place) }
        var count = 0
        for (key, _) in ordered {
            if publish(key, month, hasData: (cells?.contributionCount ?? 0) > 0, asOf: day, into: &out) { count += 1 }
        }
        return count
    }

    private mutating func publish(
        _ key: CellKey, _ month: Month, hasData: Bool, asOf day: CalendarDay, into out: inout RecordBatch
    ) -> Bool {
        let indicator = M.spec.indicators[Int(key.indicator)]
        let unit = judgement.units.bytes(of: key.unit)
        let sums = months.sums(key, in: month)
        let before = published[month]?[key]
        let standing = IndicatorStanding(sums, indicator, M.spec.head.deadline, asOf: day)
        if !hasData || (sums.isZero && key.unit != Province.number) {
            if before == nil { return false }
            published[month]?[key] = nil
            writer.indicator(indicator, month, unit: unit, nil, standing, asOf: day, into: &out)
            return true
        }
        var cell = PublishedCell(sums: sums, revision: before?.revision ?? 1, standing: standing)
        if cell == before { return false }
        if before != nil { cell.revision &+= 1 }
        published[month, default: [:]][key] = cell
        writer.indicator(indicator, month, unit: unit, cell, standing, asOf: day, into: &out)
        return true
    }
}
