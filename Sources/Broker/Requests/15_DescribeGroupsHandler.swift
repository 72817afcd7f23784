// DescribeGroups (15), ListGroups (16) and DeleteGroups (42).

import KafkaWire

extension BrokerCore {
    func describeGroups(_ target: ReplyTarget, _ request: DescribeGroupsRequest) {
        var response = DescribeGroupsResponse()
        response.groups = request.groups.map { name in
            var described = DescribeGroupsResponse.Group()
            described.groupID = name
            guard let group = groups[GroupName(name)] else {
                described.state = "Dead"
                return described
            }
            let machine = group.machine
            described.state = machine.state.rawValue
            described.protocolType = machine.protocolType
            let isSettled = machine.state == .stable
            described.protocolName = isSettled ? machine.protocolName ?? "" : ""
            described.members = machine.members.map { member in
                var entry = DescribeGroupsResponse.Group.Member()
                entry.memberID = member.id
                entry.groupInstanceID = member.instanceID
                entry.clientID = member.clientID
                entry.clientHost = "/" + member.clientHost
                entry.metadata = isSettled ? member.metadata(of: machine.protocolName ?? "") : []
                entry.assignment = isSettled ? member.assignment : []
                return entry
            }
            return described
        }
        reply(target, response)
    }

    func listGroups(_ target: ReplyTarget, _ request: ListGroupsRequest) {
        var response = ListGroupsResponse()
        let wanted = Set(request.statesFilter.map { $0.lowercased() })
        for group in groups.groups.values.sorted(by: { $0.name.text < $1.name.text }) {
            let state = group.machine.state.rawValue
            guard wanted.isEmpty || wanted.contains(state.lowercased()) else { continue }
            var listed = ListGroupsResponse.Group()
            listed.groupID = group.name.text
            listed.protocolType = group.machine.protocolType
            listed.state = state
            response.groups.append(listed)
        }
        reply(target, response)
    }

    func deleteGroups(_ target: ReplyTarget, _ request: DeleteGroupsRequest) {
        var response = DeleteGroupsResponse()
        response.results = request.groups.map { name in
            var result = DeleteGroupsResponse.Result()
            result.groupID = name
            guard let group = groups[GroupName(name)] else {
                result.error = .groupIDNotFound
                return result
            }
            guard group.machine.state == .empty, group.pendingOffsets.isEmpty else {
                result.error = .nonEmptyGroup
                return result
            }
            do throws(AppendError) { try forget(group) } catch { result.error = .coordinatorNotAvailable }
            return result
        }
        whenDurable { [unowned self] in reply(target, response) }
    }
}
