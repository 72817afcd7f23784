// Cutting files into records: whatever the portions in which a file arrives, and whatever is broken in it.

import Mapping
import Records
import Testing

struct Cut: Equatable, CustomStringConvertible {
    var text: String
    var place: Int
    var fault: RejectionCode?
    var description: String { "\(place):\(fault?.rawValue ?? "ok"):\(text)" }
}

func cut(_ file: [UInt8], _ spec: ReaderSpec, portion: Int = .max, limits: ReaderLimits = ReaderLimits()) -> [Cut] {
    var framer = Framer(spec: spec, limits: limits)
    var cuts: [Cut] = []
    var place = 0
    repeat {
        let end = min(file.count, portion == .max ? file.count : place + portion)
        framer.feed(file.span.extracting(place..<end), isLast: end == file.count) { frame, bytes, _ in
            var copy: [UInt8] = []
            for index in bytes.indices { copy.append(bytes[index]) }
            cuts.append(Cut(text: String(decoding: copy, as: UTF8.self), place: frame.place, fault: frame.fault))
        }
        place = end
    } while place < file.count
    return cuts
}

/// Cuts in portions of several sizes and expects the same each time.
func cutEveryWay(_ text: String, _ spec: ReaderSpec) -> [Cut] {
    let file = Array(text.utf8)
    let whole = cut(file, spec)
    for portion in [1, 2, 3, 7, 64] { #expect(cut(file, spec, portion: portion) == whole, "portion \(portion)") }
    return whole
}

let xmlSpec: ReaderSpec = {
    var spec = ReaderSpec(format: .xml)
    spec.record = ["F", "L", "R"]
    spec.context = [ContextSpec(name: "UNIT", path: ["F", "U"])]
    return spec
}()

let jsonSpec: ReaderSpec = {
    var spec = ReaderSpec(format: .json)
    spec.record = ["data", "*"]
    return spec
}()

@Test func quotedCellsMayHoldDelimitersQuotesAndLineBreaks() {
    let cuts = cutEveryWay("\u{FEFF}a;b\r\n1;\"x;\"\"y\r\nz\"\r\n\r\n;\r\n2;c", ReaderSpec(format: .csv))
    #expect(cuts.map(\.text) == ["1;\"x;\"\"y\r\nz\"", "2;c"])
    #expect(cuts.allSatisfy { $0.fault == nil })
}

@Test func aLostQuoteCostsOneRow() {
    let cuts = cutEveryWay("a,b\n1,\"x\n2,y\n3,\"z\"\n4,w\n", ReaderSpec(format: .csv))
    #expect(cuts.map(\.text) == ["1,\"x", "2,y", "3,\"z\"", "4,w"])
    #expect(cuts.map(\.fault) == [.csvQuote, nil, nil, nil])
    let open = cutEveryWay("a,b\n1,\"x\n2,y\n3,z\n", ReaderSpec(format: .csv))
    #expect(open.map(\.fault) == [.csvQuote, nil, nil])
    let inside = cutEveryWay("a,b\n1,x\"y\n2,y\n", ReaderSpec(format: .csv))
    #expect(inside.map(\.fault) == [.csvQuote, nil])
}

@Test func emptyFilesAreFaults() {
    for format in [ReaderFormat.csv, .json, .jsonlines] {
        #expect(cut([], ReaderSpec(format: format)).map(\.fault) == [.fileEmpty], "\(format)")
        #expect(cut([0xEF, 0xBB, 0xBF, 0x0A], ReaderSpec(format: format)).map(\.fault) == [.fileEmpty], "\(format)")
    }
    #expect(cut([], xmlSpec).map(\.fault) == [.fileEmpty])
}

@Test func aRecordOverTheLimitIsAFaultAndTheRestGoesOn() {
    let long = String(repeating: "x", count: 3_000_000)
    let csv = cut(Array("a,b\n1,2\n\(long),1\n3,4\n".utf8), ReaderSpec(format: .csv), portion: 70_000)
    #expect(csv.map(\.fault) == [nil, .recordTooLarge, nil])
    #expect(csv[1].text.utf8.count == ReaderLimits().faultBytesMax)
    let xml = cut(Array("<F><L><R>1</R><R>\(long)</R><R>3</R></L></F>".utf8), xmlSpec, portion: 70_000)
    #expect(xml.map(\.fault) == [nil, .recordTooLarge, nil])
    let json = cut(Array("{\"data\":[{\"a\":1},{\"a\":\"\(long)\"},{\"a\":3}]}".utf8), jsonSpec, portion: 70_000)
    #expect(json.map(\.fault) == [nil, .recordTooLarge, nil])
    let lines = cut(Array("{}\n\(long)\n{}\n".utf8), ReaderSpec(format: .jsonlines), portion: 70_000)
    #expect(lines.map(\.fault) == [nil, .recordTooLarge, nil])
    let quoted = cut(Array("a,b\n1,\"\(long)\n2,3\n".utf8), ReaderSpec(format: .csv), portion: 70_000)
    #expect(quoted.map(\.fault) == [.recordTooLarge, nil])
}

@Test func xmlRecordsAreCutWithTheirContext() {
    let text =
        "<?xml version='1.0'?><!-- c --><n:F xmlns:n='u'><U>52001</U><L><R a='>'><![CDATA[</R>]]></R><R/><!-- <R> --></L></n:F>\n"
    let cuts = cutEveryWay(text, xmlSpec)
    #expect(cuts.map(\.text) == ["<R a='>'><![CDATA[</R>]]></R>", "<R/>"])
    var framer = Framer(spec: xmlSpec)
    framer.feed(Array(text.utf8).span, isLast: true) { _, _, _ in }
    #expect(framer.titles == Array("<?xml version='1.0'?><U>52001</U>".utf8))
}

@Test func brokenXMLRecordsCostOnlyThemselves() {
    let mismatch = cutEveryWay("<F><L><R><a></b></R><R>2</R></L></F>", xmlSpec)
    #expect(mismatch.map(\.fault) == [.xmlMalformed, nil])
    #expect(mismatch[1].text == "<R>2</R>")
    let open = cutEveryWay("<F><L><R><a>1</a><R>2</R></L></F>", xmlSpec)
    #expect(open.map(\.fault) == [.xmlMalformed, nil])
    let attribute = cutEveryWay("<F><L><R><a b=\"1></a></R><R c='2'>2</R></L></F>", xmlSpec)
    #expect(attribute.map(\.fault) == [.xmlMalformed, nil])
    let truncated = cutEveryWay("<F><L><R>1</R><R>2</", xmlSpec)
    #expect(truncated.map(\.fault) == [nil, .fileTruncated])
    let deep = String(repeating: "<x>", count: 200_000)
    let bomb = cut(Array("<F><L><R>\(deep)</R><R>2</R></L></F>".utf8), xmlSpec, portion: 5000)
    #expect(bomb.map(\.fault) == [.xmlDepth, nil])
}

@Test func filesThatCannotBeTrustedAreRefusedWhole() {
    #expect(cutEveryWay("<!DOCTYPE F><F><L><R>1</R></L></F>", xmlSpec).map(\.fault) == [.xmlDoctype])
    #expect(
        cutEveryWay("<?xml version='1.0' encoding='UTF-7'?><F><L><R>1</R></L></F>", xmlSpec).map(\.fault)
            == [.encodingUnknown])
    #expect(cutEveryWay("<G><L><R>1</R></L></G>", xmlSpec).map(\.fault) == [.fileUnreadable])
    #expect(cutEveryWay("<F><L><R>1</R></L></F><F/>", xmlSpec).map(\.fault) == [nil, .xmlMalformed])
}

