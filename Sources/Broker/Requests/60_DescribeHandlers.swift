// What administrators look at: DescribeLogDirs (35) and DescribeCluster (60).

import KafkaWire

extension BrokerCore {
    func describeCluster(_ target: ReplyTarget, _ request: DescribeClusterRequest) {
        var response = DescribeClusterResponse()
        response.endpointType = request.endpointType
        if request.endpointType != 1 {
            response.error = ErrorCode(rawValue: 115)
            return reply(target, response)
        }
        response.clusterID = catalog.clusterID
        response.controllerID = settings.nodeID
        var broker = DescribeClusterResponse.Broker()
        broker.id = settings.nodeID
        broker.host = advertisedHost
        broker.port = advertisedPort
        response.brokers = [broker]
        reply(target, response)
    }

    func describeLogDirectories(_ target: ReplyTarget, _ request: DescribeLogDirectoriesRequest) {
        var result = DescribeLogDirectoriesResponse.Result()
        result.directory = settings.dataDirectory
        for topic in catalog.sortedTopics {
            let wanted = request.topics.map { asked in asked.first { $0.name == topic.name }?.partitions ?? [] }
            var described = DescribeLogDirectoriesResponse.Result.Topic()
            described.name = topic.name
            for log in topic.partitions where wanted?.contains(log.index) ?? true {
                var partition = DescribeLogDirectoriesResponse.Result.Topic.Partition()
                partition.index = log.index
                partition.sizeBytes = Int64(log.sizeBytes)
                described.partitions.append(partition)
            }
            if !described.partitions.isEmpty { result.topics.append(described) }
        }
        var response = DescribeLogDirectoriesResponse()
        response.results = [result]
        reply(target, response)
    }
}
