// Hospital visits: GIAMDINHHS files a facility and day, each record with XML0 and XML1 in base64, some with
// XML2 or XML6, as QĐ 4750 lays them out.

import Mapping

struct MedicalSamples {
    let population: Population
    let seed: UInt64
    let count: Int
    static let visitsPerFile = 100

    private static let diagnoses: [(code: String, text: String)] = [
        ("J06.9", "Nhiễm trùng đường hô hấp trên cấp"), ("I10", "Tăng huyết áp vô căn (nguyên phát)"),
        ("E11.9", "Đái tháo đường type 2"), ("K29.7", "Viêm dạ dày, không đặc hiệu"), ("M54.5", "Đau thắt lưng"),
        ("J45.9", "Hen, không phân loại"), ("A90", "Sốt Dengue"), ("S52.5", "Gãy đầu dưới xương quay"),
        ("O80", "Đẻ thường một thai"), ("N39.0", "Nhiễm trùng hệ tiết niệu"), ("H25.9", "Đục thủy tinh thể tuổi già"),
        ("B20", "Bệnh HIV dẫn đến bệnh nhiễm trùng"),
    ]

    var facilityCount: Int { min(max(count / 400, 4), 120) }

    func facility(_ file: Int) -> String { "52" + padded(file % facilityCount + 1, 3) }

    func day(_ file: Int) -> Int {
        let files = max((count + Self.visitsPerFile - 1) / Self.visitsPerFile, 1)
        let rounds = max((files + facilityCount - 1) / facilityCount, 1)
        return SampleDay.periodStart + (file / facilityCount) * 91 / rounds
    }

    var plan: FeedPlan {
        FeedPlan(
            agency: "health", feed: "medical-visit", kind: 11, count: count, recordsPerFile: Self.visitsPerFile,
            faults: [
                (.wrongCode, "map.code"), (.impossibleDate, "map.date"), (.missingField, "map.missing"),
                (.undecodable, "encoding.undecodable"), (.malformed, "xml.malformed"), (.base64, "base64.malformed"),
            ],
            hasEmptyFile: true, hasRepeatedFile: true, hasDoctypeFile: true, fileStride: facilityCount,
            separator: [0x0A],
            name: { padded($0, 5) + "_" + facility($0) + "_" + SampleDay.compact(day($0)) + ".xml" },
            head: { file, count in
                Array(
                    ("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<GIAMDINHHS xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
                        + " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">\n"
                        + "<THONGTINDONVI><MACSKCB>\(facility(file))</MACSKCB></THONGTINDONVI>\n"
                        + "<THONGTINHOSO><NGAYLAP>\(SampleDay.compact(day(file)))</NGAYLAP><SOLUONGHOSO>\(count)</SOLUONGHOSO>"
                        + "<DANHSACHHOSO>\n").utf8)
            },
            foot: Array("\n</DANHSACHHOSO></THONGTINHOSO><CHUKYDONVI/></GIAMDINHHS>\n".utf8),
            record: { add($0, $1, $2, &$3) })
    }

    /// One visit's values, the same whenever it is made.
    struct Visit {
        var id: String
        var person: Person
        var name: String
        var birth: String
        var facility: String
        var typeCode: String
        var admitted: Int
        var discharged: Int
        var hour: Int
        var insuranceCard: String
        var method: String
        var diagnosis: Int
        var total: Int
        var isWrongPerson = false
    }

    func visit(_ index: Int) -> Visit {
        var random = SampleRandom(seed: seed, 11, index)
        let file = index / Self.visitsPerFile
        let day = day(file)
        var person = population.persons[random.below(population.persons.count)]
        while Int(person.birthDay) > day || Int(person.deathDay) < day {
            person = population.persons[random.below(population.persons.count)]
        }
        let typeCode = random.pick(["01", "01", "01", "01", "01", "01", "02", "02", "03", "03", "04", "07", "09", "06"])
        let isInpatient = typeCode == "03" || typeCode == "04" || typeCode == "06"
        var visit = Visit(
            id: facility(file) + "24" + padded(index, 8), person: person, name: population.name(person),
            birth: SampleDay.compact(Int(person.birthDay)) + "0000", facility: facility(file), typeCode: typeCode,
            admitted: max(day - (isInpatient ? random.within(1...9) : 0), Int(person.birthDay)), discharged: day,
            hour: random.within(7...15), insuranceCard: "", method: "", diagnosis: random.below(Self.diagnoses.count),
            total: random.within(5...400) * 1000)
        if random.chance(perMille: 820) {
            visit.insuranceCard = random.pick(["DN4", "GD4", "TE1", "HN2", "HT3", "BT2"]) + "52"
                + padded(random.below(1_000_000_000) + 5_000_000_000, 10)
        }
        visit.method = random.pick(["chip", "chip", "chip", "qr", "vneid", "vneid", "card", "manual", ""])
        let oddity = random.below(1000)
        if oddity < 15 {
            // A typing error: the population register will not match.
            visit.name = visit.name.split(separator: " ").dropLast().joined(separator: " ") + " Ann"
            visit.isWrongPerson = true
        } else if oddity < 60 {
            visit.birth = String(SampleDay.parts(Int(person.birthDay)).year) + "00000000"
        }
        return visit
    }

