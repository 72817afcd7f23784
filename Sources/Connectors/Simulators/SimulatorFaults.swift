// What a simulated platform does wrong, and how often. One random number a request decides, from a seed.

import HTTP

/// Rates from 0 to 1; what is left over is answered properly.
public struct SimulatorFaults: Sendable, Equatable {
    /// Every answer is held back so long.
    public var latencyMilliseconds: Int64 = 0
    /// Status 500.
    public var serverErrorRate = 0.0
    /// Status 503 without Retry-After.
    public var unavailableRate = 0.0
    /// Status 429 with Retry-After: 1.
    public var tooManyRate = 0.0
    /// A SOAP fault of the server's (population only; 500 elsewhere).
    public var soapFaultRate = 0.0
    /// The connection is reset before the request has any effect.
    public var resetRate = 0.0
    /// The request takes effect and the connection is reset instead of an answer.
    public var resetInsteadOfAnswerRate = 0.0
    /// The request takes effect, the answer is sent, and the connection is reset.
    public var resetAfterAnswerRate = 0.0
    /// Nothing is ever answered.
    public var hangRate = 0.0
    /// A redirect to another host.
    public var redirectRate = 0.0
    /// An endless body.
    public var hugeBodyRate = 0.0
    /// A body that says it is gzip.
    public var gzipRate = 0.0
    /// The token is refused although it has not run out (VNeID only).
    public var tokenRefusedRate = 0.0
    /// The life of a token in seconds (VNeID only).
    public var tokenSeconds = 300

    public init() {}

    /// What happens to one request.
    enum Choice: Sendable {
        case none, serverError, unavailable, tooMany, soapFault, reset, resetInsteadOfAnswer, resetAfterAnswer, hang,
            redirect
        case hugeBody, gzip, tokenRefused
    }

    func choose(using generator: inout SeededGenerator) -> Choice {
        var left = Double.random(in: 0..<1, using: &generator)
        let rates: [(Double, Choice)] = [
            (serverErrorRate, .serverError), (unavailableRate, .unavailable), (tooManyRate, .tooMany),
            (soapFaultRate, .soapFault),
            (resetRate, .reset), (resetInsteadOfAnswerRate, .resetInsteadOfAnswer),
            (resetAfterAnswerRate, .resetAfterAnswer),
            (hangRate, .hang), (redirectRate, .redirect), (hugeBodyRate, .hugeBody), (gzipRate, .gzip),
            (tokenRefusedRate, .tokenRefused),
        ]
        for (rate, choice) in rates {
            if left < rate { return choice }
            left -= rate
        }
        return .none
    }
}
