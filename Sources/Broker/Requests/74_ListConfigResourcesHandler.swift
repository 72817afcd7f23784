// ListConfigResources (74), versions 0-1: what can be described. Version 0 asks for client-metrics subscriptions
// alone; from 1 no types stand for all. Groups and subscriptions are those with settings.

import KafkaWire

extension BrokerCore {
    func listConfigResources(_ target: ReplyTarget, _ request: ListConfigResourcesRequest) {
        var response = ListConfigResourcesResponse()
        var kinds: [ConfigResource.Kind] = []
        if target.version == 0 {
            kinds = [.clientMetrics]
        } else if request.types.isEmpty {
            kinds = ConfigResource.Kind.allCases
        } else {
            for type in request.types {
                guard let kind = ConfigResource.Kind(rawValue: type) else {
                    response.error = .unsupportedVersion
                    return reply(target, response)
                }
                if !kinds.contains(kind) { kinds.append(kind) }
            }
        }
        for kind in kinds {
            for name in names(kind) {
                var resource = ListConfigResourcesResponse.Resource()
                resource.name = name
                resource.type = kind.rawValue
                response.resources.append(resource)
            }
        }
        reply(target, response)
    }

    private func names(_ kind: ConfigResource.Kind) -> [String] {
        switch kind {
        case .topic: catalog.sortedTopics.map(\.name)
        case .broker, .brokerLogger: [String(settings.nodeID)]
        case .clientMetrics, .group:
            administration.state.configs.keys.filter { $0.kind == kind }.map(\.name.text).sorted()
        }
    }
}
