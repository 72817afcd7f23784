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

/// The ranges. Supported features (tagged) are not announced.
public struct ApiVersionsResponse: WireMessage {
    public static let apiKey = APIKey.apiVersions
    public var error: ErrorCode = .none
    public var apiKeys: [Range] = []
    public var throttleTimeMilliseconds: Int32 = 0

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.error(&error)
        try coder.array(&apiKeys)
        if coder.version >= 1 { try coder.integer(&throttleTimeMilliseconds) }
        try coder.tags()
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
