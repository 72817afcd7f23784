// Social protection: beneficiaries from spreadsheets of several decades (old ones in TCVN3 and VNI, new ones in
// UTF-8) and monthly payments at the standard of the month, some to people who have died, some of a wrong sum.

import Mapping

struct ProtectionSamples {
    let population: Population
    let seed: UInt64
    let beneficiaryCount: Int
    let paymentCount: Int
    /// Persons who draw a benefit, those who die in the period first among them.
    private let persons: [Int32]

    init(population: Population, seed: UInt64, beneficiaryCount: Int, paymentCount: Int) {
        self.population = population
        self.seed = seed
        self.beneficiaryCount = beneficiaryCount
        self.paymentCount = paymentCount
        var dying: [Int32] = []
        var old: [Int32] = []
        var others: [Int32] = []
        for (index, person) in population.persons.enumerated() where person.role != .newborn {
            let age = person.age(at: SampleDay.periodStart)
            if person.deathDay != .max, age >= 60 {
                dying.append(Int32(index))
            } else if age >= 80 {
                old.append(Int32(index))
            } else if index % 7 == 3, age < 16 || age >= 25 {
                others.append(Int32(index))
            }
        }
        let wanted = max(beneficiaryCount, 1)
        var chosen = Array(dying.prefix(wanted / 8))
        chosen += old.prefix((wanted - chosen.count) / 2)
        chosen += others.prefix(wanted - chosen.count)
        if chosen.isEmpty { chosen = [0] }
        persons = chosen
    }

    enum Category: Int, Sendable {
        case childWithoutCarer, poorElderly, over80, verySevere, severe, poorHIV

        var code: String {
            ["01", "04", "05", "06", "07", "08"][rawValue]
        }
    }

    struct Beneficiary {
        var person: Person
        var category: Category
        /// Ten times the factor.
        var factor: Int
        var isReview = false
    }

    func beneficiary(_ index: Int) -> Beneficiary {
        var random = SampleRandom(seed: seed, 14, index)
        let person = population.persons[Int(persons[index % persons.count])]
        let age = person.age(at: SampleDay.periodStart)
        let isOdd = random.chance(perMille: 10)
        switch age {
        case ..<16:
            let isSevere = random.chance(perMille: 400)
            return Beneficiary(
                person: person, category: isSevere ? .verySevere : .childWithoutCarer,
                factor: isSevere || age < 4 ? 25 : 15)
        case 80...:
            let isSevere = random.chance(perMille: 150)
            return Beneficiary(person: person, category: isSevere ? .verySevere : .over80, factor: isSevere ? 25 : 10)
        case 60..<80:
            if isOdd { return Beneficiary(person: person, category: .over80, factor: 10, isReview: true) }
            let category = random.pick([Category.poorElderly, .verySevere, .severe])
            return Beneficiary(
                person: person, category: category,
                factor: category == .poorElderly ? 15 : category == .severe ? 20 : 25)
        default:
            let category = random.pick([Category.verySevere, .severe, .severe, .poorHIV])
            return Beneficiary(person: person, category: category, factor: category == .verySevere ? 20 : 15)
        }
    }

    static let rowsPerFile = 400
    private static let encodings: [TextEncoding] = [.utf8, .tcvn3, .vni]

    private func encoding(ofFile file: Int) -> TextEncoding { Self.encodings[file % 3] }

    private static let csvFaults: [(fault: SampleFault, code: String)] = [
        (.wrongCode, "map.code"), (.impossibleDate, "map.date"), (.missingField, "map.missing"),
        (.wrongNumber, "map.number"), (.undecodable, "encoding.undecodable"), (.malformed, "csv.quote"),
        (.columns, "csv.columns"),
    ]

    private static let beneficiaryTitles = [
        "MA_HO_SO", "HO_TEN", "SO_CCCD", "NGAY_SINH", "GIOI_TINH", "LOAI_DOI_TUONG", "HE_SO", "CHUONG_TRINH",
        "SO_QUYET_DINH", "NGAY_QUYET_DINH", "TU_NGAY", "DEN_NGAY", "NGAN_HANG", "SO_TAI_KHOAN", "MA_XA",
    ]

    var beneficiaries: FeedPlan {
        FeedPlan(
            agency: "labour", feed: "social-protection-beneficiary", kind: 14, count: beneficiaryCount,
            recordsPerFile: Self.rowsPerFile, faults: Self.csvFaults, truncationCode: "csv.columns",
            hasRepeatedFile: true,
            fileStride: 3,
            name: { file in
                "bhtro_" + padded(file + 1, 5) + ["_2024.csv", "_2012_abc.csv", "_2015_vni.csv"][file % 3]
            },
            head: { file, _ in
                var bytes: [UInt8] = file % 3 == 0 ? [0xEF, 0xBB, 0xBF] : []
                bytes.row(Self.beneficiaryTitles, delimiter: ",", encoding: encoding(ofFile: file))
                return bytes
            },
            record: { addBeneficiary($0, $1, $2, &$3) })
    }

