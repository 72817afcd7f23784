// Bad XML and JSON files, made in the test: bombs, declarations that reach outside, what breaks off.
import Foundation

/// Hospitals' files in the form of QĐ 4750: one HOSO per visit, documents inside as base64.
enum VisitFile {
    static let root = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
    static let head = "<GIAMDINHHS><THONGTINDONVI><MACSKCB>52001</MACSKCB></THONGTINDONVI><THONGTINHOSO><DANHSACHHOSO>\n"
    static let tail = "</DANHSACHHOSO></THONGTINHOSO></GIAMDINHHS>\n"

    static func document(_ id: String, name: String = "Lê Anh Nghĩa") -> String {
        root + "<TONG_HOP><MA_LK>\(id)</MA_LK><HO_TEN>\(name)</HO_TEN><SO_CCCD>052031004001</SO_CCCD>"
            + "<NGAY_SINH>193110210000</NGAY_SINH><GIOI_TINH>1</GIOI_TINH><MA_BENH_CHINH>J10</MA_BENH_CHINH>"
            + "<NGAY_VAO>202406011015</NGAY_VAO><NGAY_RA>202406011215</NGAY_RA><MA_LOAI_KCB>01</MA_LOAI_KCB>"
            + "<MA_CSKCB>52001</MA_CSKCB></TONG_HOP>"
    }

    static func carrier(base64 text: String) -> String {
        "<HOSO><FILEHOSO><LOAIHOSO>XML1</LOAIHOSO><NOIDUNGFILE>\(text)</NOIDUNGFILE></FILEHOSO></HOSO>\n"
    }

    static func record(_ document: [UInt8]) -> String { carrier(base64: Data(document).base64EncodedString()) }
    static func record(_ document: String) -> String { record(Array(document.utf8)) }
    static func good(_ id: String) -> String { record(document(id)) }

    static func around(_ middle: String, first: String, last: String) -> String {
        root + head + good(first) + middle + good(last) + tail
    }

    static var all: [BadFile] {
        [
            entityBombInFile, entityBombInDocument, externalEntity, truncatedBase64, strangeBase64, invalidUTF8,
            undecodable, deepDocument, deepFile, crossed, brokenOff, empty, attributes,
        ]
    }

    static let bomb = "<!DOCTYPE b [<!ENTITY a \"BIMATBIMAT\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]>\n"

    private static func bad(
        _ name: String, _ middle: String, _ number: String, _ code: String, place: String? = nil, secrets: [String] = []
    ) -> BadFile {
        var file = BadFile(name, around(middle, first: "5200120000\(number)1", last: "5200120000\(number)3"))
        file.rejected = [2: code]
        file.published = ["5200120000\(number)1", "5200120000\(number)3"]
        file.secrets = secrets
        if let place { file.places = [2: place] }
        return file
    }

    /// A DOCTYPE makes the whole file suspect: none of its records goes on.
    static var entityBombInFile: BadFile {
        var file = BadFile("bomb.xml", root + bomb + head + good("520012000001") + tail)
        file.rejected = [1: "xml.doctype"]
        file.secrets = ["BIMAT"]
        return file
    }

    static var entityBombInDocument: BadFile {
        let document = document("5200120000102").replacingOccurrences(of: root, with: root + bomb)
            .replacingOccurrences(of: "Lê Anh Nghĩa", with: "&c;")
        return bad("bomb-inside.xml", record(document), "10", "xml.doctype", place: "XML1", secrets: ["BIMAT"])
    }

    static var externalEntity: BadFile {
        let outside = "<!DOCTYPE x [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"
        let document = document("5200120000112").replacingOccurrences(of: root, with: root + outside)
            .replacingOccurrences(of: "Lê Anh Nghĩa", with: "&x;")
        return bad("outside.xml", record(document), "11", "xml.doctype", place: "XML1", secrets: ["root:", "passwd"])
    }

    static var truncatedBase64: BadFile {
        let whole = Data(document("5200120000122", name: "BIMAT").utf8).base64EncodedString()
        return bad("truncated-base64.xml", carrier(base64: String(whole.prefix(301))), "12", "base64.malformed", place: "XML1",
            secrets: [String(whole.prefix(40))])
    }

    static var strangeBase64: BadFile {
        let whole = Data(document("5200120000132").utf8).base64EncodedString()
        return bad("strange-base64.xml", carrier(base64: whole.prefix(40) + "@#" + whole.dropFirst(40)), "13", "base64.malformed", place: "XML1")
    }

    static var invalidUTF8: BadFile {
        let bytes = Array(document("5200120000142", name: "@").utf8).flatMap { $0 == UInt8(ascii: "@") ? [0xC3, 0x28, 0xFF] : [$0] }
        return bad("invalid-utf8.xml", record(bytes), "14", "encoding.undecodable", place: "XML1")
    }

