// What a pattern says: the tree the parser makes of ECMA-262 syntax in Unicode mode, and why one is refused.

/// Why a pattern cannot be used. `unsupported` is valid ECMA-262 that no linear-time matcher can run.
public enum PatternError: Error, Sendable, Equatable, CustomStringConvertible {
    case syntax(String, byteOffset: Int)
    case unsupported(String)
    case tooComplex(String)

    public var description: String {
        switch self {
        case .syntax(let detail, let place): "at byte \(place) of the pattern: \(detail)"
        case .unsupported(let detail): "the pattern uses \(detail), which cannot be matched in linear time; rewrite it"
        case .tooComplex(let detail): "the pattern is too complex: \(detail)"
        }
    }
}

/// Limits of one pattern.
public struct PatternLimits: Sendable, Equatable {
    /// The pattern's text in bytes.
    public var sizeBytesMax = 8_192
    /// Groups within each other.
    public var depthMax = 64
    /// Instructions once counts are written out.
    public var instructionsMax = 10_000
    /// States of the table-driven matcher; over it the instructions are simulated.
    public var statesMax = 1_024
    public init() {}
}

indirect enum PatternNode: Sendable {
    case empty
    case set(CodePointSet)
    case sequence([PatternNode])
    case choice([PatternNode])
    /// `most` nil is without bound.
    case repetition(PatternNode, least: Int, most: Int?)
    case start
    case end
    case wordBoundary(negated: Bool)
}
