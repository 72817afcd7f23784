// Applying a compiled schema to a value on the tape. One walk serves both uses: without a collector it stops
// at the first failure and allocates nothing; with one it goes on and notes each.
//
// `unevaluated*` needs to know which children the keywords beside it looked at. A schema that has one opens a
// frame, a bit per child, in the scratch's `marks`; keywords on the same instance mark it; a branch that may
// fail (`anyOf`, `if`, …) marks a frame of its own that is added to the outer one only if it holds.

/// Memory that evaluations share, one after the other. One per thread.
public struct ValidationScratch: Sendable {
    var steps = 0
    var depth = 0
    var marks: ContiguousArray<UInt64> = []
    /// Resources entered, outermost first; kept only for schemas with `$dynamicRef`.
    var scope: ContiguousArray<Int32> = []
    var text: [UInt8] = []
    var hashes: ContiguousArray<(hash: UInt64, index: Int32)> = []
    var isTracing = false
    var trace = FailureTrace()
    public init() {}
}

/// What goes into a location between two slashes, made into text only when failures are collected.
enum TraceToken {
    case none
    case number(Int)
    /// The member's key, which precedes the value on the tape.
    case key
    case pattern(Int32)
    case dependency(Int32)
}

struct SchemaEvaluator: ~Escapable {
    let view: JSONView
    let program: SchemaProgram

    @_lifetime(copy view)
    init(view: JSONView, program: SchemaProgram) {
        self.view = view
        self.program = program
    }

    /// No frame to mark.
    static let unmarked = -1

    @inline(__always)
    func evaluate(_ nodeIndex: Int32, _ index: Int, _ track: Int, _ scratch: inout ValidationScratch) -> Bool {
        let node = unsafe program.nodes.address(Int(nodeIndex))
        guard unsafe node.pointee.isLeaf, !scratch.isTracing else {
            return evaluateAll(nodeIndex, index, track, &scratch)
        }
        let entry = view.entryOnTape(index)
        scratch.steps &-= 1
        // No mask has the bit of a key.
        if unsafe node.pointee.shortcut.plainMask & (1 << UInt8(truncatingIfNeeded: entry.kindTag)) != 0 { return true }
        if entry.tag & (7 | TapeEntry.flag) == TapeEntry.stringTag,
            unsafe entry.count >= node.pointee.shortcut.textBytesMin,
            unsafe entry.count <= node.pointee.shortcut.textBytesMax
        {
            return true
        }
        return leaf(nodeIndex, index, &scratch)
    }

    /// A node that only asserts about the value, where nothing is collected.
    @inline(never)
    private func leaf(_ nodeIndex: Int32, _ index: Int, _ scratch: inout ValidationScratch) -> Bool {
        let node = unsafe program.nodes.address(Int(nodeIndex))
        var entry = view.entryOnTape(index)
        if entry.kindTag == TapeEntry.numberTag {
            if unsafe isWithin(node.pointee.shortcut, entry) { return true }
        } else if entry.kindTag == TapeEntry.keyTag {
            entry.tag -= TapeEntry.keyTag - TapeEntry.stringTag
        }
        if unsafe !allows(node.pointee.typeMask, entry) { return false }
        let kind = Int(entry.kindTag)
        var place = unsafe Int(node.pointee.starts[kind])
        let end = unsafe Int(node.pointee.starts[kind &+ 1])
        scratch.steps &-= end &- place
        while place < end {
            let holds =
                switch program.operations[place] {
                case .length(let least, let most): length(entry, least, most, nodeIndex, &scratch)
                case .pattern(let pattern): matches(pattern, entry, &scratch)
                case .format(let name): isFormat(name, entry, &scratch)
                case .constant(let set, _): constant(set, index, entry, &scratch)
                case .minimum(let decimal, let exclusive): compare(entry, decimal) > (exclusive ? 0 : -1)
                case .maximum(let decimal, let exclusive): compare(entry, decimal) < (exclusive ? 0 : 1)
                case .multipleOf(let divisor): isMultiple(entry, divisor)
                default: false
                }
            if !holds { return false }
            place &+= 1
        }
        return true
    }

    /// Whether a number is surely between a shortcut's bounds. A fraction's whole part decides under the upper one.
    @inline(__always)
    private func isWithin(_ shortcut: NodeShortcut, _ entry: TapeEntry) -> Bool {
        if shortcut.integerMin > shortcut.integerMax { return false }
        if !entry.isFlagged {
            guard let value = view.integer(entry) else { return false }
            return value >= shortcut.integerMin && value <= shortcut.integerMax
        }
        guard shortcut.allowsFractions, let whole = view.wholePart(entry) else { return false }
        return whole >= shortcut.integerMin && whole < shortcut.integerMax
    }

