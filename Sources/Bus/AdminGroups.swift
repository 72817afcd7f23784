// Consumer groups: who is in them and how far they have read.

import CRdKafka
import Glibc
import Runtime

/// A member of a group.
public struct GroupMember: Sendable, Equatable {
    public var memberId: String
    public var clientId: String
    public var host: String
    public var assigned: [TopicPartition]
}

/// A group as its coordinator describes it.
public struct GroupDescription: Sendable, Equatable {
    public var group: String
    /// Kafka's word: `Stable`, `Empty`, `PreparingRebalance`, `CompletingRebalance`, `Dead`.
    public var state: String
    public var members: [GroupMember]
}

extension Admin {
    /// The names of all consumer groups, sorted.
    public func listGroups() throws(BusError) -> [String] {
        try exclusively { () throws(BusError) in
            let answer = try unsafe request(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS) { client, options, queue in
                unsafe rd_kafka_ListConsumerGroups(client, options, queue)
            }
            let result = unsafe rd_kafka_event_ListConsumerGroups_result(answer.event)
            var errorCount = 0
            let errors = unsafe rd_kafka_ListConsumerGroups_result_errors(result, &errorCount)
            if errorCount > 0, let error = unsafe errors?[0] {
                throw unsafe BusError(
                    rd_kafka_error_code(error), detail: text(rd_kafka_error_string(error)) ?? "",
                    servers: settings.bootstrapServers)
            }
            var count = 0
            let groups = unsafe rd_kafka_ListConsumerGroups_result_valid(result, &count)
            var names: [String] = []
            for place in 0..<count {
                if let name = unsafe text(rd_kafka_ConsumerGroupListing_group_id(groups?[place])) { names.append(name) }
            }
            return names.sorted()
        }
    }

    /// State and members of groups, in the order asked; a group that is not there is `Dead`, without members.
    public func describeGroups(_ names: [String]) throws(BusError) -> [GroupDescription] {
        if names.isEmpty { return [] }
        return try exclusively { () throws(BusError) in
            let copies = unsafe names.map { unsafe strdup($0) }
            defer { for unsafe copy in unsafe copies { unsafe free(copy) } }
            var wanted: [UnsafePointer<CChar>?] = unsafe copies.map { unsafe UnsafePointer($0) }
            let answer = try unsafe request(RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS) { client, options, queue in
                unsafe rd_kafka_DescribeConsumerGroups(client, &wanted, wanted.count, options, queue)
            }
            var count = 0
            let groups = unsafe rd_kafka_DescribeConsumerGroups_result_groups(
                rd_kafka_event_DescribeConsumerGroups_result(answer.event), &count)
            var descriptions: [GroupDescription] = []
            for place in 0..<count {
                guard let group = unsafe groups?[place] else { continue }
                descriptions.append(try unsafe description(of: group))
            }
            return descriptions
        }
    }

    @unsafe private func description(of group: OpaquePointer) throws(BusError) -> GroupDescription {
        let name = unsafe text(rd_kafka_ConsumerGroupDescription_group_id(group)) ?? ""
        if let error = unsafe rd_kafka_ConsumerGroupDescription_error(group) {
            let code = unsafe rd_kafka_error_code(error)
            // Brokers from 4.0 on report a missing group as an error, older ones as a dead group.
            if code == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND {
                return GroupDescription(group: name, state: "Dead", members: [])
            }
            if code != RD_KAFKA_RESP_ERR_NO_ERROR {
                throw unsafe BusError(
                    code, detail: text(rd_kafka_error_string(error)) ?? "", servers: settings.bootstrapServers)
            }
        }
        let state = unsafe text(
            rd_kafka_consumer_group_state_name(rd_kafka_ConsumerGroupDescription_state(group)))
        var members: [GroupMember] = []
        for place in 0..<(unsafe rd_kafka_ConsumerGroupDescription_member_count(group)) {
            let member = unsafe rd_kafka_ConsumerGroupDescription_member(group, place)
            var assigned: [TopicPartition] = []
            if let assignment = unsafe rd_kafka_MemberDescription_assignment(member),
                let list = unsafe rd_kafka_MemberAssignment_partitions(assignment)
            {
                assigned = unsafe PartitionList.elements(of: list).map { $0.position.topicPartition }
            }
            members.append(
                unsafe GroupMember(
                    memberId: text(rd_kafka_MemberDescription_consumer_id(member)) ?? "",
                    clientId: text(rd_kafka_MemberDescription_client_id(member)) ?? "",
                    host: text(rd_kafka_MemberDescription_host(member)) ?? "", assigned: assigned))
        }
        return GroupDescription(group: name, state: state ?? "Unknown", members: members)
    }

    /// What a group has committed, for all partitions it ever committed; those without a commit are left out.
    /// A coordinator that is just loading or moving is asked again.
    public func committedOffsets(of group: String) throws(BusError) -> [PartitionPosition] {
        let deadline = Deadline(afterMilliseconds: BusLimits.requestMilliseconds)
        while true {
            do throws(BusError) {
                return try askCommittedOffsets(of: group)
            } catch {
                guard case .retry(let pause) = error.disposition, deadline.remainingMilliseconds > pause else { throw error }
                usleep(UInt32(pause) * 1_000)
            }
        }
    }

    private func askCommittedOffsets(of group: String) throws(BusError) -> [PartitionPosition] {
        try exclusively { () throws(BusError) in
            var wanted = unsafe rd_kafka_ListConsumerGroupOffsets_new(group, nil)
            defer { unsafe rd_kafka_ListConsumerGroupOffsets_destroy(wanted) }
            let operation = RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS
            let answer = try unsafe request(operation, by: groupHandle()) { client, options, queue in
                unsafe rd_kafka_ListConsumerGroupOffsets(client, &wanted, 1, options, queue)
            }
            var count = 0
            let groups = unsafe rd_kafka_ListConsumerGroupOffsets_result_groups(
                rd_kafka_event_ListConsumerGroupOffsets_result(answer.event), &count)
            guard count > 0, let result = unsafe groups?[0] else { return [] }
            if let error = unsafe rd_kafka_group_result_error(result),
                unsafe rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR_NO_ERROR
            {
                // A group that never was has committed nothing.
                if unsafe rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND { return [] }
                throw unsafe BusError(
                    rd_kafka_error_code(error), detail: text(rd_kafka_error_string(error)) ?? "",
                    servers: settings.bootstrapServers)
            }
            guard let list = unsafe rd_kafka_group_result_partitions(result) else { return [] }
            return unsafe PartitionList.elements(of: list).map { $0.position }.filter { $0.offset >= 0 }
        }
    }
}
