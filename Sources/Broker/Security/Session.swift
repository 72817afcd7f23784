// What the broker knows of a connection beyond its bytes: through which listener it came, who it is, and how far
// its authentication has got.

import KafkaWire

/// One connection's session.
final class Session {
    enum State {
        /// Requests are served.
        case open
        /// A SASL listener's new connection: ApiVersions once, then SaslHandshake.
        case awaitingHandshake(hasAskedVersions: Bool)
        /// Messages of a mechanism; bare frames where the handshake was of version 0.
        case exchanging(SASLMechanism, ScramExchange?, isBare: Bool)
        /// The refusal goes out a little later, so that guessing is slow; nothing more is heard.
        case refused
    }

    let connection: Int
    /// The listener's place among `BrokerCore.endpoints`.
    let listener: Int
    let host: String
    var principal: Principal
    var state: State
    /// The mechanism of the first authentication, which later ones must keep to.
    var mechanism: SASLMechanism?
    /// When the authentication ends; nil when it does not.
    var expiresAt: Int64?
    var lastAuthenticationAt: Int64 = 0
    /// The answer that `refused` waits to send; nil where only the connection is closed.
    var refusal: (slot: UInt64, frame: [UInt8])?

    init(connection: Int, listener: Int, host: String, principal: Principal, needsSASL: Bool) {
        self.connection = connection
        self.listener = listener
        self.host = host
        self.principal = principal
        state = needsSASL ? .awaitingHandshake(hasAskedVersions: false) : .open
    }

    /// The lengths that the next frame may have.
    func frameBytes(_ limits: BrokerLimits) -> ClosedRange<Int> {
        switch state {
        case .open: BrokerLimits.requestBytesMin...max(BrokerLimits.requestBytesMin, limits.requestBytesMax)
        case .exchanging(_, _, isBare: true): 0...limits.saslBytesMax
        case .awaitingHandshake, .exchanging, .refused:
            BrokerLimits.requestBytesMin...max(BrokerLimits.requestBytesMin, limits.saslBytesMax)
        }
    }
}
