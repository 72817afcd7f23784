// Pupils of the school year 2024-2025 as the education database exports them: UTF-8 with byte order mark and
// semicolons; a few are on the roll of two schools, a few in a grade that does not go with their age.

import Mapping

struct SchoolSamples {
    let population: Population
    let seed: UInt64
    let count: Int
    private let pupils: [Int32]
    /// The year's reference for grades.
    private static let yearStart = SampleDay.number(2024, 9, 1)

    init(population: Population, seed: UInt64, count: Int) {
        self.population = population
        self.seed = seed
        self.count = count
        var pupils: [Int32] = []
        for (index, person) in population.persons.enumerated() where person.role == .child && person.deathDay == .max {
            let year = SampleDay.parts(Int(person.birthDay)).year
            if year <= 2018, year >= 2007 { pupils.append(Int32(index)) }
        }
        self.pupils = pupils.isEmpty ? [0] : pupils
    }

    /// Every fiftieth record is a second school of the pupil before.
    func pupil(_ index: Int) -> (person: Person, isSecond: Bool, isOddGrade: Bool) {
        let isSecond = index % 50 == 49
        let place = isSecond ? index - 1 : index
        let person = population.persons[Int(pupils[(place - place / 50) % pupils.count])]
        return (person, isSecond, index % 101 == 57)
    }

    private static let titles = [
        "Mã trường", "Họ và tên", "Tên trường", "Mã định danh Bộ GDĐT", "Ngày sinh", "Giới tính", "Số định danh cá nhân",
        "Mã dân tộc", "Lớp", "Khối", "Năm học", "Trạng thái", "Ngày vào trường", "Ngày rời trường", "Mã xã",
        "Họ tên người giám hộ", "Số định danh người giám hộ", "Quan hệ",
    ]

    var plan: FeedPlan {
        FeedPlan(
            agency: "education", feed: "school-enrolment", kind: 18, count: count, recordsPerFile: 400,
            faults: [
                (.wrongCode, "map.code"), (.impossibleDate, "map.date"), (.missingField, "map.missing"),
                (.wrongNumber, "map.number"), (.undecodable, "encoding.undecodable"), (.malformed, "csv.quote"),
                (.columns, "csv.columns"),
            ],
            truncationCode: "csv.columns", name: { "hocsinh_" + padded($0 + 1, 5) + ".csv" },
            head: { _, _ in
                var bytes: [UInt8] = [0xEF, 0xBB, 0xBF]
                bytes.row(Self.titles, delimiter: ";", encoding: .utf8)
                return bytes
            },
            record: { add($0, $1, $2, &$3) })
    }

    static let levels = ["Tiểu học", "THCS", "THPT"]

    /// School code and name of a commune's school of a level.
    static func school(commune: Int, level: Int, reference: SampleReferenceData) -> (code: String, name: String) {
        ("52" + padded(commune, 3) + padded(level + 1, 3), levels[level] + " " + reference.communes[commune].fullName)
    }

    private func add(_ index: Int, _ fault: SampleFault?, _ isCorrected: Bool, _ bytes: inout [UInt8]) {
        let (person, isSecond, isOddGrade) = pupil(index)
        let year = SampleDay.parts(Int(person.birthDay)).year
        var grade = min(max(2024 - year - 5, 1), 12)
        if isOddGrade { grade = grade > 6 ? grade - 5 : grade + 5 }
        let level = grade <= 5 ? 0 : grade <= 9 ? 1 : 2
        let commune = (Int(person.commune) + (isSecond ? 1 : 0)) % population.reference.communes.count
        let school = Self.school(commune: commune, level: level, reference: population.reference)
        let guardian = population.member(of: person, index % 3 == 0 ? .father : .mother) ?? person
        bytes.row(
            [
                school.code, fault == .missingField ? "" : population.name(person), school.name,
                "52" + person.idNumber.suffix(10), SampleDay.slashed(Int(person.birthDay)), person.isFemale ? "Nữ" : "Nam",
                person.idNumber, "01", "\(grade)A\(index % 6 + 1)", fault == .wrongNumber ? "bảy" : String(grade), "2024-2025",
                fault == .wrongCode ? "Không rõ" : isCorrected ? "Chuyển trường" : "Đang học",
                fault == .impossibleDate ? "31/06/2024" : SampleDay.slashed(Self.yearStart - 28 + index % 20),
                isCorrected ? "15/10/2024" : "", population.commune(person).code, population.name(guardian), guardian.idNumber,
                guardian.isFemale ? "Mẹ" : "Cha",
            ], delimiter: ";", encoding: .utf8, fault: fault)
    }
}
