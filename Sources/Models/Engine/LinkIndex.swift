// Which facts stand at a link: one list of slots a link, in one pool of nodes, so that ten million links cost
// no allocation each.

/// Lists of slot numbers by link number.
struct LinkIndex: Sendable {
    private struct Node {
        var slot: Int32
        var next: Int32
    }
    private var heads: ContiguousArray<Int32> = []
    private var nodes: ContiguousArray<Node> = []
    /// First of the nodes given back; -1 is none.
    private var free: Int32 = -1

    mutating func add(_ slot: Int32, at link: Int32) {
        while heads.count <= Int(link) { heads.append(-1) }
        let node = Node(slot: slot, next: heads[Int(link)])
        if free >= 0 {
            heads[Int(link)] = free
            free = nodes[Int(free)].next
            nodes[Int(heads[Int(link)])] = node
        } else {
            heads[Int(link)] = Int32(nodes.count)
            nodes.append(node)
        }
    }

    mutating func remove(_ slot: Int32, at link: Int32) {
        guard Int(link) < heads.count else { return }
        var place = heads[Int(link)]
        var before: Int32 = -1
        while place >= 0 {
            let node = nodes[Int(place)]
            if node.slot == slot {
                if before < 0 { heads[Int(link)] = node.next } else { nodes[Int(before)].next = node.next }
                nodes[Int(place)].next = free
                free = place
                return
            }
            (before, place) = (place, node.next)
        }
    }

    /// Calls with the slots at the link, at most `limit`, in no order that a rule may depend on.
    func each(at link: Int32, limit: Int = .max, _ body: (Int32) -> Void) {
        guard Int(link) < heads.count else { return }
        var place = heads[Int(link)]
        var count = 0
        while place >= 0, count < limit {
            body(nodes[Int(place)].slot)
            place = nodes[Int(place)].next
            count += 1
        }
    }
}