    /// A document that says windows-1258 and holds bytes which that has not.
    static var undecodable: BadFile {
        let text = document("5200120000152", name: "@").replacingOccurrences(of: "utf-8", with: "windows-1258")
        let bytes = Array(text.utf8).flatMap { $0 == UInt8(ascii: "@") ? [0x8A, 0x9D] : [$0] }
        return bad("windows-1258.xml", record(bytes), "15", "encoding.undecodable", place: "XML1")
    }

    static var deepDocument: BadFile {
        let depth = 50_000
        let text = root + "<TONG_HOP>" + String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth) + "</TONG_HOP>"
        return bad("deep-document.xml", record(text), "16", "xml.depth", place: "XML1")
    }

    static var deepFile: BadFile {
        let depth = 100_000
        let text = "<HOSO>" + String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth) + "</HOSO>"
        return bad("deep-file.xml", text, "17", "xml.depth")
    }

    static var crossed: BadFile {
        bad("crossed.xml", "<HOSO><FILEHOSO><BIMAT></FILEHOSO></BIMAT></HOSO>\n", "18", "xml.malformed", secrets: [">"])
    }

    static var brokenOff: BadFile {
        let whole = root + head + good("5200120000191") + good("5200120000192")
        var file = BadFile("broken-off.xml", String(whole.dropLast(200)))
        file.rejected = [2: "file.truncated"]
        file.published = ["5200120000191"]
        return file
    }

    static var empty: BadFile {
        var file = BadFile("empty.xml", [])
        file.rejected = [1: "file.empty"]
        return file
    }

    static var attributes: BadFile {
        let many = (0..<10_000).map { " a\($0)=\"BIMAT\"" }.joined()
        return bad("attributes.xml", "<HOSO\(many)></HOSO>\n", "20", "xml.malformed", secrets: ["BIMAT"])
    }
}

/// Civil status offices' files: a JSON array.
enum BirthFile {
    static func record(_ book: String, name: String = "\"Trần Thành Ngân\"", more: String = "") -> String {
        """
        {"maDonVi":"21786","module":"KS","ngayTiepNhan":"15/07/2024","data":{"so":"\(book)","quyenSo":"01/2024","trangSo":"1",\
        "ngayDangKy":"15/07/2024","noiDangKy":"21786","loaiDangKy":"1","nksHoTen":\(name),"nksGioiTinh":"2",\
        "nksNgaySinh":"12/07/2024","nksDanToc":"01","nksQuocTich":"VN","nksLoaiKhaiSinh":"1","soDinhDanh":"052324004001",\
        "meHoTen":"Huỳnh Hoàng Anh","meNgaySinh":"03/06/1997","meSoDDCN":"052197004001"\(more)}}
        """
    }

    static func around(_ middle: String, first: String, last: String) -> String {
        "[\n" + [record(first), middle, record(last)].joined(separator: ",\n") + "\n]\n"
    }

    static var all: [BadFile] {
        [deep, control, surrogate, duplicateKey, hugeExponent, unclosed, brokenOff, empty, notAnArray]
    }

    private static func bad(_ name: String, _ middle: String, _ number: String, _ code: String, secrets: [String] = ["BIMAT"]) -> BadFile {
        var file = BadFile(name, around(middle, first: number + "1", last: number + "3"))
        file.rejected = [2: code]
        file.published = [number + "1", number + "3"]
        file.secrets = secrets
        return file
    }

    static var deep: BadFile {
        bad("deep.json", record("702", more: ",\"x\":" + String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)),
            "70", "json.depth", secrets: ["[[["])
    }
    static var control: BadFile { bad("control.json", record("712", name: "\"BIMAT\u{1}\""), "71", "json.malformed") }
    static var surrogate: BadFile { bad("surrogate.json", record("722", name: "\"BIMAT\\uD800\""), "72", "json.malformed") }
    static var duplicateKey: BadFile { bad("twice.json", record("732", more: ",\"so\":\"BIMAT\""), "73", "json.malformed") }
    static var hugeExponent: BadFile { bad("exponent.json", record("742", name: "1e999999"), "74", "contract.type", secrets: ["1e999999"]) }
    static var unclosed: BadFile {
        bad("unclosed.json", "{\"maDonVi\":\"21786\",\"module\":\"KS\",\"data\":{\"so\":\"BIMAT", "75", "json.malformed")
    }

    static var brokenOff: BadFile {
        var file = BadFile("broken-off.json", "[\n" + record("761") + ",\n" + String(record("762").dropLast(60)))
        file.rejected = [2: "file.truncated"]
        file.published = ["761"]
        return file
    }

    static var empty: BadFile {
        var file = BadFile("blank.json", "  \n ")
        file.rejected = [1: "file.empty"]
        return file
    }

    static var notAnArray: BadFile {
        var file = BadFile("html.json", "<html><body>503 BIMAT</body></html>")
        file.rejected = [1: "json.malformed"]
        file.secrets = ["BIMAT"]
        return file
    }
}
