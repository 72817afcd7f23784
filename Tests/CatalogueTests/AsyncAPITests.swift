// The AsyncAPI document of the repository's hub: valid under the public schema, whole, and true of what lies on the
// topics of a running hub.

import ContractRegistry
import Foundation
import JSON
import Mapping
import Pipeline
import Records
import Routing
import TestSupport
import Testing

@Suite("The AsyncAPI document", .serialized)
struct AsyncAPITests {
    static func document() throws -> JSONValue {
        let contracts = try RepositoryTree.contracts()
        let adapters = try RepositoryTree.adapters()
        let routes = try RepositoryTree.routes()
        var sources = TopologySources()
        sources.feeds = adapters.adapters.map { ($0.agency, $0.feed) }
        sources.contracts = contracts.contracts.map { ($0.name, $0.major) }
        for recipient in routes.recipients {
            for route in recipient.routes { sources.deliveries.append((recipient.recipient, route.contract, route.major)) }
        }
        let released = routes.recipients.flatMap { recipient in
            recipient.routes.map {
                ReleasedFields(
                    recipient: recipient.recipient, contract: $0.contract, major: $0.major,
                    pointers: $0.release.map(\.description))
            }
        }
        let channels = Topology.plan(sources, partitions: 2).map {
            HubChannel.make(
                HubTopic(name: $0.name, partitions: $0.partitions, isCompacted: $0.isCompacted), contracts: contracts,
                released: released)
        }
        #expect(channels.allSatisfy { $0 != nil }, "every topic of the plan has a channel")
        return AsyncAPIDocument.make(channels.compactMap { $0 }, servers: "127.0.0.1:9092", version: "1.0.0")
    }

    @Test("is valid under the schema of AsyncAPI 3.1.0, and a damaged one is not")
    func validUnderThePublicSchema() throws {
        var folder = URL(filePath: #filePath)
        var bytes: [UInt8] = []
        for _ in 0..<6 where bytes.isEmpty {
            folder.deleteLastPathComponent()
            bytes = (try? Data(contentsOf: folder.appending(path: "shared/tools/asyncapi-3.1.0.schema.json"))).map { Array($0) } ?? []
        }
        if bytes.isEmpty { return print("skipped: ../shared/tools/asyncapi-3.1.0.schema.json is not there") }
        let schema = try CompiledSchema(document: EarlierDrafts.modernised(try JSONValue(parsing: bytes)))
        let document = try Self.document()
        let failures = schema.failures(of: document)
        #expect(failures.isEmpty, "\(failures.prefix(5).map(\.description))")
        var damaged = document.objectValue ?? []
        damaged.removeAll { $0.name == "info" }
        #expect(!schema.failures(of: .object(damaged)).isEmpty)
    }

    @Test("has every reference resolved and every payload compiled")
    func references() throws {
        let document = try Self.document()
        for operation in document["operations"]?.objectValue ?? [] {
            let references = [operation.value["channel"]] + (operation.value["messages"]?.arrayValue ?? [])
            for reference in references {
                let text = try #require(reference?["$ref"]?.stringValue)
                #expect(document.resolve(try JSONPointer(String(text.dropFirst()))) != nil, "\(text)")
            }
        }
        for channel in document["channels"]?.objectValue ?? [] {
            guard let schema = channel.value["messages"]?["record"]?["payload"]?["schema"] else { continue }
            #expect(throws: Never.self, "\(channel.name)") { try CompiledSchema(document: schema) }
        }
    }

    @Test("agrees with the valid examples of every contract and refuses the invalid ones")
    func examples() throws {
        let check = AsyncAPICheck(try Self.document())
        let tree = RepositoryTree.tree
        let headers = [
            ("ce_specversion", "1.0"), ("ce_id", "0123456789abcdef0123456789abcdef"), ("ce_source", "urn:lgsp:a:b"),
            ("ce_type", "vn.lgsp.thing.v1"), ("ce_dataschema", "urn:lgsp:contract:thing:v1"),
            ("content-type", "application/json"),
        ]
        for contract in try RepositoryTree.contracts().contracts {
            for (kind, isValid) in [("valid", true), ("invalid", false)] {
                let folder = "Contracts/\(contract.domain)/examples/\(kind)"
                for path in tree.paths(under: folder, suffix: ".json")
                where path.hasPrefix("\(folder)/\(contract.name).v\(contract.major).") {
                    let found = check.disagreements(topic: contract.topic, headers: headers, value: tree[path])
                    #expect(found.isEmpty == isValid, "\(path): \(found)")
                }
            }
        }
        #expect(!check.disagreements(topic: "contract.medical-visit.v1", headers: [], value: nil).isEmpty)
        #expect(!check.disagreements(topic: "contract.none.v1", headers: [], value: nil).isEmpty)
    }

    @Test("agrees with live records of every topic of a running hub")
    func liveHub() throws {
        guard let binary = Program.lgsp else { return print("skipped: the lgsp binary is not built") }
        let folder = try Program.temporaryFolder("asyncapi")
        defer { try? FileManager.default.removeItem(at: folder) }
        let root = ["--root", Program.root.path]
        let demo = try Program(
            binary, ["demo", "--records", "600", "--data", folder.path + "/data", "--stay"] + root)
        defer { demo.process.terminate() }
        let line = "demo: running on "
        try #require(
            Program.until(seconds: 240) { demo.standardError.contains(line) || !demo.process.isRunning },
            "\(demo.standardError.suffix(2_000))")
        let rest = try #require(demo.standardError.components(separatedBy: line).dropFirst().first)
        let servers = try #require(rest.split(separator: " ").first.map(String.init))
        let checked = try Program.run(
            binary, ["contract", "asyncapi", "--check", "--json", "--bootstrap-servers", servers] + root, seconds: 240)
        let report = try JSONValue(parsing: checked.output)
        #expect(checked.code == 0, "\(report["disagreements"]?.arrayValue?.prefix(5) ?? [])")
        #expect(report["disagreements"]?.arrayValue?.isEmpty == true)
        #expect((report["records"]?.intValue ?? 0) > 500)
        print("asyncapi: \(report["topics"]?.intValue ?? 0) topics, \(report["records"]?.intValue ?? 0) records agree")

        // The same hub for the rehearsal: the version in force breaks nothing, a narrower one names who breaks.
        try rehearse(binary, servers, root, folder)
        #expect(demo.process.isRunning)
    }

