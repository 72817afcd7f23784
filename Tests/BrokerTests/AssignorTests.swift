import KafkaWire
import Testing

@testable import Broker

@Suite struct AssignorTests {
    private static func topic(_ number: UInt64, _ count: Int) -> AssignableTopic {
        AssignableTopic(id: TopicID(high: 0, low: number), partitionCount: count)
    }

    private func members(_ topics: [[AssignableTopic]], current: [PartitionMap]? = nil) -> [AssignableMember] {
        topics.enumerated().map { index, topics in
            AssignableMember(id: "m\(index)", instanceID: nil, topics: topics, current: current?[index] ?? [:])
        }
    }

    private func counts(_ targets: [PartitionMap]) -> [Int] { targets.map { $0.values.reduce(0) { $0 + $1.count } } }

    /// Each partition of each topic is somebody's, and nobody's twice.
    private func isComplete(_ targets: [PartitionMap], _ topics: [AssignableTopic]) -> Bool {
        topics.allSatisfy { topic in
            let given = targets.flatMap { Array($0[topic.id] ?? []) }.sorted()
            return given == Array(0..<Int32(topic.partitionCount))
        }
    }

    @Test func rangeGivesEachMemberTheSameNumbersOfAllTopics() {
        let topics = [Self.topic(1, 5), Self.topic(2, 5)]
        let targets = Assignor.range(members([topics, topics]))
        #expect(targets[0].values.allSatisfy { $0 == [0, 1, 2] })
        #expect(targets[1].values.allSatisfy { $0 == [3, 4] })
    }

    @Test func uniformIsEvenAndComplete() {
        let topics = [Self.topic(1, 5), Self.topic(2, 6)]
        let targets = Assignor.uniform(members([topics, topics, topics]))
        #expect(counts(targets).sorted() == [3, 4, 4])
        #expect(isComplete(targets, topics))
    }

    @Test func uniformMovesNoMoreThanANewMemberNeeds() {
        let topics = [Self.topic(1, 9)]
        let before = Assignor.uniform(members([topics, topics]))
        let after = Assignor.uniform(members([topics, topics, topics], current: before + [[:]]))
        #expect(counts(after) == [3, 3, 3])
        for index in 0..<2 { #expect(after[index].isSubset(of: before[index])) }
        let left = Assignor.uniform(members([topics, topics], current: Array(after[1...])))
        #expect(isComplete(left, topics))
        for index in 0..<2 { #expect(after[index + 1].isSubset(of: left[index])) }
    }

    @Test func uniformBalancesAsFarAsSubscriptionsAllow() {
        let shared = Self.topic(1, 4)
        let own = Self.topic(2, 4)
        let targets = Assignor.uniform(members([[shared, own], [shared]]))
        #expect(counts(targets) == [4, 4])
        #expect(targets[1] == [shared.id: [0, 1, 2, 3]])
        let crowded = Assignor.uniform(
            members([[shared], [shared], [own]], current: [[shared.id: [0, 1, 2, 3]], [:], [:]]))
        #expect(counts(crowded) == [2, 2, 4])
    }

    @Test func uniformForgetsPartitionsThatAreNoMore() {
        let targets = Assignor.uniform(
            members([[Self.topic(1, 2)]], current: [[TopicID(high: 0, low: 1): [1, 7], TopicID(high: 0, low: 9): [0]]]))
        #expect(targets == [[TopicID(high: 0, low: 1): [0, 1]]])
    }

    @Test(arguments: [
        ("a.*", "abc", true), ("a.*", "bac", false), ("a|bc", "bc", true), ("(a|b)+c?", "abab", true),
        ("[a-c_.-]{2,3}", "a.-", true), ("[^a]", "a", false), ("t\\d{2}", "t12", true), ("t\\d{2}", "t1", false),
        ("^x$", "x", true), ("(?:ab)*?", "abab", true), ("a\\.b", "axb", false), ("", "", true), ("x{", "x{", true),
        ("(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
    ])
    func patternsMatchWholeNames(pattern: String, name: String, isMatch: Bool) throws {
        #expect(try TopicPattern(pattern).matches(name) == isMatch)
    }

    @Test(arguments: ["(", ")", "a**", "[b-a]", "[a", "\\", "\\y", "*", "a{3,2}", "(a{1000}){1000}", "(?=a)"])
    func whatIsNoPatternIsRefused(pattern: String) {
        #expect(throws: TopicPattern.Invalid.self) { try TopicPattern(pattern) }
    }

    @Test func nothingManyTimesTakesNoTime() throws {
        let pattern = String(repeating: "(", count: 40) + String(repeating: "){1000}", count: 40)
        #expect(try TopicPattern(pattern).matches(""))
    }
}
