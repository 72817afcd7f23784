// Keywords on numbers and strings, and on the counts of containers.

extension SchemaEvaluator {
    @inline(__always)
    func allows(_ mask: UInt8, _ entry: TapeEntry) -> Bool {
        if mask & (1 << UInt8(truncatingIfNeeded: entry.kindTag)) != 0 { return true }
        guard mask & SchemaNode.integerBit != 0, entry.kindTag == TapeEntry.numberTag else { return false }
        return !entry.isFlagged || ExactDecimal(view.bytes, entry.range).isInteger
    }

    // MARK: Constants

    @inline(never)
    func constant(_ set: Int32, _ index: Int, _ entry: TapeEntry, _ scratch: inout ValidationScratch) -> Bool {
        program.constantTable.with(set) { constant($0, index, entry, &scratch) }
    }

    @inline(__always)
    private func constant(
        _ set: ConstantSet, _ index: Int, _ entry: TapeEntry, _ scratch: inout ValidationScratch
    ) -> Bool {
        switch entry.kindTag {
        case TapeEntry.stringTag:
            if entry.isFlagged {
                decode(entry, &scratch)
                return set.strings.find(KeyHash.hash(scratch.text), scratch.text.span, 0..<scratch.text.count) >= 0
            }
            if set.strings.count == 0 { return false }
            if set.keys.count > 0, Int(entry.start) &+ 24 <= view.bytes.count {
                return unsafe view.bytes.withUnsafeBufferPointer { buffer in
                    unsafe set.hasKey(at: UnsafeRawPointer(buffer.baseAddress.unsafelyUnwrapped + Int(entry.start)))
                }
            }
            return set.strings.find(KeyHash.hash(view.bytes, entry.range), view.bytes, entry.range) >= 0
        case TapeEntry.nullTag: return set.literals & 1 != 0
        case TapeEntry.boolTag: return set.literals & (entry.isFlagged ? 4 : 2) != 0
        case TapeEntry.numberTag where !entry.isFlagged:
            if let value = view.integer(entry) {
                // An iterator would allocate where it is not optimised away.
                for place in 0..<set.integers.count where set.integers[place] == value { return true }
            }
        default: break
        }
        if set.others.isEmpty { return false }
        let bytes = program.constantBytes
        let tape = program.constantTape
        let constants = JSONView(bytes: bytes.span, tape: tape)
        for other in set.others where JSONView.equal(view, index, constants, Int(other), steps: &scratch.steps) {
            return true
        }
        return false
    }

    // MARK: Numbers

    /// The instance against a bound: -1, 0 or 1.
    @inline(never)
    func compare(_ entry: TapeEntry, _ decimal: Int32) -> Int {
        let bound = program.bounds[Int(decimal)]
        if !entry.isFlagged, bound.isInteger, let value = view.integer(entry) {
            return value < bound.value ? -1 : value == bound.value ? 0 : 1
        }
        // With a fraction the whole part mostly decides.
        if entry.isFlagged, bound.isInteger, let whole = view.wholePart(entry), whole != bound.value {
            return whole < bound.value ? -1 : 1
        }
        return compareExactly(entry, decimal)
    }

    private func compareExactly(_ entry: TapeEntry, _ decimal: Int32) -> Int {
        let bound = program.decimals[Int(decimal)].text
        return ExactDecimal.compare(
            ExactDecimal(view.bytes, entry.range), view.bytes, ExactDecimal(bound.span, 0..<bound.count), bound.span)
    }

    @inline(never)
    func isMultiple(_ entry: TapeEntry, _ divisor: Int32) -> Bool {
        program.divisors[Int(divisor)].divides(ExactDecimal(view.bytes, entry.range), view.bytes)
    }

    // MARK: Strings

    /// Leaves the decoded text of an entry in the scratch.
    func decode(_ entry: TapeEntry, _ scratch: inout ValidationScratch) {
        scratch.text.removeAll(keepingCapacity: true)
        view.appendDecoded(entry, to: &scratch.text)
    }

    /// Code points, not bytes, UTF-16 units or graphemes (validation §6.3).
    @inline(__always)
    func length(
        _ entry: TapeEntry, _ least: Int, _ most: Int, _ node: Int32, _ scratch: inout ValidationScratch
    ) -> Bool {
        // Between a quarter of the bytes and all of them: often the bytes alone decide.
        let bytes = Int(entry.count)
        if bytes <= most, bytes >= least &* 4, !entry.isFlagged { return true }
        return countedLength(entry, least, most, node, &scratch)
    }

    @inline(never)
    private func countedLength(
        _ entry: TapeEntry, _ least: Int, _ most: Int, _ node: Int32, _ scratch: inout ValidationScratch
    ) -> Bool {
        var length = Int(entry.count)
        if entry.isFlagged {
            decode(entry, &scratch)
            length = CodePoints.count(scratch.text.span)
        } else if length >= least {
            length = CodePoints.count(view.bytes.extracting(entry.range))
        }
        if length < least { return fail("minLength", .least(least), node, &scratch) }
        return length <= most || fail("maxLength", .most(most), node, &scratch)
    }

    @inline(never)
    func matches(_ pattern: Int32, _ entry: TapeEntry, _ scratch: inout ValidationScratch) -> Bool {
        if entry.isFlagged {
            decode(entry, &scratch)
            var steps = scratch.steps
            defer { scratch.steps = steps }
            return program.patternTable.with(pattern) {
                $0.matches(scratch.text.span, steps: &steps)
            }
        }
        return program.patternTable.with(pattern) {
            $0.matches(view.bytes.extracting(entry.range), steps: &scratch.steps)
        }
    }

    @inline(never)
    func isFormat(_ name: FormatName, _ entry: TapeEntry, _ scratch: inout ValidationScratch) -> Bool {
        if entry.isFlagged {
            decode(entry, &scratch)
            return name.holds(scratch.text.span)
        }
        return name.holds(view.bytes.extracting(entry.range))
    }

    // MARK: Counts

    func count(
        _ entry: TapeEntry, _ least: Int, _ most: Int, _ keywords: (StaticString, StaticString), _ node: Int32,
        _ scratch: inout ValidationScratch
    ) -> Bool {
        let count = Int(entry.detail)
        if count < least { return fail(keywords.0, .least(least), node, &scratch) }
        return count <= most || fail(keywords.1, .most(most), node, &scratch)
    }
}
