// One walk over a record's tape for all routes of its contract. What it leaves behind is short: the parts
// that some route releases, in order, each with the routes it goes to, and the values that conditions and
// consent look at. Each permitted route is then written from that list without looking at a name again.

import Consent
import JSON

/// One part of a record that some route releases.
struct ReleasePart {
    enum Kind: UInt8 {
        /// A value with nothing to take out of it.
        case value
        /// A reference to a person: routes with references of their own get another one.
        case reference
        /// An object or array of which parts follow, up to the `leave` at `end`.
        case enterObject, enterArray
        case leave
    }
    var kind: Kind
    /// Whether it is an array's element and so without a name.
    var isElement: Bool
    /// From the name's opening quote, or from the value's first byte in an array.
    var start: Int32
    var valueStart: Int32
    var valueEnd: Int32
    /// The index of the `leave` of an `enter…`.
    var end: Int32
    /// Routes that get the part or something of it; of a `leave` those that get all of it.
    var mask: RouteMask
    /// Routes that get it as it stands.
    var whole: RouteMask
}

/// A value that a condition or a consent looks at.
struct Capture {
    var number: Int32
    var node: JSONNode
    /// The value's bytes, from the record's first.
    var start: Int32
    var end: Int32
}

/// The result of walking one record; reused from record to record.
struct RecordWalk {
    private(set) var parts: ContiguousArray<ReleasePart> = []
    private(set) var captures: ContiguousArray<Capture> = []
    /// Routes whose release cannot be trusted: a reference that is none, a name written with escapes.
    private(set) var faulty: RouteMask = 0

    /// Walks a record; false where it is no object.
    mutating func walk(_ view: borrowing JSONView, _ contract: ContractRoutes) -> Bool {
        parts.removeAll(keepingCapacity: true)
        captures.removeAll(keepingCapacity: true)
        faulty = 0
        let root = view.root
        guard view.kind(root) == .object else { return false }
        object(view, root, 0, inherited: 0, contract)
        return true
    }

    private mutating func object(
        _ view: borrowing JSONView, _ node: JSONNode, _ place: Int32, inherited: RouteMask,
        _ contract: ContractRoutes
    ) {
        let field = contract.trie.nodes[Int(place)]
        var child = view.firstChild(node)
        while let value = child {
            let name = view.keyRange(value)
            // The hub's own records have plain names; another spelling of one would slip past the rules.
            if view.keyHasEscapes(value) { faulty = .max }
            let known = contract.trie.member(of: field, view.bytes, name)
            if known >= 0 {
                visit(view, value, known, start: name.lowerBound - 1, isElement: false, inherited, contract)
            } else if inherited != 0 {
                add(.value, view.rawRange(value), start: name.lowerBound - 1, isElement: false, inherited, inherited)
            }
            child = view.next(value, in: node)
        }
    }

    private mutating func visit(
        _ view: borrowing JSONView, _ value: JSONNode, _ place: Int32, start: Int,
        isElement: Bool, _ inherited: RouteMask, _ contract: ContractRoutes
    ) {
        let field = contract.trie.nodes[Int(place)]
        let effective = inherited | field.release
        let raw = view.rawRange(value)
        for number in Int(field.firstCapture)..<Int(field.firstCapture + field.captureCount) {
            captures.append(
                Capture(
                    number: contract.trie.captureNumbers[number], node: value,
                    start: Int32(truncatingIfNeeded: raw.lowerBound), end: Int32(truncatingIfNeeded: raw.upperBound)))
        }
        if field.isReference {
            let replacing = effective & contract.ownReferences
            if replacing != 0, PersonReference(hex: view.bytes, at: raw.lowerBound + 1) == nil || raw.count != 34 {
                faulty |= replacing
            }
            if effective != 0 { add(.reference, raw, start: start, isElement: isElement, effective, effective) }
            return
        }
        let replacing = field.hasReferenceBelow ? effective & contract.ownReferences : 0
        if field.deep & ~effective == 0, replacing == 0, !field.hasCaptureBelow {
            if effective != 0 { add(.value, raw, start: start, isElement: isElement, effective, effective) }
            return
        }
        let kind = view.kind(value)
        guard kind == .object || (kind == .array && field.element >= 0) else {
            // Not the container that the rules expect: only who gets all of it gets it.
            if effective != 0 { add(.value, raw, start: start, isElement: isElement, effective, effective) }
            return
        }
        let entered = parts.count
        add(
            kind == .object ? .enterObject : .enterArray, raw, start: start, isElement: isElement,
            effective | field.deep, effective & ~replacing)
        if kind == .object {
            object(view, value, place, inherited: effective, contract)
        } else {
            elements(view, value, field.element, effective, contract)
        }
        parts[entered].end = Int32(parts.count)
        add(.leave, raw, start: start, isElement: isElement, effective, 0)
    }

    private mutating func elements(
        _ view: borrowing JSONView, _ array: JSONNode, _ place: Int32, _ inherited: RouteMask,
        _ contract: ContractRoutes
    ) {
        var child = view.firstChild(array)
        while let element = child {
            let start = view.rawRange(element).lowerBound
            visit(view, element, place, start: start, isElement: true, inherited, contract)
            child = view.next(element, in: array)
        }
    }

    @inline(__always)
    private mutating func add(
        _ kind: ReleasePart.Kind, _ raw: Range<Int>, start: Int, isElement: Bool, _ mask: RouteMask, _ whole: RouteMask
    ) {
        parts.append(
            ReleasePart(
                kind: kind, isElement: isElement, start: Int32(truncatingIfNeeded: start),
                valueStart: Int32(truncatingIfNeeded: raw.lowerBound),
                valueEnd: Int32(truncatingIfNeeded: raw.upperBound), end: -1, mask: mask, whole: whole))
    }

    /// How often a place was met.
    func count(of capture: Int32) -> Int {
        var count = 0
        for one in captures where one.number == capture { count += 1 }
        return count
    }
}
