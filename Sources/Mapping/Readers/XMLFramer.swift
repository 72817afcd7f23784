// Cuts XML into the elements of one path. A tokenizer of one state a byte: it knows tags, attributes in quotes,
// comments, CDATA sections and processing instructions, matches end tags with start tags and refuses any
// DOCTYPE. A record that is not well formed becomes a fault and cutting goes on at the next start tag of a
// record; a record's start tag inside a record means that the earlier one was never closed.

import Records

struct XMLFramer: Sendable {
    enum State: Sendable {
        case text, tagOpen, startName, endName, afterEndName, inTag, selfClosing
        case attributeValue(UInt8)
        /// After `<!`: how many units of `--` or `[CDATA[` have matched.
        case bang, commentOpen, comment, commentDash, commentEnd
        case dataOpen(Int)
        case data, dataBracket, dataEnd
        case instruction, instructionEnd
    }

    let paths: XMLPaths
    var state = State.text
    /// Hashes of the local names of the open elements.
    var stack: [UInt64] = []
    /// How far each path agrees with the open elements: the record's first, then the context's.
    var matched: [Int]
    var name: [UInt8] = []
    /// Where the token began that is being read.
    var tokenStart = 0
    var recordStart: Int?
    var contextStart: (index: Int, place: Int)?
    var declaration: [UInt8] = []
    var contexts: [[UInt8]?]
    var hasRoot = false
    var hasBegun = false
    let declaresEncoding: Bool
    /// A fault that waits for the next record's start tag.
    var pending: (code: RejectionCode, start: Int, place: Int)?

    init(spec: ReaderSpec) {
        paths = XMLPaths(spec: spec)
        matched = [Int](repeating: 0, count: paths.all.count)
        contexts = [[UInt8]?](repeating: nil, count: spec.context.count)
        declaresEncoding = spec.encoding == .auto || spec.encoding == .utf8 || spec.encoding == .utf16
    }

    mutating func scan(_ core: inout FramerCore, isLast: Bool, _ body: FrameBody) rethrows {
        if !hasBegun {
            hasBegun = true
            core.setTitles(core.copy(from: 0, to: core.position))
        }
        while core.hasUnit, !core.isFinished {
            if case .text = state, !stack.isEmpty || pending != nil {
                core.skip(to: UInt8(ascii: "<"))
                guard core.hasUnit else { break }
            }
            let unit = core.unit(at: core.position)
            if pending != nil {
                try skip(unit, &core, body)
            } else {
                try step(unit, &core, body)
            }
            core.position += core.width
        }
        if core.isFinished { return }
        if isLast {
            try endFile(&core, body)
            core.isFinished = true
            return
        }
        keep(&core)
    }

    /// Says which bytes are still needed.
    private mutating func keep(_ core: inout FramerCore) {
        if let pending {
            if !core.isTooLarge { core.keepFrom = pending.start }
            if core.position - pending.start > core.limits.faultBytesMax { core.beginTooLarge() }
            return
        }
        var needed = core.position
        if let recordStart { needed = recordStart }
        if let contextStart { needed = min(needed, contextStart.place) }
        switch state {
        case .text: break
        case .comment, .commentDash, .commentEnd, .data, .dataBracket, .dataEnd:
            needed = min(needed, max(tokenStart, core.position - core.limits.faultBytesMax))
        default:
            // The tag may turn out to open a record.
            needed = min(needed, tokenStart)
        }
        if core.position - needed > core.limits.recordBytesMax {
            if !core.isTooLarge { core.keepFrom = needed }
            if recordStart == nil, contextStart == nil {
                pending = (.xmlMalformed, tokenStart, core.position)
                state = .text
            }
            core.beginTooLarge()
        } else {
            core.keepFrom = needed
        }
    }

    // MARK: One unit

    private mutating func step(_ unit: UInt8, _ core: inout FramerCore, _ body: FrameBody) rethrows {
        switch state {
        case .text:
            if unit == UInt8(ascii: "<") {
                tokenStart = core.position
                state = .tagOpen
            } else if stack.isEmpty, !isBlank(unit) {
                tokenStart = core.position
                fail(.xmlMalformed, &core)
            }
        case .tagOpen: try openTag(unit, &core, body)
        case .startName, .endName: try readName(unit, &core, body)
        case .afterEndName:
            if unit == UInt8(ascii: ">") {
                try endElement(&core, body)
            } else if !isBlank(unit) {
                fail(.xmlMalformed, &core)
            }
        case .inTag:
            if unit == UInt8(ascii: ">") {
                try startElement(isEmpty: false, &core, body)
            } else if unit == UInt8(ascii: "/") {
                state = .selfClosing
            } else if unit == UInt8(ascii: "\"") || unit == UInt8(ascii: "'") {
                state = .attributeValue(unit)
            } else if unit == UInt8(ascii: "<") {
                fail(.xmlMalformed, &core)
            }
        case .selfClosing:
            if unit == UInt8(ascii: ">") {
                try startElement(isEmpty: true, &core, body)
            } else {
                fail(.xmlMalformed, &core)
            }
        case .attributeValue(let quote):
            if unit == quote { state = .inTag }
            if unit == UInt8(ascii: "<") { fail(.xmlMalformed, &core) }
        default: try stepAside(unit, &core, body)
        }
    }

