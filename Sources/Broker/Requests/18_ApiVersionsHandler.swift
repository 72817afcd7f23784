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
        return response
    }

    /// SaslHandshake (key 17) and SaslAuthenticate (36) where no authentication is due.
    func saslHandshake(_ target: ReplyTarget, _ request: SaslHandshakeRequest) {
        var response = SaslHandshakeResponse()
        response.error = SASLMechanism(rawValue: request.mechanism) == nil ? .unsupportedSASLMechanism : .illegalSASLState
        response.mechanisms = settings.security.mechanisms.map(\.rawValue)
        reply(target, response)
    }

    func saslAuthenticate(_ target: ReplyTarget, _ request: SaslAuthenticateRequest) {
        var response = SaslAuthenticateResponse()
        response.error = .illegalSASLState
        response.errorMessage = "SaslAuthenticate request received after successful authentication"
        reply(target, response)
    }
}
