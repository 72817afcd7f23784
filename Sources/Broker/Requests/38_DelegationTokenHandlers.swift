// CreateDelegationToken (38), RenewDelegationToken (39), ExpireDelegationToken (40) and DescribeDelegationToken
// (41): refused as by a Kafka broker that has no secret for tokens. Clients authenticate by certificate or SCRAM.

import KafkaWire

extension BrokerCore {
    func createDelegationToken(_ target: ReplyTarget, _ request: CreateDelegationTokenRequest) {
        var response = CreateDelegationTokenResponse()
        response.error = .delegationTokenAuthenticationDisabled
        response.issueTimestamp = -1
        response.expiryTimestamp = -1
        response.timestampMax = -1
        reply(target, response)
    }

    func renewDelegationToken(_ target: ReplyTarget, _ request: RenewDelegationTokenRequest) {
        var response = RenewDelegationTokenResponse()
        response.error = .delegationTokenAuthenticationDisabled
        response.expiryTimestamp = -1
        reply(target, response)
    }

    func expireDelegationToken(_ target: ReplyTarget, _ request: ExpireDelegationTokenRequest) {
        var response = ExpireDelegationTokenResponse()
        response.error = .delegationTokenAuthenticationDisabled
        response.expiryTimestamp = -1
        reply(target, response)
    }

    func describeDelegationToken(_ target: ReplyTarget, _ request: DescribeDelegationTokenRequest) {
        var response = DescribeDelegationTokenResponse()
        response.error = .delegationTokenAuthenticationDisabled
        reply(target, response)
    }
}
