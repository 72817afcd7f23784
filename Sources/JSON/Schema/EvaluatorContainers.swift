// Keywords on arrays and objects.

extension SchemaEvaluator {
    // MARK: Arrays

    func items(
        _ start: Int32, _ count: Int32, _ rest: Int32, _ node: Int32, _ index: Int, _ entry: TapeEntry, _ track: Int,
        _ scratch: inout ValidationScratch
    ) -> Bool {
        var holds = true
        var place = index &+ 1
        var position = 0
        while place < entry.next {
            let isPrefix = position < Int(count)
            let child = isPrefix ? program.children[Int(start) &+ position] : rest
            if child < 0 { break }
            let ok = check(
                child, place, SchemaEvaluator.unmarked, &scratch, isPrefix ? "prefixItems" : "items",
                isPrefix ? .number(position) : .none, .number(position))
            if !ok {
                if !scratch.isTracing { return false }
                holds = false
            }
            mark(position, track, &scratch)
            place = view.entries[place].next
            position &+= 1
        }
        return holds
    }

    func contains(
        _ child: Int32, _ least: Int, _ most: Int, _ node: Int32, _ index: Int, _ entry: TapeEntry, _ track: Int,
        _ scratch: inout ValidationScratch
    ) -> Bool {
        let isTracing = scratch.isTracing
        scratch.isTracing = false
        var found = 0
        var position = 0
        var place = index &+ 1
        while place < entry.next {
            if evaluate(child, place, SchemaEvaluator.unmarked, &scratch) {
                found &+= 1
                mark(position, track, &scratch)
                if track < 0, most == Int.max, found >= least { break }
            }
            place = view.entries[place].next
            position &+= 1
        }
        scratch.isTracing = isTracing
        if found < least { return fail("contains", .contains(least), node, &scratch) }
        return found <= most || fail("maxContains", .most(most), node, &scratch)
    }

    /// Few items are compared with each other; more are sorted by hash first and only equal hashes compared.
    func isUnique(_ index: Int, _ entry: TapeEntry, _ scratch: inout ValidationScratch) -> Bool {
        if entry.detail < 2 { return true }
        let base = scratch.hashes.count
        var place = index &+ 1
        while place < entry.next {
            scratch.hashes.append((view.hash(place, steps: &scratch.steps), Int32(truncatingIfNeeded: place)))
            place = view.entries[place].next
        }
        scratch.hashes[base...].sort { $0.hash < $1.hash }
        defer { scratch.hashes.removeLast(scratch.hashes.count - base) }
        var first = base
        while first < scratch.hashes.count {
            var second = first &+ 1
            while second < scratch.hashes.count, scratch.hashes[second].hash == scratch.hashes[first].hash {
                if scratch.steps < 0 { return false }
                let (left, right) = (Int(scratch.hashes[first].index), Int(scratch.hashes[second].index))
                if JSONView.equal(view, left, view, right, steps: &scratch.steps) { return false }
                second &+= 1
            }
            first &+= 1
        }
        return true
    }

    // MARK: Objects

    func members(
        _ tableIndex: Int32, _ node: Int32, _ index: Int, _ entry: TapeEntry, _ track: Int,
        _ scratch: inout ValidationScratch
    ) -> Bool {
        program.memberTables.with(tableIndex) {
            members($0, node, index, entry, track, &scratch)
        }
    }

    @inline(__always)
    private func members(
        _ table: MembersTable, _ node: Int32, _ index: Int, _ entry: TapeEntry, _ track: Int,
        _ scratch: inout ValidationScratch
    ) -> Bool {
        var holds = true
        var required = 0
        var ordinal = 0
        var name = -1
        var place = index &+ 1
        let end = entry.next
        while place < end {
            let key = view.entryOnTape(place)
            name &+= 1
            if !isName(name, key, table) { name = findAny(key, table, &scratch) }
            var isMatched = false
            if name >= 0 {
                let member = unsafe table.members.address(name)
                unsafe required &+= Int(member.pointee.required)
                let child = unsafe member.pointee.node
                if child >= 0 {
                    isMatched = true
                    if !check(child, place &+ 1, SchemaEvaluator.unmarked, &scratch, "properties", .key, .key) {
                        if !scratch.isTracing { return false }
                        holds = false
                    }
                }
            }
            if table.hasPatterns || !isMatched {
                if !otherMember(table, key, place &+ 1, &isMatched, &scratch) {
                    if !scratch.isTracing { return false }
                    holds = false
                }
            }
            if isMatched { mark(ordinal, track, &scratch) }
            ordinal &+= 1
            place = view.entryOnTape(place &+ 1).next
        }
        if required == table.requiredCount { return holds }
        if scratch.isTracing { failMissing(table, node, index, &scratch) }
        return false
    }

