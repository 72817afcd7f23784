// DescribeClientQuotas (48) and AlterClientQuotas (49), versions 0-1. Entities are a user, a client id, both, or an
// address; each a name or the default. A filter fits entities by name, by default, or by any name; a strict one only
// those that have no other component. Changes of one request are stored with one write.

import Glibc
import KafkaWire

extension BrokerCore {
    func describeClientQuotas(_ target: ReplyTarget, _ request: DescribeClientQuotasRequest) {
        var response = DescribeClientQuotasResponse()
        do throws(Refusal) {
            let filter = try QuotaFilter(request)
            let found = administration.state.quotas.entries.filter { filter.fits($0.key) }
            response.entries = found.map(Self.describe)
        } catch {
            response.error = error.code
            response.errorMessage = error.reason
        }
        reply(target, response)
    }

    private static func describe(
        _ entity: QuotaEntity, _ values: [String: Double]
    ) -> DescribeClientQuotasResponse.Entry {
        var entry = DescribeClientQuotasResponse.Entry()
        entry.entity = entity.components.sorted { $0.key < $1.key }.map { type, name in
            var component = DescribeClientQuotasResponse.Entry.Component()
            component.entityType = type
            if case .named(let text) = name { component.entityName = text.text }
            return component
        }
        entry.values = values.sorted { $0.key < $1.key }.map { key, number in
            var value = DescribeClientQuotasResponse.Entry.Value()
            value.key = key
            value.value = number
            return value
        }
        return entry
    }

    func alterClientQuotas(_ target: ReplyTarget, _ request: AlterClientQuotasRequest) {
        var state = administration.state
        var response = AlterClientQuotasResponse()
        var seen: Set<QuotaEntity> = []
        for entry in request.entries {
            var result = AlterClientQuotasResponse.Entry()
            result.entity = entry.entity.map { component in
                var answered = AlterClientQuotasResponse.Entry.Component()
                answered.entityType = component.entityType
                answered.entityName = component.entityName
                return answered
            }
            do throws(Refusal) {
                let entity = try Self.entity(entry.entity)
                guard seen.insert(entity).inserted else { throw Refusal(.invalidRequest, "An entity is named twice.") }
                state.quotas.set(try Self.changed(state.quotas.entries[entity] ?? [:], entry, entity), of: entity)
            } catch {
                result.error = error.code
                result.errorMessage = error.reason
            }
            response.entries.append(result)
        }
        if !request.validatesOnly {
            do throws(DiskError) {
                try administration.replace(with: state)
            } catch {
                for index in response.entries.indices where response.entries[index].error == .none {
                    response.entries[index].error = .storageError
                    response.entries[index].errorMessage = "\(error)"
                }
            }
        }
        reply(target, response)
    }

    private static func entity(
        _ components: [AlterClientQuotasRequest.Entry.Component]
    ) throws(Refusal) -> QuotaEntity {
        guard !components.isEmpty else { throw Refusal(.invalidRequest, "A quota needs somebody that it is for.") }
        var entity = QuotaEntity(components: [:])
        for component in components {
            guard QuotaEntity.types.contains(component.entityType) else {
                throw Refusal(.invalidRequest, "Unknown entity type \(component.entityType)")
            }
            guard entity[component.entityType] == nil else {
                throw Refusal(.invalidRequest, "\(component.entityType) is given twice for one entity.")
            }
            guard component.entityName != "" else {
                throw Refusal(.invalidRequest, "The name of \(component.entityType) is empty.")
            }
            entity.components[component.entityType] = component.entityName.map { .named(GroupName($0)) } ?? .default
        }
        guard let address = entity["ip"] else { return entity }
        guard entity.components.count == 1 else {
            throw Refusal(.invalidRequest, "Invalid quota entity combination: an ip stands alone.")
        }
        if case .named(let name) = address, !isAddress(name.text) {
            throw Refusal(.invalidRequest, "\(name.text) is not a valid IP address.")
        }
        return entity
    }

    private static func changed(
        _ values: [String: Double], _ entry: AlterClientQuotasRequest.Entry, _ entity: QuotaEntity
    ) throws(Refusal) -> [String: Double] {
        var values = values
        let keys = ClientQuotas.keys(of: entity)
        guard Set(entry.operations.map(\.key)).count == entry.operations.count else {
            throw Refusal(.invalidRequest, "A quota is named twice for one entity.")
        }
        for operation in entry.operations {
            if operation.isRemoval {
                values[operation.key] = nil
                continue
            }
            guard let isWhole = keys[operation.key] else {
                throw Refusal(.invalidRequest, "\(operation.key) is no quota of this kind of entity.")
            }
            guard operation.value > 0 else {
                throw Refusal(.invalidRequest, "Quota \(operation.key) must be greater than 0")
            }
            if isWhole {
                let limit = entity["ip"] == nil ? Double(Int64.max) : Double(Int32.max)
                guard operation.value <= limit else {
                    throw Refusal(.invalidRequest, "The value of \(operation.key) is too large.")
                }
                guard operation.value.truncatingRemainder(dividingBy: 1) <= 1e-6 else {
                    throw Refusal(.invalidRequest, "\(operation.key) must be a whole number.")
                }
            }
            values[operation.key] = operation.value
        }
        return values
    }

    /// Addresses only: looking up a host's name would hold up every client.
    private static func isAddress(_ text: String) -> Bool {
        var address = in6_addr()
        var shortAddress = in_addr()
        return unsafe inet_pton(AF_INET, text, &shortAddress) == 1 || inet_pton(AF_INET6, text, &address) == 1
    }
}

/// Which entities a DescribeClientQuotas request asks for.
private struct QuotaFilter {
    var exact: [String: QuotaEntity.Name] = [:]
    var anyName: Set<String> = []
    var isStrict: Bool

    init(_ request: DescribeClientQuotasRequest) throws(BrokerCore.Refusal) {
        isStrict = request.isStrict
        for component in request.components {
            let type = component.entityType
            guard !type.isEmpty, exact[type] == nil, !anyName.contains(type) else {
                throw .init(.invalidRequest, type.isEmpty ? "An entity type is empty." : "\(type) is given twice.")
            }
            guard QuotaEntity.types.contains(type) else {
                throw .init(.unsupportedVersion, "Unsupported entity type \(type)")
            }
            switch (component.matchType, component.match) {
            case (0, .some(let name)): exact[type] = .named(GroupName(name))
            case (1, nil): exact[type] = .default
            case (2, nil): anyName.insert(type)
            case (0...2, _):
                throw .init(.invalidRequest, "A name goes with an exact match, and with no other.")
            default: throw .init(.invalidRequest, "Unknown match type \(component.matchType)")
            }
        }
        let types = Set(exact.keys).union(anyName)
        if types.contains("ip"), types.count > 1 {
            throw .init(.invalidRequest, "Invalid entity filter component combination: an ip stands alone.")
        }
    }

    func fits(_ entity: QuotaEntity) -> Bool {
        if isStrict, entity.components.count != exact.count + anyName.count { return false }
        return exact.allSatisfy { entity[$0.key] == $0.value } && anyName.allSatisfy { entity[$0] != nil }
    }
}
