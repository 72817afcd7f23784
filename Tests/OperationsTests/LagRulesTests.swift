import Testing

@testable import Operations

@Suite struct LagRulesTests {
    private func window(_ samples: [(Int64, Int64)], step: Int64 = 1_000) -> [LagSample] {
        samples.enumerated().map { index, pair in
            LagSample(committed: pair.0, end: pair.1, atMilliseconds: Int64(index) * step)
        }
    }

    /// A typed literal: the macro's expansion alone is more than the type checker likes.
    static let windows: [(samples: [(Int64, Int64)], expected: LagStatus)] = [
        ([], .notFound),
        ([(10, 10), (20, 20)], .ok),
        ([(10, 30), (20, 20)], .ok),
        ([(10, 12), (11, 15), (12, 19)], .warning),
        ([(10, 12), (10, 15), (10, 19)], .stall),
        ([(10, 12), (12, 12), (13, 19)], .ok),
        ([(20, 30), (5, 30), (7, 30)], .rewind),
        ([(20, 30), (5, 30), (25, 30)], .ok),
        ([(10, 30), (15, 30), (22, 30)], .ok),
    ]

    @Test(arguments: windows)
    func judgesAWindowAsBurrowDoes(samples: [(Int64, Int64)], expected: LagStatus) {
        let window = window(samples)
        #expect(LagRules.status(of: window, now: window.last?.atMilliseconds ?? 0) == expected)
    }

    @Test func callsSilenceLongerThanTheWindowAStop() {
        let window = window([(10, 30), (15, 30), (22, 30)])
        #expect(LagRules.status(of: window, now: 2_000 + 2_001) == .stop)
        #expect(LagRules.status(of: window, now: 2_000 + 2_000) == .ok)
    }

    @Test func allowsTheLagThatItIsToldToAllow() {
        let window = window([(10, 12), (10, 12), (10, 12)])
        #expect(LagRules.status(of: window, allowedLag: 2, now: 2_000) == .ok)
        #expect(LagRules.status(of: window, allowedLag: 1, now: 2_000) == .stall)
    }
}
