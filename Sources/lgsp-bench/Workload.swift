// The benchmark's records: medical visits of about 1 KB in Vietnamese, the shape that
// Scripts/bench/visit.schema.json describes. Deterministic: a record depends on its number alone.

import Records

/// Makes visit records. One in twenty is invalid, so that the refusing path is timed too.
struct VisitWorkload {
    private static let familyNames = [
        "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Cao", "Đoàn", "Trịnh",
    ]
    private static let middleNames = ["Thị", "Văn", "Minh", "Ngọc", "Thanh", "Quang", "Hải", "Anh", "Đình", "Thuý"]
    private static let givenNames = [
        "Hường", "Tâm", "Phước", "Tuyết", "Khoa", "Vinh", "Loan", "Trí", "Diễm", "Sáng", "Ý", "Nhi", "Thịnh", "Oanh",
    ]
    private static let wards = ["phường Tân An", "xã Ea Tu", "phường Thành Nhất", "xã Hoà Thắng", "phường Buôn Hồ"]
    private static let provinces = ["Đắk Lắk", "Gia Lai", "Lâm Đồng", "Khánh Hoà", "Quảng Trị", "Đồng Tháp"]
    private static let streets = ["đường Y Jút", "đường Lý Thường Kiệt", "đường Phan Bội Châu", "hẻm 12 Nguyễn Tất Thành"]
    private static let diagnoses = [
        ("J18.9", "Viêm phổi, tác nhân không xác định"), ("I10", "Bệnh lý tăng huyết áp"),
        ("E11.9", "Bệnh đái tháo đường týp 2, chưa có biến chứng"), ("K35.8", "Viêm ruột thừa cấp, không xác định khác"),
        ("A91", "Sốt xuất huyết do vi rút Dengue"), ("S52.5", "Gãy đầu dưới xương quay"),
    ]
    private static let reasons = [
        "Ho có đờm kéo dài, sốt nhẹ về chiều", "Tái khám định kỳ, xin cấp thuốc", "Đau hố chậu phải từ đêm qua",
        "Ngã xe máy, đau cổ tay trái", "Mệt, chán ăn, đau nhức mình mẩy",
    ]

    private var state: UInt64 = 0

    /// A step of SplitMix64: every number gives its own stream.
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
    private mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    private mutating func pick<Item>(_ items: [Item]) -> Item { items[below(items.count)] }
    private mutating func digits(_ count: Int) -> String {
        (0..<count).map { _ in String(below(10)) }.joined()
    }
    private mutating func person() -> String { "\(pick(Self.familyNames)) \(pick(Self.middleNames)) \(pick(Self.givenNames))" }
    private mutating func date(_ years: ClosedRange<Int>) -> String {
        "\(years.lowerBound + below(years.count))-\(Self.padded(1 + below(12)))-\(Self.padded(1 + below(28)))"
    }
    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// The record of that number as JSON, and the citizen number that is its key.
    mutating func record(_ number: Int) -> (key: String, json: String) {
        state = UInt64(truncatingIfNeeded: number) &* 0xD134_2543_DE82_EF95 &+ 7
        let subject = "0" + String(10_000_000_000 + below(1_000_000) * 7_919)
        let visitDate = date(2025...2026)
        let time = "\(Self.padded(7 + below(12))):\(Self.padded(below(60)))"
        let fault = below(20) == 0 ? 1 + below(5) : 0
        let hex = String(next(), radix: 16) + "0123456789abcdef0123456789abcdef"
        let id = Array(hex)
        func part(_ range: Range<Int>) -> String { String(id[range]) }
        var fields = [
            #""visit_id":"\#(part(0..<8))-\#(part(8..<12))-4\#(part(12..<15))-9\#(part(15..<18))-\#(part(18..<30))""#,
            #""schema_version":1"#, #""facility_code":"\#(digits(5))""#,
            #""cccd":"\#(fault == 1 ? String(subject.dropLast()) : subject)""#, #""full_name":"\#(person())""#,
        ]
        if fault != 2 { fields.append(#""birth_date":"\#(date(1940...2023))""#) }
        fields += [
            #""gender":"\#(fault == 3 ? "F" : pick(["nam", "nu"]))""#, #""phone":"0\#(digits(9))""#,
            #""email":"nguoibenh\#(below(1_000_000))@example.vn""#, #""ethnicity":"\#(pick(["Kinh", "Ê Đê", "Gia Rai"]))""#,
            #""address":{"line":"Số \#(1 + below(300)), \#(pick(Self.streets))","ward":"\#(pick(Self.wards))","#
                + #""province":"\#(pick(Self.provinces))","province_code":"\#(Self.padded(1 + below(96)))"}"#,
            #""visit_date":"\#(visitDate)""#, #""discharge":"\#(visitDate)T\#(time):00+07:00""#,
            #""visit_type":"\#(pick(["ngoai_tru", "noi_tru", "cap_cuu"]))""#,
            #""department":"\#(pick(["noi", "ngoai", "san", "nhi", "mat"]))""#, #""doctor":"BS. \#(person())""#,
            #""reason":"\#(pick(Self.reasons))""#,
        ]
        let list = (0...below(3)).map { place in
            let (code, name) = pick(Self.diagnoses)
            return #"{"code":"\#(code)","name":"\#(name)","primary":\#(place == 0)}"#
        }
        fields.append(#""diagnoses":[\#(list.joined(separator: ","))]"#)
        fields += [
            #""vitals":{"pulse":\#(fault == 4 ? 901 : 58 + below(50)),"temp_c":\#(36 + below(3)).\#(below(10)),"#
                + #""systolic":\#(98 + below(70)),"diastolic":\#(58 + below(40)),"weight_kg":\#(42 + below(40)).\#(below(10))}"#,
            #""insurance":"\#(pick(["DN", "HT", "GD", "CN"]))\#(digits(13))""#,
            below(3) > 0
                ? #""payment":{"kind":"bhyt","rate":\#(pick([80, 95, 100]))}"#
                : #""payment":{"kind":"tu_tra","method":"\#(pick(["tien_mat", "the"]))"}"#,
            #""total_cost":\#(1_000 * below(40_000)),"currency":"VND","emergency":\#(below(12) == 0)"#,
            below(2) == 0 ? #""notes":null"# : #""notes":"Diễn biến ổn định, hẹn khám lại sau \#(5 + below(20)) ngày""#,
            #""created_at":"\#(visitDate)T\#(time):\#(Self.padded(below(60)))Z""#,
        ]
        if fault == 5 { fields.append(#""noi_bo":"ghi chú riêng""#) }
        return (subject, "{" + fields.joined(separator: ",") + "}")
    }

    /// A batch of the records of those numbers, keyed by subject.
    static func batch(_ numbers: Range<Int>, topic: String) -> RecordBatch {
        var workload = VisitWorkload()
        var batch = RecordBatch()
        let index = batch.topicIndex(topic)
        for number in numbers {
            let (key, json) = workload.record(number)
            let keySlice = batch.store(key)
            let value = batch.store(json)
            batch.addRecord(topic: index, key: keySlice, value: value, headersFrom: batch.headerMark)
        }
        return batch
    }
}
