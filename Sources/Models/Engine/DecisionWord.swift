// The decision words that more than one model uses; a word of one model stands in its file.

public enum DecisionWord {
    /// Written on the output contract when an earlier finding no longer holds.
    public static let cleared = "CLEARED"
    public static let duplicate = "DUPLICATE"
    public static let check = "CHECK"
    public static let review = "REVIEW"

    // What the population base said of a person.
    public static let verified = "VERIFIED"
    public static let mismatch = "MISMATCH"
    public static let notFound = "NOT_FOUND"
    public static let deceased = "DECEASED"
    /// The answer has not come yet.
    public static let pending = "PENDING"
    /// There is no 12-digit number to ask with.
    public static let noId = "NO_ID"
}
