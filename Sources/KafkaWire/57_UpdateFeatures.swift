// UpdateFeatures (key 57), versions 0-2, flexible from 0. Upgrade types: 1 upgrade, 2 safe downgrade, 3 unsafe
// downgrade. 2 leaves the results of single features out.

/// The levels wanted; level 0 removes a feature.
public struct UpdateFeaturesRequest: WireMessage {
    public static let apiKey = APIKey.updateFeatures
    public var timeoutMilliseconds: Int32 = 60_000
    public var updates: [Update] = []
    public var validatesOnly: Bool = false

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&timeoutMilliseconds)
        try coder.array(&updates)
        if coder.version >= 1 { try coder.boolean(&validatesOnly) }
        try coder.tags()
    }

    public struct Update: WireFields {
        public var feature: String = ""
        public var levelMax: Int16 = 0
        public var allowsDowngrade: Bool = false
        public var upgradeType: Int8 = 1

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&feature)
            try coder.integer(&levelMax)
            if coder.version == 0 { try coder.boolean(&allowsDowngrade) }
            if coder.version >= 1 { try coder.integer(&upgradeType) }
            try coder.tags()
        }
    }
}

/// Whether they hold.
public struct UpdateFeaturesResponse: WireMessage {
    public static let apiKey = APIKey.updateFeatures
    public var throttleTimeMilliseconds: Int32 = 0
    public var error: ErrorCode = .none
    public var errorMessage: String?
    public var results: [Result] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        try coder.error(&error)
        try coder.nullableString(&errorMessage)
        if (0...1).contains(coder.version) { try coder.array(&results) }
        try coder.tags()
    }

    public struct Result: WireFields {
        public var feature: String = ""
        public var error: ErrorCode = .none
        public var errorMessage: String?

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&feature)
            try coder.error(&error)
            try coder.nullableString(&errorMessage)
            try coder.tags()
        }
    }
}
