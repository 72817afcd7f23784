// DescribeAcls (29), CreateAcls (30) and DeleteAcls (31), versions 1-3. Without an authorizer all three answer
// SECURITY_DISABLED. A rule that is there already is created again without a word, as Kafka does.

import KafkaWire

extension BrokerCore {
    func describeAcls(_ target: ReplyTarget, _ request: DescribeAclsRequest) {
        var response = DescribeAclsResponse()
        guard rules.isActive else {
            response.error = .securityDisabled
            response.errorMessage = "No Authorizer is configured on the broker"
            return reply(target, response)
        }
        guard let selection = AccessRuleSelection(request.filter) else {
            response.error = .invalidRequest
            response.errorMessage = Self.unknownElements
            return reply(target, response)
        }
        let found = Dictionary(grouping: rules.all.filter(selection.selects)) { rule in
            ResourcePattern(type: rule.resourceType, pattern: rule.pattern, name: rule.name)
        }
        response.resources = found.values.compactMap { rules in
            guard let first = rules.first else { return nil }
            var resource = DescribeAclsResponse.Resource()
            resource.resourceType = first.resourceType.rawValue
            resource.resourceName = first.name.text
            resource.patternType = first.pattern.rawValue
            resource.rules = rules.map { rule in
                var described = DescribeAclsResponse.Resource.Rule()
                described.principal = rule.principal.description
                described.host = rule.host
                described.operation = rule.operation.rawValue
                described.permission = rule.permission.rawValue
                return described
            }
            return resource
        }
        reply(target, response)
    }

    private static let unknownElements = "The filter contains UNKNOWN elements."

    func createAcls(_ target: ReplyTarget, _ request: CreateAclsRequest) {
        var response = CreateAclsResponse()
        guard rules.isActive else {
            response.results = request.creations.map { _ in .init(.securityDisabled, "No Authorizer is configured.") }
            return reply(target, response)
        }
        var wanted: [AccessRule] = []
        for creation in request.creations {
            switch AccessRule.parse(creation) {
            case .success(let rule):
                wanted.append(rule)
                response.results.append(.init(.none, nil))
            case .failure(let refusal): response.results.append(.init(refusal.code, refusal.reason))
            }
        }
        do throws(DiskError) {
            try rules.add(wanted)
        } catch {
            for place in response.results.indices where response.results[place].error == .none {
                response.results[place] = .init(.storageError, "\(error)")
            }
        }
        reply(target, response)
    }

    func deleteAcls(_ target: ReplyTarget, _ request: DeleteAclsRequest) {
        var response = DeleteAclsResponse()
        guard rules.isActive else {
            response.results = request.filters.map { _ in .init(.securityDisabled, "No Authorizer is configured.") }
            return reply(target, response)
        }
        var doomed: Set<AccessRule> = []
        response.results = request.filters.map { filter in
            guard let selection = AccessRuleSelection(filter) else { return .init(.invalidRequest, Self.unknownElements) }
            let found = rules.all.filter(selection.selects)
            doomed.formUnion(found)
            var result = DeleteAclsResponse.Result()
            result.removed = found.map(DeleteAclsResponse.Result.Removed.init)
            return result
        }
        do throws(DiskError) {
            try rules.remove(doomed)
        } catch {
            response.results = response.results.map { _ in .init(.storageError, "\(error)") }
        }
        reply(target, response)
    }
}

/// What rules are listed under.
private struct ResourcePattern: Hashable {
    var type: ResourceType
    var pattern: PatternType
    var name: GroupName
}

extension CreateAclsResponse.Result {
    fileprivate init(_ error: ErrorCode, _ message: String?) {
        self.init()
        self.error = error
        errorMessage = message
    }
}

extension DeleteAclsResponse.Result {
    fileprivate init(_ error: ErrorCode, _ message: String?) {
        self.init()
        self.error = error
        errorMessage = message
    }
}

extension DeleteAclsResponse.Result.Removed {
    fileprivate init(_ rule: AccessRule) {
        self.init()
        resourceType = rule.resourceType.rawValue
        resourceName = rule.name.text
        patternType = rule.pattern.rawValue
        principal = rule.principal.description
        host = rule.host
        operation = rule.operation.rawValue
        permission = rule.permission.rawValue
    }
}

extension AccessRule {
    /// A rule as a request describes it, or what is wrong with it in Kafka's words.
    fileprivate static func parse(_ creation: CreateAclsRequest.Creation) -> Result<AccessRule, BrokerCore.Refusal> {
        guard let type = ResourceType(rawValue: creation.resourceType) else {
            return .failure(.init(.invalidRequest, "Invalid resourceType \(creation.resourceType)"))
        }
        if type == .cluster, creation.resourceName != AccessRule.cluster {
            return .failure(.init(.invalidRequest, "The only valid name for the CLUSTER resource is \(AccessRule.cluster)"))
        }
        guard !creation.resourceName.isEmpty else {
            return .failure(.init(.invalidRequest, "Invalid empty resource name"))
        }
        guard let pattern = PatternType(rawValue: creation.patternType) else {
            return .failure(.init(.invalidRequest, "Invalid patternType \(creation.patternType)"))
        }
        guard let operation = AccessOperation(rawValue: creation.operation) else {
            return .failure(.init(.invalidRequest, "Invalid operation \(creation.operation)"))
        }
        guard let permission = Permission(rawValue: creation.permission) else {
            return .failure(.init(.invalidRequest, "Invalid permissionType \(creation.permission)"))
        }
        guard let principal = Principal(parsing: creation.principal) else {
            let why = "no colon is present separating the principal type from the principal name"
            return .failure(.init(.invalidRequest, "Could not parse principal from `\(creation.principal)` (\(why))"))
        }
        return .success(
            AccessRule(
                resourceType: type, name: GroupName(creation.resourceName), pattern: pattern, principal: principal,
                host: creation.host, operation: operation, permission: permission))
    }
}

extension AccessRuleSelection {
    /// Kafka's 1 is "any"; a number that stands for nothing cannot be asked for.
    fileprivate init?(_ filter: AccessRuleFilter) {
        guard let pattern = Pattern(rawValue: filter.patternType),
            filter.resourceType == 1 || ResourceType(rawValue: filter.resourceType) != nil,
            filter.operation == 1 || AccessOperation(rawValue: filter.operation) != nil,
            filter.permission == 1 || Permission(rawValue: filter.permission) != nil
        else { return nil }
        self.pattern = pattern
        resourceType = ResourceType(rawValue: filter.resourceType)
        name = filter.resourceName
        principal = filter.principal
        host = filter.host
        operation = AccessOperation(rawValue: filter.operation)
        permission = Permission(rawValue: filter.permission)
    }
}