    private func add(_ index: Int, _ fault: SampleFault?, _ isCorrected: Bool, _ bytes: inout [UInt8]) {
        let visit = visit(index)
        bytes.add("<HOSO>")
        file("XML0", fault, &bytes) { checkIn(visit, fault, &$0) }
        file("XML1", fault, &bytes) { summary(visit, fault, isCorrected, &$0) }
        if index % 5 == 0 { file("XML2", nil, &bytes) { medicines(visit, &$0) } }
        if visit.diagnosis == 11 { file("XML6", nil, &bytes) { hiv(visit, &$0) } }
        bytes.add("</HOSO>")
    }

    private func file(
        _ kind: String, _ fault: SampleFault?, _ bytes: inout [UInt8], _ content: (inout [UInt8]) -> Void
    ) {
        var document = Array("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n".utf8)
        content(&document)
        bytes.add("<FILEHOSO><LOAIHOSO>\(kind)</LOAIHOSO><NOIDUNGFILE>")
        encodeBase64(document.span, to: &bytes)
        // One sign of the last group is left: no padding can make it whole.
        if fault == .base64, kind == "XML1" { bytes.removeLast(3) }
        if fault != .malformed || kind == "XML0" { bytes.add("</NOIDUNGFILE>") }
        bytes.add("</FILEHOSO>")
    }

    private func moment(_ day: Int, _ hour: Int, _ minute: Int = 15) -> String {
        SampleDay.compact(day) + padded(hour, 2) + padded(minute, 2)
    }

    private func admitted(_ visit: Visit, _ fault: SampleFault?) -> String {
        fault == .impossibleDate ? "202406311015" : moment(visit.admitted, visit.hour)
    }

    private func checkIn(_ visit: Visit, _ fault: SampleFault?, _ xml: inout [UInt8]) {
        xml.add("<CHI_TIEU_TRANG_THAI_KCB><DSACH_TRANG_THAI_KCB><TRANG_THAI_KCB>")
        xml.element("MA_LK", visit.id)
        xml.element("STT", "1")
        xml.element("MA_BN", "BN" + visit.person.idNumber.suffix(8))
        xml.element("HO_TEN", fault == .missingField ? "" : visit.name)
        xml.element("SO_CCCD", visit.person.idNumber)
        xml.element("NGAY_SINH", visit.birth)
        xml.element("GIOI_TINH", visit.person.isFemale ? "2" : "1")
        xml.element("MA_THE_BHYT", visit.insuranceCard)
        xml.element("MA_DOITUONG_KCB", "1.1")
        xml.element("NGAY_VAO", admitted(visit, fault))
        xml.element("MA_LOAI_KCB", fault == .wrongCode ? "99" : visit.typeCode)
        xml.element("MA_CSKCB", visit.facility)
        xml.element("DU_PHONG", visit.method.isEmpty ? "" : "PTXT=" + visit.method)
        xml.add("</TRANG_THAI_KCB></DSACH_TRANG_THAI_KCB><CHUKYDONVI/></CHI_TIEU_TRANG_THAI_KCB>")
    }

