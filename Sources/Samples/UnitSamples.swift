// The reference units that the samples name: hospitals, schools, test centres, signed by the office.

import Mapping

struct UnitSamples {
    let population: Population
    let facilityCount: Int

    private static let titles = [
        "LOAI", "MA", "TEN", "MA_XA", "CO_DAU_DOC", "SSO", "TU_NGAY", "DEN_NGAY", "NGUOI_KY", "NGAY_KY",
    ]

    var plan: FeedPlan {
        let reference = population.reference
        let schools = reference.communes.count * 3
        return FeedPlan(
            agency: "office", feed: "reference-unit", kind: 19,
            count: facilityCount + DrivingSamples.centreCount + schools,
            recordsPerFile: 1 << 20, faults: [], truncationCode: nil, fileStride: 2,
            name: { _ in "00000_donvi_2024.csv" },
            head: { _, _ in
                var bytes: [UInt8] = []
                bytes.row(Self.titles, delimiter: ",", encoding: .utf8)
                return bytes
            },
            record: { index, _, _, bytes in bytes.row(cells(index), delimiter: ",", encoding: .utf8) })
    }

    private func cells(_ index: Int) -> [String] {
        let reference = population.reference
        let commune = reference.communes[index * 31 % reference.communes.count]
        let signed = ["01/06/2024", "", "Nguyễn Văn Ký", "25/05/2024"]
        if index < facilityCount {
            let name =
                index % 10 == 0 ? "Bệnh viện Đa khoa số \(index / 10 + 1)" : "Trung tâm y tế, phòng khám số \(index)"
            return ["CSYT", "52" + padded(index + 1, 3), name, commune.code, index % 7 == 6 ? "K" : "C", ""]
                + signed
        }
        let centre = index - facilityCount
        if centre < DrivingSamples.centreCount {
            return [
                "TTSH", DrivingSamples.centre(centre), "Trung tâm sát hạch số \(centre + 1)", commune.code, "C", "",
            ] + signed
        }
        let place = centre - DrivingSamples.centreCount
        let school = SchoolSamples.school(commune: place / 3, level: place % 3, reference: reference)
        return [
            "TRUONG", school.code, school.name, reference.communes[place / 3].code, "K",
            place % 5 == 4 ? "K" : "C",
        ] + signed
    }
}
