// FindCoordinator (key 10), versions 0-4: one broker coordinates every group and transaction.

import KafkaWire

extension BrokerCore {
    func findCoordinator(_ target: ReplyTarget, _ request: FindCoordinatorRequest) {
        var response = FindCoordinatorResponse()
        let isKnownType = request.keyType == 0 || request.keyType == 1
        if target.version >= 4 {
            response.coordinators = request.keys.map { key in
                var coordinator = FindCoordinatorResponse.Coordinator()
                coordinator.key = key
                coordinator.nodeID = settings.nodeID
                coordinator.host = advertisedHost
                coordinator.port = advertisedPort
                coordinator.error = isKnownType ? .none : .invalidRequest
                return coordinator
            }
        } else {
            response.error = isKnownType ? .none : .invalidRequest
            response.nodeID = settings.nodeID
            response.host = advertisedHost
            response.port = advertisedPort
        }
        reply(target, response)
    }
}
