// XML to a source record's tree: elements, attributes as `@name`, texts. Strict about well-formedness, because a
// lenient reader and a strict one would read two records from the same bytes. No entities but the five and
// character references, no DOCTYPE, nothing that points outside the document; prefixes are dropped, for cut-out
// records have lost the declarations they refer to.

import Records

/// Why a text is not the XML we take, and where.
struct XMLFault: Error, Equatable {
    var code: RejectionCode
    /// Byte place in the text that was read.
    var place: Int
    var detail: StaticString
    /// Names of the open elements below the root.
    var path: String

    static func == (left: XMLFault, right: XMLFault) -> Bool {
        left.code == right.code && left.place == right.place && left.path == right.path
    }

    func rejection(within document: String) -> Rejection {
        let parts = [document, path].filter { !$0.isEmpty }
        return Rejection(
            stage: .conform, code: code, place: parts.isEmpty ? "byte \(place)" : parts.joined(separator: "/"),
            detail: "\(detail), at byte \(place) of the \(document.isEmpty ? "record" : "document")",
            fix: code == .xmlDoctype
                ? "send the document without DOCTYPE" : "write the document with an XML library, not by hand")
    }
}

struct XMLReader: Sendable {
    /// An element that is open.
    struct Open: Sendable {
        var name: Range<Int>
        var node: Int32
        var lastChild: Int32 = -1
        /// Whether a child element has begun: blanks around it are then no text.
        var hasElement = false
    }

    let limits: ReaderLimits
    /// Texts of this size or more are refused.
    var textBytesMax = 1 << 20
    var stack: [Open] = []
    var place = 0
    var attributes: [Range<Int>] = []
    /// Where nodes are said to be, for embedded documents.
    var fixedPlace: Int32?

    init(limits: ReaderLimits) { self.limits = limits }

    /// Reads a record element; its node becomes the record's root.
    mutating func read(_ text: Span<UInt8>, into record: inout SourceRecord) -> XMLFault? {
        begin(fixedPlace: nil)
        var last: Int32 = -1
        return faultOf(text) { reader throws(XMLFault) in
            try reader.document(text, carrier: nil, under: -1, after: &last, into: &record)
        }
    }

    /// Reads a document whose root stands for an existing node.
    mutating func readDocument(
        _ text: Span<UInt8>, as carrier: Int32, place: Int32, into record: inout SourceRecord
    ) -> XMLFault? {
        begin(fixedPlace: place)
        var last: Int32 = -1
        return faultOf(text) { reader throws(XMLFault) in
            try reader.document(text, carrier: carrier, under: -1, after: &last, into: &record)
        }
    }

    /// Reads elements that stand side by side, as children of a node.
    mutating func readFragments(
        _ text: Span<UInt8>, under parent: Int32, after last: inout Int32, into record: inout SourceRecord
    ) -> XMLFault? {
        begin(fixedPlace: nil)
        return faultOf(text) { reader throws(XMLFault) in
            try reader.prolog(text)
            while reader.place < text.count {
                try reader.element(text, carrier: nil, under: parent, after: &last, into: &record)
                try reader.miscellaneous(text)
            }
        }
    }

    private mutating func begin(fixedPlace: Int32?) {
        stack.removeAll(keepingCapacity: true)
        place = 0
        self.fixedPlace = fixedPlace
    }

    private mutating func faultOf(
        _ text: Span<UInt8>, _ body: (inout XMLReader) throws(XMLFault) -> Void
    ) -> XMLFault? {
        do {
            try body(&self)
            return nil
        } catch {
            var fault = error
            fault.path = stack.dropFirst().map { open in
                var name: [UInt8] = []
                name.append(text, localPart(text, open.name))
                return String(decoding: name, as: UTF8.self)
            }.joined(separator: "/")
            return fault
        }
    }

    func fault(_ code: RejectionCode, _ detail: StaticString) -> XMLFault {
        XMLFault(code: code, place: place, detail: detail, path: "")
    }

    func malformed(_ detail: StaticString) -> XMLFault { fault(.xmlMalformed, detail) }

    // MARK: Document

    private mutating func document(
        _ text: Span<UInt8>, carrier: Int32?, under parent: Int32, after last: inout Int32,
        into record: inout SourceRecord
    ) throws(XMLFault) {
        try prolog(text)
        guard place < text.count else { throw malformed("there is no element") }
        try element(text, carrier: carrier, under: parent, after: &last, into: &record)
        try miscellaneous(text)
        guard place == text.count else { throw malformed("something follows the root element") }
    }

    private mutating func prolog(_ text: Span<UInt8>) throws(XMLFault) {
        if starts(text, "<?xml"), place + 5 < text.count, isXMLBlank(text[place + 5]) {
            while place < text.count, !starts(text, "?>") { place += 1 }
            guard place < text.count else { throw malformed("the XML declaration does not end") }
            place += 2
        }
        try miscellaneous(text)
    }

    /// Blanks, comments and processing instructions around elements.
    private mutating func miscellaneous(_ text: Span<UInt8>) throws(XMLFault) {
        while place < text.count {
            if isXMLBlank(text[place]) {
                place += 1
            } else if starts(text, "<!--") {
                try comment(text)
            } else if starts(text, "<?") {
                try instruction(text)
            } else if starts(text, "<!") {
                throw fault(.xmlDoctype, "a DOCTYPE is not taken")
            } else if text[place] == UInt8(ascii: "<") {
                return
            } else {
                throw malformed("text outside the root element")
            }
        }
    }

