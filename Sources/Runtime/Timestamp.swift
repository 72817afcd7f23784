// RFC 3339 timestamps on bytes, to the millisecond: written in one fixed form, read in every form that
// the RFC allows. Nothing here makes a String unless it is asked for one.

/// Moments as milliseconds since 1970 UTC and their RFC 3339 form.
public enum Timestamp {
    /// Appends `2026-07-01T08:30:00.250+07:00` (offset 420) or `…Z` (offset 0); a moment outside the years
    /// 0 to 9999 is written as the nearest one inside.
    public static func append(_ milliseconds: Int64, offsetMinutes: Int = 0, to bytes: inout [UInt8]) {
        let offset = min(max(offsetMinutes, -1_439), 1_439)
        let local = min(max(milliseconds, earliest), latest) + Int64(offset) * 60_000
        let day = floorDivide(local, 86_400_000)
        guard let date = CivilDate(daysSince1970: Int(day)) else {
            return append(milliseconds, offsetMinutes: 0, to: &bytes)
        }
        let rest = Int(local - day * 86_400_000)
        append(date, to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        appendDigits(rest / 3_600_000, 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        appendDigits(rest / 60_000 % 60, 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        appendDigits(rest / 1_000 % 60, 2, to: &bytes)
        if rest % 1_000 != 0 {
            bytes.append(UInt8(ascii: "."))
            appendDigits(rest % 1_000, 3, to: &bytes)
        }
        if offset == 0 {
            bytes.append(UInt8(ascii: "Z"))
        } else {
            bytes.append(offset < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
            appendDigits(abs(offset) / 60, 2, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            appendDigits(abs(offset) % 60, 2, to: &bytes)
        }
    }

    /// Appends `2026-07-01`.
    public static func append(_ date: CivilDate, to bytes: inout [UInt8]) {
        appendDigits(date.year, 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        appendDigits(date.month, 2, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        appendDigits(date.day, 2, to: &bytes)
    }

    /// The same as text.
    public static func text(_ milliseconds: Int64, offsetMinutes: Int = 0) -> String {
        var bytes: [UInt8] = []
        append(milliseconds, offsetMinutes: offsetMinutes, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Milliseconds since 1970 of an RFC 3339 date-time; nil where it is not one or names no real moment.
    /// A leap second (`:60`) is read as the second after it; digits past the millisecond are cut off.
    public static func parse(_ bytes: Span<UInt8>) -> Int64? {
        guard bytes.count >= 20, let date = parseDate(bytes.extracting(0..<10)),
            isOne(of: "Tt ", bytes[10]), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let hour = number(bytes, 11, 2), hour < 24, let minute = number(bytes, 14, 2), minute < 60,
            let second = number(bytes, 17, 2), second <= 60
        else { return nil }
        var place = 19
        var fraction = 0
        if bytes[place] == UInt8(ascii: ".") {
            place += 1
            let first = place
            while place < bytes.count, let digit = number(bytes, place, 1) {
                if place - first < 3 { fraction = fraction * 10 + digit }
                place += 1
            }
            guard place > first else { return nil }
            for _ in min(3, place - first)..<3 { fraction *= 10 }
        }
        guard place < bytes.count, let offset = parseOffset(bytes.extracting(place..<bytes.count)) else { return nil }
        let seconds = Int64(date.daysSince1970) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
        return (seconds - Int64(offset) * 60) * 1_000 + Int64(fraction)
    }

    public static func parse(_ text: some StringProtocol) -> Int64? { parse(Array(text.utf8).span) }

    /// A full date, `2026-07-01`; nil where there is no such day.
    public static func parseDate(_ bytes: Span<UInt8>) -> CivilDate? {
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = number(bytes, 0, 4), let month = number(bytes, 5, 2), let day = number(bytes, 8, 2)
        else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }

    public static func parseDate(_ text: some StringProtocol) -> CivilDate? { parseDate(Array(text.utf8).span) }

    private static let earliest: Int64 = -62_167_219_200_000
    private static let latest: Int64 = 253_402_300_799_999

    private static func parseOffset(_ bytes: Span<UInt8>) -> Int? {
        if bytes.count == 1 { return isOne(of: "Zz", bytes[0]) ? 0 : nil }
        guard bytes.count == 6, isOne(of: "+-", bytes[0]), bytes[3] == UInt8(ascii: ":"),
            let hours = number(bytes, 1, 2), hours < 24, let minutes = number(bytes, 4, 2), minutes < 60
        else { return nil }
        return (bytes[0] == UInt8(ascii: "-") ? -1 : 1) * (hours * 60 + minutes)
    }

    private static func isOne(of bytes: StaticString, _ byte: UInt8) -> Bool {
        bytes.withUTF8Buffer { unsafe $0.contains(byte) }
    }

    private static func number(_ bytes: Span<UInt8>, _ start: Int, _ count: Int) -> Int? {
        var value = 0
        for place in start..<start + count {
            let digit = bytes[place] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }

    private static func appendDigits(_ value: Int, _ width: Int, to bytes: inout [UInt8]) {
        var divisor = 1
        for _ in 1..<width { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }
}
