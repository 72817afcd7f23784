// Calendar days as numbers since 1970-01-01, and the ways in which agencies write them.

enum SampleDay {
    static let periodStart = number(2024, 6, 1)
    static let periodEnd = number(2024, 8, 31)

    /// The day's number in the proleptic Gregorian calendar.
    static func number(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let ofEra = shifted - era * 400
        let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
    }

    static func parts(_ number: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = shifted / 146_097
        let ofEra = shifted - era * 146_097
        let year = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * year + year / 4 - year / 100)
        let month = (5 * ofYear + 2) / 153
        let day = ofYear - (153 * month + 2) / 5 + 1
        let civil = month < 10 ? month + 3 : month - 9
        return (year + era * 400 + (civil <= 2 ? 1 : 0), civil, day)
    }

    /// 05/03/1938
    static func slashed(_ number: Int) -> String {
        let (year, month, day) = parts(number)
        return "\(padded(day, 2))/\(padded(month, 2))/\(year)"
    }

    /// 1938-03-05
    static func iso(_ number: Int) -> String {
        let (year, month, day) = parts(number)
        return "\(year)-\(padded(month, 2))-\(padded(day, 2))"
    }

    /// 19380305
    static func compact(_ number: Int) -> String {
        let (year, month, day) = parts(number)
        return "\(year)\(padded(month, 2))\(padded(day, 2))"
    }

    /// Whole years between two days.
    static func age(_ birth: Int, at day: Int) -> Int {
        let (year, month, date) = parts(birth)
        let now = parts(day)
        return now.year - year - ((now.month, now.day) < (month, date) ? 1 : 0)
    }
}

/// A number with leading zeros.
func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return digits.utf8.count >= width ? digits : String(repeating: "0", count: width - digits.utf8.count) + digits
}
