// The promise of the engine: neither the order of arrival, nor where batches end, nor a restart from the changelog
// changes what is known in the end. Within one key the order stays, as a partition keeps it.

import JSON
import Models
import Records
import Testing

private let seed: UInt64 = 20_240_131

/// What a model is fed: corrections, repeats, verifications before and after, neighbours of every sort.
private func deliveries(_ number: Int, _ random: inout SplitMix) -> [Delivery] {
    var all: [Delivery] = []
    for step in 0..<60 {
        let person = hex(Int.random(in: 1...12, using: &random))
        let origin = hex(1_000 + step)
        let pick = Int.random(in: 0..<4, using: &random)
        switch number {
        case 5:
            all.append(
                visit(
                    "L\(person.suffix(2))", facility: "5200\(pick)", person: person,
                    method: ["chip", "manual", "qr", "vneid"][pick], origin: origin))
            all.append(
                referenceUnit("health-facility", "5200\(pick)", hasReader: pick != 1, from: "2023-0\(pick + 1)-01"))
        case 16:
            let session = "K\(pick)"
            all.append(registered("M\(person)", person: person, origin: hex(2_000 + Int(step / 3))))
            all.append(
                tested(
                    "M\(person)", number: "\(person.suffix(2))-\(step % 2)", person: person, session: session,
                    parts: allParts(seen: pick == 0 ? hex(1) : person), origin: origin))
        case 30:
            all.append(
                enrolment(
                    school: "S\(pick)", pupil: "P\(person)", person: person, grade: 1 + step % 12,
                    status: step % 7 == 0 ? "left" : "active", origin: origin))
        case 33:
            all.append(
                certificate(
                    "AB \(step % 20)", parcel: "\(pick)", owners: [(person, pick == 2 ? "0.5" : nil)],
                    status: step % 6 == 0 ? "cancelled" : "live", origin: origin))
        case 34:
            all.append(birth("L/\(step % 15)", child: person, registered: "2024-03-1\(pick)", origin: origin))
        default:
            all.append(beneficiary("P\(person)\(pick)", person: person, origin: origin))
            all.append(
                payment(
                    "C\(step % 30)-\(person)", profile: "P\(person)0", person: person, month: "2024-0\(5 + pick)",
                    amount: pick == 1 ? 900_000 : 1_250_000, origin: hex(3_000 + step)))
            if step % 20 == 0 {
                all.append(death("D\(person)", person: person, died: "2024-06-30", origin: hex(4_000 + step)))
            }
        }
        if pick != 3 {
            let outcome = ["MATCH", "MISMATCH", "MATCH"][pick]
            all.append(verification(of: origin, person: person, outcome))
        }
        if pick == 1, let last = all.last { all.append(last) }
    }
    return all
}

/// A random merge of the keys' own sequences. A test session's two sorts share a key and so an order.
private func shuffled(_ all: [Delivery], _ random: inout SplitMix) -> [Delivery] {
    // Topics have partitions of their own, so the order holds per topic and key.
    var queues = Dictionary(grouping: all) { "\($0.contract) \($0.key)" }.sorted { $0.key < $1.key }.map {
        $0.value[...]
    }
    var out: [Delivery] = []
    while !queues.isEmpty {
        let index = Int.random(in: queues.indices, using: &random)
        out.append(queues[index].removeFirst())
        if queues[index].isEmpty { queues.remove(at: index) }
    }
    return out
}

@Suite struct OrderTests {
    @Test(arguments: [5, 16, 30, 33, 34, 35])
    func theOutcomeDependsOnNeitherOrderNorBatchesNorRestarts(number: Int) throws {
        var random = SplitMix(state: seed &+ UInt64(number))
        let all = deliveries(number, &random)
        var reference = try Bench(number)
        for delivery in all { try reference.take(delivery) }
        try reference.flush()
        #expect(reference.rejections.isEmpty)
        #expect(!reference.findings.isEmpty)
        for round in 0..<12 {
            var bench = try Bench(number)
            var rest = shuffled(all, &random)[...]
            while !rest.isEmpty {
                let count = min(rest.count, Int.random(in: 1...40, using: &random))
                try bench.take(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
                if Int.random(in: 0..<4, using: &random) == 0 { try bench.restart() }
                if Int.random(in: 0..<4, using: &random) == 0 { try bench.flush() }
            }
            try bench.flush()
            #expect(bench.outcome() == reference.outcome(), "model \(number), seed \(seed), round \(round)")
        }
    }

    @Test(arguments: [5, 16, 30, 33, 34, 35])
    func aRestartedRunnerWritesNothingTwice(number: Int) throws {
        var random = SplitMix(state: seed)
        let all = deliveries(number, &random)
        var bench = try Bench(number)
        try bench.take(all)
        try bench.flush()
        let findingCount = bench.findings.count
        let before = bench.outcome()
        try bench.restart()
        let summary = try bench.take(all)
        #expect(summary.takenCount == 0)
        #expect(try bench.flush() == 0)
        #expect(bench.findings.count == findingCount)
        #expect(bench.outcome() == before)
    }

    @Test func aStateThatNobodyCanReadIsPassedOver() throws {
        var bench = try Bench(33)
        try bench.take(certificate("AB 1", owners: [(nil, nil)], origin: hex(1)))
        var random = SplitMix(state: seed)
        for (key, value) in bench.state {
            for _ in 0..<200 {
                var broken = value
                broken[Int.random(in: broken.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
                broken.removeLast(Int.random(in: 0..<broken.count, using: &random))
                var runner = try require(ModelRunner(number: 33))
                runner.restore(key: key[...], value: broken[...])
                var out = RecordBatch()
                runner.flushIndicators(asOf: CalendarDay(number: 20_000), into: &out)
            }
        }
    }
}
