// FindCoordinator (key 10), versions 0-6: one broker coordinates every group and transaction. Asking brings
// the topic into being in which the coordinator keeps its state. Share groups (key type 2) have none here.

import KafkaWire

extension BrokerCore {
    func findCoordinator(_ target: ReplyTarget, _ request: FindCoordinatorRequest) {
        var response = FindCoordinatorResponse()
        let error = prepareCoordinator(keyType: request.keyType)
        let node = error == .none ? (settings.nodeID, advertisedHost, advertisedPort) : (-1, "", -1)
        if target.version >= 4 {
            response.coordinators = request.keys.map { key in
                var coordinator = FindCoordinatorResponse.Coordinator()
                coordinator.key = key
                (coordinator.nodeID, coordinator.host, coordinator.port) = node
                coordinator.error = error
                coordinator.errorMessage = ""
                return coordinator
            }
        } else {
            response.error = error
            response.errorMessage = error == .none ? "NONE" : nil
            (response.nodeID, response.host, response.port) = node
        }
        whenDurable { [unowned self] in reply(target, response) }
    }

    private func prepareCoordinator(keyType: Int8) -> ErrorCode {
        guard keyType == 0 || keyType == 1 else { return .invalidRequest }
        do throws(DiskError) {
            _ = try internalLog(keyType == 0 ? TopicCatalog.offsetsTopic : TopicCatalog.transactionsTopic)
            return .none
        } catch {
            return .coordinatorNotAvailable
        }
    }
}