@Test func jsonRecordsAreCutAtThePointer() {
    let cuts = cutEveryWay(
        "{\"n\": {\"data\":[0]}, \"data\": [ {\"a\":[1,{\"b\":\"]}\\\"\"}]} , 7, \"x\" ,[]], \"e\":1}", jsonSpec)
    #expect(cuts.map(\.text) == ["{\"a\":[1,{\"b\":\"]}\\\"\"}]}", "7", "\"x\"", "[]"])
    #expect(cuts.allSatisfy { $0.fault == nil })
    #expect(
        cutEveryWay(
            "[]",
            {
                var spec = ReaderSpec(format: .json)
                spec.record = ["*"]
                return spec
            }()
        ).isEmpty)
}

@Test func brokenJSONRecordsCostOnlyThemselves() {
    let quote = cutEveryWay("{\"data\":[{\"a\":1,\"o\":[{\"z\":1}]},{\"a\":\"x},{\"a\":3},{\"a\":4}]}", jsonSpec)
    #expect(quote.map(\.fault) == [nil, .jsonMalformed, nil, nil])
    #expect(quote[2].text == "{\"a\":3}")
    let brace = cutEveryWay("{\"data\":[{\"a\":1},{\"a\":2,\"o\":{\"z\":1},{\"a\":3},{\"a\":4}]}", jsonSpec)
    #expect(brace.map(\.fault) == [nil, .jsonMalformed, nil, nil])
    let truncated = cutEveryWay("{\"data\":[{\"a\":1},{\"a\":2", jsonSpec)
    #expect(truncated.map(\.fault) == [nil, .fileTruncated])
    let deep = String(repeating: "[", count: 100_000)
    let bomb = cut(Array("{\"data\":[{\"a\":1},{\"a\":\(deep)},{\"a\":3}]}".utf8), jsonSpec, portion: 999)
    #expect(bomb.map(\.fault) == [nil, .jsonDepth, nil])
}

