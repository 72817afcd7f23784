// The naughty strings beside the repository as CSV cells and as titles: they come back byte for byte.

import Foundation
import JSON
import Mapping
import Testing

@Test func naughtyStringsComeBackFromCSVByteForByte() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    guard let suite = try? Data(contentsOf: root.appendingPathComponent("../shared/suites/naughty-strings/blns.json"))
    else {
        print("skipped: no naughty strings at ../shared/suites/naughty-strings")
        return
    }
    let strings = try JSONValue(parsing: Array(suite)).arrayValue?.compactMap(\.stringValue) ?? []
    #expect(strings.count > 400)
    var file = Array("number,text\r\n".utf8)
    for (number, text) in strings.enumerated() {
        let quoted = text.utf8.flatMap { $0 == 0x22 ? [0x22, 0x22] : [$0] }
        file += Array("\(number),\"".utf8) + quoted + Array("\"\r\n".utf8)
    }
    var lines: [UInt8] = []
    let fault = PlainReading.readCSV(file, header: nil, to: &lines)
    #expect(fault == nil, "\(String(describing: fault))")
    let rows = lines.split(separator: 0x0A).dropFirst()
    #expect(rows.count == strings.count)
    for (row, text) in zip(rows, strings) {
        let cell = try JSONValue(parsing: Array(row))[1]?.stringValue
        #expect(cell.map { Array($0.utf8) } == Array(text.utf8))
    }
}