    /// `patternProperties`, and `additionalProperties` for what no other keyword matched.
    private func otherMember(
        _ table: MembersTable, _ key: TapeEntry, _ value: Int, _ isMatched: inout Bool,
        _ scratch: inout ValidationScratch
    ) -> Bool {
        var holds = true
        for (pattern, child) in table.patterns where matches(pattern, key, &scratch) {
            isMatched = true
            let ok = check(
                child, value, SchemaEvaluator.unmarked, &scratch, "patternProperties", .pattern(pattern), .key)
            if !ok {
                if !scratch.isTracing { return false }
                holds = false
            }
        }
        if !isMatched, table.additional >= 0 {
            isMatched = true
            holds =
                check(
                    table.additional, value, SchemaEvaluator.unmarked, &scratch, "additionalProperties", .none, .key)
                && holds
        }
        return holds
    }

    /// Whether a key is a table's name of that number; false where only `findAny` can say. The name after the one before
    /// is looked at first: records of one feed mostly have their members in one order.
    @inline(__always)
    private func isName(_ number: Int, _ key: TapeEntry, _ table: MembersTable) -> Bool {
        guard number < table.members.count, Int(key.start) &+ 24 <= view.bytes.count, !key.isFlagged else { return false }
        return unsafe view.bytes.withUnsafeBufferPointer { buffer in
            unsafe table.members.address(number).pointee.key.isAt(
                UnsafeRawPointer(buffer.baseAddress.unsafelyUnwrapped + Int(key.start)))
        }
    }

    /// The number of a key among a table's names, or -1.
    @inline(never)
    private func findAny(_ key: TapeEntry, _ table: MembersTable, _ scratch: inout ValidationScratch) -> Int {
        if table.names.count == 0 { return -1 }
        if key.isFlagged {
            decode(key, &scratch)
            return table.names.find(key.detail, scratch.text.span, 0..<scratch.text.count)
        }
        return table.names.find(key.detail, view.bytes, key.range)
    }

    func propertyNames(
        _ child: Int32, _ node: Int32, _ index: Int, _ entry: TapeEntry, _ scratch: inout ValidationScratch
    ) -> Bool {
        var holds = true
        var place = index &+ 1
        while place < entry.next {
            if !check(child, place, SchemaEvaluator.unmarked, &scratch, "propertyNames", .none, .none) {
                if !scratch.isTracing { return false }
                holds = fail("propertyNames", .propertyName, node, &scratch)
            }
            place = view.entries[place &+ 1].next
        }
        return holds
    }

    func dependentRequired(
        _ start: Int32, _ count: Int32, _ node: Int32, _ index: Int, _ scratch: inout ValidationScratch
    ) -> Bool {
        let object = JSONNode(index)
        var holds = true
        for place in Int(start)..<Int(start &+ count) {
            guard view.member(object, program.dependencies[place].name) != nil else { continue }
            for name in program.dependencies[place].required {
                scratch.steps &-= 1
                if view.member(object, name) != nil { continue }
                holds = fail("dependentRequired", .dependentRequired(name), node, &scratch)
                if !scratch.isTracing { return false }
            }
        }
        return holds
    }

    func dependentSchemas(
        _ start: Int32, _ count: Int32, _ index: Int, _ track: Int, _ scratch: inout ValidationScratch
    ) -> Bool {
        var holds = true
        for place in Int(start)..<Int(start &+ count) {
            guard view.member(JSONNode(index), program.dependencies[place].name) != nil else { continue }
            let child = program.dependencies[place].node
            let token = TraceToken.dependency(Int32(truncatingIfNeeded: place))
            if !check(child, index, track, &scratch, "dependentSchemas", token, .none) {
                if !scratch.isTracing { return false }
                holds = false
            }
        }
        return holds
    }

    // MARK: Unevaluated

    func unevaluated(
        _ child: Int32, _ index: Int, _ entry: TapeEntry, _ track: Int, _ scratch: inout ValidationScratch
    ) -> Bool {
        let isObject = entry.kindTag == TapeEntry.objectTag
        var holds = true
        var ordinal = 0
        var place = index &+ 1
        while place < entry.next {
            let value = isObject ? place &+ 1 : place
            if !isMarked(ordinal, track, scratch) {
                let ok = check(
                    child, value, SchemaEvaluator.unmarked, &scratch,
                    isObject ? "unevaluatedProperties" : "unevaluatedItems", .none, isObject ? .key : .number(ordinal))
                if !ok {
                    if !scratch.isTracing { return false }
                    holds = false
                }
                mark(ordinal, track, &scratch)
            }
            ordinal &+= 1
            place = view.entries[value].next
        }
        return holds
    }
}