    private mutating func comment(_ text: Span<UInt8>) throws(XMLFault) {
        place += 4
        while place < text.count, !starts(text, "--") { try character(text) }
        guard starts(text, "-->") else { throw malformed("the comment does not end") }
        place += 3
    }

    private mutating func instruction(_ text: Span<UInt8>) throws(XMLFault) {
        place += 2
        let name = try readName(text)
        if name.count == 3, text[name.lowerBound] | 0x20 == 0x78, text[name.lowerBound + 1] | 0x20 == 0x6D,
            text[name.lowerBound + 2] | 0x20 == 0x6C
        {
            throw malformed("an XML declaration that does not stand at the beginning")
        }
        while place < text.count, !starts(text, "?>") { try character(text) }
        guard place < text.count else { throw malformed("the processing instruction does not end") }
        place += 2
    }

    // MARK: Elements

    /// Reads one element with everything in it; iterative, so that nesting costs no stack.
    private mutating func element(
        _ text: Span<UInt8>, carrier: Int32?, under parent: Int32, after last: inout Int32,
        into record: inout SourceRecord
    ) throws(XMLFault) {
        let base = stack.count
        try startTag(text, carrier: carrier, under: parent, after: &last, into: &record)
        while stack.count > base {
            guard place < text.count else { throw malformed("the document breaks off") }
            let second = place + 1 < text.count ? text[place + 1] : 0
            if text[place] != UInt8(ascii: "<") {
                try characters(text, into: &record)
            } else if second == UInt8(ascii: "/") {
                try endTag(text, into: &record)
            } else if second != UInt8(ascii: "!"), second != UInt8(ascii: "?") {
                try child(text, into: &record)
            } else if starts(text, "<!--") {
                try comment(text)
            } else if starts(text, "<![CDATA[") {
                try literal(text, into: &record)
            } else if starts(text, "<!") {
                throw fault(.xmlDoctype, "a declaration is not taken")
            } else {
                try instruction(text)
            }
        }
    }

    /// A start tag inside the open element.
    private mutating func child(_ text: Span<UInt8>, into record: inout SourceRecord) throws(XMLFault) {
        let top = stack.count - 1
        if !stack[top].hasElement { dropBlankValue(stack[top].node, &record) }
        stack[top].hasElement = true
        var lastChild = stack[top].lastChild
        try startTag(text, carrier: nil, under: stack[top].node, after: &lastChild, into: &record, level: top)
    }

    private mutating func startTag(
        _ text: Span<UInt8>, carrier: Int32?, under parent: Int32, after last: inout Int32,
        into record: inout SourceRecord, level: Int? = nil
    ) throws(XMLFault) {
        guard stack.count < limits.depthMax else { throw fault(.xmlDepth, "elements are nested too deep") }
        let start = place
        place += 1
        let name = try readName(text)
        let node: Int32
        if let carrier {
            node = carrier
        } else {
            node = try addNode(
                text, localPart(text, name), prefix: nil, at: start, under: parent, after: &last, &record)
            if let level { stack[level].lastChild = last }
        }
        stack.append(Open(name: name, node: node))
        try readAttributes(text, into: &record)
        guard place < text.count else { throw malformed("the tag does not end") }
        if text[place] == UInt8(ascii: "/") {
            guard place + 1 < text.count, text[place + 1] == UInt8(ascii: ">") else {
                throw malformed("a slash inside a tag")
            }
            place += 2
            close(&record)
        } else {
            guard text[place] == UInt8(ascii: ">") else { throw malformed("this cannot stand in a tag") }
            place += 1
        }
    }

    private mutating func endTag(_ text: Span<UInt8>, into record: inout SourceRecord) throws(XMLFault) {
        let start = place
        place += 2
        let name = try readName(text)
        guard let open = stack.last, isEqual(text, open.name, name) else {
            place = start
            throw malformed("an end tag that does not fit the start tag")
        }
        while place < text.count, isXMLBlank(text[place]) { place += 1 }
        guard place < text.count, text[place] == UInt8(ascii: ">") else { throw malformed("the end tag does not end") }
        place += 1
        close(&record)
    }

    private mutating func close(_ record: inout SourceRecord) {
        guard let open = stack.popLast() else { return }
        if record.nodes[Int(open.node)].firstChild >= 0 {
            dropBlankValue(open.node, &record)
        } else if record.nodes[Int(open.node)].value.isAbsent {
            record.nodes[Int(open.node)].value = ArenaSlice(start: Int32(record.text.count), count: 0)
        }
    }

    /// Line breaks and indentation between elements are no text.
    private func dropBlankValue(_ node: Int32, _ record: inout SourceRecord) {
        let value = record.nodes[Int(node)].value
        if value.isAbsent { return }
        for index in value.range where !isXMLBlank(record.text[index]) { return }
        record.nodes[Int(node)].value = .absent
    }

    mutating func addNode(
        _ text: Span<UInt8>, _ name: Range<Int>, prefix: UInt8?, at start: Int, under parent: Int32,
        after last: inout Int32, _ record: inout SourceRecord
    ) throws(XMLFault) -> Int32 {
        guard record.nodes.count < limits.nodesMax else { throw fault(.recordTooLarge, "there are too many elements") }
        let mark = record.text.count
        if let prefix { record.text.append(prefix) }
        record.text.append(text, name)
        recompose(&record.text, from: mark)
        let node = SourceNode(name: record.slice(from: mark), place: fixedPlace ?? Int32(start))
        record.append(node, under: parent, after: &last)
        return last
    }
}

func isXMLBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
