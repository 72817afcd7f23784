// RFC 3339 §5.6 dates and times, and the durations of its appendix A.

enum DateFormat {
    /// Two digits at a place, or -1.
    @inline(__always)
    private static func twoDigits(_ text: Span<UInt8>, _ place: Int) -> Int {
        guard place &+ 1 < text.count, ASCII.isDigit(text[place]), ASCII.isDigit(text[place &+ 1]) else { return -1 }
        return Int(text[place] &- 0x30) &* 10 &+ Int(text[place &+ 1] &- 0x30)
    }

    /// `YYYY-MM-DD` at a place, a day of the Gregorian calendar.
    static func isDate(_ text: Span<UInt8>, _ place: Int) -> Bool {
        guard place &+ 10 <= text.count, text[place &+ 4] == 0x2D, text[place &+ 7] == 0x2D else { return false }
        let century = twoDigits(text, place)
        let yearOfCentury = twoDigits(text, place &+ 2)
        let month = twoDigits(text, place &+ 5)
        let day = twoDigits(text, place &+ 8)
        guard century >= 0, yearOfCentury >= 0, month >= 1, month <= 12, day >= 1 else { return false }
        if day <= 28 { return true }
        switch month {
        case 2:
            let year = century &* 100 &+ yearOfCentury
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            return day == 29 && isLeap
        case 4, 6, 9, 11: return day <= 30
        default: return day <= 31
        }
    }

    static func isDateTime(_ text: Span<UInt8>) -> Bool {
        guard text.count >= 20, isDate(text, 0), text[10] | 0x20 == 0x74 else { return false }
        return isTime(text, 11)
    }

    /// `HH:MM:SS`, a fraction, and `Z` or an offset. A leap second is 23:59:60 UTC.
    static func isTime(_ text: Span<UInt8>, _ start: Int) -> Bool {
        guard start &+ 9 <= text.count, text[start &+ 2] == 0x3A, text[start &+ 5] == 0x3A else { return false }
        let hour = twoDigits(text, start)
        let minute = twoDigits(text, start &+ 3)
        let second = twoDigits(text, start &+ 6)
        guard hour >= 0, hour < 24, minute >= 0, minute < 60, second >= 0, second <= 60 else { return false }
        var place = start &+ 8
        if text[place] == 0x2E {
            let first = place &+ 1
            place = first
            while place < text.count, ASCII.isDigit(text[place]) { place &+= 1 }
            if place == first { return false }
        }
        guard place < text.count else { return false }
        var offsetMinutes = 0
        if text[place] | 0x20 == 0x7A {
            if place &+ 1 != text.count { return false }
        } else {
            guard text[place] == 0x2B || text[place] == 0x2D, place &+ 6 == text.count, text[place &+ 3] == 0x3A
            else { return false }
            let hours = twoDigits(text, place &+ 1)
            let minutes = twoDigits(text, place &+ 4)
            guard hours >= 0, hours < 24, minutes >= 0, minutes < 60 else { return false }
            offsetMinutes = (hours &* 60 &+ minutes) &* (text[place] == 0x2B ? 1 : -1)
        }
        if second < 60 { return true }
        let utc = (hour &* 60 &+ minute &- offsetMinutes &+ 2 &* 1_440) % 1_440
        return utc == 23 &* 60 &+ 59
    }

    /// `P` with weeks alone, or years, months, days, then `T` with hours, minutes, seconds: in order and
    /// without a gap, one at least.
    static func isDuration(_ text: Span<UInt8>) -> Bool {
        guard text.count >= 3, text[0] == 0x50 else { return false }
        var place = 1
        var lastUnit = -1
        var inTime = false
        let dateUnits: StaticString = "YMD"
        let timeUnits: StaticString = "HMS"
        while place < text.count {
            if text[place] == 0x54 {
                if inTime || place + 1 == text.count { return false }
                inTime = true
                lastUnit = -1
                place += 1
                continue
            }
            let first = place
            while place < text.count, ASCII.isDigit(text[place]) { place += 1 }
            if place == first || place == text.count { return false }
            let unit = text[place]
            place += 1
            if unit == 0x57 { return first == 1 && place == text.count }
            guard let position = position(of: unit, in: inTime ? timeUnits : dateUnits) else { return false }
            if lastUnit >= 0, position != lastUnit + 1 { return false }
            lastUnit = position
        }
        return true
    }

    private static func position(of unit: UInt8, in units: StaticString) -> Int? {
        units.withUTF8Buffer { buffer in
            for position in 0..<buffer.count where unsafe buffer[position] == unit { return position }
            return nil
        }
    }
}
