// The hash of a key's bytes: kept on the tape for each key, so that finding duplicates and looking up a
// schema's properties compare one integer before any byte.

/// Multiply-and-fold over eight bytes at a time. Not secret: what relies on it stays bounded when every
/// hash is the same.
enum KeyHash {
    @inline(__always)
    static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    @inline(__always)
    static func finish(_ low: UInt64, _ high: UInt64, _ count: Int) -> UInt32 {
        let mixed = fold(
            low ^ 0x9E37_79B9_7F4A_7C15, high ^ 0xD6E8_FEB8_6659_FD93 ^ UInt64(truncatingIfNeeded: count))
        return UInt32(truncatingIfNeeded: mixed ^ (mixed >> 32))
    }

    /// Safe because every load lies within `bytes ..< bytes + count`.
    @inline(__always)
    static func hash(_ bytes: UnsafePointer<UInt8>, count: Int) -> UInt32 {
        let raw = unsafe UnsafeRawPointer(bytes)
        if count >= 8 {
            var low = unsafe raw.loadUnaligned(as: UInt64.self)
            var place = 8
            while place &+ 8 < count {
                low = fold(
                    low ^ 0xA076_1D64_78BD_642F, unsafe raw.loadUnaligned(fromByteOffset: place, as: UInt64.self))
                place &+= 8
            }
            return finish(low, unsafe raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self), count)
        }
        if count >= 4 {
            let low = unsafe raw.loadUnaligned(as: UInt32.self)
            let high = unsafe raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
            return finish(UInt64(low), UInt64(high), count)
        }
        if count == 0 { return finish(0, 0, 0) }
        let first = unsafe UInt64(bytes[0])
        let middle = unsafe UInt64(bytes[count >> 1])
        let last = unsafe UInt64(bytes[count &- 1])
        return finish(first | middle << 8 | last << 16, 0, count)
    }

    static func hash(_ bytes: [UInt8]) -> UInt32 {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return finish(0, 0, 0) }
            return unsafe hash(base, count: buffer.count)
        }
    }

    static func hash(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt32 {
        unsafe bytes.extracting(range).withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return finish(0, 0, 0) }
            return unsafe hash(base, count: buffer.count)
        }
    }

    /// Whether `range` of `text` holds the same bytes as `names` from `start`, eight at a time.
    ///
    /// Safe because both spans are cut to the length compared, which traps where it does not fit.
    @inline(__always)
    static func isSame(_ text: Span<UInt8>, _ range: Range<Int>, _ names: Span<UInt8>, from start: Int) -> Bool {
        let count = range.count
        return unsafe text.extracting(range).withUnsafeBufferPointer { left in
            unsafe names.extracting(start..<start &+ count).withUnsafeBufferPointer { right in
                let first = UnsafeRawBufferPointer(left)
                let second = UnsafeRawBufferPointer(right)
                var place = 0
                while place &+ 8 <= count {
                    let one = unsafe first.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                    if unsafe one != second.loadUnaligned(fromByteOffset: place, as: UInt64.self) { return false }
                    place &+= 8
                }
                while place < count {
                    if unsafe first[place] != second[place] { return false }
                    place &+= 1
                }
                return true
            }
        }
    }
}
