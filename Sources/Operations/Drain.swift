// Whether a hub has nothing left to do: every group stands at the end of everything it reads, and nothing moved
// between two looks. One look is not enough: what a group has just finished may have made work for another.
public import Bus

/// What a group has to read.
public struct GroupDuty: Sendable {
    public var group: String
    public var topics: [String]

    public init(group: String, topics: [String]) {
        self.group = group
        self.topics = topics
    }
}

/// Committed offsets and ends of several groups at about one moment.
public struct DrainLook: Sendable, Equatable {
    /// Group and partition → committed offset.
    public var committed: [String: Int64] = [:]
    /// Group and partition → end for readers of committed records.
    public var ends: [String: Int64] = [:]

    /// Records that wait, by group.
    public var lags: [String: Int64] {
        var lags: [String: Int64] = [:]
        for (place, end) in ends {
            let group = String(place.prefix { $0 != " " })
            lags[group, default: 0] += max(0, end - (committed[place] ?? 0))
        }
        return lags
    }

    public var total: Int64 { lags.values.reduce(0, +) }

    /// - Throws: `BusError`.
    public static func take(_ admin: Admin, duties: [GroupDuty]) throws(BusError) -> DrainLook {
        var look = DrainLook()
        let topics = try admin.listTopics()
        for duty in duties {
            for position in try admin.committedOffsets(of: duty.group) {
                look.committed["\(duty.group) \(position.topicPartition)"] = position.offset
            }
            let partitions = topics.filter { duty.topics.contains($0.name) }.flatMap(\.partitions)
            for end in try admin.endOffsets(of: partitions) {
                look.ends["\(duty.group) \(end.topicPartition)"] = end.offset
            }
        }
        return look
    }
}
