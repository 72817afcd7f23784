// ApiVersions (key 18), versions 0-4, flexible from 3: which requests are spoken in which versions.
// An unknown version is answered in version 0 with UNSUPPORTED_VERSION and the ranges.

/// Who asks.
public struct ApiVersionsRequest: WireMessage {
    public static let apiKey = APIKey.apiVersions
    public var clientSoftwareName: String = ""
    public var clientSoftwareVersion: String = ""

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        if coder.version >= 3 { try coder.string(&clientSoftwareName) }
        if coder.version >= 3 { try coder.string(&clientSoftwareVersion) }
        try coder.tags()
    }
}

/// The ranges, and in tagged fields the features that the cluster has (KIP-584).
public struct ApiVersionsResponse: WireMessage {
    public static let apiKey = APIKey.apiVersions
    public var error: ErrorCode = .none
    public var apiKeys: [Range] = []
    public var throttleTimeMilliseconds: Int32 = 0
    public var supportedFeatures: [Feature] = []
    public var finalizedFeaturesEpoch: Int64 = -1
    /// The level in force is in both ends of the range, the highest first.
    public var finalizedFeatures: [Feature] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.error(&error)
        try coder.array(&apiKeys)
        if coder.version >= 1 { try coder.integer(&throttleTimeMilliseconds) }
        guard coder.isFlexible else { return }
        if coder.isWriting {
            try putFeatures(&coder)
        } else {
            for (tag, range) in try coder.takeTags() {
                var inner = FieldCoder(reading: coder.buffer, range: range, version: coder.version, isFlexible: true)
                switch tag {
                case 0: try inner.array(&supportedFeatures)
                case 1: try inner.integer(&finalizedFeaturesEpoch)
                case 2: try inner.array(&finalizedFeatures)
                default: break
                }
            }
        }
    }

    private mutating func putFeatures(_ coder: inout FieldCoder) throws(WireError) {
        guard finalizedFeaturesEpoch >= 0 else { return coder.putTags([]) }
        var supported = FieldCoder(version: coder.version, isFlexible: true)
        // Before version 4 a range that begins with 0 must not be sent.
        var shown = coder.version >= 4 ? supportedFeatures : supportedFeatures.filter { $0.first != 0 }
        try supported.array(&shown)
        var epoch = FieldCoder(version: coder.version, isFlexible: true)
        epoch.put(finalizedFeaturesEpoch)
        var finalized = FieldCoder(version: coder.version, isFlexible: true)
        try finalized.array(&finalizedFeatures)
        coder.putTags([(0, supported.buffer), (1, epoch.buffer), (2, finalized.buffer)])
    }

    /// A feature's levels: supported ones from the lowest to the highest, finalized ones the other way round.
    public struct Feature: WireFields {
        public var name: String = ""
        public var first: Int16 = 0
        public var second: Int16 = 0

        public init() {}

        public init(name: String, first: Int16, second: Int16) {
            self.name = name
            self.first = first
            self.second = second
        }

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&name)
            try coder.integer(&first)
            try coder.integer(&second)
            try coder.tags()
        }
    }

    public struct Range: WireFields {
        public var apiKey: Int16 = 0
        public var minVersion: Int16 = 0
        public var maxVersion: Int16 = 0

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.integer(&apiKey)
            try coder.integer(&minVersion)
            try coder.integer(&maxVersion)
            try coder.tags()
        }
    }
}
