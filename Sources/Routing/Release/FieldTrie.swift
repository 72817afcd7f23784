// The places that a contract's routes speak of, as one tree over member names: which routes release what
// lies there, what conditions and consent look at, and where references to persons stand. Flat arrays, so
// that a record is walked past it without a pointer chase or a string.

/// Which of a contract's routes: bit n stands for route n.
typealias RouteMask = UInt64

/// One place of the tree.
struct FieldNode {
    /// Members below: `slots[firstSlot ... firstSlot + slotMask]`, hashed by name; -1 where there are none.
    var firstSlot: Int32 = -1
    var slotMask: Int32 = 0
    /// The node for every element of an array; -1 where there is none.
    var element: Int32 = -1
    /// Captures of this place: `captureNumbers[firstCapture ..< firstCapture + captureCount]`.
    var firstCapture: Int32 = 0
    var captureCount: Int32 = 0
    /// Routes that release the place whole.
    var release: RouteMask = 0
    /// Routes that release something below.
    var deep: RouteMask = 0
    var isReference = false
    var hasReferenceBelow = false
    var hasCaptureBelow = false
}

/// One member name of a node.
struct FieldSlot {
    /// The name's first eight bytes, little endian, zero where shorter.
    var word: UInt64
    var nameStart: Int32
    /// -1 in an empty slot.
    var nameCount: Int32
    var node: Int32
}

/// The compiled tree.
struct FieldTrie {
    private(set) var nodes: ContiguousArray<FieldNode> = [FieldNode()]
    private(set) var slots: ContiguousArray<FieldSlot> = []
    private(set) var captureNumbers: ContiguousArray<Int32> = []
    private var names: [UInt8] = []

    @inline(__always)
    private static func hash(_ word: UInt64, _ count: Int) -> Int {
        let mixed = (word ^ UInt64(truncatingIfNeeded: count)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 40)
    }

    @inline(__always)
    private static func word(_ bytes: Span<UInt8>, _ start: Int, _ count: Int) -> UInt64 {
        if start + 8 <= bytes.count {
            // The load checks its bounds; what lies past the name is masked away.
            let whole = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self)
            return count >= 8 ? UInt64(littleEndian: whole) : UInt64(littleEndian: whole) & (1 << UInt64(8 * count) - 1)
        }
        var word: UInt64 = 0
        var shift: UInt64 = 0
        for place in start..<start + min(count, 8) {
            word |= UInt64(bytes[place]) &<< shift
            shift = shift &+ 8
        }
        return word
    }

    /// The node of a member's name below a node; -1 where the rules know none of that name.
    @inline(__always)
    func member(of node: FieldNode, _ bytes: Span<UInt8>, _ name: Range<Int>) -> Int32 {
        guard node.firstSlot >= 0 else { return -1 }
        let word = FieldTrie.word(bytes, name.lowerBound, name.count)
        var place = FieldTrie.hash(word, name.count) & Int(node.slotMask)
        while true {
            let slot = slots[Int(node.firstSlot) + place]
            if slot.nameCount < 0 { return -1 }
            if slot.word == word, Int(slot.nameCount) == name.count, tailEquals(slot, bytes, name) { return slot.node }
            place = (place + 1) & Int(node.slotMask)
        }
    }

    @inline(__always)
    private func tailEquals(_ slot: FieldSlot, _ bytes: Span<UInt8>, _ name: Range<Int>) -> Bool {
        var offset = 8
        while offset < name.count {
            if names[Int(slot.nameStart) + offset] != bytes[name.lowerBound + offset] { return false }
            offset += 1
        }
        return true
    }

    /// Lays out the tree of a builder.
    init(_ root: FieldTrieBuilder) {
        nodes[0] = FieldNode()
        lay(root, at: 0)
    }

    private mutating func lay(_ builder: FieldTrieBuilder, at number: Int) {
        var node = FieldNode()
        node.release = builder.release
        node.isReference = builder.isReference
        node.firstCapture = Int32(captureNumbers.count)
        node.captureCount = Int32(builder.captures.count)
        captureNumbers.append(contentsOf: builder.captures.map(Int32.init))
        if let element = builder.element {
            node.element = Int32(nodes.count)
            nodes.append(FieldNode())
            lay(element, at: Int(node.element))
            include(nodes[Int(node.element)], &node)
        }
        if !builder.members.isEmpty {
            var capacity = 2
            // At most half full, so that a look-up ends after a step or two.
            while capacity < builder.members.count * 2 { capacity *= 2 }
            node.firstSlot = Int32(slots.count)
            node.slotMask = Int32(capacity - 1)
            let empty = FieldSlot(word: 0, nameStart: 0, nameCount: -1, node: -1)
            slots.append(contentsOf: repeatElement(empty, count: capacity))
            for member in builder.members {
                let child = nodes.count
                nodes.append(FieldNode())
                lay(member.builder, at: child)
                include(nodes[child], &node)
                place(member.name, child: child, in: node)
            }
        }
        nodes[number] = node
    }

    private func include(_ child: FieldNode, _ node: inout FieldNode) {
        node.deep |= child.release | child.deep
        node.hasReferenceBelow = node.hasReferenceBelow || child.isReference || child.hasReferenceBelow
        node.hasCaptureBelow = node.hasCaptureBelow || child.captureCount > 0 || child.hasCaptureBelow
    }

    private mutating func place(_ name: [UInt8], child: Int, in node: FieldNode) {
        let word = FieldTrie.word(name.span, 0, name.count)
        var place = FieldTrie.hash(word, name.count) & Int(node.slotMask)
        while slots[Int(node.firstSlot) + place].nameCount >= 0 { place = (place + 1) & Int(node.slotMask) }
        slots[Int(node.firstSlot) + place] = FieldSlot(
            word: word, nameStart: Int32(names.count), nameCount: Int32(name.count), node: Int32(child))
        names.append(contentsOf: name)
    }
}

/// The tree while it is put together.
final class FieldTrieBuilder {
    var members: [(name: [UInt8], builder: FieldTrieBuilder)] = []
    var element: FieldTrieBuilder?
    var release: RouteMask = 0
    var isReference = false
    var captures: [Int] = []

    /// The node at a place, made where there is none.
    func node(at pointer: FieldPointer) -> FieldTrieBuilder {
        var current = self
        for token in pointer.tokens {
            if token == "*" {
                let next = current.element ?? FieldTrieBuilder()
                current.element = next
                current = next
            } else {
                let name = Array(token.utf8)
                if let known = current.members.first(where: { $0.name == name }) {
                    current = known.builder
                } else {
                    let next = FieldTrieBuilder()
                    current.members.append((name, next))
                    current = next
                }
            }
        }
        return current
    }
}
