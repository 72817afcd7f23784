// The expectation as a JSON document, to compare with what a hub made of the files.

import JSON

extension SampleExpectation {
    /// Appends the document with sorted members.
    public func write(to output: inout [UInt8]) {
        func object(_ counts: [String: Int]) -> JSONValue {
            .object(counts.sorted { $0.key < $1.key }.map { JSONMember($0.key, .integer($0.value)) })
        }
        let feeds = feeds.sorted { $0.key < $1.key }.map { key, feed in
            JSONMember(
                key,
                .object([
                    JSONMember("files", .integer(feed.files)), JSONMember("records", .integer(feed.records)),
                    JSONMember("published", .integer(feed.published)), JSONMember("rejected", object(feed.rejected)),
                    JSONMember("duplicates", .integer(feed.duplicates)),
                    JSONMember("corrections", .integer(feed.corrections)),
                    JSONMember("repeatedFiles", object(feed.repeatedFiles)),
                    JSONMember("findings", object(feed.findings)),
                ]))
        }
        let document = JSONValue.object([
            JSONMember("seed", .number(String(seed))), JSONMember("records", .integer(records)),
            JSONMember("persons", .integer(persons)), JSONMember("consents", .integer(consents)),
            JSONMember("feeds", .object(feeds)),
        ])
        output += document.write(pretty: true)
    }
}