    private func addBeneficiary(_ index: Int, _ fault: SampleFault?, _ isCorrected: Bool, _ bytes: inout [UInt8]) {
        var random = SampleRandom(seed: seed, 114, index)
        let item = beneficiary(index)
        let person = item.person
        let decided = max(SampleDay.number(2021, 7, 1), Int(person.birthDay) + 60) + random.below(700)
        let bank = random.pick(["Agribank", "Vietinbank", "", ""])
        bytes.row(
            [
                "BT52-" + padded(index + 1, 7), fault == .missingField ? "" : population.name(person), person.idNumber,
                SampleDay.slashed(Int(person.birthDay)), person.isFemale ? "Nữ" : "Nam",
                fault == .wrongCode ? "99" : item.category.code,
                fault == .wrongNumber ? "một rưỡi" : "\(item.factor / 10),\(item.factor % 10)", "NĐ 20/2021",
                "\(index % 2000 + 1)/QĐ-UBND", fault == .impossibleDate ? "31/02/2022" : SampleDay.slashed(decided),
                SampleDay.slashed(decided + 20), isCorrected ? "31/12/2026" : "", bank,
                bank.isEmpty ? "" : "43" + padded(index &* 7919 % 100_000_000, 11), population.commune(person).code,
            ], delimiter: ",", encoding: encoding(ofFile: index / Self.rowsPerFile), fault: fault)
    }

    // MARK: Payments

    private static let paymentTitles = [
        "MA_CHI", "HO_TEN", "MA_HO_SO", "SO_CCCD", "NGAY_SINH", "GIOI_TINH", "THANG", "LOAI_DOI_TUONG", "SO_TIEN",
        "HINH_THUC_CHI", "NGAY_CHI", "MA_XA",
    ]

    var payments: FeedPlan {
        FeedPlan(
            agency: "labour", feed: "social-protection-payment", kind: 15, count: paymentCount,
            recordsPerFile: Self.rowsPerFile, faults: Self.csvFaults, truncationCode: "csv.columns", hasEmptyFile: true,
            fileStride: 3,
            name: { file in "chitra_" + padded(file + 1, 5) + ["_utf8.csv", "_abc.csv", "_vni.csv"][file % 3] },
            head: { file, _ in
                var bytes: [UInt8] = []
                bytes.row(Self.paymentTitles, delimiter: ",", encoding: encoding(ofFile: file))
                return bytes
            },
            record: { addPayment($0, $1, $2, &$3) })
    }

    struct Payment {
        var beneficiary: Int
        var item: Beneficiary
        var month: Int
        var paidDay: Int
        var amount: Int
        var isWrong = false
        /// Died before the month that is paid.
        var isAfterDeath: Bool { Int(item.person.deathDay) < SampleDay.number(2024, month, 1) }
    }

    func payment(_ index: Int) -> Payment {
        var random = SampleRandom(seed: seed, 15, index)
        let paid = max(min((paymentCount + 2) / 3, beneficiaryCount), 1)
        let month = 6 + index / paid % 3
        let item = beneficiary(index % paid)
        let standard = month < 7 ? 360_000 : 500_000
        var payment = Payment(
            beneficiary: index % paid, item: item, month: month,
            paidDay: SampleDay.number(2024, month, 5 + random.below(20)), amount: standard * item.factor / 10)
        if random.chance(perMille: 30) {
            // The old standard after the change, or the factor forgotten.
            payment.amount = month < 7 ? standard * item.factor / 10 + 60_000 : 360_000 * item.factor / 10
            payment.isWrong = true
        }
        return payment
    }

    private func addPayment(_ index: Int, _ fault: SampleFault?, _ isCorrected: Bool, _ bytes: inout [UInt8]) {
        let payment = payment(index)
        let person = payment.item.person
        let method = ["TK", "TM", "BD", "TK"][payment.beneficiary % 4]
        let amount = payment.amount / 1000
        let written = amount >= 1000 ? "\(amount / 1000).\(padded(amount % 1000, 3)).000" : "\(amount).000"
        bytes.row(
            [
                "CT2024" + padded(payment.month, 2) + "-" + padded(index + 1, 7),
                fault == .missingField ? "" : population.name(person), "BT52-" + padded(payment.beneficiary + 1, 7),
                person.idNumber, SampleDay.slashed(Int(person.birthDay)), person.isFemale ? "Nữ" : "Nam",
                fault == .impossibleDate ? "13/2024" : padded(payment.month, 2) + "/2024",
                fault == .wrongCode ? "99" : payment.item.category.code,
                fault == .wrongNumber ? "năm trăm ngàn" : written, isCorrected ? "TM" : method,
                SampleDay.slashed(payment.paidDay), population.commune(person).code,
            ], delimiter: ",", encoding: encoding(ofFile: index / Self.rowsPerFile), fault: fault)
    }
}
