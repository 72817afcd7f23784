// Points in time as milliseconds since 1970 UTC, read from and written as RFC 3339. Validity of a consent
// and of a law is compared as numbers; the text forms exist at the edges only.

/// RFC 3339 date-times and full-dates on bytes.
public enum Instant {
    /// Milliseconds in a day.
    public static let dayMilliseconds: Int64 = 86_400_000
    /// The offset at which a date without a time begins in this hub: Indochina time, UTC+7, no summer time.
    public static let localOffsetMilliseconds: Int64 = 7 * 3_600_000

    /// Reads a date-time with offset (`2026-01-01T07:30:00.5+07:00`); nil for anything else. Digits past the
    /// millisecond are cut; a leap second counts as the second before it.
    public static func dateTime(_ bytes: Span<UInt8>) -> Int64? {
        guard bytes.count >= 20, let day = days(bytes) else { return nil }
        let separator = bytes[10]
        guard separator == 0x54 || separator == 0x74 || separator == 0x20 else { return nil }
        guard let hour = digits(bytes, 11, 2), hour < 24, bytes[13] == 0x3A,
            let minute = digits(bytes, 14, 2), minute < 60, bytes[16] == 0x3A,
            let second = digits(bytes, 17, 2), second <= 60
        else { return nil }
        var place = 19
        var fraction: Int64 = 0
        if bytes[place] == 0x2E {
            place += 1
            let first = place
            var weight: Int64 = 100
            while place < bytes.count, bytes[place] &- 0x30 < 10 {
                fraction += Int64(bytes[place] &- 0x30) * weight
                weight /= 10
                place += 1
            }
            guard place > first else { return nil }
        }
        guard let offset = offsetMilliseconds(bytes, place) else { return nil }
        let wholeSeconds = (hour * 60 + minute) * 60 + min(second, 59)
        return day * dayMilliseconds + wholeSeconds * 1_000 + fraction - offset
    }

    private static func offsetMilliseconds(_ bytes: Span<UInt8>, _ place: Int) -> Int64? {
        guard place < bytes.count else { return nil }
        switch bytes[place] {
        case 0x5A, 0x7A:
            return place + 1 == bytes.count ? 0 : nil
        case 0x2B, 0x2D:
            guard place + 6 == bytes.count, bytes[place + 3] == 0x3A,
                let hours = digits(bytes, place + 1, 2), hours < 24,
                let minutes = digits(bytes, place + 4, 2), minutes < 60
            else { return nil }
            let size = (hours * 60 + minutes) * 60_000
            return bytes[place] == 0x2B ? size : -size
        default: return nil
        }
    }

    /// Reads a full-date (`2026-01-01`) as the first instant of that day at UTC+7; nil for anything else.
    public static func date(_ bytes: Span<UInt8>) -> Int64? {
        guard bytes.count == 10, let day = days(bytes) else { return nil }
        return day * dayMilliseconds - localOffsetMilliseconds
    }

    /// Reads a date-time or a full-date.
    public static func dateOrDateTime(_ bytes: Span<UInt8>) -> Int64? {
        bytes.count == 10 ? date(bytes) : dateTime(bytes)
    }

    /// Reads a date-time or a full-date.
    public static func dateOrDateTime(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        return dateOrDateTime(bytes.span)
    }

    private static func digits(_ bytes: Span<UInt8>, _ start: Int, _ count: Int) -> Int64? {
        guard start + count <= bytes.count else { return nil }
        var value: Int64 = 0
        for place in start..<start + count {
            let digit = bytes[place] &- 0x30
            guard digit < 10 else { return nil }
            value = value * 10 + Int64(digit)
        }
        return value
    }

    /// Days since 1970-01-01 of the full-date at the start.
    private static func days(_ bytes: Span<UInt8>) -> Int64? {
        guard bytes.count >= 10, bytes[4] == 0x2D, bytes[7] == 0x2D, let year = digits(bytes, 0, 4),
            let month = digits(bytes, 5, 2), let day = digits(bytes, 8, 2), (1...12).contains(month), day >= 1,
            day <= lastDay(year, month)
        else { return nil }
        // Years are taken to begin in March, so that the leap day is the last one.
        let shifted = month > 2 ? year : year - 1
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func lastDay(_ year: Int64, _ month: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// Appends an instant in UTC (`2026-01-01T00:30:00.500Z`); years outside 0…9999 are clamped.
    public static func append(_ milliseconds: Int64, to output: inout [UInt8]) {
        let clamped = min(max(milliseconds, -62_167_219_200_000), 253_402_300_799_999)
        let dayNumber = (clamped >= 0 ? clamped : clamped - (dayMilliseconds - 1)) / dayMilliseconds
        let rest = clamped - dayNumber * dayMilliseconds
        let days = dayNumber + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        append(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), 4, 0x2D, to: &output)
        append(month, 2, 0x2D, to: &output)
        append(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, 2, 0x54, to: &output)
        append(rest / 3_600_000, 2, 0x3A, to: &output)
        append(rest / 60_000 % 60, 2, 0x3A, to: &output)
        append(rest / 1_000 % 60, 2, 0x2E, to: &output)
        append(rest % 1_000, 3, 0x5A, to: &output)
    }

    private static func append(_ value: Int64, _ count: Int, _ separator: UInt8, to output: inout [UInt8]) {
        var weight: Int64 = 1
        for _ in 1..<count { weight *= 10 }
        while weight > 0 {
            output.append(0x30 &+ UInt8(truncatingIfNeeded: value / weight % 10))
            weight /= 10
        }
        output.append(separator)
    }

    /// An instant in UTC as text, for cold paths.
    public static func text(_ milliseconds: Int64) -> String {
        var bytes: [UInt8] = []
        append(milliseconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
