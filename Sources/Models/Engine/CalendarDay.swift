// Days and months of the province: every date that a rule or a period depends on is a local calendar day
// (Asia/Ho_Chi_Minh, +07:00 without summer time since 1975), counted from 1970-01-01. No clock is read here.

/// A calendar day in Asia/Ho_Chi_Minh.
public struct CalendarDay: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01.
    public var number: Int32

    public init(number: Int32) { self.number = number }

    /// A day of the Gregorian calendar, years 1 to 9999; nil where it does not exist.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month) else { return nil }
        guard day >= 1, day <= Month(year: year, month: month).dayCount else { return nil }
        number = Int32(CalendarDay.number(year: year, month: month, day: day))
    }

    /// An RFC 3339 full-date, or a date-time taken to the province's day; nil for anything else.
    public init?(_ text: some Collection<UInt8>) {
        var cursor = DigitCursor(text)
        guard let year = cursor.digits(4), cursor.take(0x2D), let month = cursor.digits(2), cursor.take(0x2D),
            let day = cursor.digits(2), let date = CalendarDay(year: year, month: month, day: day)
        else { return nil }
        self = date
        if cursor.isAtEnd { return }
        guard let shift = cursor.daysToLocal() else { return nil }
        number += shift
    }

    public init?(_ text: String) { self.init(text.utf8) }

    public static func < (left: CalendarDay, right: CalendarDay) -> Bool { left.number < right.number }

    /// Year, month and day.
    public var parts: (year: Int, month: Int, day: Int) {
        // Howard Hinnant's civil-from-days, in eras of 400 years that begin on 1 March.
        let shifted = Int(number) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    public var month: Month {
        let parts = parts
        return Month(year: parts.year, month: parts.month)
    }

    /// The same day so many years later; 29 February becomes 28 February where there is none.
    public func adding(years: Int) -> CalendarDay {
        let parts = parts
        let target = Month(year: parts.year + years, month: parts.month)
        return CalendarDay(
            number: target.firstDay.number + Int32(min(parts.day, target.dayCount)) - 1)
    }

    /// Completed years from this day (a birth) to another; negative before it.
    public func completedYears(on day: CalendarDay) -> Int {
        var years = day.parts.year - parts.year
        while adding(years: years) > day { years -= 1 }
        return years
    }

    /// `YYYY-MM-DD`.
    public var text: String {
        let parts = parts
        return "\(padded(parts.year, 4))-\(padded(parts.month, 2))-\(padded(parts.day, 2))"
    }

    static func number(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

/// A calendar month: the period of every indicator.
public struct Month: Hashable, Comparable, Sendable {
    /// Months since year 0.
    public var number: Int32

    public init(number: Int32) { self.number = number }
    public init(year: Int, month: Int) { number = Int32(clamping: year * 12 + month - 1) }

    /// `YYYY-MM`; nil for anything else.
    public init?(_ text: some Collection<UInt8>) {
        var cursor = DigitCursor(text)
        guard let year = cursor.digits(4), cursor.take(0x2D), let month = cursor.digits(2), cursor.isAtEnd,
            (1...12).contains(month)
        else { return nil }
        self.init(year: year, month: month)
    }

    public init?(_ text: String) { self.init(text.utf8) }

    public static func < (left: Month, right: Month) -> Bool { left.number < right.number }

    public var year: Int { Int(number) / 12 }
    /// 1 to 12.
    public var ordinal: Int { Int(number) % 12 + 1 }
    public var next: Month { Month(number: number + 1) }
    public var previous: Month { Month(number: number - 1) }
    public var firstDay: CalendarDay {
        CalendarDay(number: Int32(clamping: CalendarDay.number(year: year, month: ordinal, day: 1)))
    }
    public var lastDay: CalendarDay { CalendarDay(number: next.firstDay.number - 1) }
    public var dayCount: Int { Int(next.firstDay.number - firstDay.number) }
    public var text: String { "\(padded(year, 4))-\(padded(ordinal, 2))" }
}

/// A date of which only the year, or the year and month, may be known: the days it can have been.
public struct PartialDate: Hashable, Sendable {
    public var earliest: CalendarDay
    public var latest: CalendarDay

    /// `YYYY`, `YYYY-MM` or anything that `CalendarDay` reads; nil for anything else.
    public init?(_ text: some Collection<UInt8>) {
        if let day = CalendarDay(text) {
            (earliest, latest) = (day, day)
        } else if let month = Month(text) {
            (earliest, latest) = (month.firstDay, month.lastDay)
        } else {
            var cursor = DigitCursor(text)
            guard let year = cursor.digits(4), year >= 1, cursor.isAtEnd else { return nil }
            earliest = Month(year: year, month: 1).firstDay
            latest = Month(year: year, month: 12).lastDay
        }
    }
}

/// Decimal digits with zeros in front.
func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return digits.count >= width ? digits : String(repeating: "0", count: width - digits.count) + digits
}

/// Reads fixed-width digits off a byte collection.
private struct DigitCursor<Text: Collection<UInt8>> {
    private let text: Text
    private var place: Text.Index

    init(_ text: Text) {
        self.text = text
        place = text.startIndex
    }

    var isAtEnd: Bool { place == text.endIndex }
    private var next: UInt8? { isAtEnd ? nil : text[place] }

    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        text.formIndex(after: &place)
        return true
    }

    mutating func digits(_ count: Int) -> Int? {
        var value = 0
        for _ in 0..<count {
            guard let byte = next, (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
            text.formIndex(after: &place)
        }
        return value
    }

    /// The rest of a date-time after its date: how many days its local day differs (-1, 0 or 1); nil if malformed.
    mutating func daysToLocal() -> Int32? {
        guard take(0x54) || take(0x74) || take(0x20) else { return nil }
        guard let hour = digits(2), hour < 24, take(0x3A), let minute = digits(2), minute < 60 else { return nil }
        if take(0x3A) {
            guard let second = digits(2), second <= 60 else { return nil }
            if take(0x2E) {
                guard digits(1) != nil else { return nil }
                while digits(1) != nil {}
            }
        }
        // A time without an offset is the province's own.
        if isAtEnd { return 0 }
        var offset = 0
        if !take(0x5A) && !take(0x7A) {
            let isWest = take(0x2D)
            guard isWest || take(0x2B), let hours = digits(2), hours < 24, take(0x3A), let minutes = digits(2),
                minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (isWest ? -1 : 1)
        }
        guard isAtEnd else { return nil }
        let local = hour * 60 + minute - offset + 7 * 60
        return local < 0 ? -1 : Int32(local / 1_440)
    }
}
