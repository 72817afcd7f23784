// Births, deaths and marriages as the electronic register exports them: an array of envelopes a commune office
// fills in the order of registration.

struct CivilStatusSamples {
    let population: Population
    let seed: UInt64
    let count: Int
    private let births: [Int32]
    private let deaths: [Int32]
    private let weddings: [Int32]

    init(population: Population, seed: UInt64, count: Int) {
        self.population = population
        self.seed = seed
        self.count = count
        var births: [Int32] = []
        var deaths: [Int32] = []
        for (index, person) in population.persons.enumerated() {
            if person.role == .newborn { births.append(Int32(index)) }
            if person.deathDay != .max { deaths.append(Int32(index)) }
        }
        self.births = births
        self.deaths = deaths
        weddings = population.households.indices.filter { population.households[$0].weddingDay > 0 }.map { Int32($0) }
    }

    /// Every person who died is registered where the files are long enough.
    var plan: FeedPlan {
        FeedPlan(
            agency: "justice", feed: "civil-status-event", kind: 12, count: count, recordsPerFile: 200,
            faults: [
                (.wrongCode, "map.code"), (.impossibleDate, "map.date"), (.missingField, "map.missing"),
                (.undecodable, "encoding.undecodable"), (.malformed, "json.malformed"),
            ],
            separator: Array(",\n".utf8), name: { "hotich_" + padded($0 + 1, 5) + ".json" },
            head: { _, _ in Array("[\n".utf8) }, foot: Array("\n]\n".utf8), record: { add($0, $1, $2, &$3) })
    }

    /// Which event an index stands for: births, deaths and weddings in turn as long as there are any.
    private func add(_ index: Int, _ fault: SampleFault?, _ isCorrected: Bool, _ bytes: inout [UInt8]) {
        var random = SampleRandom(seed: seed, 12, index)
        // Of twenty events eleven are births, six deaths, three weddings.
        let (round, place) = (index / 20, index % 20)
        // A wedding has no code that could be wrong.
        if place < 11 || fault == .wrongCode, !births.isEmpty {
            birth(births[(round * 11 + place) % births.count], index, fault, isCorrected, &random, &bytes)
        } else if place < 17, !deaths.isEmpty {
            death(deaths[(round * 6 + place - 11) % deaths.count], index, fault, isCorrected, &random, &bytes)
        } else if !weddings.isEmpty {
            wedding(
                weddings[(round * 3 + max(place - 17, 0)) % weddings.count], index, fault, isCorrected, &random, &bytes)
        } else {
            birth(births.isEmpty ? 0 : births[index % births.count], index, fault, isCorrected, &random, &bytes)
        }
    }

    private func open(
        _ module: String, _ index: Int, _ commune: SampleReferenceData.Commune, registered day: Int,
        _ isCorrected: Bool, _ fault: SampleFault?, _ bytes: inout [UInt8]
    ) {
        bytes.add("{")
        bytes.member("maDonVi", commune.code)
        bytes.member("module", module)
        bytes.member("ngayTiepNhan", SampleDay.slashed(day))
        bytes.add(",\"data\":{")
        bytes.member("so", String(index + 1))
        bytes.member("quyenSo", padded(index / 2000 + 1, 2) + "/2024")
        bytes.member("trangSo", String(index % 2000 / 2 + 1))
        bytes.member("ngayDangKy", SampleDay.slashed(day))
        bytes.member("noiDangKy", commune.code)
        bytes.member("loaiDangKy", isCorrected ? "2" : "1")
    }

    private func date(_ day: Int, _ fault: SampleFault?) -> String {
        fault == .impossibleDate ? "31/06/2024" : SampleDay.slashed(day)
    }

    private func birth(
        _ child: Int32, _ index: Int, _ fault: SampleFault?, _ isCorrected: Bool, _ random: inout SampleRandom,
        _ bytes: inout [UInt8]
    ) {
        let person = population.persons[Int(child)]
        open(
            "KS", index, population.commune(person), registered: Int(person.birthDay) + random.within(2...40),
            isCorrected,
            fault, &bytes)
        if fault != .missingField { bytes.member("nksHoTen", population.name(person), fault: fault) }
        bytes.member("nksGioiTinh", fault == .wrongCode ? "9" : person.isFemale ? "2" : "1")
        bytes.member("nksNgaySinh", date(Int(person.birthDay), fault))
        bytes.member("nksDanToc", "01")
        bytes.member("nksQuocTich", "VN")
        bytes.member("nksLoaiKhaiSinh", "1")
        bytes.member("soDinhDanh", person.idNumber)
        if let mother = population.member(of: person, .mother) {
            bytes.member("meHoTen", population.name(mother))
            bytes.member("meNgaySinh", SampleDay.slashed(Int(mother.birthDay)))
            bytes.member("meSoDDCN", mother.idNumber)
        }
        if let father = population.member(of: person, .father) {
            bytes.member("chaHoTen", population.name(father))
            bytes.member("chaNgaySinh", String(SampleDay.parts(Int(father.birthDay)).year))
            bytes.member("chaSoDDCN", father.idNumber)
        }
        bytes.member("maGCS", "52001.GCS." + padded(index, 5) + ".24")
        bytes.add("}}")
    }

    private func death(
        _ deceased: Int32, _ index: Int, _ fault: SampleFault?, _ isCorrected: Bool, _ random: inout SampleRandom,
        _ bytes: inout [UInt8]
    ) {
        let person = population.persons[Int(deceased)]
        let commune = population.commune(person)
        open(
            "KT", index, commune, registered: Int(person.deathDay) + random.within(0...12), isCorrected, fault, &bytes)
        if fault != .missingField { bytes.member("nktHoTen", population.name(person), fault: fault) }
        bytes.member("nktGioiTinh", fault == .wrongCode ? "9" : person.isFemale ? "2" : "1")
        bytes.member("nktNgaySinh", SampleDay.slashed(Int(person.birthDay)))
        bytes.member("nktSoDDCN", person.idNumber)
        bytes.member("nktNgayChet", date(Int(person.deathDay), fault))
        bytes.add(
            ",\"nktNoiChet\":{\"maTinh\":\"52\",\"maHuyen\":\"\(commune.districtCode)\",\"maXa\":\"\(commune.code)\"}")
        bytes.member(
            "nktNguyenNhanChet", random.pick(["Bệnh già", "Tai biến mạch máu não", "Ung thư phổi", "Tai nạn"]))
        bytes.member("gbtSo", padded(index, 4) + "/GBT")
        bytes.add("}}")
    }

    private func wedding(
        _ couple: Int32, _ index: Int, _ fault: SampleFault?, _ isCorrected: Bool, _ random: inout SampleRandom,
        _ bytes: inout [UInt8]
    ) {
        let household = population.households[Int(couple)]
        let husband = population.persons[Int(household.first)]
        let wife = population.persons[Int(household.first) + 1]
        let day = Int(household.weddingDay)
        open("KH", index, population.commune(husband), registered: day, isCorrected, fault, &bytes)
        bytes.member("ngayXacLapQuanHeHonNhan", date(day, fault))
        if fault != .missingField { bytes.member("chongHoTen", population.name(husband), fault: fault) }
        bytes.member("chongNgaySinh", SampleDay.slashed(Int(husband.birthDay)))
        bytes.member("chongSoDDCN", husband.idNumber)
        bytes.member("voHoTen", population.name(wife))
        bytes.member("voNgaySinh", SampleDay.slashed(Int(wife.birthDay)))
        bytes.member("voSoDDCN", wife.idNumber)
        bytes.add("}}")
    }
}
