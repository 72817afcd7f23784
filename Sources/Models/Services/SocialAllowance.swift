// The monthly social allowance: standard by date × factor by category and age (Decree 20/2021, article 5; the
// standard of 2024-07 from Decree 76/2024). Law changes by date, so everything here is asked for a month.

/// Standards, factors and age limits of the allowance.
enum SocialAllowance {
    /// The standard in force in a month, in đồng; nil before 2021-07, which this hub does not judge.
    static func standard(in month: Month) -> Int64? {
        if month >= Month(year: 2024, month: 7) { return 500_000 }
        if month >= Month(year: 2021, month: 7) { return 360_000 }
        return nil
    }

    /// The factor in millionths, and whether the category goes with the age; nil for a category that the decree
    /// does not have, or whose factor is the number of children.
    static func factor(_ category: ArraySlice<UInt8>, birth: CalendarDay?, in month: Month) -> Rate? {
        guard let birth else { return withoutAge(category) }
        // A child grows out of a band in the month after its birthday, an elder into one in the month of it.
        let ageAtStart = birth.completedYears(on: month.firstDay)
        let ageAtEnd = birth.completedYears(on: month.lastDay)
        if category.isText("child-without-carer") {
            // Until 16, and in education until 22.
            return Rate(ageAtStart < 4 ? 2_500_000 : 1_500_000, fits: ageAtStart < 22)
        }
        if category.isText("hiv-child-poor") {
            return Rate(ageAtStart < 4 ? 2_500_000 : 2_000_000, fits: ageAtStart < 16)
        }
        if category.isText("elderly-poor-without-carer") {
            return Rate(ageAtEnd >= 80 ? 2_000_000 : 1_500_000, fits: ageAtEnd >= 60)
        }
        if category.isText("elderly-80-without-pension") { return Rate(1_000_000, fits: ageAtEnd >= 80) }
        let isChildOrElder = ageAtStart < 16 || ageAtEnd >= 60
        if category.isText("disability-very-severe") { return Rate(isChildOrElder ? 2_500_000 : 2_000_000, fits: true) }
        if category.isText("disability-severe") { return Rate(isChildOrElder ? 2_000_000 : 1_500_000, fits: true) }
        if category.isText("hiv-poor") { return Rate(1_500_000, fits: true) }
        return nil
    }

    struct Rate {
        var factorMillionths: Int64
        var fits: Bool

        init(_ factorMillionths: Int64, fits: Bool) {
            self.factorMillionths = factorMillionths
            self.fits = fits
        }
    }

    /// Only what does not depend on age.
    private static func withoutAge(_ category: ArraySlice<UInt8>) -> Rate? {
        if category.isText("elderly-80-without-pension") { return Rate(1_000_000, fits: true) }
        return category.isText("hiv-poor") ? Rate(1_500_000, fits: true) : nil
    }

    /// Standard × factor, in đồng.
    static func amount(standard: Int64, factorMillionths: Int64) -> Int64 {
        let wide = Int128(standard) * Int128(factorMillionths) / 1_000_000
        return Int64(clamping: wide)
    }
}
