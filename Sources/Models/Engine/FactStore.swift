// All facts of a model, by record and by link. It knows nothing of rules.

/// One record's place in the store.
struct FactSlot: Sendable {
    /// Nil where the record was only heard of (its restored entry was deleted).
    var fact: Fact?
    var links: [LinkPlace] = []
    /// Ids of the events that brought earlier versions, 8 bytes each: a second delivery of any is ignored.
    var history: [UInt8] = []
    /// What the last judgement added to the indicators and said.
    var contributions: [Contribution] = []
    var words: [String] = []
    /// Of the finding last written to the output contract; 0 is none.
    var findingSignature: UInt64 = 0
    var findingRevision: UInt32 = 0
    var isDirty = false
}

/// The facts and their links.
public struct FactStore: Sendable {
    private var records = InternTable()
    var slots: ContiguousArray<FactSlot> = []
    private var linkNumbers = InternTable()
    private var published = LinkIndex()
    private var watched = LinkIndex()

    /// The slot of a record, made on first sight.
    mutating func slot(for key: ArraySlice<UInt8>) -> Int32 {
        let number = records.intern(key)
        if Int(number) == slots.count { slots.append(FactSlot()) }
        return number
    }

    /// The key that a slot was made with.
    func key(of slot: Int32) -> ArraySlice<UInt8> { records.bytes(of: slot) }

    /// Numbers the links of a slot and enters it at them.
    mutating func enter(_ slot: Int32, _ links: borrowing Links) {
        var places: [LinkPlace] = []
        places.reserveCapacity(links.places.count)
        for place in links.places {
            let link = linkNumbers.intern(links.bytes[place.range])
            if places.contains(where: { $0.link == link }) { continue }
            places.append(
                LinkPlace(link: link, tag: place.tag, isWatched: place.isWatched, isPublished: place.isPublished))
            if place.isPublished { published.add(slot, at: link) }
            if place.isWatched { watched.add(slot, at: link) }
        }
        slots[Int(slot)].links = places
    }

    /// Takes a slot out of its links.
    mutating func leave(_ slot: Int32) {
        for place in slots[Int(slot)].links {
            if place.isPublished { published.remove(slot, at: place.link) }
            if place.isWatched { watched.remove(slot, at: place.link) }
        }
        slots[Int(slot)].links = []
    }

    /// Every fact that watches what this one publishes.
    func eachWatcher(of slot: Int32, _ body: (Int32) -> Void) {
        for place in slots[Int(slot)].links where place.isPublished {
            watched.each(at: place.link, limit: ModelLimits.neighboursMax, body)
        }
    }

    /// Every fact published at the links of that sort which a slot watches.
    func eachNeighbour(of slot: Int32, _ tag: LinkTag, _ body: (Int32) -> Void) {
        for place in slots[Int(slot)].links where place.isWatched && place.tag == tag {
            published.each(at: place.link, limit: ModelLimits.neighboursMax, body)
        }
    }

    /// Every fact published at a link given by its parts.
    func eachPublished(at links: borrowing Links, _ body: (Int32) -> Void) {
        for place in links.places {
            if let link = linkNumbers.find(links.bytes[place.range]) { published.each(at: link, body) }
        }
    }
}

/// One fact to be judged, with what it can see.
public struct Case: Sendable {
    public let fact: Fact
    let slot: Int32
    let store: FactStore

    /// The other facts at the watched links of that sort, each once, in no order that a rule may depend on.
    public func others(_ tag: LinkTag) -> [Fact] {
        var found: [Int32] = []
        store.eachNeighbour(of: slot, tag) { if $0 != slot { found.append($0) } }
        if found.count > 1 { found.sort() }
        var neighbours: [Fact] = []
        for (place, other) in found.enumerated() where place == 0 || found[place - 1] != other {
            if let fact = store.slots[Int(other)].fact { neighbours.append(fact) }
        }
        return neighbours
    }
}
