// A date as exact as its source gave it, and the arithmetic on it that the mapping language needs:
// day numbers, order, and the RFC 3339 text that contracts carry.

/// How exact a date is.
public enum DatePrecision: UInt8, Sendable {
    case year, month, day, time
}

/// A calendar date, perhaps without day or month, perhaps with a time of day.
public struct SourceDate: Sendable, Equatable {
    public var year: Int
    /// 1 to 12; 1 where unknown.
    public var month: Int = 1
    /// 1 to 31; 1 where unknown.
    public var day: Int = 1
    /// Seconds since midnight; 0 where unknown.
    public var second: Int = 0
    /// Minutes east of UTC; what Vietnamese systems leave out is +07:00.
    public var offsetMinutes: Int = SourceDate.localOffsetMinutes
    public var precision: DatePrecision

    /// Indochina time.
    public static let localOffsetMinutes = 7 * 60
    /// Years outside are typing errors, not history.
    public static let yearMin = 1800
    public static let yearMax = 2200

    /// The date, or nil where there is no such day.
    public init?(year: Int, month: Int = 1, day: Int = 1, second: Int = 0, precision: DatePrecision) {
        guard year >= SourceDate.yearMin, year <= SourceDate.yearMax, month >= 1, month <= 12, day >= 1,
            day <= SourceDate.daysInMonth(month, of: year), second >= 0, second < 86_400
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        self.second = second
        self.precision = precision
    }

    /// The date with that day number and second of the day.
    public init?(dayNumber: Int, second: Int = 0, precision: DatePrecision) {
        guard dayNumber > -70_000, dayNumber < 100_000 else { return nil }
        // The civil calendar from a day count, in years that begin in March so that the leap day comes last.
        let shifted = dayNumber + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        self.init(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * monthFromMarch + 2) / 5 + 1, second: second, precision: precision)
    }

    static func daysInMonth(_ month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01.
    public var dayNumber: Int {
        let marchYear = month <= 2 ? year - 1 : year
        let era = marchYear / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Seconds since 1970-01-01T00:00Z.
    public var instantSeconds: Int { dayNumber * 86_400 + second - offsetMinutes * 60 }

    /// The same instant written in Indochina time.
    var local: SourceDate {
        guard offsetMinutes != SourceDate.localOffsetMinutes else { return self }
        let shifted = dayNumber * 86_400 + second + (SourceDate.localOffsetMinutes - offsetMinutes) * 60
        let day = shifted >= 0 ? shifted / 86_400 : (shifted - 86_399) / 86_400
        return SourceDate(dayNumber: day, second: shifted - day * 86_400, precision: precision) ?? self
    }

    /// Appends `1990`, `1990-05` or `1990-05-03`, as exact as known.
    func appendDate(to output: inout [UInt8]) {
        appendDigits(year, 4, to: &output)
        guard precision.rawValue >= DatePrecision.month.rawValue else { return }
        output.append(UInt8(ascii: "-"))
        appendDigits(month, 2, to: &output)
        guard precision.rawValue >= DatePrecision.day.rawValue else { return }
        output.append(UInt8(ascii: "-"))
        appendDigits(day, 2, to: &output)
    }

    /// Appends the RFC 3339 date-time in Indochina time; a date alone means its midnight.
    func appendDateTime(to output: inout [UInt8]) {
        let date = local
        date.appendDate(to: &output)
        output.append(UInt8(ascii: "T"))
        appendDigits(date.second / 3600, 2, to: &output)
        output.append(UInt8(ascii: ":"))
        appendDigits(date.second / 60 % 60, 2, to: &output)
        output.append(UInt8(ascii: ":"))
        appendDigits(date.second % 60, 2, to: &output)
        output.append(contentsOf: "+07:00".utf8)
    }
}

/// Appends a number with leading zeros.
func appendDigits(_ value: Int, _ width: Int, to output: inout [UInt8]) {
    var divisor = 1
    for _ in 1..<width { divisor *= 10 }
    while divisor > 0 {
        output.append(UInt8(truncatingIfNeeded: value / divisor % 10) &+ 0x30)
        divisor /= 10
    }
}
