// Licence classes by date: the thirteen until 2024-12-31 and the fifteen from 2025-01-01. "B1" and "D" and
// others stand in both lists and mean different vehicles, so a class is always read with the test's day.

/// Which driving tests there are on a day.
enum DrivingClasses {
    /// 2025-01-01, when the Law on Road Traffic Order and Safety 2024 replaced the classes.
    static let newClasses = Month(year: 2025, month: 1).firstDay

    private static let before: Set<String> = [
        "A1", "A2", "A3", "A4", "B1", "B2", "C", "D", "E", "FB2", "FC", "FD", "FE",
    ]
    private static let since: Set<String> = [
        "A1", "A", "B1", "B", "C1", "C", "D1", "D2", "D", "BE", "C1E", "CE", "D1E", "D2E", "DE",
    ]
    /// Two- and three-wheelers: no simulation and no road part.
    private static let shortBefore: Set<String> = ["A1", "A2", "A3", "A4"]
    private static let shortSince: Set<String> = ["A1", "A", "B1"]

    static func isValid(_ name: String, on day: CalendarDay) -> Bool {
        (day < newClasses ? before : since).contains(name)
    }

    /// The parts that a candidate must pass.
    static func requiredParts(of name: String, on day: CalendarDay) -> [String] {
        let isShort = (day < newClasses ? shortBefore : shortSince).contains(name)
        return isShort ? ["theory", "course"] : ["theory", "simulation", "course", "road"]
    }
}
