// Tables that a compiled schema is read from: made once, never changed, read without counting references or checking
// an index that the compiler itself wrote.

/// Plain values in memory of their own; whoever makes one frees it.
///
/// Safe because it is written only in `init`, and its readers use indices that the schema compiler made for it.
@safe struct FlatTable<Element: BitwiseCopyable>: @unchecked Sendable {
    private let base: UnsafeMutablePointer<Element>
    let count: Int

    init(_ elements: some Collection<Element>) {
        count = elements.count
        unsafe base = UnsafeMutablePointer<Element>.allocate(capacity: max(count, 1))
        for (place, element) in elements.enumerated() { unsafe (base + place).initialize(to: element) }
    }

    @inline(__always)
    subscript(_ index: Int) -> Element { unsafe base[index] }

    /// For elements of which only a part is read.
    @inline(__always)
    func address(_ index: Int) -> UnsafePointer<Element> { unsafe UnsafePointer(base + index) }

    func free() { unsafe base.deallocate() }
}
