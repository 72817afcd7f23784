import Testing

@testable import Runtime

@Suite struct TimestampTests {
    @Test func readsEveryFormOfTheRFC() {
        #expect(Timestamp.parse("1970-01-01T00:00:00Z") == 0)
        #expect(Timestamp.parse("2026-07-01T08:30:00+07:00") == 1_782_869_400_000)
        #expect(Timestamp.parse("2026-07-01t01:30:00.25z") == 1_782_869_400_250)
        #expect(Timestamp.parse("2026-07-01 01:30:00.123456789Z") == 1_782_869_400_123)
        #expect(Timestamp.parse("1969-12-31T23:59:59.999Z") == -1)
        #expect(Timestamp.parse("2016-12-31T23:59:60Z") == Timestamp.parse("2017-01-01T00:00:00Z"))
        #expect(Timestamp.parse("0000-01-01T00:00:00Z") == -62_167_219_200_000)
    }

    @Test(arguments: [
        "", "2026-07-01", "2026-07-01T08:30:00", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-07-01T24:00:00Z",
        "2026-07-01T08:30:61Z", "2026-07-01T08:30:00.Z", "2026-07-01T08:30:00+0700", "2026-07-01T08:30:00+24:00",
        "2026-07-01T08:30:00Zx", "２026-07-01T08:30:00Z", "2026-07-01T08:30:00.1", "-026-07-01T08:30:00Z",
    ])
    func refusesWhatIsNoMoment(_ text: String) { #expect(Timestamp.parse(text) == nil) }

    @Test func writesOneForm() {
        #expect(Timestamp.text(1_782_869_400_000, offsetMinutes: 420) == "2026-07-01T08:30:00+07:00")
        #expect(Timestamp.text(1_782_869_400_250) == "2026-07-01T01:30:00.250Z")
        #expect(Timestamp.text(-1) == "1969-12-31T23:59:59.999Z")
        #expect(Timestamp.text(0, offsetMinutes: -210) == "1969-12-31T20:30:00-03:30")
        // Nothing traps, however far off.
        #expect(Timestamp.text(.max) == "9999-12-31T23:59:59.999Z")
        #expect(Timestamp.text(.min, offsetMinutes: -600) == "0000-01-01T00:00:00Z")
    }

    @Test func readsBackWhatItWrites() {
        var number: UInt64 = 42
        for _ in 0..<2_000 {
            number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let moment = Int64(number >> 18) % 250_000_000_000_000 - 60_000_000_000_000
            let offset = Int(number % 1_681) - 840
            #expect(Timestamp.parse(Timestamp.text(moment, offsetMinutes: offset)) == moment)
        }
    }
}

@Suite struct CivilDateTests {
    /// Counts every day of 800 years one by one: slow and obvious.
    @Test func countsDaysAsACalendarDoes() throws {
        var days = try #require(CivilDate(year: 1600, month: 1, day: 1)).daysSince1970
        for year in 1600..<2400 {
            for month in 1...12 {
                for day in 1...CivilDate.days(inMonth: month, of: year) {
                    let date = try #require(CivilDate(year: year, month: month, day: day))
                    if date.daysSince1970 != days || CivilDate(daysSince1970: days) != date {
                        Issue.record("\(year)-\(month)-\(day) is not day \(days)")
                        return
                    }
                    days += 1
                }
            }
        }
        #expect(CivilDate(year: 1970, month: 1, day: 1)?.daysSince1970 == 0)
        #expect(CivilDate(daysSince1970: 2_932_897) == nil && CivilDate(daysSince1970: .min) == nil)
    }

    @Test func theDayInVietNamBeginsAtSeventeenHoursUTC() throws {
        let evening = try #require(Timestamp.parse("2026-06-30T16:59:59.999Z"))
        #expect(VietnamTime.date(atMilliseconds: evening) == CivilDate(year: 2026, month: 6, day: 30))
        let date = try #require(VietnamTime.date(atMilliseconds: evening + 1))
        #expect(date == CivilDate(year: 2026, month: 7, day: 1))
        #expect(VietnamTime.start(of: date) == evening + 1)
        #expect(VietnamTime.date(atMilliseconds: .max) == nil)
    }
}
