// Which open elements a record or a piece of context lies under.

import Records

struct XMLPaths: Sendable {
    /// The record's path first, then the context's in the order of the spec; local names as bytes.
    let all: [[[UInt8]]]
    let recordHashes: [UInt64]

    init(spec: ReaderSpec) {
        let record = spec.record.map { Array($0.utf8) }
        all = [record] + spec.context.map { $0.path.map { Array($0.utf8) } }
        recordHashes = record.map(Self.hash)
    }

    var record: [[UInt8]] { all[0] }

    /// FNV-1a; decides only whether an end tag fits, the record reader compares names in full.
    static func hash(_ name: [UInt8]) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }
}

extension XMLFramer {
    // MARK: Elements

    mutating func startElement(isEmpty: Bool, _ core: inout FramerCore, _ body: FrameBody) rethrows {
        state = .text
        let depth = stack.count
        if depth == 0 {
            guard !hasRoot else { return try refuse(.xmlMalformed, &core, body) }
            hasRoot = true
            if let root = paths.record.first, name != root { return try refuse(.fileUnreadable, &core, body) }
        }
        if recordStart != nil, name == paths.record.last {
            // The record before was never closed.
            try cutAway(.xmlMalformed, &core, body)
            return try startElement(isEmpty: isEmpty, &core, body)
        }
        guard depth < core.limits.depthMax else { return fail(.xmlDepth, &core) }
        stack.append(XMLPaths.hash(name))
        for index in paths.all.indices where matched[index] == depth {
            let path = paths.all[index]
            guard depth < path.count, name == path[depth] else { continue }
            matched[index] = depth + 1
            guard depth + 1 == path.count else { continue }
            if index == 0 {
                recordStart = tokenStart
            } else if contextStart == nil, recordStart == nil {
                contextStart = (index - 1, tokenStart)
            }
        }
        if isEmpty { try closeElement(&core, body) }
    }

    mutating func endElement(_ core: inout FramerCore, _ body: FrameBody) rethrows {
        state = .text
        guard let open = stack.last, open == XMLPaths.hash(name) else { return fail(.xmlMalformed, &core) }
        try closeElement(&core, body)
    }

    /// At the `>` that closes the innermost element.
    private mutating func closeElement(_ core: inout FramerCore, _ body: FrameBody) rethrows {
        let depth = stack.count
        let end = core.position + core.width
        if let start = recordStart, depth == paths.record.count {
            try core.emit(from: start, to: end, body)
            recordStart = nil
            core.keepFrom = end
        }
        if let context = contextStart, depth == paths.all[context.index + 1].count {
            contextStart = nil
            if end - context.place > core.limits.titlesBytesMax {
                return try refuse(.fileUnreadable, &core, body)
            }
            contexts[context.index] = core.copy(from: context.place, to: end)
            updateTitles(&core)
        }
        stack.removeLast()
        for index in matched.indices where matched[index] == depth { matched[index] = depth - 1 }
    }

    mutating func endInstruction(_ core: inout FramerCore, _ body: FrameBody) rethrows {
        guard tokenStart == core.mark.byteCount, core.position - tokenStart < core.limits.titlesBytesMax else { return }
        declaration = core.copy(from: tokenStart, to: core.position + core.width)
        let name = XMLDeclaration.encodingName(declaration, width: core.width)
        if declaresEncoding, let name, !XMLDeclaration.isKnown(name, mark: core.mark) {
            return try refuse(.encodingUnknown, &core, body)
        }
        updateTitles(&core)
    }

    private mutating func updateTitles(_ core: inout FramerCore) {
        var titles = Array(core.titles.prefix(core.mark.byteCount)) + declaration
        for case let context? in contexts { titles += context }
        core.setTitles(titles)
    }

    // MARK: Faults

    /// The whole file is refused: nothing after this place can be trusted.
    mutating func refuse(_ code: RejectionCode, _ core: inout FramerCore, _ body: FrameBody) rethrows {
        try core.emit(from: recordStart ?? tokenStart, to: core.position, fault: code, faultPlace: tokenStart, body)
        recordStart = nil
        core.isFinished = true
    }

    /// What is being read is no well-formed record: skip to the next record's start tag.
    mutating func fail(_ code: RejectionCode, _ core: inout FramerCore) {
        pending = (code, recordStart ?? tokenStart, core.position)
        recordStart = nil
        contextStart = nil
        state = .text
        // The sign that did not fit may itself open a tag.
        if core.unit(at: core.position) == UInt8(ascii: "<") { tokenStart = core.position }
        if core.unit(at: core.position) == UInt8(ascii: "<") { state = .tagOpen }
    }

