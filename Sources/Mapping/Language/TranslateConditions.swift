// Conditions at run time. A comparison with something absent or unreadable is neither true nor false (nil):
// a rule never fires on what is not there, and a branch is never taken on it.

import Records

extension Translator {
    /// Whether a condition holds; nil where that cannot be said.
    mutating func holds(_ index: Int32, _ record: SourceRecord) -> Bool? {
        switch program.conditions[Int(index)] {
        case .present(let source): return isPresent(source, record)
        case .oneOf(let source, let texts):
            guard let range = text(source, record) else { return false }
            let value = record.text.span.extracting(range)
            for place in texts.range
            where equal(program.constants.span.extracting(program.texts[place].range), value) {
                return true
            }
            return false
        case .all(let operands):
            var result: Bool? = true
            for place in operands.range {
                switch holds(program.operands[place], record) {
                case .some(false): return false
                case .none: result = nil
                case .some(true): break
                }
            }
            return result
        case .any(let operands):
            var result: Bool? = false
            for place in operands.range {
                switch holds(program.operands[place], record) {
                case .some(true): return true
                case .none: result = nil
                case .some(false): break
                }
            }
            return result
        case .not(let inner): return holds(inner, record).map { !$0 }
        case .compare(let left, let comparison, let right):
            guard let first = scalar(left, record), let second = scalar(right, record) else { return nil }
            return comparison.holds(first, second)
        }
    }

    /// A number or time in ten-thousandths; nil where absent, unreadable or too large.
    private mutating func scalar(_ index: Int32, _ record: SourceRecord) -> Int64? {
        switch program.scalars[Int(index)] {
        case .constant(let value): return value
        case .number(let source, let style):
            guard let range = text(source, record),
                number.read(record.text.span.extracting(range), program.numberStyles[Int(style)])
            else { return nil }
            return number.tenThousandths
        case .instant(let reference):
            // Only what is known to the day can be compared: a year alone lies before and after much.
            guard case .date(let date) = readDate(reference, record, silently: true),
                date.precision.rawValue >= DatePrecision.day.rawValue
            else { return nil }
            return Int64(date.instantSeconds) * 10_000
        case .days(let reference):
            guard case .date(let date) = readDate(reference, record, silently: true),
                date.precision.rawValue >= DatePrecision.day.rawValue
            else { return nil }
            return Int64(date.dayNumber) * 10_000
        case .sum(let operands): return fold(operands, record) { $0.addingReportingOverflow($1) }
        case .difference(let operands): return fold(operands, record) { $0.subtractingReportingOverflow($1) }
        }
    }

    private mutating func fold(
        _ operands: ListRange, _ record: SourceRecord, _ combine: (Int64, Int64) -> (Int64, overflow: Bool)
    ) -> Int64? {
        var result: Int64?
        for place in operands.range {
            guard let value = scalar(program.operands[place], record) else { return nil }
            if let sum = result {
                let (next, overflow) = combine(sum, value)
                if overflow { return nil }
                result = next
            } else {
                result = value
            }
        }
        return result
    }
}
