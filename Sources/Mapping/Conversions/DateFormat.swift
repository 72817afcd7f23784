// The date notations of Vietnamese systems. A format first asks whether a text has its shape; only then
// whether there is such a day. So several formats can be tried in turn without one hiding another's fault.

/// One notation of dates or date-times.
public enum DateFormat: String, Sendable, CaseIterable {
    /// Health, social insurance and driving files; `00` for an unknown month or day.
    case compactDate = "yyyyMMdd"
    case compactMinute = "yyyyMMddHHmm"
    case compactSecond = "yyyyMMddHHmmss"
    /// The citizen card's QR code.
    case compactDayFirst = "ddMMyyyy"
    /// One-digit days and months and the separators `/`, `-`, `.` are taken too.
    case dayFirst = "dd/MM/yyyy"
    /// `dd/MM/yyyy HH:mm` with or without seconds.
    case dayFirstTime = "dd/MM/yyyy HH:mm"
    case monthFirst = "MM/yyyy"
    case year = "yyyy"
    case isoDate = "yyyy-MM-dd"
    case isoMonth = "yyyy-MM"
    /// ISO 8601 with seconds, a fraction or an offset as the source likes.
    case isoTime = "yyyy-MM-ddTHH:mm"
    /// A spreadsheet's day count from 1899-12-30, with a fraction for the time.
    case serial

    /// What a format makes of a text.
    enum Reading: Equatable {
        case otherShape
        case impossible
        case date(SourceDate)
    }

    /// Reads a text that has been trimmed.
    func read(_ text: Span<UInt8>) -> Reading {
        switch self {
        case .compactDate: compact(text, time: 0)
        case .compactMinute: compact(text, time: 4)
        case .compactSecond: compact(text, time: 6)
        case .compactDayFirst: compactDayFirst(text)
        case .dayFirst: dayFirst(text)
        case .dayFirstTime: dayFirstTime(text)
        case .monthFirst: monthFirst(text)
        case .year: yearOnly(text)
        case .isoDate: isoDate(text)
        case .isoMonth: isoMonth(text)
        case .isoTime: isoTime(text)
        case .serial: serial(text)
        }
    }

    private func reading(_ date: SourceDate?) -> Reading { date.map { .date($0) } ?? .impossible }

    private func compact(_ text: Span<UInt8>, time: Int) -> Reading {
        guard text.count == 8 + time, let year = digits(text, 0, 4), let month = digits(text, 4, 2),
            let day = digits(text, 6, 2), let hour = time == 0 ? 0 : digits(text, 8, 2),
            let minute = time == 0 ? 0 : digits(text, 10, 2), let second = time == 6 ? digits(text, 12, 2) : 0
        else { return .otherShape }
        if month == 0 {
            return day == 0 ? reading(SourceDate(year: year, precision: .year)) : .impossible
        }
        if day == 0 { return reading(SourceDate(year: year, month: month, precision: .month)) }
        guard let inDay = secondOfDay(hour, minute, second) else { return .impossible }
        return reading(
            SourceDate(year: year, month: month, day: day, second: inDay, precision: time == 0 ? .day : .time))
    }

    private func compactDayFirst(_ text: Span<UInt8>) -> Reading {
        guard text.count == 8, let day = digits(text, 0, 2), let month = digits(text, 2, 2),
            let year = digits(text, 4, 4)
        else { return .otherShape }
        return reading(SourceDate(year: year, month: month, day: day, precision: .day))
    }

    private func dayFirst(_ text: Span<UInt8>) -> Reading {
        guard let (day, afterDay) = shortNumber(text, 0), let (month, afterMonth) = shortNumber(text, afterDay),
            text.count == afterMonth + 4, text[afterDay - 1] == text[afterMonth - 1],
            let year = digits(text, afterMonth, 4)
        else { return .otherShape }
        return reading(SourceDate(year: year, month: month, day: day, precision: .day))
    }

    private func dayFirstTime(_ text: Span<UInt8>) -> Reading {
        var space = 0
        while space < text.count, text[space] != 0x20 { space += 1 }
        guard space < text.count else { return .otherShape }
        guard let (inDay, end) = clock(text, space + 1), end == text.count else {
            return clockShape(text, space + 1) ? .impossible : .otherShape
        }
        switch dayFirst(text.extracting(0..<space)) {
        case .date(var date):
            date.second = inDay
            date.precision = .time
            return .date(date)
        case let other: return other
        }
    }

    private func monthFirst(_ text: Span<UInt8>) -> Reading {
        guard let (month, afterMonth) = shortNumber(text, 0), text.count == afterMonth + 4,
            let year = digits(text, afterMonth, 4)
        else { return .otherShape }
        return reading(SourceDate(year: year, month: month, precision: .month))
    }

    private func yearOnly(_ text: Span<UInt8>) -> Reading {
        guard text.count == 4, let year = digits(text, 0, 4) else { return .otherShape }
        return reading(SourceDate(year: year, precision: .year))
    }

    private func isoMonth(_ text: Span<UInt8>) -> Reading {
        guard text.count == 7, text[4] == UInt8(ascii: "-"), let year = digits(text, 0, 4),
            let month = digits(text, 5, 2)
        else { return .otherShape }
        return reading(SourceDate(year: year, month: month, precision: .month))
    }

