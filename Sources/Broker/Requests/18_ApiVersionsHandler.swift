// ApiVersions (key 18), versions 0-4. A version not known is answered in version 0 with
// UNSUPPORTED_VERSION and the ranges, from which the client chooses again.

import KafkaWire

extension BrokerCore {
    func apiVersions(_ target: ReplyTarget, _ request: ApiVersionsRequest) {
        reply(target, ranges(.none))
    }

    func replyUnsupportedApiVersions(_ target: ReplyTarget) {
        var lowest = target
        lowest.version = 0
        reply(lowest, ranges(.unsupportedVersion))
    }

    private func ranges(_ error: ErrorCode) -> ApiVersionsResponse {
        var response = ApiVersionsResponse()
        response.error = error
        response.apiKeys = APIKey.allCases.map { key in
            var range = ApiVersionsResponse.Range()
            range.apiKey = key.rawValue
            range.minVersion = key.versions.lowerBound
            range.maxVersion = key.versions.upperBound
            return range
        }
        response.finalizedFeaturesEpoch = 0
        // With level 2 (KIP-890) a producer's epoch rises with each transaction.
        response.supportedFeatures = [.init(name: "transaction.version", first: 0, second: 2)]
        response.finalizedFeatures = [.init(name: "transaction.version", first: 2, second: 2)]
        return response
    }

    /// SaslHandshake (key 17): no mechanism is offered on this listener.
    func saslHandshake(_ target: ReplyTarget, _ request: SaslHandshakeRequest) {
        var response = SaslHandshakeResponse()
        response.error = .unsupportedSASLMechanism
        reply(target, response)
    }
}
