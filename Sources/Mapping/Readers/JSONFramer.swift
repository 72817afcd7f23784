// Cuts a JSON document into the values at a pointer (`/*`, `/data/items/*`). It follows brackets, strings and
// separators only; the record reader checks the rest. After a broken record cutting goes on where the next one
// begins: at an object that starts with the same member as the first whole record of the file did, since an
// export writes all its records alike.

import Records

struct JSONFramer: Sendable {
    enum State: Sendable {
        case value, valueOrEnd, key, keyOrEnd, inKey, inKeyEscape, colon, separator, string, stringEscape, literal, end
    }

    /// One open array or object.
    struct Level: Sendable {
        var isObject: Bool
        /// Whether the pointer's tokens down to this level's elements so far agree.
        var isOnPath: Bool
    }

    /// How the beginning of the next record is sought after a fault.
    enum Search: Sendable {
        case brace, blank
        case key(Int)
    }

    let tokens: [[UInt8]]
    var state = State.value
    var stack: [Level] = []
    /// The key just read, on the pointer's levels only.
    var key: [UInt8] = []
    var recordStart: Int?
    var hasBegun = false
    /// The first member's name of the first whole record, with its quotes.
    var firstKey: [UInt8]?
    var candidateKey: [UInt8] = []
    var isCandidateKey = false
    var pending: (code: RejectionCode, start: Int, place: Int)?
    var search = Search.brace
    var braceStart = 0
    var lastSign: UInt8 = 0

    init(spec: ReaderSpec) { tokens = spec.record.map { Array($0.utf8) } }

