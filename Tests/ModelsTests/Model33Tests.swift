import JSON
import Models
import Testing

@Suite struct Model33Tests {
    @Test(arguments: [
        (["0.5", "0.4"], true), (["0.5", "0.5"], false), (["0.333", "0.333", "0.333"], false), (["1"], false),
        (["1.0", nil], true), ([nil, nil], false), (["0.998"], true), (["5e-1", "0.5"], false), (["0.7", "0.4"], true),
    ])
    func sharesMustMakeAWhole(shares: [String?], isWrong: Bool) throws {
        var bench = try Bench(33)
        try bench.take(
            certificate(
                "AB 123456", owners: shares.enumerated().map { (hex($0.offset + 1), $0.element) }, origin: hex(10)))
        #expect(bench.decisions("AB 123456") == (isWrong ? ["SHARE_ERROR"] : []))
    }

    @Test func theShareSumIsTold() throws {
        var bench = try Bench(33)
        try bench.take(certificate("AB 123456", owners: [(hex(1), "0.5"), (hex(2), "0.4")], origin: hex(10)))
        #expect(bench.finding("AB 123456")?["shareSum"] == .number("0.9"))
        #expect(bench.finding("AB 123456")?["communeCode"] == "21583")
    }

    @Test func anOwnerWithANineDigitNumberNeedsAnId() throws {
        var bench = try Bench(33)
        try bench.take(certificate("AB 123456", owners: [(hex(1), nil), (nil, nil)], origin: hex(10)))
        #expect(bench.decisions("AB 123456") == ["NEED_ID"])
        #expect(bench.finding("AB 123456")?["ownerNumber"] == 2)
    }

    @Test func verifiedOnlyIfEveryOwnerMatches() throws {
        var bench = try Bench(33)
        try bench.take(
            certificate("AB 1", owners: [(hex(1), nil), (hex(2), nil)], origin: hex(10)),
            verification(of: hex(10), person: hex(1), "MATCH"))
        #expect(bench.tally("PENDING") == 1)
        try bench.take(verification(of: hex(10), person: hex(2), "MATCH"))
        #expect(bench.tally("VERIFIED") == 1)
        try bench.take(
            verification(
                of: hex(10), person: hex(2), "DECEASED", on: "2024-01-01", checkedAt: "2024-02-01T08:00:00+07:00"))
        #expect(bench.decisions("AB 1") == ["INHERITANCE"])
        #expect(bench.tally("VERIFIED") == 0)
    }

    @Test func oneParcelWithTwoLiveCertificatesIsADuplicateOfBoth() throws {
        var bench = try Bench(33)
        try bench.take(
            certificate("AB 1", owners: [(hex(1), nil)], origin: hex(10)),
            certificate("AB 2", owners: [(hex(2), nil)], origin: hex(11)),
            // The same code at another date is another commune.
            certificate("AB 3", communeName: "P. Thị Nại", owners: [(hex(3), nil)], origin: hex(12)))
        #expect(bench.decisions("AB 1") == ["DUPLICATE"])
        #expect(bench.finding("AB 1")?["otherSerialNumber"] == "AB 2")
        #expect(bench.decisions("AB 2") == ["DUPLICATE"])
        #expect(bench.decisions("AB 3") == [])
        try bench.take(certificate("AB 1", owners: [(hex(1), nil)], status: "cancelled", origin: hex(13)))
        #expect(bench.decisions("AB 2") == [])
        #expect(bench.tally("CANCELLED") == 1)
    }

    @Test func theIndicatorsCountLiveCertificatesByCommune() throws {
        var bench = try Bench(33)
        try bench.take(
            certificate("AB 1", parcel: "1", owners: [(hex(1), nil)], origin: hex(10)),
            certificate("AB 2", parcel: "2", owners: [(nil, nil)], origin: hex(11)),
            certificate("AB 3", parcel: "3", owners: [(hex(3), nil)], status: "cancelled", origin: hex(12)),
            verification(of: hex(10), person: hex(1), "MATCH"))
        try bench.flush()
        #expect(bench.indicator("2024-06", "verified-certificates")?["value"] == .number("50"))
        #expect(bench.indicator("2024-06", "digitised-certificates", "21583")?["value"] == .number("2"))
        #expect(bench.indicator("2024-06", "certificates-on-vneid")?["status"] == "no_data")
    }
}
