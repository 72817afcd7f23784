// The benchmark's records: medical visits of about 1 KB as JSON lines, one in twenty unfit. Where the shared
// generator stands beside the project its file is used; otherwise this one makes records of the same shape.
// Deterministic: record N is always the same.
import Foundation
import JSON

enum Workload {
    /// Lines without their ends.
    static func lines(count: Int, folder: String) throws -> (source: String, lines: [[UInt8]]) {
        let generator = "../shared/bench/workload/gen.py"
        guard FileManager.default.fileExists(atPath: generator) else {
            return ("own generator", (0..<count).map { record($0) })
        }
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [
            "-c", #"python3 "$0" "$1" "$2" >&2 && gzip -dc "$2/visits.jsonl.gz" > "$2/visits.jsonl""#, generator, "\(count)",
            folder,
        ]
        process.standardOutput = FileHandle.standardError
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0, let bytes = FileManager.default.contents(atPath: folder + "/visits.jsonl")
        else { throw BenchFailure("\(generator) failed") }
        return ("shared generator", bytes.split(separator: 0x0A).map { [UInt8]($0) })
    }

    /// SplitMix64: small, and the same everywhere.
    private struct Dice {
        var state: UInt64

        mutating func roll() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
        mutating func below(_ bound: Int) -> Int { Int(roll() % UInt64(bound)) }
        mutating func pick(_ words: [String]) -> String { words[below(words.count)] }
        /// Digits with zeros in front.
        mutating func digits(_ count: Int) -> String {
            String((0..<count).map { _ in Character(UnicodeScalar(UInt8(0x30 + below(10)))) })
        }
        mutating func date(_ years: ClosedRange<Int>) -> String {
            let year = years.lowerBound + below(years.count)
            return "\(year)-" + two(1 + below(12)) + "-" + two(1 + below(28))
        }
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }
    }

    private static let families = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ"]
    private static let middles = ["Văn", "Thị", "Hữu", "Đức", "Minh", "Thanh", "Ngọc", "Quốc", "Xuân", "Hồng"]
    private static let givens = ["An", "Bình", "Châu", "Dũng", "Giang", "Hạnh", "Khánh", "Linh", "Phúc", "Quỳnh", "Thảo"]
    private static let wards = ["phường Bến Nghé", "phường Hàng Bạc", "xã Tân Lập", "phường Vĩnh Hải", "xã Hoà Phú"]
    private static let streets = ["đường Nguyễn Trãi", "đường Lê Lợi", "đường Trần Hưng Đạo", "đường Hai Bà Trưng"]
    private static let provinces = ["Hà Nội", "Đà Nẵng", "Hải Phòng", "Cần Thơ", "Nghệ An", "Khánh Hoà", "Lâm Đồng"]
    private static let diagnoses = [
        ("J06.9", "Nhiễm trùng đường hô hấp trên cấp, không đặc hiệu"), ("I10", "Tăng huyết áp vô căn (nguyên phát)"),
        ("E11.9", "Đái tháo đường týp 2, không biến chứng"), ("M54.5", "Đau thắt lưng"), ("A90", "Sốt xuất huyết Dengue"),
    ]
    private static let reasons = ["Sốt cao 3 ngày, ho khan, đau đầu", "Tái khám theo hẹn, đo huyết áp", "Khám sức khoẻ định kỳ"]

    static func record(_ number: Int) -> [UInt8] {
        var dice = Dice(state: UInt64(number) &* 7_919 &+ 12_345)
        let day = dice.date(2024...2026)
        let fault = dice.below(20) == 0 ? 1 + dice.below(3) : 0
        let named = (0..<1 + dice.below(3)).map { place in
            let (code, name) = diagnoses[dice.below(diagnoses.count)]
            return #"{"code":"\#(code)","name":"\#(name)","primary":\#(place == 0)}"#
        }.joined(separator: ",")
        let payment =
            dice.below(3) > 0
            ? #"{"kind":"bhyt","rate":\#([80, 95, 100][dice.below(3)])}"#
            : #"{"kind":"tu_tra","method":"\#(dice.pick(["tien_mat", "the", "chuyen_khoan"]))"}"#
        let notes = dice.below(2) == 0 ? "null" : "\"Bệnh nhân ổn định, hẹn tái khám sau \(7 + dice.below(21)) ngày\""
        let name = [dice.pick(families), dice.pick(middles), dice.pick(middles), dice.pick(givens)].joined(separator: " ")
        let hour = dice.two(7 + dice.below(16))
        let gender = fault == 1 ? "female" : dice.pick(["nam", "nu", "khac"])
        let birth = fault == 2 ? "" : #""birth_date":"\#(dice.date(1935...2024))","#
        let pulse = fault == 3 ? 900 : 55 + dice.below(60)
        let text = """
            {"visit_id":"4f3a9c10-77aa-4b21-a9f0-\(dice.digits(12))","schema_version":1,"facility_code":"\(dice.digits(5))",\
            "cccd":"0010\(dice.two(dice.below(100)))\(dice.digits(6))","full_name":"\(name)",\(birth)"gender":"\(gender)",\
            "phone":"0\(dice.digits(9))","email":"benhnhan\(dice.below(1_000_000))@example.vn","ethnicity":"Kinh",\
            "address":{"line":"Số \(1 + dice.below(400)), \(dice.pick(streets))","ward":"\(dice.pick(wards))",\
            "province":"\(dice.pick(provinces))","province_code":"\(dice.two(1 + dice.below(96)))"},"visit_date":"\(day)",\
            "discharge":"\(day)T\(hour):\(dice.two(dice.below(60))):00+07:00",\
            "visit_type":"\(dice.pick(["ngoai_tru", "noi_tru", "cap_cuu"]))","department":"\(dice.pick(["noi", "ngoai", "nhi"]))",\
            "doctor":"BS. \(dice.pick(families)) \(dice.pick(givens))","reason":"\(dice.pick(reasons))","diagnoses":[\(named)],\
            "vitals":{"pulse":\(pulse),"temp_c":\(36 + dice.below(4)).\(dice.below(10)),"systolic":\(95 + dice.below(80)),\
            "diastolic":\(55 + dice.below(50)),"weight_kg":\(40 + dice.below(50)).5},\
            "insurance":"DN\(dice.digits(13))","payment":\(payment),"total_cost":\(1_000 * dice.below(50_000)),\
            "currency":"VND","emergency":\(dice.below(10) == 0),"notes":\(notes),\
            "created_at":"\(day)T\(dice.two(dice.below(24))):\(dice.two(dice.below(60))):\(dice.two(dice.below(60)))Z"}
            """
        return Array(text.utf8)
    }
}
