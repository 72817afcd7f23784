// Back-off, breaker, token and lane schedule with time as a number, and the folding of names.

import Connectors
import Testing

@Suite struct StateMachineTests {
    @Test func `back-off doubles up to its bound, with jitter that a seed repeats`() {
        let backOff = BackOff()
        var generator = SeededGenerator(seed: 7)
        var again = SeededGenerator(seed: 7)
        for attempt in 1...20 {
            let whole = min(backOff.maxMilliseconds, 200 << Int64(min(attempt - 1, 20)))
            let delay = backOff.delay(afterAttempt: attempt, using: &generator)
            #expect(delay >= whole / 2 && delay <= whole)
            #expect(delay == backOff.delay(afterAttempt: attempt, using: &again))
        }
        #expect(backOff.delay(afterAttempt: .max, using: &generator) <= backOff.maxMilliseconds)
    }

    @Test func `a platform's wish to wait is read in seconds and bounded`() {
        let backOff = BackOff()
        #expect(backOff.asked("2") == 2000)
        #expect(backOff.asked("999999999") == backOff.askedMillisecondsMax)
        for text in [nil, "", "-1", "Wed, 21 Oct 2026 07:28:00 GMT", "1.5", "99999999999999"] {
            #expect(backOff.asked(text) == nil)
        }
    }

    @Test func `the breaker opens after failures in a row, lets one probe through and closes on success`() {
        var breaker = CircuitBreaker()
        for _ in 0..<4 { breaker.failed(at: 0) }
        breaker.succeeded()
        for _ in 0..<4 { breaker.failed(at: 0) }
        #expect(breaker.permission(at: 0) == .allowed)
        breaker.failed(at: 100)
        #expect(breaker.permission(at: 100) == .refused(until: 1100))
        #expect(breaker.permission(at: 1100) == .probe)
        guard case .refused = breaker.permission(at: 1101) else { return #expect(Bool(false), "two probes at once") }
        breaker.failed(at: 1200)
        #expect(breaker.permission(at: 1200) == .refused(until: 3200), "the wait has doubled")
        #expect(breaker.permission(at: 3200) == .probe)
        breaker.succeeded()
        #expect(breaker.permission(at: 3201) == .allowed)
    }

    @Test func `a lost probe is replaced and the wait stays bounded`() {
        var breaker = CircuitBreaker()
        var now: Int64 = 0
        for _ in 0..<5 { breaker.failed(at: now) }
        for _ in 0..<30 {
            guard case .refused(let until) = breaker.permission(at: now) else { return #expect(Bool(false)) }
            #expect(until - now <= breaker.openMillisecondsMax)
            now = until
            #expect(breaker.permission(at: now) == .probe)
            breaker.failed(at: now)
        }
        guard case .refused(let until) = breaker.permission(at: now) else { return #expect(Bool(false)) }
        #expect(breaker.permission(at: until) == .probe)
        #expect(breaker.permission(at: until + breaker.probeMillisecondsMax) == .probe)
    }

    @Test func `a pause holds everything until its end`() {
        var breaker = CircuitBreaker()
        breaker.pause(until: 500)
        breaker.pause(until: 300)
        #expect(breaker.permission(at: 499) == .refused(until: 500))
        #expect(breaker.permission(at: 500) == .allowed)
    }

    @Test func `a token is used until shortly before its end and dropped when refused`() {
        var token = TokenState()
        #expect(token.usable(at: 0) == nil)
        token.store("a", lifetimeMilliseconds: 300_000, at: 0)
        #expect(token.usable(at: 269_999) == "a")
        #expect(token.usable(at: 270_000) == nil)
        token.store("b", lifetimeMilliseconds: 300_000, at: 270_000)
        token.refuse("a")
        #expect(token.usable(at: 270_001) == "b", "a late refusal of the old token does not touch the new one")
        token.refuse("b")
        #expect(token.usable(at: 270_001) == nil)
    }

    @Test func `a parked key does not hold up others and is never overtaken by its own`() {
        var schedule = LaneSchedule()
        for (item, key) in ["a", "b", "a", "c", "b"].enumerated() { schedule.add(item, key: Array(key.utf8)) }
        #expect(schedule.next(at: 0) == .run(0))
        schedule.postponed(until: 100)
        #expect(schedule.next(at: 0) == .run(1))
        schedule.finished()
        #expect(schedule.next(at: 0) == .run(3))
        schedule.finished()
        #expect(schedule.next(at: 0) == .run(4))
        schedule.finished()
        #expect(schedule.next(at: 0) == .wait(until: 100))
        #expect(schedule.remaining == [0, 2])
        #expect(schedule.next(at: 100) == .run(0))
        schedule.finished()
        #expect(schedule.next(at: 100) == .run(2))
        schedule.finished()
        #expect(schedule.next(at: 100) == .empty)
    }

    @Test func `any mix of parking keeps the order of each key and loses nothing`() {
        var generator = SeededGenerator(seed: 42)
        for _ in 0..<200 {
            var schedule = LaneSchedule()
            let keys = (0..<50).map { _ in UInt8.random(in: 0..<6, using: &generator) }
            for (item, key) in keys.enumerated() { schedule.add(item, key: [key]) }
            var done: [Int] = []
            var now: Int64 = 0
            loop: while true {
                switch schedule.next(at: now) {
                case .empty: break loop
                case .wait(let until): now = until
                case .run(let item):
                    if Bool.random(using: &generator) {
                        done.append(item)
                        schedule.finished()
                    } else {
                        schedule.postponed(until: now + Int64.random(in: 1...20, using: &generator))
                    }
                }
            }
            #expect(done.count == 50)
            for key in 0..<UInt8(6) {
                let ofKey = done.filter { keys[$0] == key }
                #expect(ofKey == ofKey.sorted())
            }
        }
    }

    @Test func `names are equal whatever their case, composition, spaces and tone place`() {
        let same = [
            ("Nguyễn Thị Hoà", "NGUYỄN THỊ HÒA"), ("Thuý", "thúy"), ("Trần  Văn  Đức ", "TRẦN VĂN ĐỨC"),
            ("Lê Thị Huệ", "Le\u{302} Thi\u{323} Hue\u{302}\u{323}"), ("Phạm Khuyê\u{301}", "Phạm Khuyế"),
            ("Hoàng Nguyệt", "HOÀNG NGUYỆT"),
        ]
        for (left, right) in same { #expect(NameFolding.equal(left, right), "\(left) \(right)") }
        let different = [
            ("Hoa", "Hòa"), ("Dung", "Đung"), ("Lan", "Lân"), ("Minh Anh", "Minhanh"), ("Hóa", "Hòa"),
            ("Tuấn Anh", "Tuân Ánh"),
        ]
        for (left, right) in different { #expect(!NameFolding.equal(left, right), "\(left) \(right)") }
    }
}