    mutating func scan(_ core: inout FramerCore, isLast: Bool, _ body: FrameBody) rethrows {
        if !hasBegun {
            hasBegun = true
            core.setTitles(core.copy(from: 0, to: core.position))
        }
        repeat {
            while core.hasUnit, !core.isFinished {
                if case .string = state, pending == nil {
                    core.skip(toControlOr: UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "\""))
                    guard core.hasUnit else { break }
                }
                let unit = core.unit(at: core.position)
                if pending != nil {
                    try seek(unit, &core, body)
                } else if try step(unit, &core, body) {
                    continue
                }
                core.position += core.width
            }
        } while try isLast && !core.isFinished && endFile(&core, body)
        if !core.isFinished { keep(&core) }
    }

    private mutating func keep(_ core: inout FramerCore) {
        var needed = core.position
        if let recordStart { needed = recordStart }
        if let pending {
            needed = pending.start
            if core.position - needed > core.limits.faultBytesMax {
                if !core.isTooLarge { core.keepFrom = needed }
                core.beginTooLarge()
                // What may be the next record's beginning is kept.
                if case .brace = search {} else { core.keepFrom = braceStart }
                return
            }
        } else if core.isTooLarge || core.position - needed > core.limits.recordBytesMax {
            if !core.isTooLarge { core.keepFrom = needed }
            core.beginTooLarge()
            return
        }
        core.keepFrom = needed
    }

    // MARK: One unit

    /// Takes one unit; answers whether it must be looked at again.
    private mutating func step(_ unit: UInt8, _ core: inout FramerCore, _ body: FrameBody) rethrows -> Bool {
        switch state {
        case .string:
            if unit == UInt8(ascii: "\"") { return try endValue(&core, includesUnit: true, body) }
            if unit == UInt8(ascii: "\\") { state = .stringEscape }
            if unit < 0x20 { fail(.jsonMalformed, &core) }
        case .stringEscape: state = .string
        case .literal:
            if unit >= 0x30 && unit <= 0x39 || unit | 0x20 >= 0x61 && unit | 0x20 <= 0x7A || unit == 0x2B
                || unit == 0x2D || unit == 0x2E
            {
                return false
            }
            _ = try endValue(&core, includesUnit: false, body)
            return pending == nil
        case .inKey:
            if unit == UInt8(ascii: "\"") {
                state = .colon
                if isCandidateKey { candidateKey.append(unit) }
                isCandidateKey = false
                return false
            }
            if unit == UInt8(ascii: "\\") { state = .inKeyEscape }
            if unit < 0x20 { fail(.jsonMalformed, &core) }
            noteKey(unit, core.limits)
        case .inKeyEscape:
            state = .inKey
            noteKey(unit, core.limits)
        default:
            if unit == 0x20 || unit == 0x0A || unit == 0x0D || unit == 0x09 { return false }
            try structure(unit, &core, body)
        }
        return false
    }

    private mutating func noteKey(_ unit: UInt8, _ limits: ReaderLimits) {
        if key.count < limits.nameBytesMax { key.append(unit) }
        if isCandidateKey, candidateKey.count < limits.nameBytesMax { candidateKey.append(unit) }
    }

    private mutating func structure(_ unit: UInt8, _ core: inout FramerCore, _ body: FrameBody) rethrows {
        switch (state, unit) {
        case (.valueOrEnd, UInt8(ascii: "]")), (.keyOrEnd, UInt8(ascii: "}")):
            stack.removeLast()
            _ = try endValue(&core, includesUnit: true, body)
        case (.value, _), (.valueOrEnd, _): beginValue(unit, &core)
        case (.key, UInt8(ascii: "\"")), (.keyOrEnd, UInt8(ascii: "\"")):
            key.removeAll(keepingCapacity: true)
            isCandidateKey = false
            if case .keyOrEnd = state, recordStart != nil, stack.count == tokens.count + 1, firstKey == nil {
                isCandidateKey = true
                candidateKey = [unit]
            }
            state = .inKey
        case (.colon, UInt8(ascii: ":")): state = .value
        case (.separator, UInt8(ascii: ",")):
            state = stack.last?.isObject ?? false ? .key : .value
        case (.separator, UInt8(ascii: "]")), (.separator, UInt8(ascii: "}")):
            guard let level = stack.last, level.isObject == (unit == UInt8(ascii: "}")) else {
                return fail(.jsonMalformed, &core)
            }
            stack.removeLast()
            _ = try endValue(&core, includesUnit: true, body)
        default: fail(.jsonMalformed, &core)
        }
    }

    private mutating func beginValue(_ unit: UInt8, _ core: inout FramerCore) {
        let depth = stack.count
        let isOnPath = depth == 0 || stack[depth - 1].isOnPath && depth <= tokens.count && agrees(at: depth - 1)
        if isOnPath, depth == tokens.count, recordStart == nil { recordStart = core.position }
        switch unit {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard depth < core.limits.depthMax else { return fail(.jsonDepth, &core) }
            let isObject = unit == UInt8(ascii: "{")
            stack.append(Level(isObject: isObject, isOnPath: isOnPath && depth < tokens.count))
            state = isObject ? .keyOrEnd : .valueOrEnd
        case UInt8(ascii: "\""): state = .string
        case UInt8(ascii: "-"), UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"), 0x30...0x39: state = .literal
        default: fail(.jsonMalformed, &core)
        }
    }

    private func agrees(at level: Int) -> Bool {
        let token = tokens[level]
        return stack[level].isObject ? token == key : token == [UInt8(ascii: "*")]
    }

    /// A value has ended; answers whether the unit must be looked at again.
    private mutating func endValue(
        _ core: inout FramerCore, includesUnit: Bool, _ body: FrameBody
    ) rethrows -> Bool {
        state = stack.isEmpty ? .end : .separator
        if let start = recordStart, stack.count == tokens.count {
            let end = includesUnit ? core.position + core.width : core.position
            if firstKey == nil, !candidateKey.isEmpty { firstKey = candidateKey }
            try core.emit(from: start, to: end, body)
            recordStart = nil
            core.keepFrom = end
        }
        return false
    }

    // MARK: Faults

    mutating func fail(_ code: RejectionCode, _ core: inout FramerCore) {
        pending = (code, recordStart ?? core.position, core.position)
        if let start = recordStart, !core.isTooLarge {
            // The broken record may have swallowed the beginning of the next one.
            core.position = start
        } else {
            core.position -= core.width
        }
        recordStart = nil
        candidateKey.removeAll()
        search = .brace
        lastSign = 0
    }

    /// Looks for the beginning of the next record.
    private mutating func seek(_ unit: UInt8, _ core: inout FramerCore, _ body: FrameBody) rethrows {
        let isBlank = unit == 0x20 || unit == 0x0A || unit == 0x0D || unit == 0x09
        switch search {
        case .brace: break
        case .blank:
            if isBlank { return }
            if let firstKey, unit == firstKey[0] {
                search = .key(1)
                return
            }
            search = .brace
        case .key(let count):
            if let firstKey, unit == firstKey[count] {
                if count + 1 == firstKey.count { return try resume(&core, body) }
                search = .key(count + 1)
                return
            }
            search = .brace
        }
        if unit == UInt8(ascii: "{") {
            braceStart = core.position
            if firstKey != nil {
                search = .blank
            } else if lastSign == UInt8(ascii: ",") {
                return try resume(&core, body)
            }
        }
        if !isBlank { lastSign = unit }
    }

    /// Hands over what was skipped and begins a record at the brace that was found.
    private mutating func resume(_ core: inout FramerCore, _ body: FrameBody) rethrows {
        guard let fault = pending else { return }
        if fault.start == braceStart {
            // The broken record's own beginning.
            search = .brace
            return
        }
        pending = nil
        try core.emit(from: fault.start, to: braceStart, fault: fault.code, faultPlace: fault.place, body)
        stack.removeAll(keepingCapacity: true)
        for token in tokens { stack.append(Level(isObject: token != [UInt8(ascii: "*")], isOnPath: true)) }
        key = tokens.last ?? []
        state = .value
        core.position = braceStart - core.width
        core.keepFrom = braceStart
    }

    /// At the end of the file; answers whether there is something to look at again.
    private mutating func endFile(_ core: inout FramerCore, _ body: FrameBody) rethrows -> Bool {
        core.isFinished = true
        if let fault = pending {
            try core.emit(from: fault.start, to: core.end, fault: fault.code, faultPlace: fault.place, body)
            return false
        }
        switch state {
        case .literal where stack.isEmpty:
            _ = try endValue(&core, includesUnit: false, body)
        case .end: break
        case .value where stack.isEmpty && core.number == 0:
            try core.emit(from: 0, to: core.end, fault: .fileEmpty, body)
        default:
            if recordStart != nil, !core.isTooLarge, firstKey != nil {
                // Later records may lie in what looks like one that never ends.
                fail(.fileTruncated, &core)
                core.position += core.width
                core.isFinished = false
                return true
            }
            try core.emit(
                from: recordStart ?? core.end, to: core.end, fault: .fileTruncated, faultPlace: core.end, body)
        }
        return false
    }
}