    private func isoDate(_ text: Span<UInt8>) -> Reading {
        guard text.count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            let year = digits(text, 0, 4), let month = digits(text, 5, 2), let day = digits(text, 8, 2)
        else { return .otherShape }
        return reading(SourceDate(year: year, month: month, day: day, precision: .day))
    }

    private func isoTime(_ text: Span<UInt8>) -> Reading {
        guard text.count > 11, text[10] == UInt8(ascii: "T") || text[10] == 0x20 else { return .otherShape }
        guard let (inDay, end) = clock(text, 11) else { return clockShape(text, 11) ? .impossible : .otherShape }
        guard let offset = offsetMinutes(text, from: end) else { return .otherShape }
        switch isoDate(text.extracting(0..<10)) {
        case .date(var date):
            date.second = inDay
            date.offsetMinutes = offset
            date.precision = .time
            return .date(date)
        case let other: return other
        }
    }

    /// Minutes east of UTC at the end of a text; +07:00 where nothing stands there, nil for anything else.
    private func offsetMinutes(_ text: Span<UInt8>, from start: Int) -> Int? {
        var place = start
        if place < text.count, text[place] == UInt8(ascii: ".") {
            place += 1
            let first = place
            while place < text.count, isDigit(text[place]) { place += 1 }
            if place == first { return nil }
        }
        if place == text.count { return SourceDate.localOffsetMinutes }
        if place == text.count - 1, text[place] == UInt8(ascii: "Z") { return 0 }
        guard text.count == place + 6, text[place + 3] == UInt8(ascii: ":"), let hours = digits(text, place + 1, 2),
            let minutes = digits(text, place + 4, 2), hours < 24, minutes < 60
        else { return nil }
        switch text[place] {
        case UInt8(ascii: "+"): return hours * 60 + minutes
        case UInt8(ascii: "-"): return -(hours * 60 + minutes)
        default: return nil
        }
    }

    private func serial(_ text: Span<UInt8>) -> Reading {
        var place = 0
        while place < text.count, isDigit(text[place]) { place += 1 }
        guard place >= 1, place <= 6, let days = digits(text, 0, place) else { return .otherShape }
        var second = 0
        if place < text.count {
            guard text[place] == UInt8(ascii: "."), text.count > place + 1 else { return .otherShape }
            // The fraction of a day, to nine digits: more than a millisecond needs.
            var fraction = 0
            var scale = 1
            for index in place + 1..<text.count {
                guard isDigit(text[index]) else { return .otherShape }
                if scale < 1_000_000_000 {
                    fraction = fraction * 10 + Int(text[index] - 0x30)
                    scale *= 10
                }
            }
            second = min((fraction * 86_400 + scale / 2) / scale, 86_399)
        }
        // Serial 60 is the 29th of February 1900, a day that spreadsheets know and the calendar does not.
        guard days >= 1, days != 60 else { return .impossible }
        let dayNumber = days - (days < 60 ? 25_568 : 25_569)
        return reading(
            SourceDate(dayNumber: dayNumber, second: second, precision: place < text.count ? .time : .day))
    }
}

@inline(__always)
func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

/// The number in `count` digits from `start`; nil where one is none.
@inline(__always)
func digits(_ text: Span<UInt8>, _ start: Int, _ count: Int) -> Int? {
    guard start + count <= text.count else { return nil }
    var value = 0
    for place in start..<start + count {
        let digit = text[place] &- 0x30
        if digit > 9 { return nil }
        value = value * 10 + Int(digit)
    }
    return value
}

/// One or two digits and the separator after them: the number and the place behind the separator.
private func shortNumber(_ text: Span<UInt8>, _ start: Int) -> (Int, Int)? {
    var place = start
    while place < text.count, place < start + 2, isDigit(text[place]) { place += 1 }
    guard place > start, place < text.count, let value = digits(text, start, place - start) else { return nil }
    switch text[place] {
    case UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "."): return (value, place + 1)
    default: return nil
    }
}

private func secondOfDay(_ hour: Int, _ minute: Int, _ second: Int) -> Int? {
    // 24:00 and leap seconds are written by no source that we know; they would break the order of events.
    hour < 24 && minute < 60 && second < 60 ? hour * 3600 + minute * 60 + second : nil
}

/// Whether `HH:mm` stands there, whatever the numbers.
private func clockShape(_ text: Span<UInt8>, _ start: Int) -> Bool {
    digits(text, start, 2) != nil && start + 2 < text.count && text[start + 2] == UInt8(ascii: ":")
        && digits(text, start + 3, 2) != nil
}

/// `HH:mm` or `HH:mm:ss`: seconds since midnight and the place behind; nil for another shape or no such time.
private func clock(_ text: Span<UInt8>, _ start: Int) -> (Int, Int)? {
    guard clockShape(text, start), let hour = digits(text, start, 2), let minute = digits(text, start + 3, 2) else {
        return nil
    }
    var second = 0
    var end = start + 5
    if end + 2 < text.count, text[end] == UInt8(ascii: ":") {
        guard let seconds = digits(text, end + 1, 2) else { return nil }
        second = seconds
        end += 3
    }
    guard let inDay = secondOfDay(hour, minute, second) else { return nil }
    return (inDay, end)
}
