import JSON
import Mapping
import Records
import Testing

@Suite("Conforming raw records of a batch")
struct LanguageConformTests {
    private func conformer() throws -> Conformer {
        let adapter = try Language.adapter(fields: #""x": {"from": "n", "as": "integer", "required": true}"#)
        return Conformer(adapters: AdapterSet(adapters: [adapter], key: Language.key))
    }

    private func raw(_ values: [String], fault: String? = nil) -> RecordBatch {
        var batch = RecordBatch()
        let topic = batch.topicIndex("raw.a.f")
        for (number, value) in values.enumerated() {
            let headers = batch.headerMark
            batch.addHeader("lgsp-received", "2024-03-01T00:00:00Z")
            batch.addHeader("lgsp-file", "file.json")
            batch.addHeader("lgsp-record", "\(number + 1)")
            if let fault { batch.addHeader("lgsp-fault", fault) }
            batch.addRecord(
                topic: topic, partition: 3, offset: Int64(number), key: .absent, value: batch.store(value),
                headersFrom: headers)
        }
        return batch
    }

    @Test("appends a contract record with its envelope or a rejection with the raw coordinates")
    func records() throws {
        var conformer = try conformer()
        let input = raw([#"{"n": "5"}"#, #"{"n": "five"}"#, "not json", #"{"n": "6"}"#])
        var output = RecordBatch()
        let outcomes = input.slots.map { conformer.conform($0, of: input, into: &output) }
        #expect(outcomes == [.published(1), .rejected(.mapNumber), .rejected(.jsonMalformed), .published(1)])
        #expect(
            output.slots.map { output.topics[Int($0.topic)] } == [
                "contract.thing.v1", "rejected.a", "rejected.a", "contract.thing.v1",
            ])
        let first = output.slots[0]
        #expect(output.headerText("ce_specversion", of: first) == "1.0")
        #expect(output.headerText("ce_source", of: first) == "urn:lgsp:a:f")
        #expect(output.headerText("ce_type", of: first) == "vn.lgsp.thing.v1")
        #expect(output.headerText("ce_time", of: first) == "2024-03-01T00:00:00+07:00")
        #expect(output.headerText("ce_dataschema", of: first) == "urn:lgsp:contract:thing:v1")
        #expect(output.headerText("ce_id", of: first)?.count == 32)
        #expect(output.headerText("ce_subject", of: first) == nil)
        #expect(output.headerText("lgsp-agency", of: first) == "a")
        #expect(output.headerText("lgsp-raw", of: first) == "raw.a.f/3/0")
        #expect(output.headerText("lgsp-rules", of: first) == conformer.adapters.adapters[0].rulesVersion)
        #expect(output.text(first.value) == #"{"recordId":"1","occurredAt":"2024-03-01","x":5}"#)
        #expect(output.text(output.slots[1].key) == "raw.a.f/3/1")
        let rejection = try JSONValue(parsing: Array(output.arena[output.slots[1].value.range]))
        #expect(rejection["code"] == "map.number")
        #expect(rejection["stage"] == "conform")
        #expect(rejection["place"] == "n")
        #expect(rejection["feed"] == "f")
        #expect(rejection["file"] == "file.json")
        #expect(rejection["record"] == 2)
        #expect(rejection["raw"] == "raw.a.f/3/1")
        #expect(rejection["receivedAt"] == "2024-03-01T00:00:00Z")
        #expect(!output.text(output.slots[1].value).contains("five"))
    }

    @Test("carries a framing fault on as a rejection of the intake")
    func faults() throws {
        var conformer = try conformer()
        let input = raw(["half"], fault: "csv.quote")
        var output = RecordBatch()
        #expect(conformer.conform(input.slots[0], of: input, into: &output) == .rejected(.csvQuote))
        #expect(output.text(output.slots[0].value).contains(#""stage":"intake""#))
    }

    @Test("writes the same headers into an emptied batch and into another one")
    func batches() throws {
        var conformer = try conformer()
        let input = raw([#"{"n": "5"}"#])
        var output = RecordBatch()
        for _ in 0..<3 {
            output.removeAll()
            _ = output.store(String(repeating: "x", count: 7))
            _ = conformer.conform(input.slots[0], of: input, into: &output)
            #expect(output.headerText("ce_type", of: output.slots[0]) == "vn.lgsp.thing.v1")
        }
        var other = RecordBatch()
        _ = other.store(String(repeating: "y", count: 2_000))
        _ = conformer.conform(input.slots[0], of: input, into: &other)
        _ = conformer.conform(input.slots[0], of: input, into: &output)
        #expect(other.headerText("ce_source", of: other.slots[0]) == "urn:lgsp:a:f")
        #expect(output.headerText("ce_source", of: output.slots[1]) == "urn:lgsp:a:f")
    }
}
