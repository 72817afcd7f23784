// Driving courses (BAO_CAO1) and the minutes of the tests that their candidates take; most are identified by
// the chip of their card for every part, some are not, some by the card of somebody else.

struct DrivingSamples {
    let population: Population
    let seed: UInt64
    let courseCount: Int
    let testCount: Int
    static let candidatesPerCourse = 30
    static let centreCount = 4
    private let adults: [Int32]

    init(population: Population, seed: UInt64, courseCount: Int, testCount: Int) {
        self.population = population
        self.seed = seed
        self.courseCount = courseCount
        self.testCount = testCount
        var adults: [Int32] = []
        for (index, person) in population.persons.enumerated() {
            let age = person.age(at: SampleDay.periodStart)
            if age >= 19, age <= 55, person.deathDay == .max { adults.append(Int32(index)) }
        }
        self.adults = adults.isEmpty ? [0] : adults
    }

    static func centre(_ course: Int) -> String { "5200" + String(course % centreCount + 1) }

    private func drivingClass(_ course: Int) -> String {
        // "B" alone comes with the classes of 2025.
        course % 37 == 36 ? "B" : ["B2", "B1", "A1", "C"][course % 4]
    }

    private func person(_ index: Int) -> Person {
        population.persons[Int(adults[(index &* 7919 &+ 5) % adults.count])]
    }

    private func begins(_ course: Int) -> Int { SampleDay.periodStart + course % 10 }

    private func registration(_ index: Int) -> String {
        let course = index / Self.candidatesPerCourse
        return Self.centre(course) + "-" + SampleDay.compact(begins(course)) + "-" + padded(index + 1, 6)
    }

    private func upper(_ person: Person) -> String { population.name(person).uppercased() }

    // MARK: Courses

    var courses: FeedPlan {
        FeedPlan(
            agency: "transport", feed: "driving-course", kind: 16, count: courseCount,
            recordsPerFile: Self.candidatesPerCourse,
            faults: [
                (.wrongCode, "map.code"), (.impossibleDate, "map.date"), (.missingField, "map.missing"),
                (.undecodable, "encoding.undecodable"), (.malformed, "xml.malformed"),
            ],
            hasDoctypeFile: true, fileStride: 37 * 20,
            name: { "BC1_" + Self.centre($0) + "_" + padded($0 + 1, 5) + ".xml" },
            head: { course, count in
                var xml = Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<BAO_CAO1><HEADER>".utf8)
                xml.element("MA_DV_GUI", Self.centre(course))
                xml.add("</HEADER>\n<DATA><KHOA_HOC><MA_BCI/>")
                xml.element("MA_CSDT", Self.centre(course))
                xml.element("MA_KHOA_HOC", Self.centre(course) + "K24" + padded(course + 1, 4))
                xml.element("TEN_KHOA_HOC", drivingClass(course) + " K" + padded(course + 1, 4))
                xml.element("MA_HANG_DAO_TAO", drivingClass(course))
                xml.element("HANG_GPLX", drivingClass(course))
                xml.element("SO_HOC_SINH", String(count))
                xml.element("NGAY_KHAI_GIANG", SampleDay.compact(begins(course)))
                xml.element("NGAY_BE_GIANG", SampleDay.compact(begins(course) + 60))
                xml.add("</KHOA_HOC>\n<NGUOI_LXS>\n")
                return xml
            },
            foot: Array("</NGUOI_LXS></DATA></BAO_CAO1>\n".utf8), record: { addCandidate($0, $1, $2, &$3) })
    }

    private func addCandidate(_ index: Int, _ fault: SampleFault?, _ isCorrected: Bool, _ xml: inout [UInt8]) {
        let person = person(index)
        let name = upper(person)
        let given = name.split(separator: " ").last.map(String.init) ?? name
        xml.add("<NGUOI_LX>")
        xml.element("SO_TT", String(index % Self.candidatesPerCourse + 1))
        xml.element("MA_DK", fault == .missingField ? "" : registration(index))
        xml.element("HO_TEN_DEM", String(name.dropLast(given.count + 1)))
        xml.element("TEN", given)
        xml.element("HO_VA_TEN", name, undecodable: fault == .undecodable)
        xml.element("NGAY_SINH", fault == .impossibleDate ? "19990231" : SampleDay.compact(Int(person.birthDay)))
        xml.element("GIOI_TINH", fault == .wrongCode ? "X" : person.isFemale ? "F" : "M")
        xml.element("MA_QUOC_TICH", "VNM")
        xml.element("NOI_CT_MA_DVHC", population.commune(person).code)
        xml.element("SO_CMT", person.idNumber)
        xml.add(fault == .malformed ? "<HO_SO><SO_HO_SO></HO_SO>" : "<HO_SO>")
        xml.element("SO_HO_SO", Self.centre(index) + "-" + padded(index + 1, 6))
        xml.add("</HO_SO></NGUOI_LX>\n")
    }

