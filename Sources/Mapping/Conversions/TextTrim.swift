// White space at the ends of texts.

/// The part of a text without white space at its ends; no-break spaces count as such.
@inline(__always)
func trimmedRange(_ text: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    var end = range.upperBound
    while start < end {
        if text[start] <= 0x20 {
            start += 1
        } else if text[start] == 0xc2, start + 1 < end, text[start + 1] == 0xa0 {
            start += 2
        } else {
            break
        }
    }
    while end > start {
        if text[end - 1] <= 0x20 {
            end -= 1
        } else if end - start >= 2, text[end - 1] == 0xa0, text[end - 2] == 0xc2 {
            end -= 2
        } else {
            break
        }
    }
    return start..<end
}
