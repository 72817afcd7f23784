// What the framer says of one cut: a raw record or a stretch of the file that is none.

public import Records

/// One raw record as it lies in the file, or a fault in its place.
public struct Frame: Sendable, Equatable {
    /// The record's bytes in the span handed over beside the frame: all of it.
    public var bytes: Range<Int>
    /// The record's number in its file, from 1; faults count too.
    public var number: Int
    /// The record's first byte in its file, from 0.
    public var place: Int
    /// Why these bytes are no record; the bytes are then kept up to `ReaderLimits.faultBytesMax`.
    public var fault: RejectionCode?
    /// Where in the file the fault showed, from 0; equals `place` where there is no fault.
    public var faultPlace: Int
    /// Grows whenever the titles handed over beside the frame differ from those of the frame before.
    public var titlesVersion: Int

    public init(
        bytes: Range<Int>, number: Int, place: Int, fault: RejectionCode? = nil, faultPlace: Int? = nil,
        titlesVersion: Int = 0
    ) {
        self.bytes = bytes
        self.number = number
        self.place = place
        self.fault = fault
        self.faultPlace = faultPlace ?? place
        self.titlesVersion = titlesVersion
    }
}
