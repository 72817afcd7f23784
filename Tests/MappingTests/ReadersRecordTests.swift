// Raw records to trees: cells, elements, members, embedded documents, context.

import JSON
import Mapping
import Records
import Testing

/// Frames a file and shows each record as `name=value` lines, or the rejection.
func read(_ file: [UInt8], _ spec: ReaderSpec) -> [String] {
    var framer = Framer(spec: spec)
    var reader = RecordReader(spec: spec)
    var record = SourceRecord()
    var shown: [String] = []
    framer.feed(file.span, isLast: true) { frame, bytes, titles in
        if let fault = frame.fault { return shown.append(fault.rawValue) }
        if let rejection = reader.read(bytes, titles: titles, into: &record) {
            return shown.append("\(rejection.code.rawValue)@\(rejection.place)")
        }
        shown.append(show(record, 0))
    }
    return shown
}

func show(_ record: SourceRecord, _ index: Int32) -> String {
    let node = record.nodes[Int(index)]
    var parts: [String] = []
    var child = node.firstChild
    while child >= 0 {
        parts.append(show(record, child))
        child = record.nodes[Int(child)].nextSibling
    }
    let value = node.value.isAbsent ? "" : "=\(record.string(node.value))"
    return record.string(node.name) + value + (parts.isEmpty ? "" : "(\(parts.joined(separator: ",")))")
}

@Test func rowsBecomeColumnsByTitle() {
    let file = Array(
        "\u{FEFF}sep=;\r\nHO_TEN;NGAY;GHI CHU \r\n\"Lê \"\"Ba\"\"\";01/02/1990;\r\nx;y\r\na;b;c;;\r\na;b;c;d\r\n".utf8)
    #expect(
        read(file, ReaderSpec(format: .csv)) == [
            "(HO_TEN=Lê \"Ba\",NGAY=01/02/1990,GHI CHU=)", "csv.columns@column 2", "(HO_TEN=a,NGAY=b,GHI CHU=c)",
            "csv.columns@column 4",
        ])
}

@Test func legacyRowsAreDecodedAndBrokenOnesRefused() {
    var spec = ReaderSpec(format: .csv)
    spec.legacyEncodings = [.tcvn3, .vni]
    var file = Array("TEN,XA\n".utf8)
    #expect(encode("Nguyễn Thị Hường,Phù Mỹ\n", as: .vni, to: &file) == nil)
    #expect(encode("Trần Quốc Tuấn,Tuy Phước\n", as: .tcvn3, to: &file) == nil)
    file += [0x41, 0xFF, 0x80, 0x2C, 0x42, 0x0A]
    #expect(
        read(file, spec) == [
            "(TEN=Nguyễn Thị Hường,XA=Phù Mỹ)", "(TEN=Trần Quốc Tuấn,XA=Tuy Phước)", "encoding.undecodable@byte 1",
        ])
}

@Test func utf16RowsAreRead() {
    var file: [UInt8] = [0xFE, 0xFF]
    #expect(encode("TEN\tXA\r\nĐỗ Ẩn\tCát Hải\r\n", as: .utf16, order: .big, to: &file) == nil)
    #expect(read(file, ReaderSpec(format: .tsv)) == ["(TEN=Đỗ Ẩn,XA=Cát Hải)"])
}

@Test func elementsAttributesTextAndReferencesAreRead() {
    let file =
        "<F><U>52&amp;1</U><L><R k='a&#x1EC5;'> <n:T>x<!-- c -->y<![CDATA[<z>]]></n:T>\r\n<e/><m>p<b/>q</m></R></L></F>"
    #expect(read(Array(file.utf8), xmlSpec) == ["R(@k=aễ,T=xy<z>,e=,m=p(b=,#text=q),UNIT=52&1)"])
}

@Test func elementsThatAreNotWellFormedAreRefusedWithTheirPath() {
    let bodies: [(String, String)] = [
        ("<a>&nbsp;</a>", "xml.malformed@a"), ("<a b='1' b='2'/>", "xml.malformed@a"),
        ("<a>\u{1}</a>", "xml.malformed@a"),
        ("<a b=1/>", "xml.malformed@a"), ("<a>&#0;</a>", "xml.malformed@a"), ("<x><y>]]></y></x>", "xml.malformed@x/y"),
        ("<a xmlns:xi='http://www.w3.org/2001/XInclude'/>", "xml.malformed@a"),
    ]
    for (body, expected) in bodies {
        #expect(read(Array("<F><L><R>\(body)</R></L></F>".utf8), xmlSpec) == [expected], "\(body)")
    }
}

private let wrapped: ReaderSpec = {
    var spec = ReaderSpec(format: .xml)
    spec.record = ["H", "HOSO"]
    spec.embedded = [EmbeddedSpec(at: ["FILEHOSO"], name: "LOAIHOSO", content: "NOIDUNGFILE")]
    return spec
}()

