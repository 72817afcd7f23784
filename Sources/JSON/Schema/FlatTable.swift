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

/// References that are followed without being counted.
///
/// Safe because the array it is made of is kept beside it, and both are freed with the program that holds them.
@safe struct ReferenceTable<Element: AnyObject & Sendable>: @unchecked Sendable {
    private let base: UnsafeMutablePointer<Unmanaged<Element>>

    init(_ elements: ContiguousArray<Element>) {
        unsafe base = UnsafeMutablePointer<Unmanaged<Element>>.allocate(capacity: max(elements.count, 1))
        for (place, element) in elements.enumerated() {
            unsafe (base + place).initialize(to: Unmanaged.passUnretained(element))
        }
    }

    @inline(__always)
    func with<Result>(_ index: Int32, _ body: (Element) -> Result) -> Result {
        unsafe base[Int(index)]._withUnsafeGuaranteedRef { body($0) }
    }

    func free() { unsafe base.deallocate() }
}
