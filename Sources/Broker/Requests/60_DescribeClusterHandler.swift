// DescribeCluster (60), versions 0-2. Endpoint type 1 asks a broker about brokers; 2 asks a controller about
// controllers, which this listener is not.

import KafkaWire

extension BrokerCore {
    func describeCluster(_ target: ReplyTarget, _ request: DescribeClusterRequest) {
        var response = DescribeClusterResponse()
        response.endpointType = request.endpointType
        guard request.endpointType == 1 else {
            let isController = request.endpointType == 2
            response.error = isController ? .mismatchedEndpointType : .unsupportedEndpointType
            response.errorMessage =
                isController
                ? "The request was sent to an endpoint of the wrong type." : "This endpoint type is not known here."
            return reply(target, response)
        }
        response.clusterID = catalog.clusterID
        response.controllerID = settings.nodeID
        var broker = DescribeClusterResponse.Broker()
        broker.id = settings.nodeID
        broker.host = advertisedHost
        broker.port = advertisedPort
        broker.rack = settings.values["broker.rack"]
        response.brokers = [broker]
        if request.includesAuthorizedOperations { response.authorizedOperations = AuthorizedOperations.cluster }
        reply(target, response)
    }
}

/// The operations that exist for a kind of resource, one bit each: what everybody may do where nobody is asked.
enum AuthorizedOperations {
    static let cluster = bits([
        .create, .clusterAction, .describeConfigs, .alterConfigs, .describe, .alter, .idempotentWrite,
    ])
    static let topic = bits([.read, .write, .create, .describe, .delete, .alter, .describeConfigs, .alterConfigs])
    static let group = bits([.read, .describe, .delete, .describeConfigs, .alterConfigs])

    private enum Operation: Int32 {
        case read = 3
        case write, create, delete, alter, describe, clusterAction, describeConfigs, alterConfigs, idempotentWrite
    }

    private static func bits(_ operations: [Operation]) -> Int32 {
        operations.reduce(0) { $0 | 1 << $1.rawValue }
    }
}
