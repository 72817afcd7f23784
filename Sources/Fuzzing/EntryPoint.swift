// The function that libFuzzer calls. LGSP_FUZZ names the group; with LGSP_FUZZ_SEEDS the first call writes the
// group's seeds to that directory, for a run that begins with them.

import Glibc

/// The group that this process tries.
private let group: FuzzGroup = {
    let name = unsafe getenv("LGSP_FUZZ").map { unsafe String(cString: $0) } ?? ""
    let chosen = FuzzGroup.allCases.first { $0.name == name } ?? .messages
    if let directory = unsafe getenv("LGSP_FUZZ_SEEDS").map({ unsafe String(cString: $0) }) {
        for (number, seed) in chosen.seeds.enumerated() { write(seed, to: "\(directory)/seed-\(number)") }
    }
    return chosen
}()

private func write(_ bytes: [UInt8], to path: String) {
    guard let file = unsafe fopen(path, "w") else { return }
    unsafe _ = fwrite(bytes, 1, bytes.count, file)
    unsafe _ = fclose(file)
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    unsafe group.run([UInt8](UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
