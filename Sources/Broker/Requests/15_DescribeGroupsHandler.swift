// DescribeGroups (15), ListGroups (16) and DeleteGroups (42).

import KafkaWire

extension BrokerCore {
    func describeGroups(_ target: ReplyTarget, _ request: DescribeGroupsRequest) {
        var response = DescribeGroupsResponse()
        response.groups = request.groups.map { name in
            var described = describe(name, version: target.version)
            if request.includesAuthorizedOperations, described.error == .none {
                described.authorizedOperations = Self.groupOperations
            }
            return described
        }
        reply(target, response)
    }

    /// Read (3), delete (6), describe (8), describe configs (10), alter configs (11), as a bit each.
    static let groupOperations: Int32 = 1 << 3 | 1 << 6 | 1 << 8 | 1 << 10 | 1 << 11

    private func describe(_ name: String, version: Int16) -> DescribeGroupsResponse.Group {
        var described = DescribeGroupsResponse.Group()
        described.groupID = name
        let group = groups[GroupName(name)]
        guard let machine = group?.machine, group?.consumer == nil else {
            described.state = "Dead"
            if version >= 6 {
                described.error = .groupIDNotFound
                described.errorMessage = "Group \(name) \(group == nil ? "not found" : "is not a classic group")."
            }
            return described
        }
        described.state = machine.state.rawValue
        described.protocolType = machine.protocolType
        // Only a stable group has settled what its members share.
        let isSettled = machine.state == .stable
        described.protocolName = isSettled ? machine.protocolName ?? "" : ""
        described.members = machine.members.map { member in
            var entry = DescribeGroupsResponse.Group.Member()
            entry.memberID = member.id
            entry.groupInstanceID = member.instanceID
            entry.clientID = member.clientID
            entry.clientHost = member.clientHost
            entry.metadata = isSettled ? member.metadata(of: machine.protocolName ?? "") : []
            entry.assignment = isSettled ? member.assignment : []
            return entry
        }
        return described
    }

    func listGroups(_ target: ReplyTarget, _ request: ListGroupsRequest) {
        var response = ListGroupsResponse()
        let states = Set(request.statesFilter.map(normalize))
        let types = Set(request.typesFilter.map(normalize))
        for group in groups.groups.values.sorted(by: { $0.name.text < $1.name.text }) {
            var listed = ListGroupsResponse.Group()
            listed.groupID = group.name.text
            listed.protocolType = group.protocolType
            listed.state = group.stateName
            listed.type = group.typeName
            guard states.isEmpty || states.contains(normalize(listed.state)),
                types.isEmpty || types.contains(listed.type)
            else { continue }
            response.groups.append(listed)
        }
        reply(target, response)
    }

    private func normalize(_ word: String) -> String { word.lowercased().filter { !$0.isWhitespace } }

    /// Forgets groups without members, with their offsets, those of open transactions too.
    func deleteGroups(_ target: ReplyTarget, _ request: DeleteGroupsRequest) {
        var response = DeleteGroupsResponse()
        response.results = request.groups.map { name in
            var result = DeleteGroupsResponse.Result()
            result.groupID = name
            guard let group = groups[GroupName(name)] else {
                result.error = .groupIDNotFound
                return result
            }
            guard group.isEmpty else {
                result.error = .nonEmptyGroup
                return result
            }
            do throws(AppendError) { try forget(group) } catch { result.error = .coordinatorNotAvailable }
            return result
        }
        whenDurable { [unowned self] in reply(target, response) }
    }
}
