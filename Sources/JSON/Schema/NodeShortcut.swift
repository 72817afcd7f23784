// What most values of a record are decided by: a type and nothing else, a text of so many bytes, an integer between
// two bounds, or a mere reference. Found once, when a schema is compiled; the operations stay for all other cases
// and for collecting failures.

/// A node's shortest answer. Each says only that a value satisfies the node, never that it does not.
struct NodeShortcut: BitwiseCopyable {
    /// Bit per kind of instance that the node allows and asserts nothing else about.
    var plainMask: UInt8 = 0
    /// The node that this one is a mere `$ref` to, or -1.
    var forward: Int32 = -1
    /// A text of this many bytes without escapes has a length that is allowed.
    var textBytesMin: Int32 = 0
    var textBytesMax: Int32 = -1
    /// An integer within these bounds is allowed; none is where the least is the greater.
    var integerMin = Int64.max
    var integerMax = Int64.min
    /// Whether a number need not be an integer.
    var allowsFractions = false
}

extension SchemaDraft {
    /// To be called once all nodes are compiled and known to end.
    mutating func addShortcuts() {
        for number in nodes.indices { nodes[number].shortcut = shortcut(nodes[number]) }
    }

    private func operations(_ node: SchemaNode, _ kind: JSONKind) -> ArraySlice<SchemaOperation> {
        let kind = Int(kind.rawValue)
        return operations[Int(node.starts[kind])..<Int(node.starts[kind + 1])]
    }

    private func shortcut(_ node: SchemaNode) -> NodeShortcut {
        var shortcut = NodeShortcut()
        if node.isFalse || node.isUnevaluated { return shortcut }
        shortcut.forward = target(node)
        guard node.isLeaf else { return shortcut }
        for kind in JSONKind.allCases {
            let bit: UInt8 = 1 << kind.rawValue
            if node.typeMask & bit != 0, operations(node, kind).isEmpty { shortcut.plainMask |= bit }
        }
        let texts = operations(node, .string)
        if node.typeMask & 1 << JSONKind.string.rawValue != 0, texts.count == 1,
            case .length(let least, let most)? = texts.first, least < 1 << 24
        {
            // A character is one to four bytes.
            shortcut.textBytesMin = Int32(truncatingIfNeeded: least * 4)
            shortcut.textBytesMax = Int32(clamping: most)
        }
        shortcut.allowsFractions = node.typeMask & 1 << JSONKind.number.rawValue != 0
        if let bounds = bounds(node) { (shortcut.integerMin, shortcut.integerMax) = bounds }
        return shortcut
    }

    /// Where every assertion about numbers is a bound that is an integer.
    private func bounds(_ node: SchemaNode) -> (Int64, Int64)? {
        let numberBit: UInt8 = 1 << JSONKind.number.rawValue
        guard node.typeMask & (numberBit | SchemaNode.integerBit) != 0 else { return nil }
        var (least, most) = (Int64.min, Int64.max)
        for operation in operations(node, .number) {
            switch operation {
            case .minimum(let decimal, let exclusive):
                guard let bound = decimals[Int(decimal)].integer, bound < Int64.max else { return nil }
                least = max(least, exclusive ? bound + 1 : bound)
            case .maximum(let decimal, let exclusive):
                guard let bound = decimals[Int(decimal)].integer, bound > Int64.min else { return nil }
                most = min(most, exclusive ? bound - 1 : bound)
            default: return nil
            }
        }
        return (least, most)
    }

    /// What a node without anything but `$ref` refers to, through all such nodes.
    private func target(_ node: SchemaNode) -> Int32 {
        if !dynamicReferences.isEmpty || node.typeMask != SchemaNode.anyType { return -1 }
        guard node.starts[6] == node.starts[7] else { return -1 }
        var found: Int32?
        for kind in JSONKind.allCases {
            let own = operations(node, kind)
            guard own.count == 1, case .reference(let child)? = own.first, found ?? child == child else { return -1 }
            found = child
        }
        guard let found, found >= 0 else { return -1 }
        // References that lead in a circle were refused.
        let further = target(nodes[Int(found)])
        return further >= 0 ? further : found
    }
}
