// Bad files, made in the test: for each the records that must be rejected and those that must be published all the same.
import Foundation

/// A file with what is wrong in it.
struct BadFile {
    var name: String
    var bytes: [UInt8]
    /// Record number → code; every other record of the file is good.
    var rejected: [Int: String] = [:]
    /// Identifiers of the records that must be published.
    var published: [String] = []
    /// Texts that must not show in any rejection: the offending values.
    var secrets: [String] = []
    /// Part of the place that the rejection of a record must name, by record number.
    var places: [Int: String] = [:]

    init(_ name: String, _ bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    init(_ name: String, _ text: String) { self.init(name, Array(text.utf8)) }
}

/// Exports of schools: delimited by semicolons, UTF-8.
enum PupilFile {
    static let titles = "Mã trường;Họ và tên;Tên trường;Mã định danh Bộ GDĐT;Ngày sinh;Giới tính;Số định danh cá nhân;"
        + "Mã dân tộc;Lớp;Khối;Năm học;Trạng thái;Ngày vào trường;Ngày rời trường;Mã xã;Họ tên người giám hộ;"
        + "Số định danh người giám hộ;Quan hệ"

    static func row(_ id: String, name: String = "Võ Thị Hoàng", school: String = "THCS Mỹ Lợi", grade: String = "6") -> String {
        "52068002;\(name);\(school);\(id);27/01/2013;Nữ;052313004001;01;6A1;\(grade);2024-2025;Đang học;04/08/2024;;21748;"
            + "Võ Việt Hiếu;052077004001;Cha"
    }

    static func file(_ rows: [String]) -> [UInt8] { Array(([titles] + rows).joined(separator: "\n").utf8) + [0x0A] }

    /// A file whose middle record is what `bytes` are.
    static func around(_ bytes: [UInt8], first: String, last: String) -> [UInt8] {
        file([row(first)]) + bytes + [0x0A] + Array(row(last).utf8) + [0x0A]
    }

    static let all: [BadFile] = [
        invalidUTF8, lostQuote, missingCells, tooManyCells, hugeNumber, badNumber, empty, titlesOnly, blankLines,
        nulBytes, longCell, wrongEncoding, noise,
    ]

    static var invalidUTF8: BadFile {
        let broken = row("5300000102", name: "HOANGMAT").utf8.map { $0 }
        let place = broken.firstRange(of: Array("MAT".utf8))!.lowerBound
        var file = BadFile(
            "invalid-utf8.csv", around(Array(broken[..<place]) + [0xFF, 0xC3, 0x28] + broken[place...], first: "5300000101", last: "5300000103"))
        file.rejected = [2: "encoding.undecodable"]
        file.published = ["5300000101", "5300000103"]
        file.secrets = ["HOANG", "MAT"]
        file.places = [2: "byte"]
        return file
    }

    static var lostQuote: BadFile {
        var file = BadFile(
            "lost-quote.csv",
            around(Array(row("5300000202", name: "\"BIMAT Vinh").utf8), first: "5300000201", last: "5300000203"))
        file.rejected = [2: "csv.quote"]
        file.published = ["5300000201", "5300000203"]
        file.secrets = ["BIMAT"]
        file.places = [2: "byte"]
        return file
    }

    static var missingCells: BadFile {
        var file = BadFile("missing-cells.csv", around(Array("52068002;BIMAT;x".utf8), first: "5300000301", last: "5300000303"))
        file.rejected = [2: "csv.columns"]
        file.published = ["5300000301", "5300000303"]
        file.secrets = ["BIMAT"]
        return file
    }

    static var tooManyCells: BadFile {
        var file = BadFile(
            "too-many-cells.csv", around(Array((row("5300000402") + ";BIMAT;BIMAT").utf8), first: "5300000401", last: "5300000403"))
        file.rejected = [2: "csv.columns"]
        file.published = ["5300000401", "5300000403"]
        file.secrets = ["BIMAT"]
        return file
    }

    static var hugeNumber: BadFile {
        let number = "1" + String(repeating: "7", count: 400)
        var file = BadFile(
            "huge-number.csv", around(Array(row("5300000502", grade: number).utf8), first: "5300000501", last: "5300000503"))
        file.rejected = [2: "map.number"]
        file.published = ["5300000501", "5300000503"]
        file.secrets = ["7777"]
        file.places = [2: "Khối"]
        return file
    }

    static var badNumber: BadFile {
        var file = BadFile(
            "bad-number.csv", around(Array(row("5300000602", grade: "1e999").utf8), first: "5300000601", last: "5300000603"))
        file.rejected = [2: "map.number"]
        file.published = ["5300000601", "5300000603"]
        file.secrets = ["1e999"]
        file.places = [2: "Khối"]
        return file
    }

    static var empty: BadFile {
        var file = BadFile("empty.csv", [])
        file.rejected = [1: "file.empty"]
        return file
    }

    static var titlesOnly: BadFile {
        var file = BadFile("titles-only.csv", PupilFile.file([]))
        file.rejected = [1: "file.empty"]
        return file
    }

    /// Blank lines between records are no records.
    static var blankLines: BadFile {
        var file = BadFile("blank-lines.csv", PupilFile.file(["", row("5300000701"), "", "", row("5300000702"), ""]))
        file.published = ["5300000701", "5300000702"]
        return file
    }

    static var nulBytes: BadFile {
        let broken = Array(row("5300000802", name: "BIMAT").utf8) + [0, 0, 0]
        var file = BadFile("nul-bytes.csv", around(broken, first: "5300000801", last: "5300000803"))
        file.published = ["5300000801", "5300000803"]
        file.rejected = [2: "map.code"]
        file.secrets = ["BIMAT"]
        return file
    }

    /// Over the megabyte that Kafka takes: cut short, the rest goes on.
    static var longCell: BadFile {
        let cell = String(repeating: "B", count: 1_040_000)
        var file = BadFile(
            "long-cell.csv", around(Array(row("5300000902", school: cell).utf8), first: "5300000901", last: "5300000903"))
        file.rejected = [2: "record.too-large"]
        file.published = ["5300000901", "5300000903"]
        file.secrets = ["BBBB"]
        return file
    }

    /// A TCVN3 export in a feed that is agreed to be UTF-8.
    static var wrongEncoding: BadFile {
        let broken = row("5300001002", name: "@").utf8.flatMap { $0 == UInt8(ascii: "@") ? [0x56, 0xE2, 0x20, 0xB5, 0xAD] : [$0] }
        var file = BadFile("tcvn3.csv", around(broken, first: "5300001001", last: "5300001003"))
        file.rejected = [2: "encoding.undecodable"]
        file.published = ["5300001001", "5300001003"]
        return file
    }

    /// Bytes that are no text at all, in one line.
    static var noise: BadFile {
        let bytes = (0..<4_000).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 31) }.filter { $0 != 0x0A && $0 != 0x0D && $0 != 0x22 }
        var file = BadFile("noise.csv", around(bytes, first: "5300001101", last: "5300001103"))
        file.rejected = [2: "encoding.undecodable"]
        file.published = ["5300001101", "5300001103"]
        return file
    }
}
