// The XML attack cases beside the repository: everything meant to be refused is refused, quickly.

import JSON
import Mapping
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Test func theXMLAttackCasesAreJudgedAsTheirManifestSays() throws {
    let package = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    let folder = package + "/../shared/suites/xml-attacks"
    guard let manifest = bytes(of: folder + "/manifest.json") else {
        print("skipped: no XML attack cases at ../shared/suites/xml-attacks")
        return
    }
    let cases = try JSONValue(parsing: manifest).arrayValue ?? []
    #expect(!cases.isEmpty)
    for item in cases {
        let name = try #require(item["file"]?.stringValue)
        let file = try #require(bytes(of: "\(folder)/\(name)"))
        var lines: [UInt8] = []
        let clock = ContinuousClock()
        let start = clock.now
        let fault = PlainReading.readXML(file, to: &lines)
        #expect(clock.now - start < .seconds(1), "\(name) took too long")
        switch item["expect"]?.stringValue {
        case "reject": #expect(fault != nil, "\(name) was accepted")
        case "accept": #expect(fault == nil, "\(name) was refused: \(String(describing: fault))")
        default: break
        }
    }
}

private func bytes(of path: String) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var content: [UInt8] = []
    var portion = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = unsafe portion.withUnsafeMutableBytes { buffer in
            unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        }
        if count <= 0 { return count == 0 ? content : nil }
        content.append(contentsOf: portion[..<count])
    }
}