    // MARK: Tests

    static let candidatesPerSession = 60

    var tests: FeedPlan {
        FeedPlan(
            agency: "transport", feed: "driving-test", kind: 17, count: testCount,
            recordsPerFile: Self.candidatesPerSession,
            faults: [
                (.wrongCode, "map.code"), (.missingField, "map.missing"), (.impossibleDate, "map.date"),
                (.undecodable, "encoding.undecodable"), (.malformed, "xml.malformed"),
            ],
            fileStride: 1 << 40,
            name: { "SH_" + Self.centre($0) + "_" + padded($0 + 1, 5) + ".xml" },
            head: { session, _ in
                var xml = Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<BIEN_BAN_SH><KY_SH>".utf8)
                xml.element("MAKYSH", Self.centre(session) + "K" + padded(session + 1, 5))
                xml.element("NGAYSH", SampleDay.compact(SampleDay.number(2024, 8, 14) + session % 15))
                xml.element("SOQD", "\(500 + session)/QĐ-SGTVT")
                xml.element("MA_TTSH", Self.centre(session))
                xml.add("</KY_SH>\n<THI_SINHS>\n")
                return xml
            },
            foot: Array("</THI_SINHS></BIEN_BAN_SH>\n".utf8), record: { addTest($0, $1, &$3) })
    }

    enum Integrity: Sendable {
        case sound, unread, otherCard
    }

    func integrity(_ index: Int) -> Integrity {
        var random = SampleRandom(seed: seed, 17, index)
        let draw = random.below(1000)
        return draw < 60 ? .unread : draw < 80 ? .otherCard : .sound
    }

    private func addTest(_ index: Int, _ fault: SampleFault?, _ xml: inout [UInt8]) {
        var random = SampleRandom(seed: seed, 117, index)
        let candidate = courseCount > 0 ? index % courseCount : index
        let person = person(candidate)
        let level = drivingClass(candidate / Self.candidatesPerCourse)
        let integrity = integrity(index)
        let failed = random.chance(perMille: 150) ? random.below(4) : -1
        xml.add("<THI_SINH>")
        xml.element("SoBaoDanh", String(index % Self.candidatesPerSession + 1))
        xml.element("MA_DK", fault == .missingField ? "" : registration(candidate))
        xml.element("HO_VA_TEN", upper(person), undecodable: fault == .undecodable)
        xml.element("NGAY_SINH", fault == .impossibleDate ? "19990231" : SampleDay.compact(Int(person.birthDay)))
        xml.element("GIOI_TINH", person.isFemale ? "F" : "M")
        xml.element("SO_CMT", person.idNumber)
        xml.element("HangGPLX", level)
        var isPassed = true
        let names: [(result: StaticString, reader: StaticString)] = [
            ("KQ_SH_LYTHUYET", "DT_LYTHUYET"), ("KQ_SH_MOPHONG", "DT_MOPHONG"), ("KQ_SH_HINH", "DT_HINH"),
            ("KQ_SH_DUONG", "DT_DUONG"),
        ]
        for (part, name) in names.enumerated() where level != "A1" || part == 0 || part == 2 {
            let result = !isPassed ? "VANG" : part == failed ? "KHONG_DAT" : "DAT"
            if result != "DAT" { isPassed = false }
            xml.element(name.result, fault == .wrongCode && part == 0 ? "?" : result)
            let isRead = integrity != .unread || part != 2
            let reader = integrity == .otherCard && part == 0 ? self.person(candidate + 1) : person
            xml.element(name.reader, isRead ? reader.idNumber : "")
        }
        if fault == .malformed { xml.add("<GHI_CHU>") }
        xml.element("KET_QUA_SH", isPassed ? "DAT" : "KHONG_DAT")
        xml.add("</THI_SINH>\n")
    }
}