    private func rehearse(_ binary: URL, _ servers: String, _ root: [String], _ folder: URL) throws {
        let file = Program.root.path + "/Contracts/health/medical-visit.v1.schema.json"
        let bus = ["--days", "30", "--json", "--bootstrap-servers", servers] + root
        let same = try Program.run(binary, ["contract", "rehearse", "medical-visit", file] + bus, seconds: 120)
        #expect(same.code == 0, "\(same.output) \(same.diagnostics)")
        let text = String(decoding: RepositoryTree.tree["Contracts/health/medical-visit.v1.schema.json"] ?? [], as: UTF8.self)
        // A field renamed: adapter, routes, recipients and model 05 all depend on it.
        let narrower = folder.appending(path: "proposed.json")
        try text.replacing("\"facilityCode\"", with: "\"facility\"").write(to: narrower, atomically: true, encoding: .utf8)
        let broken = try Program.run(
            binary, ["contract", "rehearse", "medical-visit", narrower.path] + bus, seconds: 120)
        #expect(broken.code == 1, "\(broken.diagnostics)")
        let report = try JSONValue(parsing: broken.output)
        #expect((report["invalid"]?.intValue ?? 0) > 0 && report["invalid"] == report["records"])
        let rows = (report["impact"]?.arrayValue ?? []).filter { $0["breaks"]?.boolValue == true }
        for kind in ["adapter", "route", "recipient", "model"] {
            #expect(rows.contains { $0["kind"]?.stringValue == kind }, "\(kind): \(broken.output.suffix(2_000))")
        }
        let diff = try Program.run(
            binary, ["contract", "diff", "medical-visit", narrower.path, "--json"] + root, seconds: 60)
        #expect(diff.code == 1, "\(diff.diagnostics)")
        #expect(try JSONValue(parsing: diff.output)["compatible"]?.boolValue == false)
    }
}