    private func summary(_ visit: Visit, _ fault: SampleFault?, _ isCorrected: Bool, _ xml: inout [UInt8]) {
        let person = visit.person
        let commune = population.commune(person)
        let isInpatient = visit.admitted < visit.discharged
        let total = visit.total + (isCorrected ? 50_000 : 0)
        let insured = visit.insuranceCard.isEmpty ? 0 : total * 9 / 10
        let coPay = insured / 5
        let diagnosis = Self.diagnoses[visit.diagnosis]
        xml.add("<TONG_HOP>")
        xml.element("MA_LK", visit.id)
        xml.element("STT", "1")
        xml.element("MA_BN", "BN" + person.idNumber.suffix(8))
        xml.element("HO_TEN", fault == .missingField ? "" : visit.name, undecodable: fault == .undecodable)
        xml.element("SO_CCCD", person.idNumber)
        xml.element("NGAY_SINH", visit.birth)
        xml.element("GIOI_TINH", person.isFemale ? "2" : "1")
        for name: StaticString in ["NHOM_MAU"] { xml.element(name, "") }
        xml.element("MA_QUOCTICH", "000")
        xml.element("MA_DANTOC", "01")
        xml.element("MA_NGHE_NGHIEP", "00000")
        xml.element("DIA_CHI", commune.fullName + ", tỉnh Bình Định")
        xml.element("MATINH_CU_TRU", "52")
        xml.element("MAHUYEN_CU_TRU", commune.districtCode)
        xml.element("MAXA_CU_TRU", commune.code)
        xml.element("DIEN_THOAI", "")
        xml.element("MA_THE_BHYT", visit.insuranceCard)
        xml.element("MA_DKBD", visit.insuranceCard.isEmpty ? "" : visit.facility)
        xml.element("GT_THE_TU", visit.insuranceCard.isEmpty ? "" : "20240101")
        xml.element("GT_THE_DEN", visit.insuranceCard.isEmpty ? "" : "20241231")
        for name: StaticString in ["NGAY_MIEN_CCT", "LY_DO_VV", "LY_DO_VNT", "MA_LY_DO_VNT"] { xml.element(name, "") }
        xml.element("CHAN_DOAN_VAO", diagnosis.text)
        xml.element("CHAN_DOAN_RV", diagnosis.text)
        xml.element("MA_BENH_CHINH", diagnosis.code)
        xml.element("MA_BENH_KT", visit.diagnosis % 3 == 0 ? "I10;E78.5" : "")
        for name: StaticString in ["MA_BENH_YHCT", "MA_PTTT_QT"] { xml.element(name, "") }
        xml.element("MA_DOITUONG_KCB", "1.1")
        for name: StaticString in ["MA_NOI_DI", "MA_NOI_DEN", "MA_TAI_NAN"] { xml.element(name, "") }
        xml.element("NGAY_VAO", admitted(visit, fault))
        xml.element("NGAY_VAO_NOI_TRU", isInpatient ? moment(visit.admitted, visit.hour + 1) : "")
        xml.element("NGAY_RA", moment(visit.discharged, visit.hour + 2))
        xml.element("GIAY_CHUYEN_TUYEN", "")
        xml.element("SO_NGAY_DTRI", String(isInpatient ? visit.discharged - visit.admitted + 1 : 0))
        xml.element("PP_DIEU_TRI", "Nội khoa")
        xml.element("KET_QUA_DTRI", isCorrected ? "2" : "1")
        xml.element("MA_LOAI_RV", "1")
        xml.element("GHI_CHU", "")
        xml.element("NGAY_TTOAN", moment(visit.discharged, visit.hour + 2, 40))
        xml.element("T_THUOC", String(total / 2))
        xml.element("T_VTYT", "0")
        xml.element("T_TONGCHI_BV", String(total))
        xml.element("T_TONGCHI_BH", String(insured))
        xml.element("T_BNTT", String(total - insured))
        xml.element("T_BNCCT", String(coPay))
        xml.element("T_BHTT", String(insured - coPay))
        xml.element("T_NGUONKHAC", "0")
        xml.element("T_BHTT_GDV", "0")
        xml.element("NAM_QT", "2024")
        xml.element("THANG_QT", padded(SampleDay.parts(visit.discharged).month, 2))
        xml.element("MA_LOAI_KCB", fault == .wrongCode ? "99" : visit.typeCode)
        xml.element("MA_KHOA", isInpatient ? "K03" : "K01")
        xml.element("MA_CSKCB", visit.facility)
        for name: StaticString in ["MA_KHUVUC", "CAN_NANG", "CAN_NANG_CON", "NAM_NAM_LIEN_TUC", "NGAY_TAI_KHAM"] {
            xml.element(name, "")
        }
        xml.element("MA_HSBA", visit.id)
        xml.element("MA_TTDV", "")
        xml.element("DU_PHONG", "")
        xml.add("</TONG_HOP>")
    }

    private func medicines(_ visit: Visit, _ xml: inout [UInt8]) {
        xml.add("<CHITIEU_CHITIET_THUOC><DSACH_CHI_TIET_THUOC><CHI_TIET_THUOC>")
        xml.element("MA_LK", visit.id)
        xml.element("STT", "1")
        xml.element("MA_THUOC", "40.48")
        xml.element("TEN_THUOC", "Paracetamol 500mg")
        xml.element("SO_LUONG", "10")
        xml.element("DON_GIA", "450")
        xml.element("THANH_TIEN_BV", "4500")
        xml.element("NGAY_YL", moment(visit.admitted, visit.hour))
        xml.add("</CHI_TIET_THUOC></DSACH_CHI_TIET_THUOC></CHITIEU_CHITIET_THUOC>")
    }

    private func hiv(_ visit: Visit, _ xml: inout [UInt8]) {
        xml.add("<CHI_TIEU_HO_SO_BENH_AN_CHAM_SOC_VA_DIEU_TRI_HIV_AIDS>")
        xml.add("<DSACH_HO_SO_BENH_AN_CHAM_SOC_VA_DIEU_TRI_HIV_AIDS><HO_SO_BENH_AN_CHAM_SOC_VA_DIEU_TRI_HIV_AIDS>")
        xml.element("MA_LK", visit.id)
        xml.element("NGAYKD_HIV", "20190305")
        xml.element("MA_CSKCB", visit.facility)
        xml.add("</HO_SO_BENH_AN_CHAM_SOC_VA_DIEU_TRI_HIV_AIDS></DSACH_HO_SO_BENH_AN_CHAM_SOC_VA_DIEU_TRI_HIV_AIDS>")
        xml.add("</CHI_TIEU_HO_SO_BENH_AN_CHAM_SOC_VA_DIEU_TRI_HIV_AIDS>")
    }
}
