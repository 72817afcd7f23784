// Keywords that apply other schemas to the same instance, and the frames in which they mark its children.

extension SchemaEvaluator {
    func applyInPlace(
        _ operation: SchemaOperation, _ node: Int32, _ index: Int, _ entry: TapeEntry, _ track: Int,
        _ scratch: inout ValidationScratch
    ) -> Bool {
        switch operation {
        case .reference(let child): return check(child, index, track, &scratch, "$ref", .none, .none)
        case .dynamicReference(let reference):
            return check(target(of: reference, scratch), index, track, &scratch, "$dynamicRef", .none, .none)
        case .allOf(let start, let count): return allOf(start, count, index, track, &scratch)
        case .anyOf(let start, let count): return anyOf(start, count, node, index, entry, track, &scratch)
        case .oneOf(let start, let count): return oneOf(start, count, node, index, entry, track, &scratch)
        case .not(let child):
            return !attempt(child, index, entry, SchemaEvaluator.unmarked, &scratch)
                || fail("not", .not, node, &scratch)
        case .conditional(let test, let then, let otherwise):
            if attempt(test, index, entry, track, &scratch) {
                return then < 0 || check(then, index, track, &scratch, "then", .none, .none)
            }
            return otherwise < 0 || check(otherwise, index, track, &scratch, "else", .none, .none)
        default: return true
        }
    }

    private func allOf(
        _ start: Int32, _ count: Int32, _ index: Int, _ track: Int, _ scratch: inout ValidationScratch
    ) -> Bool {
        var holds = true
        for position in 0..<Int(count) {
            let child = program.children[Int(start) &+ position]
            if !check(child, index, track, &scratch, "allOf", .number(position), .none) {
                if !scratch.isTracing { return false }
                holds = false
            }
        }
        return holds
    }

    private func anyOf(
        _ start: Int32, _ count: Int32, _ node: Int32, _ index: Int, _ entry: TapeEntry, _ track: Int,
        _ scratch: inout ValidationScratch
    ) -> Bool {
        var holds = false
        for position in 0..<Int(count) {
            if scratch.steps < 0 { return false }
            if attempt(program.children[Int(start) &+ position], index, entry, track, &scratch) {
                holds = true
                // Every branch that holds marks its children; where nobody asks, one is enough.
                if track < 0 { return true }
            }
        }
        if holds { return true }
        _ = fail("anyOf", .anyOf, node, &scratch)
        traceBranches(start, count, index, "anyOf", &scratch)
        return false
    }

    private func oneOf(
        _ start: Int32, _ count: Int32, _ node: Int32, _ index: Int, _ entry: TapeEntry, _ track: Int,
        _ scratch: inout ValidationScratch
    ) -> Bool {
        var found = 0
        for position in 0..<Int(count) {
            if scratch.steps < 0 { return false }
            if attempt(program.children[Int(start) &+ position], index, entry, track, &scratch) {
                found &+= 1
                if found == 2 { return fail("oneOf", .oneOfMany, node, &scratch) }
            }
        }
        if found == 1 { return true }
        _ = fail("oneOf", .oneOfNone, node, &scratch)
        traceBranches(start, count, index, "oneOf", &scratch)
        return false
    }

    private func traceBranches(
        _ start: Int32, _ count: Int32, _ index: Int, _ keyword: StaticString, _ scratch: inout ValidationScratch
    ) {
        if !scratch.isTracing { return }
        for position in 0..<Int(count) {
            let child = program.children[Int(start) &+ position]
            _ = check(child, index, SchemaEvaluator.unmarked, &scratch, keyword, .number(position), .none)
        }
    }

    /// A branch that may fail: marks only if it holds, and collects nothing.
    private func attempt(
        _ child: Int32, _ index: Int, _ entry: TapeEntry, _ track: Int, _ scratch: inout ValidationScratch
    ) -> Bool {
        let isTracing = scratch.isTracing
        scratch.isTracing = false
        defer { scratch.isTracing = isTracing }
        if track < 0 || entry.kindTag < TapeEntry.arrayTag {
            return evaluate(child, index, SchemaEvaluator.unmarked, &scratch)
        }
        let frame = openFrame(entry, &scratch)
        let holds = evaluate(child, index, frame, &scratch)
        closeFrame(frame, into: holds ? track : SchemaEvaluator.unmarked, entry, &scratch)
        return holds
    }

    /// Core §8.2.3.2: the outermost resource entered so far that has the anchor; else the reference's own target.
    private func target(of reference: Int32, _ scratch: ValidationScratch) -> Int32 {
        let reference = program.dynamicReferences[Int(reference)]
        if reference.anchors.isEmpty { return reference.initial }
        for resource in scratch.scope {
            for anchor in reference.anchors where anchor.resource == resource { return anchor.node }
        }
        return reference.initial
    }

    // MARK: Frames

    /// A bit for each child, none set.
    func openFrame(_ entry: TapeEntry, _ scratch: inout ValidationScratch) -> Int {
        let start = scratch.marks.count
        for _ in 0..<(Int(entry.detail) + 63) / 64 { scratch.marks.append(0) }
        scratch.steps &-= Int(entry.detail) / 64
        return start
    }

    /// Forgets a frame, its marks added to the outer one unless that is `unmarked`.
    func closeFrame(_ frame: Int, into outer: Int, _ entry: TapeEntry, _ scratch: inout ValidationScratch) {
        let words = (Int(entry.detail) + 63) / 64
        if outer >= 0 {
            for word in 0..<words { scratch.marks[outer + word] |= scratch.marks[frame + word] }
        }
        scratch.marks.removeLast(scratch.marks.count - frame)
    }

    @inline(__always)
    func mark(_ ordinal: Int, _ track: Int, _ scratch: inout ValidationScratch) {
        if track < 0 { return }
        scratch.marks[track &+ ordinal / 64] |= 1 << UInt64(ordinal & 63)
    }

    @inline(__always)
    func isMarked(_ ordinal: Int, _ track: Int, _ scratch: ValidationScratch) -> Bool {
        track >= 0 && scratch.marks[track &+ ordinal / 64] & (1 << UInt64(ordinal & 63)) != 0
    }
}
