// How facts find each other. A fact publishes links (what others find it by) and watches links (what its own
// judgement depends on); when a fact comes, changes or goes, every fact that watches one of its links is
// judged anew. So a decision depends on which facts there are, never on the order in which they came.

/// The sort of a link; each model uses few, under names of its own.
public struct LinkTag: Hashable, Sendable {
    var byte: UInt8
    public init(_ letter: Unicode.Scalar) { byte = UInt8(truncatingIfNeeded: letter.value) }

    /// The verifications of an event: `sourceEventId` and person.
    public static let verification = LinkTag("v")
    /// All reference units of a kind.
    public static let referenceUnits = LinkTag("u")
    /// All facts of a person.
    public static let person = LinkTag("p")
}

/// Collects the links of one fact.
public struct Links: Sendable {
    struct Place: Sendable {
        var tag: LinkTag
        var range: Range<Int>
        var isWatched: Bool
        var isPublished: Bool
    }
    private(set) var bytes: [UInt8] = []
    private(set) var places: [Place] = []

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
    }

    /// Others find the fact by these parts.
    public mutating func publish(_ tag: LinkTag, _ parts: ArraySlice<UInt8>...) {
        add(tag, parts, isWatched: false, isPublished: true)
    }

    /// The fact is judged anew when one that publishes these parts comes, changes or goes.
    public mutating func watch(_ tag: LinkTag, _ parts: ArraySlice<UInt8>...) {
        add(tag, parts, isWatched: true, isPublished: false)
    }

    /// Both: facts that compare themselves with each other.
    public mutating func join(_ tag: LinkTag, _ parts: ArraySlice<UInt8>...) {
        add(tag, parts, isWatched: true, isPublished: true)
    }

    private mutating func add(_ tag: LinkTag, _ parts: [ArraySlice<UInt8>], isWatched: Bool, isPublished: Bool) {
        let start = bytes.count
        bytes.append(tag.byte)
        for part in parts {
            // The length in front keeps ("ab", "c") apart from ("a", "bc").
            for shift in stride(from: 24, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: part.count >> shift))
            }
            bytes.append(contentsOf: part)
        }
        places.append(
            Place(tag: tag, range: start..<bytes.count, isWatched: isWatched, isPublished: isPublished))
    }
}

/// One fact's link, numbered.
struct LinkPlace: Sendable, Hashable {
    var link: Int32
    var tag: LinkTag
    var isWatched: Bool
    var isPublished: Bool
}
