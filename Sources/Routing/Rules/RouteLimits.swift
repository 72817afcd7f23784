// Named limits of this module.

/// Limits of route files, refused at load past them.
public enum RouteLimits {
    public static let fileBytesMax = 1 << 20
    /// Routes on one contract: a record's decisions are a word of bits.
    public static let routesPerContractMax = 64
    public static let pointersPerRouteMax = 500
    public static let pointerBytesMax = 400
    public static let basesPerRouteMax = 16
    public static let conditionDepthMax = 16
    public static let conditionCountMax = 200
}

/// Limits of the engine, met with a denial past them.
public struct ShareLimits: Sendable {
    /// What one call may write into a batch, in bytes; well under the 2 GiB that a batch can address.
    public var outputBytesMax = 1 << 30
    /// `ce_id` and `ce_subject`, in bytes.
    public var identifierBytesMax = 200

    public init() {}
}
