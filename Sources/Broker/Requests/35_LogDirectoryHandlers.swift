// DescribeLogDirs (35), versions 1-5, and AlterReplicaLogDirs (34), versions 1-2. There is one directory, so a
// partition can be moved nowhere but to where it lies. A topic asked for that is not there is left out.

import KafkaWire

extension BrokerCore {
    func describeLogDirectories(_ target: ReplyTarget, _ request: DescribeLogDirectoriesRequest) {
        var result = DescribeLogDirectoriesResponse.Result()
        result.directory = settings.dataDirectory
        let wanted = request.topics.map { topics in
            Dictionary(topics.map { ($0.name, Set($0.partitions)) }) { $0.union($1) }
        }
        for topic in catalog.sortedTopics {
            if let wanted, wanted[topic.name] == nil { continue }
            var described = DescribeLogDirectoriesResponse.Result.Topic()
            described.name = topic.name
            for log in topic.partitions where wanted?[topic.name]?.contains(log.index) ?? true {
                var partition = DescribeLogDirectoriesResponse.Result.Topic.Partition()
                partition.index = log.index
                partition.sizeBytes = Int64(log.sizeBytes)
                described.partitions.append(partition)
            }
            if !described.partitions.isEmpty { result.topics.append(described) }
        }
        if let space = DiskSpace.of(settings.dataDirectory) {
            result.totalBytes = space.totalBytes
            result.usableBytes = space.usableBytes
        }
        var response = DescribeLogDirectoriesResponse()
        response.results = [result]
        reply(target, response)
    }

    func alterReplicaLogDirectories(_ target: ReplyTarget, _ request: AlterReplicaLogDirectoriesRequest) {
        var response = AlterReplicaLogDirectoriesResponse()
        for directory in request.directories {
            for topic in directory.topics {
                var answered = AlterReplicaLogDirectoriesResponse.Topic()
                answered.name = topic.name
                answered.partitions = topic.partitions.map { index in
                    var result = AlterReplicaLogDirectoriesResponse.Topic.Partition()
                    result.index = index
                    if directory.path != settings.dataDirectory {
                        result.error = .logDirectoryNotFound
                    } else if catalog.log(topic.name, index) == nil {
                        result.error = .replicaNotAvailable
                    }
                    return result
                }
                response.results.append(answered)
            }
        }
        reply(target, response)
    }
}
