// Why a schema is refused, its limits and its options.

/// A schema that cannot be compiled. `pointer` is within the document `uri`.
public struct SchemaError: Error, Sendable, Equatable, CustomStringConvertible {
    public var uri: String
    public var pointer: String
    public var detail: String

    public init(uri: String, pointer: String, detail: String) {
        self.uri = uri
        self.pointer = pointer
        self.detail = detail
    }

    public var description: String { "\(uri)#\(pointer): \(detail)" }
}

/// What a schema may cost to load and to apply.
public struct SchemaLimits: Sendable, Equatable {
    /// One schema document in bytes.
    public var sizeBytesMax = 256 << 10
    /// Subschemas compiled in all, over every resource that is reached.
    public var subschemasMax = 5_000
    /// Subschemas within each other at one evaluation, references included.
    public var depthMax = 400
    /// Operations of one evaluation, to which `stepsPerValue` is added for every value of the instance.
    public var stepsMax = 1_000_000
    public var stepsPerValue = 64
    /// Failures listed of one instance.
    public var failuresMax = 100
    public var pattern = PatternLimits()
    public init() {}
}

public struct SchemaOptions: Sendable, Equatable {
    /// Whether `format` is checked. Contracts rely on it, so it is by default; a schema whose meta-schema
    /// lists the format-assertion vocabulary asserts in any case.
    public var assertsFormat = true
    public var limits = SchemaLimits()
    public init() {}
    public init(assertsFormat: Bool, limits: SchemaLimits = SchemaLimits()) {
        self.assertsFormat = assertsFormat
        self.limits = limits
    }
}
