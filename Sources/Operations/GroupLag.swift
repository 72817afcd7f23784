// How far the consumer groups are behind: committed offset, end, records and seconds for every partition.
public import Bus
public import Runtime

/// One partition of one group.
public struct PartitionLag: Sendable, Equatable {
    public var group: String
    public var topic: String
    public var partition: Int32
    /// nil: the group reads the partition and never committed there. A state, not a number.
    public var committed: Int64?
    /// The last stable offset: what readers of committed records can reach.
    public var end: Int64
    /// Records between the two; where nothing was committed, all that are there.
    public var records: Int64
    /// Age of the oldest record that waits, in seconds; nil where none waits.
    public var seconds: Double?
    public var status: LagStatus
}

/// The lag of groups.
public enum GroupLag {
    /// Looks at groups once or several times; the status needs at least two looks to tell moving from standing.
    ///
    /// - Parameters:
    ///   - groups: nil: all that the brokers know.
    ///   - looks: how many, a pause of `pauseMilliseconds` between two.
    /// - Throws: `BusError`.
    public static func measure(
        _ admin: Admin, groups: [String]? = nil, looks: Int = 2, pauseMilliseconds: Int = 300,
        clock: any Clock = SystemClock()
    ) throws(BusError) -> [PartitionLag] {
        var windows: [String: [LagSample]] = [:]
        var rows: [PartitionLag] = []
        for look in 0..<max(1, looks) {
            rows = try oneLook(admin, groups: groups)
            let now = clock.wallMilliseconds()
            for row in rows {
                guard let committed = row.committed else { continue }
                windows["\(row.group)/\(row.topic)/\(row.partition)", default: []].append(
                    LagSample(committed: committed, end: row.end, atMilliseconds: now))
            }
            // Nobody waits for a second look at groups that have nothing before them.
            if rows.allSatisfy({ $0.records == 0 }) { break }
            if look + 1 < looks { ShutdownSignal().wait(until: Deadline(afterMilliseconds: pauseMilliseconds)) }
        }
        let now = clock.wallMilliseconds()
        let waiting = rows.filter { $0.records > 0 }.map { PartitionPosition($0.topic, $0.partition, $0.committed ?? 0) }
        let written = try admin.timestamps(at: waiting)
        var nextWritten = written.makeIterator()
        return rows.map { row in
            var row = row
            row.status = LagRules.status(of: windows["\(row.group)/\(row.topic)/\(row.partition)"] ?? [], now: now)
            if row.records > 0, let stamp = nextWritten.next().flatMap({ $0 }) {
                row.seconds = Double(max(0, now - stamp)) / 1_000
            }
            return row
        }
    }

    /// One look, without times and states.
    static func oneLook(_ admin: Admin, groups: [String]?) throws(BusError) -> [PartitionLag] {
        let names: [String]
        if let groups { names = groups } else { names = try admin.listGroups() }
        var rows: [PartitionLag] = []
        for description in try admin.describeGroups(names) {
            var committed: [TopicPartition: Int64] = [:]
            for position in try admin.committedOffsets(of: description.group) {
                committed[position.topicPartition] = position.offset
            }
            let partitions = Set(committed.keys).union(description.members.flatMap(\.assigned))
                .sorted { ($0.topic, $0.partition) < ($1.topic, $1.partition) }
            // Committed first, then the ends: the other way round would show lags below zero.
            let ends = try admin.endOffsets(of: partitions)
            let oldest = try admin.oldestOffsets(of: partitions.filter { committed[$0] == nil })
            for end in ends {
                let position = committed[end.topicPartition]
                let start = position ?? oldest.first { $0.topicPartition == end.topicPartition }?.offset ?? 0
                rows.append(
                    PartitionLag(
                        group: description.group, topic: end.topic, partition: end.partition, committed: position,
                        end: end.offset, records: max(0, end.offset - start), seconds: nil, status: .notFound))
            }
        }
        return rows
    }
}
