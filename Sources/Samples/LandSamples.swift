// Land certificates as VBDLIS exports them: couples with halves, single owners, and what the records of thirty
// years hold besides: owners with the old number, owners who died, shares that do not add up.

struct LandSamples {
    let population: Population
    let seed: UInt64
    let count: Int

    var plan: FeedPlan {
        FeedPlan(
            agency: "land", feed: "land-certificate", kind: 13, count: count, recordsPerFile: 250,
            faults: [
                (.wrongCode, "map.code"), (.impossibleDate, "map.date"), (.missingField, "map.missing"),
                (.wrongNumber, "map.number"), (.undecodable, "encoding.undecodable"), (.malformed, "json.malformed"),
            ],
            hasEmptyFile: true, separator: Array(",\n".utf8), name: { "vbdlis_" + padded($0 + 1, 5) + ".json" },
            head: { _, _ in Array("[\n".utf8) }, foot: Array("\n]\n".utf8), record: { add($0, $1, $2, &$3) })
    }

    enum Oddity: Sendable {
        case none, shares, oldNumber, deceased
    }

    struct Owner {
        var person: Person
        var share: String
        var hasOldNumber = false
    }

    /// A certificate's owners, and what is odd about them.
    func owners(_ index: Int) -> (owners: [Owner], oddity: Oddity) {
        var random = SampleRandom(seed: seed, 13, index)
        let household = population.households[(index &* 7919 &+ 13) % population.households.count]
        let husband = population.persons[Int(household.first)]
        let wife = population.persons[Int(household.first) + 1]
        let draw = random.below(1000)
        if draw < 20 { return ([Owner(person: husband, share: "0.5"), Owner(person: wife, share: "0.4")], .shares) }
        if draw < 70, husband.oldNumber > 0 {
            return ([Owner(person: husband, share: "1", hasOldNumber: true)], .oldNumber)
        }
        if draw < 170 {
            for member in Int(household.first)..<Int(household.first) + Int(household.count) {
                let person = population.persons[member]
                if person.role == .elder {
                    return ([Owner(person: person, share: "1")], person.deathDay == .max ? .none : .deceased)
                }
            }
        }
        if draw < 450 { return ([Owner(person: husband, share: "1")], .none) }
        return ([Owner(person: husband, share: "0.5"), Owner(person: wife, share: "0.5")], .none)
    }

    func serial(_ index: Int) -> String {
        let letters = Array("ABCDEGHK".utf8)
        let first = letters[index / 8 % 8]
        return String(decoding: [UInt8(ascii: "B") + UInt8(index % 3), first], as: UTF8.self) + " "
            + padded((index &* 613 &+ 100_003) % 900_000 + 99_999, 6)
    }

    private func add(_ index: Int, _ fault: SampleFault?, _ isCorrected: Bool, _ bytes: inout [UInt8]) {
        var random = SampleRandom(seed: seed, 113, index)
        let owners = owners(index).owners
        let commune = population.commune(owners[0].person)
        let youngest = owners.map { Int($0.person.birthDay) }.max() ?? 0
        let from = max(SampleDay.number(1996, 1, 1), youngest + 18 * 366)
        let issued = from + random.below(max(SampleDay.periodEnd - 30 - from, 1))
        let area = String(random.within(60...2400)) + "." + String(random.below(10))
        let isHome = random.chance(perMille: 600)
        bytes.add("{")
        bytes.member("soPhatHanh", serial(index))
        bytes.member("soVaoSo", "CH" + padded(index + 1, 5))
        bytes.member("soHoSoGoc", "\(commune.districtCode).\(commune.code).CH" + padded(index + 1, 5))
        bytes.member("maXa", commune.code)
        bytes.member("soHieuToBanDo", String(random.within(1...60)))
        bytes.member("soThuTuThua", String(random.within(1...900)))
        bytes.member("diaChiChiTiet", "Khu vực \(random.within(1...9)), \(commune.fullName)")
        bytes.add(",\"dienTich\":")
        bytes.add(fault == .wrongNumber ? "\"khoảng \(area)\"" : area)
        bytes.add(",\"dienTichPhapLy\":" + area)
        bytes.member(
            "kyHieuMucDichSuDung", isHome ? random.pick(["ODT", "ONT"]) : random.pick(["LUC", "BHK", "CLN", "RSX"]))
        bytes.member("ngayCap", fault == .impossibleDate ? "30/02/2019" : SampleDay.slashed(issued))
        bytes.member("hanChe", random.pick(["Không", "Không", "Không", "Không", "Thế chấp", "Tranh chấp"]))
        bytes.member("trangThai", fault == .wrongCode ? "KHÔNG RÕ" : isCorrected ? "Đã hủy" : "Hiệu lực")
        if fault == .missingField {
            bytes.add("}")
            return
        }
        bytes.add(",\"chuSuDung\":[")
        for (place, owner) in owners.enumerated() {
            if place > 0 { bytes.add(",") }
            bytes.add("{")
            bytes.member("hoTen", population.name(owner.person), fault: place == 0 ? fault : nil)
            bytes.member("ngaySinh", SampleDay.slashed(Int(owner.person.birthDay)))
            bytes.member("gioiTinh", owner.person.isFemale ? "Nữ" : "Nam")
            bytes.member("soGiayTo", owner.hasOldNumber ? String(owner.person.oldNumber) : owner.person.idNumber)
            bytes.add(",\"tyLe\":\(owner.share)}")
        }
        bytes.add("]}")
    }
}