    @inline(never)
    private func evaluateAll(
        _ nodeIndex: Int32, _ index: Int, _ track: Int, _ scratch: inout ValidationScratch
    ) -> Bool {
        var nodeIndex = nodeIndex
        var address = unsafe program.nodes.address(Int(nodeIndex))
        scratch.steps &-= 1
        if unsafe address.pointee.shortcut.forward >= 0, !scratch.isTracing {
            nodeIndex = unsafe address.pointee.shortcut.forward
            unsafe address = program.nodes.address(Int(nodeIndex))
            if unsafe address.pointee.isLeaf { return leaf(nodeIndex, index, &scratch) }
        }
        let node = unsafe address.pointee
        if node.isFalse { return fail("", .neverValid, nodeIndex, &scratch) }
        var entry = view.entryOnTape(index)
        // `propertyNames` applies schemas to keys: to them they are strings.
        if entry.kindTag == TapeEntry.keyTag { entry.tag -= TapeEntry.keyTag - TapeEntry.stringTag }
        var holds = true
        if node.typeMask != SchemaNode.anyType, !allows(node.typeMask, entry) {
            holds = fail("type", .type(node.typeMask), nodeIndex, &scratch)
            if !scratch.isTracing { return false }
        }
        if node.starts[0] == node.starts[7] { return holds }
        if scratch.depth >= program.limits.depthMax || scratch.steps < 0 {
            scratch.steps = -1
            return false
        }
        scratch.depth &+= 1
        let entersScope = program.usesScope && scratch.scope.last != node.resource
        if entersScope { scratch.scope.append(node.resource) }
        let kind = Int(entry.kindTag)
        let (start, end) = (node.starts[kind], node.starts[kind &+ 1])
        if node.isUnevaluated && entry.kindTag >= TapeEntry.arrayTag {
            holds = runMarked(node, start, end, nodeIndex, index, entry, track, &scratch) && holds
        } else {
            holds = run(start, end, nodeIndex, index, entry, track, &scratch) && holds
        }
        if entersScope { scratch.scope.removeLast() }
        scratch.depth &-= 1
        return holds
    }

    /// As `run`, with a frame of its own for `unevaluated*`, added to the outer one when all holds.
    private func runMarked(
        _ node: SchemaNode, _ start: Int32, _ end: Int32, _ nodeIndex: Int32, _ index: Int, _ entry: TapeEntry,
        _ track: Int, _ scratch: inout ValidationScratch
    ) -> Bool {
        let frame = openFrame(entry, &scratch)
        var holds = run(start, end, nodeIndex, index, entry, frame, &scratch)
        if holds || scratch.isTracing {
            holds = run(node.starts[6], node.starts[7], nodeIndex, index, entry, frame, &scratch) && holds
        }
        closeFrame(frame, into: holds ? track : SchemaEvaluator.unmarked, entry, &scratch)
        return holds
    }

    @inline(__always)
    private func run(
        _ start: Int32, _ end: Int32, _ nodeIndex: Int32, _ index: Int, _ entry: TapeEntry, _ track: Int,
        _ scratch: inout ValidationScratch
    ) -> Bool {
        var holds = true
        var place = Int(start)
        while place < Int(end) {
            scratch.steps &-= 1
            let operation = program.operations[place]
            let operationHolds =
                if case .members(let table) = operation {
                    members(table, nodeIndex, index, entry, track, &scratch)
                } else {
                    apply(operation, nodeIndex, index, entry, track, &scratch)
                }
            if !operationHolds {
                if !scratch.isTracing { return false }
                holds = false
            }
            place &+= 1
        }
        return holds
    }

    private func apply(
        _ operation: SchemaOperation, _ node: Int32, _ index: Int, _ entry: TapeEntry, _ track: Int,
        _ scratch: inout ValidationScratch
    ) -> Bool {
        switch operation {
        case .constant(let set, let isSingle):
            return constant(set, index, entry, &scratch) || fail(isSingle ? "const" : "enum", .constant, node, &scratch)
        case .minimum(let decimal, let exclusive):
            let order = compare(entry, decimal)
            return (exclusive ? order > 0 : order >= 0)
                || fail(exclusive ? "exclusiveMinimum" : "minimum", .minimum(decimal, exclusive), node, &scratch)
        case .maximum(let decimal, let exclusive):
            let order = compare(entry, decimal)
            return (exclusive ? order < 0 : order <= 0)
                || fail(exclusive ? "exclusiveMaximum" : "maximum", .maximum(decimal, exclusive), node, &scratch)
        case .multipleOf(let divisor):
            return isMultiple(entry, divisor) || fail("multipleOf", .multipleOf, node, &scratch)
        case .length(let least, let most): return length(entry, least, most, node, &scratch)
        case .pattern(let pattern):
            return matches(pattern, entry, &scratch) || fail("pattern", .pattern(pattern), node, &scratch)
        case .format(let name): return isFormat(name, entry, &scratch) || fail("format", .format(name), node, &scratch)
        case .itemCount(let least, let most):
            return count(entry, least, most, ("minItems", "maxItems"), node, &scratch)
        case .memberCount(let least, let most):
            return count(entry, least, most, ("minProperties", "maxProperties"), node, &scratch)
        case .uniqueItems: return isUnique(index, entry, &scratch) || fail("uniqueItems", .uniqueItems, node, &scratch)
        case .items(let start, let count, let rest):
            return items(start, count, rest, node, index, entry, track, &scratch)
        case .contains(let child, let least, let most, let marks):
            let track = marks ? track : SchemaEvaluator.unmarked
            return contains(child, least, most, node, index, entry, track, &scratch)
        case .members(let table): return members(table, node, index, entry, track, &scratch)
        case .propertyNames(let child): return propertyNames(child, node, index, entry, &scratch)
        case .dependentRequired(let start, let count):
            return dependentRequired(start, count, node, index, &scratch)
        case .dependentSchemas(let start, let count):
            return dependentSchemas(start, count, index, track, &scratch)
        case .unevaluatedItems(let child), .unevaluatedProperties(let child):
            return unevaluated(child, index, entry, track, &scratch)
        default: return applyInPlace(operation, node, index, entry, track, &scratch)
        }
    }
}
