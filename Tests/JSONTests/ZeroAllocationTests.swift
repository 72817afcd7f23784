// A valid record allocates nothing: counted under malloc, in a process of its own that has the counter preloaded.

import Foundation
import JSON
import Testing

@Suite struct ZeroAllocationTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func output(of words: [String], preload: String? = nil) throws -> (status: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = (preload.map { ["LD_PRELOAD=\($0)"] } ?? []) + words
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    @Test func `Parsing and validating a valid record allocates nothing`() throws {
        let build = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let programs = [
            ZeroAllocationTests.root.appending(path: ".build/release/lgsp-bench"),
            ZeroAllocationTests.root.appending(path: ".build/debug/lgsp-bench"), build.appending(path: "lgsp-bench"),
        ].filter { FileManager.default.isExecutableFile(atPath: $0.path) }
        let program = try #require(programs.first, "lgsp-bench is built with the tests")
        let folder = FileManager.default.temporaryDirectory.appending(path: "lgsp-allocations-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let counter = folder.appending(path: "allocations.so").path
        let source = ZeroAllocationTests.root.appending(path: "Scripts/bench/allocations.c").path
        guard try output(of: ["cc", "-O2", "-shared", "-fPIC", "-o", counter, source]).status == 0 else {
            print("skipped: no C compiler for the counter of allocations")
            return
        }
        // Every third record is invalid: that may allocate, and must not make the next valid one do so.
        let records = folder.appending(path: "records.jsonl")
        try (0..<90).map { ZeroAllocationTests.record($0, isValid: $0 % 3 != 0) + "\n" }.joined()
            .write(to: records, atomically: true, encoding: .utf8)
        let schema = ZeroAllocationTests.root.appending(path: "Scripts/bench/medical-visit.schema.json").path
        let counted = try output(of: [program.path, "schema-part", records.path, schema, "1"], preload: counter)
        let result = try JSONValue(parsing: counted.text)
        #expect(result["part"]?.stringValue == "allocations")
        #expect(result["valid"]?.intValue == 60)
        #expect(result["ofValid"]?.intValue == 0)
    }

    private static func record(_ number: Int, isValid: Bool) -> String {
        let payment = isValid ? #"{"kind":"bhyt","rate":80}"# : #"{"kind":"bhyt","method":"the"}"#
        return #"{"visit_id":"42571d85-a940-4f43-a816-1571b285c0b9","schema_version":1,"facility_code":"58692","#
            + #""cccd":"0090237372\#(10 + number)","full_name":"Nguyễn Đức \"Thanh\" An","birth_date":"1988-05-03","#
            + #""gender":"nu","email":"a.b\#(number)@example.vn","address":{"line":"Số 66, đường Trần Hưng Đạo","#
            + #""ward":"phường Ngọc Hà","province":"Khánh Ho\u00e0"},"visit_date":"2026-08-08","#
            + #""discharge":"2026-08-08T10:11:00+07:00","visit_type":"ngoai_tru","department":"da-lieu","#
            + #""reason":"Tái khám theo hẹn, đo huyết áp","diagnoses":[{"code":"J45.9","name":"Hen","primary":true}],"#
            + #""vitals":{"pulse":98,"temp_c":38.6,"systolic":162,"diastolic":82},"insurance":"TE1077877535440","#
            + #""payment":\#(payment),"total_cost":21958000,"created_at":"2026-08-08T10:23:26Z"}"#
    }
}
