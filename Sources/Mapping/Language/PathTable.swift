// All paths of an adapter, joined to one tree per scope, so that one walk over a record's elements finds the
// place of every path: the cost grows with the record, not with the number of fields that are mapped.
//
// Layout. A scope is a root node; a node owns a small open-addressing table of edges by name; an edge has a
// slot (where the element found is noted) and the node with the steps that go on from there. Edges of one
// name with different selectors are chained. Slots belong to scopes: those of scope s are slotRanges[s].

import Records

/// The compiled paths of an adapter.
struct PathTable: Sendable {
    /// Plain data: an array inside would cost a reference count for every element that matches.
    struct Edge: Sendable {
        /// The name's bytes in `names`.
        var name: ArenaSlice
        /// Whether the selector, `selectors` at the edge's index, is `.first`.
        var isPlain: Bool
        var slot: Int32
        /// The node behind this edge, -1 where no path goes on.
        var node: Int32
        /// The next edge of the same name, -1 for the last.
        var sameName: Int32
    }
    struct Node: Sendable {
        var edges: [Int32] = []
        /// Edge by hash of the name; empty until `seal`.
        var places: [Int32] = []
    }

    private var names: [UInt8] = []
    private var edges: [Edge] = []
    private var selectors: [PathSelector] = []
    private var nodes: [Node] = []
    private var scopeRoots: [Int32] = []
    /// Which scope each slot belongs to, while paths are still added.
    private var slotScopes: [Int32] = []
    private var selfSlots: [Int32] = []
    /// The slots of each scope.
    private(set) var scopeSlots: [[Int32]] = []
    var slotCount: Int { slotScopes.count }

    init() {}

    /// Opens a scope: the record's root (scope 0) or the element at hand in a repetition.
    mutating func addScope() -> Int32 {
        nodes.append(Node())
        scopeRoots.append(Int32(nodes.count - 1))
        selfSlots.append(newSlot(Int32(scopeRoots.count - 1)))
        return Int32(scopeRoots.count - 1)
    }

    private mutating func newSlot(_ scope: Int32) -> Int32 {
        slotScopes.append(scope)
        return Int32(slotScopes.count - 1)
    }

    /// The slot in which the element at a path will be noted.
    mutating func slot(of path: SourcePath, in scope: Int32) -> Int32 {
        let scope = path.isAbsolute ? 0 : scope
        var node = scopeRoots[Int(scope)]
        var slot = selfSlots[Int(scope)]
        for (number, step) in path.steps.enumerated() {
            let edge: Int
            if let known = nodes[Int(node)].edges.first(where: {
                name(of: $0) == step.name && selectors[Int($0)] == step.selector
            }) {
                edge = Int(known)
            } else {
                edge = edges.count
                let start = names.count
                names.append(contentsOf: step.name)
                selectors.append(step.selector)
                edges.append(
                    Edge(
                        name: ArenaSlice(start: Int32(start), count: Int32(step.name.count)),
                        isPlain: step.selector == .first, slot: newSlot(scope), node: -1, sameName: -1))
                nodes[Int(node)].edges.append(Int32(edge))
            }
            slot = edges[edge].slot
            if number + 1 < path.steps.count {
                if edges[edge].node < 0 {
                    nodes.append(Node())
                    edges[edge].node = Int32(nodes.count - 1)
                }
                node = edges[edge].node
            }
        }
        return slot
    }

    private func name(of edge: Int32) -> [UInt8] { Array(names[edges[Int(edge)].name.range]) }

    /// Builds the name tables; call once, after the last path.
    mutating func seal() {
        for index in nodes.indices {
            var size = 2
            while size < nodes[index].edges.count * 2 { size *= 2 }
            nodes[index].places = Array(repeating: -1, count: size)
            for edge in nodes[index].edges.reversed() {
                var place = Int(truncatingIfNeeded: nameHash(name(of: edge).span)) & (size - 1)
                while nodes[index].places[place] >= 0,
                    name(of: nodes[index].places[place]) != name(of: edge)
                {
                    place = (place + 1) & (size - 1)
                }
                edges[Int(edge)].sameName = nodes[index].places[place]
                nodes[index].places[place] = edge
            }
        }
        scopeSlots = Array(repeating: [], count: scopeRoots.count)
        for slot in slotScopes.indices { scopeSlots[Int(slotScopes[slot])].append(Int32(slot)) }
    }

    /// Notes in `slots` the elements that a scope's paths lead to, starting at a node of the record. What is
    /// not there becomes -1.
    func bind(_ scope: Int32, to node: Int32, of record: SourceRecord, slots: inout ContiguousArray<Int32>) {
        for slot in scopeSlots[Int(scope)] { slots[Int(slot)] = -1 }
        slots[Int(selfSlots[Int(scope)])] = node
        walk(scopeRoots[Int(scope)], node, record, &slots)
    }

    private func walk(_ tableNode: Int32, _ node: Int32, _ record: SourceRecord, _ slots: inout ContiguousArray<Int32>)
    {
        let count = nodes[Int(tableNode)].places.count
        guard !nodes[Int(tableNode)].edges.isEmpty else { return }
        var child = record.nodes[Int(node)].firstChild
        while child >= 0 {
            let name = record.nodes[Int(child)].name.range
            let hash = nameHash(record.text.span.extracting(name))
            var place = Int(truncatingIfNeeded: hash) & (count - 1)
            while true {
                let edge = nodes[Int(tableNode)].places[place]
                if edge < 0 { break }
                if equal(names.span.extracting(edges[Int(edge)].name.range), record.text.span.extracting(name)) {
                    follow(edge, child, record, &slots)
                    break
                }
                place = (place + 1) & (count - 1)
            }
            child = record.nodes[Int(child)].nextSibling
        }
    }

    /// Tries every selector of one name on one element.
    private func follow(
        _ first: Int32, _ child: Int32, _ record: SourceRecord, _ slots: inout ContiguousArray<Int32>
    ) {
        var edge = first
        while edge >= 0 {
            let current = edges[Int(edge)]
            // A slot below -1 counts the elements of that name already passed by an index selector.
            let noted = slots[Int(current.slot)]
            if noted < 0 {
                switch select(edge, child, record, passed: -1 - noted) {
                case .this(let found):
                    slots[Int(current.slot)] = found
                    if current.node >= 0 { walk(current.node, found, record, &slots) }
                case .later: slots[Int(current.slot)] = noted - 1
                case .never: break
                }
            }
            edge = current.sameName
        }
    }

    private enum Selection {
        case this(Int32)
        case later, never
    }

    private func select(_ edge: Int32, _ child: Int32, _ record: SourceRecord, passed: Int32) -> Selection {
        if edges[Int(edge)].isPlain { return .this(child) }
        let elements = record.nodes[Int(child)].firstChild
        let isArray = elements >= 0 && record.nodes[Int(elements)].name.range.isEmpty
        switch selectors[Int(edge)] {
        case .first: return .this(child)
        case .index(let index):
            guard isArray else { return passed == index ? .this(child) : .later }
            var element = elements
            var left = index
            while element >= 0, left > 0 {
                element = record.nodes[Int(element)].nextSibling
                left -= 1
            }
            return element >= 0 ? .this(element) : .never
        case .whose(let name, let text):
            var element = isArray ? elements : child
            while element >= 0 {
                if let inner = record.child(of: element, named: name),
                    record.equals(record.nodes[Int(inner)].value, text)
                {
                    return .this(element)
                }
                if !isArray { break }
                element = record.nodes[Int(element)].nextSibling
            }
            return .never
        }
    }
}
