// Every bound of the engine.

/// Sizes past which the engine refuses or stops looking.
public enum ModelLimits {
    /// Bytes of one text field of a fact; a record with a longer one is rejected.
    public static let fieldBytesMax = 512
    /// Rows of one list of a fact (owners, parts, spouses); a record with more is rejected.
    public static let listRowsMax = 256
    /// Facts looked at per link. More means placeholder values (a thousand certificates of parcel 0/0): each
    /// still sees that it is not alone, and one record costs no more than this many judgements.
    public static let neighboursMax = 1_000
    /// Earlier versions of one record that a second delivery is recognised by.
    public static let versionsMax = 16
}
