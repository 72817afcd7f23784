// Calendar arithmetic without a calendar library: the proleptic Gregorian calendar as day numbers.
// The method counts from 1 March so that the leap day is the last of its year.

/// A day of the Gregorian calendar that exists.
public struct CivilDate: Sendable, Hashable, Comparable {
    public let year: Int
    public let month: Int
    public let day: Int

    /// Nil where there is no such day; years 0 to 9999, which is what RFC 3339 can write.
    public init?(year: Int, month: Int, day: Int) {
        guard (0...9_999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.days(inMonth: month, of: year)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day so many days after 1970-01-01; nil outside the years 0 to 9999.
    public init?(daysSince1970 days: Int) {
        guard (-719_528...2_932_896).contains(days) else { return nil }
        // Shifted so that day 0 is 0000-03-01; an era is the 400 years after which the calendar repeats.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        self.year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        self.month = month
        self.day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    }

    public var daysSince1970: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    public static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    public static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    public static func < (left: CivilDate, right: CivilDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}

/// The province's time of day: seven hours ahead of UTC all year, without summer time since 1975.
public enum VietnamTime {
    public static let offsetMinutes = 420

    /// The calendar day in Viet Nam at that moment; nil outside the years 0 to 9999.
    public static func date(atMilliseconds milliseconds: Int64) -> CivilDate? {
        let (local, overflow) = milliseconds.addingReportingOverflow(Int64(offsetMinutes) * 60_000)
        guard !overflow else { return nil }
        return CivilDate(daysSince1970: Int(floorDivide(local, 86_400_000)))
    }

    /// The moment at which that day begins in Viet Nam, milliseconds since 1970 UTC.
    public static func start(of date: CivilDate) -> Int64 {
        Int64(date.daysSince1970) * 86_400_000 - Int64(offsetMinutes) * 60_000
    }
}

/// Division that rounds down, so that moments before 1970 fall on the right day.
func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
}
