// What an HTTP status means to a delivery, the same for every platform.

import HTTP

enum PlatformAnswers {
    /// The verdict that a status alone decides; nil for 2xx and for the 4xx that the connector itself must read.
    static func verdict(_ answer: HTTPResponse) -> AnswerVerdict? {
        switch answer.status {
        case 200..<300: return nil
        case 300..<400:
            // Never followed: the payload is for the peer that proved its name and for no other.
            return .retry(afterMilliseconds: nil, blame: .platform, reason: "the platform answered with a redirect")
        case 401: return .unauthorised
        case 403: return .retry(afterMilliseconds: nil, blame: .platform, reason: "the platform forbids us the call")
        case 408, 425, 502, 504:
            return .retry(afterMilliseconds: nil, blame: .platform, reason: "the platform answered \(answer.status)")
        case 429, 503:
            let asked = BackOff().asked(answer.fields["retry-after"])
            return .retry(afterMilliseconds: asked, blame: .platform, reason: "the platform answered \(answer.status)")
        case 400..<500: return nil
        default: return .retry(afterMilliseconds: nil, blame: .record, reason: "the platform answered \(answer.status)")
        }
    }
}