@Test func utf16FilesAreCutAtCodeUnits() {
    var file: [UInt8] = [0xFF, 0xFE]
    #expect(encode("a;b\r\nĊ;\"1\r\n2\"\r\n3;4", as: .utf16, to: &file) == nil)
    let cuts = cut(file, ReaderSpec(format: .csv))
    #expect(cuts.count == 2)
    #expect(cuts.allSatisfy { $0.fault == nil })
    for portion in [1, 3, 5] { #expect(cut(file, ReaderSpec(format: .csv), portion: portion) == cuts) }
}

@Test func framesTellTheirBytesPlaceInTheFile() {
    let text = "a,b\n1,2\n\"3\"x,\n5,6\n"
    for item in cutEveryWay(text, ReaderSpec(format: .csv)) {
        #expect(Array(text.utf8)[item.place...].starts(with: Array(item.text.utf8)))
    }
}

@Test func randomDamageNeverTrapsAndCutsTheSameInAnyPortions() {
    var state: UInt64 = 20_240_601
    func random(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }
    let seeds: [(text: String, spec: ReaderSpec)] = [
        ("a;b;c\n1;\"x\ny\";3\n4;5;6\n7;\"8\"\"\";9\n", ReaderSpec(format: .csv)),
        ("<?xml version='1.0'?><F><U>1</U><L><R><a b='c'>1</a></R><R>2<!-- x --></R></L></F>", xmlSpec),
        ("{\"data\":[{\"a\":1,\"b\":[true,null]},{\"a\":\"x\\\"\",\"b\":{}}]}", jsonSpec),
        ("{\"a\":1}\n{\"a\":2}\n", ReaderSpec(format: .jsonlines)),
    ]
    var reader: [RecordReader] = seeds.map { RecordReader(spec: $0.spec) }
    var record = SourceRecord()
    for round in 0..<4000 {
        let index = round % seeds.count
        var file = Array(seeds[index].text.utf8)
        for _ in 0...random(4) {
            let place = random(file.count)
            switch random(4) {
            case 0: file[place] = UInt8(random(256))
            case 1: file.remove(at: place)
            case 2: file.insert(UInt8(ascii: ["\"", "<", ">", "{", "\n", "]", "/", "&"][random(8)]), at: place)
            default: file.removeLast(random(file.count / 2))
            }
            if file.isEmpty { file = [0x20] }
        }
        let whole = cut(file, seeds[index].spec)
        #expect(cut(file, seeds[index].spec, portion: 1 + random(20)) == whole, "round \(round): \(file)")
        var framer = Framer(spec: seeds[index].spec)
        framer.feed(file.span, isLast: true) { frame, bytes, titles in
            if frame.fault == nil { _ = reader[index].read(bytes, titles: titles, into: &record) }
        }
    }
}
