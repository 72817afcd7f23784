// ApiVersions (key 18), versions 0-4. A version not known is answered in version 0 with UNSUPPORTED_VERSION and
// the range of this request alone, from which the client chooses again. From 3 the client names its software;
// a name that is not one is refused. Features are Kafka 4.3's; level 0 says that what it stands for is not offered.

import KafkaWire

extension BrokerCore {
    func apiVersions(_ target: ReplyTarget, _ request: ApiVersionsRequest) {
        var response = ApiVersionsResponse()
        if target.version >= 3,
            !Self.isSoftwareName(request.clientSoftwareName) || !Self.isSoftwareName(request.clientSoftwareVersion)
        {
            response.error = .invalidRequest
            return reply(target, response)
        }
        response.apiKeys = APIKey.allCases.map(range) + UnofferedRequest.all.map(\.range)
        response.apiKeys.sort { $0.apiKey < $1.apiKey }
        let features = Feature.all(withUnreleased: settings.values["unstable.feature.versions.enable"] == "true")
        response.supportedFeatures = features.map { feature in
            .init(name: feature.name, first: feature.levelMin, second: feature.levelMax)
        }
        // The metadata's level is finalized, and with it whatever it implies; kraft.version is not listed here.
        response.finalizedFeaturesEpoch = 1
        response.finalizedFeatures = features.compactMap { feature in
            feature.level.map { .init(name: feature.name, first: $0, second: $0) }
        }
        reply(target, response)
    }

    func replyUnsupportedApiVersions(_ target: ReplyTarget) {
        var lowest = target
        lowest.version = 0
        var response = ApiVersionsResponse()
        response.error = .unsupportedVersion
        response.apiKeys = [range(.apiVersions)]
        reply(lowest, response)
    }

    private func range(_ key: APIKey) -> ApiVersionsResponse.Range {
        var range = ApiVersionsResponse.Range()
        range.apiKey = key.rawValue
        range.minVersion = key.announcedVersions.lowerBound
        range.maxVersion = key.announcedVersions.upperBound
        // Version 6 (two-phase commit) is not released.
        if key == .initProducerID, settings.values["unstable.api.versions.enable"] != "true" {
            range.maxVersion = min(5, range.maxVersion)
        }
        return range
    }

    /// Letters and digits, with `.` and `-` between them.
    private static func isSoftwareName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        func isWordCharacter(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
        guard let first = bytes.first, let last = bytes.last, isWordCharacter(first), isWordCharacter(last) else {
            return false
        }
        return bytes.allSatisfy { isWordCharacter($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
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

/// What a cluster can do, by levels.
struct Feature: Sendable {
    var name: String
    var levelMin: Int16
    var levelMax: Int16
    /// The level in force; nil where Kafka does not list it.
    var level: Int16?

    static func all(withUnreleased: Bool) -> [Feature] {
        guard withUnreleased else { return released }
        return released.map { feature in
            var changed = feature
            if feature.name == "metadata.version" { (changed.levelMax, changed.level) = (31, 31) }
            return changed
        }
    }

    static let released: [Feature] = [
        Feature(name: "eligible.leader.replicas.version", levelMin: 0, levelMax: 1, level: 1),
        Feature(name: "group.version", levelMin: 0, levelMax: 1, level: APIKey(rawValue: 68) == nil ? 0 : 1),
        Feature(name: "kraft.version", levelMin: 0, levelMax: 1, level: nil),
        // 7 is 3.3-IV3, 30 is 4.3-IV0.
        Feature(name: "metadata.version", levelMin: 7, levelMax: 30, level: 30),
        Feature(name: "share.version", levelMin: 0, levelMax: 1, level: 0),
        Feature(name: "streams.version", levelMin: 0, levelMax: 1, level: 0),
        Feature(
            name: "transaction.version", levelMin: 0, levelMax: 2,
            level: APIKey.endTransaction.versions.upperBound >= 5 ? 2 : 1),
    ]
}