    private mutating func openTag(_ unit: UInt8, _ core: inout FramerCore, _ body: FrameBody) rethrows {
        name.removeAll(keepingCapacity: true)
        switch unit {
        case UInt8(ascii: "/"): state = .endName
        case UInt8(ascii: "!"): state = .bang
        case UInt8(ascii: "?"): state = .instruction
        default:
            guard isNameStart(unit) else { return fail(.xmlMalformed, &core) }
            name.append(unit)
            state = .startName
        }
    }

    private mutating func readName(_ unit: UInt8, _ core: inout FramerCore, _ body: FrameBody) rethrows {
        if unit == UInt8(ascii: ":") {
            name.removeAll(keepingCapacity: true)
        } else if isNameStart(unit) || unit >= 0x2D && unit <= 0x39 && unit != 0x2F {
            guard name.count < core.limits.nameBytesMax else { return fail(.xmlMalformed, &core) }
            name.append(unit)
        } else if name.isEmpty {
            fail(.xmlMalformed, &core)
        } else if case .endName = state {
            if unit == UInt8(ascii: ">") {
                try endElement(&core, body)
            } else if isBlank(unit) {
                state = .afterEndName
            } else {
                fail(.xmlMalformed, &core)
            }
        } else if unit == UInt8(ascii: ">") {
            try startElement(isEmpty: false, &core, body)
        } else if unit == UInt8(ascii: "/") {
            state = .selfClosing
        } else if isBlank(unit) {
            state = .inTag
        } else {
            fail(.xmlMalformed, &core)
        }
    }

    /// Comments, CDATA sections, processing instructions; and the refusal of DOCTYPE.
    private mutating func stepAside(_ unit: UInt8, _ core: inout FramerCore, _ body: FrameBody) rethrows {
        let dataWord = Array("CDATA[".utf8)
        switch state {
        case .bang:
            if unit == UInt8(ascii: "-") {
                state = .commentOpen
            } else if unit == UInt8(ascii: "["), !stack.isEmpty {
                state = .dataOpen(0)
            } else {
                try refuse(unit | 0x20 == 0x64 ? .xmlDoctype : .xmlMalformed, &core, body)
            }
        case .commentOpen:
            guard unit == UInt8(ascii: "-") else { return fail(.xmlMalformed, &core) }
            state = .comment
        case .comment: if unit == UInt8(ascii: "-") { state = .commentDash }
        case .commentDash: state = unit == UInt8(ascii: "-") ? .commentEnd : .comment
        case .commentEnd:
            guard unit == UInt8(ascii: ">") else { return fail(.xmlMalformed, &core) }
            state = .text
        case .dataOpen(let count):
            guard unit == dataWord[count] else { return fail(.xmlMalformed, &core) }
            state = count + 1 == dataWord.count ? .data : .dataOpen(count + 1)
        case .data: if unit == UInt8(ascii: "]") { state = .dataBracket }
        case .dataBracket: state = unit == UInt8(ascii: "]") ? .dataEnd : .data
        case .dataEnd:
            if unit == UInt8(ascii: ">") { state = .text } else if unit != UInt8(ascii: "]") { state = .data }
        case .instruction: if unit == UInt8(ascii: "?") { state = .instructionEnd }
        case .instructionEnd:
            if unit == UInt8(ascii: ">") {
                state = .text
                try endInstruction(&core, body)
            } else if unit != UInt8(ascii: "?") {
                state = .instruction
            }
        default: break
        }
    }

    private func isBlank(_ unit: UInt8) -> Bool { unit == 0x20 || unit == 0x0A || unit == 0x0D || unit == 0x09 }

    private func isNameStart(_ unit: UInt8) -> Bool {
        unit | 0x20 >= 0x61 && unit | 0x20 <= 0x7A || unit == UInt8(ascii: "_") || unit >= 0x80
    }
}
