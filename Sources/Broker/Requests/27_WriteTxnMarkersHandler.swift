// WriteTxnMarkers (key 27), versions 1-2: ends transactions in partitions without their coordinator, as an
// administrator does with one that hangs. A marker of an old epoch or an old coordinator is refused, so that one
// that was delayed cannot end a later transaction. Answered when the markers are durable.

import KafkaWire

extension BrokerCore {
    func writeTransactionMarkers(_ target: ReplyTarget, _ request: WriteTransactionMarkersRequest) {
        var response = WriteTransactionMarkersResponse()
        response.markers = request.markers.map { marker in
            var answered = WriteTransactionMarkersResponse.Marker()
            answered.producerID = marker.producerID
            answered.topics = marker.topics.map { topic in
                var results = WriteTransactionMarkersResponse.Marker.Topic()
                results.name = topic.name
                results.partitions = topic.partitions.map { index in
                    var result = WriteTransactionMarkersResponse.Marker.Topic.Partition()
                    result.index = index
                    result.error = write(marker, to: catalog.log(topic.name, index))
                    return result
                }
                return results
            }
            return answered
        }
        whenDurable { [unowned self] in reply(target, response) }
    }

    private func write(_ marker: WriteTransactionMarkersRequest.Marker, to log: PartitionLog?) -> ErrorCode {
        guard let log else { return .unknownTopicOrPartition }
        guard log.failure == nil else { return .storageError }
        let error = log.producers.markerVerdict(
            marker.producerID, epoch: marker.producerEpoch, coordinatorEpoch: marker.coordinatorEpoch,
            raisesEpoch: marker.transactionVersion >= 2)
        guard let error else { return .none }
        guard error == .none else { return error }
        let outcome: TransactionOutcome = marker.isCommitted ? .commit : .abort
        let batch = outcome.marker(
            producerID: marker.producerID, producerEpoch: marker.producerEpoch, timestamp: now,
            coordinatorEpoch: marker.coordinatorEpoch)
        do throws(AppendError) {
            try writeMarker(batch, outcome, marker.producerID, to: log)
        } catch {
            guard case .refused(let code) = error else { return .storageError }
            if log.hasLostSync { stop(log.failure ?? "") }
            return code
        }
        log.producers.note(coordinatorEpoch: marker.coordinatorEpoch, of: marker.producerID)
        return .none
    }
}