private func hoso(_ contents: [(String, [UInt8])], cutting: Int = 0) -> [UInt8] {
    var file = Array("<H><HOSO>".utf8)
    for (kind, content) in contents {
        file += Array("<FILEHOSO><LOAIHOSO>\(kind)</LOAIHOSO><NOIDUNGFILE>".utf8)
        encodeBase64(content.span, to: &file)
        file.removeLast(cutting)
        file += Array("</NOIDUNGFILE></FILEHOSO>".utf8)
    }
    return file + Array("</HOSO></H>".utf8)
}

@Test func embeddedDocumentsStandInTheirCarriersPlace() {
    let file = hoso([
        ("XML1", Array("\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-8\"?><T><A>Bùi</A></T>".utf8)),
        ("XML2", Array("<D><L><X>1</X><X>2</X></L></D>".utf8)),
    ])
    #expect(read(file, wrapped) == ["HOSO(XML1(A=Bùi),XML2(L(X=1,X=2)))"])
}

@Test func brokenEmbeddedDocumentsAreRefusedWithTheirKind() {
    let good = Array("<T><A>abcd</A></T>".utf8)
    #expect(read(hoso([("XML1", good)], cutting: 1), wrapped) == ["base64.malformed@XML1"])
    #expect(read(hoso([("XML1", Array("<T><A>".utf8))]), wrapped) == ["xml.malformed@XML1/A"])
    #expect(read(hoso([("XML1", Array("<!DOCTYPE T><T/>".utf8))]), wrapped) == ["xml.doctype@XML1"])
    #expect(read(hoso([("XML1", [0x3C, 0x54, 0x3E, 0xFF])]), wrapped) == ["encoding.undecodable@XML1"])
}

@Test func membersAndElementsAreRead() {
    let file =
        "{\"data\":[{\"a\":\"x\\u0061\\u0301\",\"n\":1.50,\"t\":true,\"z\":null,\"l\":[{\"b\":\"\"},2]},{\"a\":1,\"a\":2},{\"a\":01}]}"
    #expect(
        read(Array(file.utf8), jsonSpec) == [
            "(a=xá,n=1.50,t=true,z,l((b=),=2))", "json.malformed@byte 7", "json.malformed@byte 6",
        ])
}

@Test func fixedWidthsCountCharacters() {
    var spec = ReaderSpec(format: .fixed)
    spec.columns = [FixedColumn(name: "TEN", width: 8), FixedColumn(name: "MA", width: 3)]
    #expect(
        read(Array("Đỗ Ẩn   001\nx\nĐỗ Ẩn   0012\n".utf8), spec) == [
            "(TEN=Đỗ Ẩn,MA=001)", "csv.columns@column 1", "csv.columns@column 3",
        ])
}

@Test func aSpecIsLoadedWholeOrRefusedWithEveryFault() throws {
    let good = try JSONValue(
        parsing: """
            {"format":"xml","encoding":"auto","record":"/G/H/HOSO","context":{"MACSKCB":"/G/T/MACSKCB"},
             "embedded":[{"at":"FILEHOSO","name":"LOAIHOSO","content":"NOIDUNGFILE","encoding":"base64","format":"xml"}]}
            """)
    let spec = try ReaderSpec(good, file: "a.json")
    #expect(spec.record == ["G", "H", "HOSO"])
    #expect(spec.context == [ContextSpec(name: "MACSKCB", path: ["G", "T", "MACSKCB"])])
    #expect(spec.embedded == [EmbeddedSpec(at: ["FILEHOSO"], name: "LOAIHOSO", content: "NOIDUNGFILE")])
    let bad = try JSONValue(parsing: "{\"format\":\"xls\",\"delimiter\":\";;\",\"colour\":1}")
    let faults = #expect(throws: ConfigurationFaults.self) { try ReaderSpec(bad, file: "a.json") }
    #expect(Set(faults?.faults.map(\.pointer) ?? []) == ["/reader/format", "/reader/delimiter", "/reader/colour"])
}

@Test func plainReadingWritesRowsAndElementsAsJSONLines() {
    var lines: [UInt8] = []
    #expect(PlainReading.readCSV(Array("a,b\n1,\"x\ny\"\n".utf8), header: nil, to: &lines) == nil)
    #expect(String(decoding: lines, as: UTF8.self) == "[\"a\",\"b\"]\n[\"1\",\"x\\ny\"]\n")
    lines = []
    #expect(PlainReading.readCSV(Array("1;2\n3;4\n".utf8), header: ["a", "b"], to: &lines) == nil)
    #expect(String(decoding: lines, as: UTF8.self) == "{\"a\":\"1\",\"b\":\"2\"}\n{\"a\":\"3\",\"b\":\"4\"}\n")
    lines = []
    #expect(PlainReading.readCSV(Array("a,b\n1,\"x\n".utf8), header: nil, to: &lines)?.code == "csv.quote")
    lines = []
    #expect(PlainReading.readXML(Array("<r k='v'><a>1</a><a>2</a></r>".utf8), to: &lines) == nil)
    #expect(String(decoding: lines, as: UTF8.self) == "{\"r\":{\"@k\":\"v\",\"a\":[\"1\",\"2\"]}}\n")
}