    /// Ends the record that is being read as a fault before the current token.
    private mutating func cutAway(_ code: RejectionCode, _ core: inout FramerCore, _ body: FrameBody) rethrows {
        try core.emit(
            from: recordStart ?? tokenStart, to: tokenStart, fault: code, faultPlace: tokenStart, body)
        recordStart = nil
        resetToRecordLevel()
    }

    private mutating func resetToRecordLevel() {
        stack = Array(paths.recordHashes.dropLast())
        matched[0] = stack.count
        for index in 1..<max(matched.count, 1) {
            let shared = zip(paths.all[index], paths.record.dropLast()).prefix { $0 == $1 }.count
            matched[index] = shared
        }
        hasRoot = true
    }

    /// Looks only for the start tag of a record or the end tag of its parent.
    mutating func skip(_ unit: UInt8, _ core: inout FramerCore, _ body: FrameBody) rethrows {
        switch state {
        case .text:
            if unit == UInt8(ascii: "<") {
                tokenStart = core.position
                name.removeAll(keepingCapacity: true)
                state = .tagOpen
            }
        case .tagOpen:
            name.removeAll(keepingCapacity: true)
            if unit == UInt8(ascii: "/") {
                state = .endName
            } else if unit == UInt8(ascii: "<") {
                tokenStart = core.position
            } else if unit == UInt8(ascii: "!") {
                state = .bang
            } else {
                state = .startName
                name.append(unit)
            }
        case .bang:
            // A DOCTYPE is refused wherever it stands.
            if unit | 0x20 == 0x64, let fault = pending {
                pending = nil
                recordStart = fault.start
                return try refuse(.xmlDoctype, &core, body)
            }
            state = .text
        case .startName, .endName: try skipName(unit, &core, body)
        default: state = .text
        }
    }

    private mutating func skipName(_ unit: UInt8, _ core: inout FramerCore, _ body: FrameBody) rethrows {
        let endsName = unit == UInt8(ascii: ">") || unit == UInt8(ascii: "/") || unit <= 0x20
        if unit == UInt8(ascii: ":") { return name.removeAll(keepingCapacity: true) }
        if unit == UInt8(ascii: "<") {
            tokenStart = core.position
            state = .tagOpen
            return
        }
        if !endsName {
            if name.count <= core.limits.nameBytesMax { name.append(unit) } else { state = .text }
            return
        }
        let isEnd: Bool
        if case .endName = state { isEnd = true } else { isEnd = false }
        state = .text
        let parent = paths.record.dropLast().last
        guard !isEnd && name == paths.record.last && paths.record.count > 0 || isEnd && parent != nil && name == parent
        else { return }
        guard let fault = pending else { return }
        pending = nil
        try core.emit(from: fault.start, to: tokenStart, fault: fault.code, faultPlace: fault.place, body)
        resetToRecordLevel()
        // Read the tag's end again, now as part of the document.
        state = isEnd ? .endName : .startName
        try readNameEnd(unit, &core, body)
    }

    private mutating func readNameEnd(_ unit: UInt8, _ core: inout FramerCore, _ body: FrameBody) rethrows {
        switch (state, unit) {
        case (.endName, UInt8(ascii: ">")): try endElement(&core, body)
        case (.endName, _): state = .afterEndName
        case (_, UInt8(ascii: ">")): try startElement(isEmpty: false, &core, body)
        case (_, UInt8(ascii: "/")): state = .selfClosing
        default: state = .inTag
        }
    }

    /// At the end of the file: what is still open was cut off.
    mutating func endFile(_ core: inout FramerCore, _ body: FrameBody) rethrows {
        if let fault = pending {
            return try core.emit(
                from: fault.start, to: core.end, fault: fault.code, faultPlace: fault.place, body)
        }
        var isInText = false
        if case .text = state { isInText = true }
        if stack.isEmpty, isInText, hasRoot { return }
        if !hasRoot, isInText {
            return try core.emit(from: 0, to: core.end, fault: .fileEmpty, body)
        }
        let start = recordStart ?? (isInText ? core.end : tokenStart)
        try core.emit(from: start, to: core.end, fault: .fileTruncated, faultPlace: core.end, body)
    }
}
