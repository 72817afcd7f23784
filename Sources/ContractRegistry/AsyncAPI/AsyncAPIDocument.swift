// The hub as an AsyncAPI 3.1 document, and the check of a live record against what the document says of its topic.

public import JSON

public enum AsyncAPIDocument {
    /// Of the Kafka bindings.
    private static let bindingVersion: JSONValue = "0.4.0"
    private static let schemaFormat: JSONValue = "application/schema+json;version=draft-2020-12"

    /// The document of a hub with these channels at `servers`, a list `host:port[,host:port…]`.
    public static func make(_ channels: [HubChannel], servers: String, version: String) -> JSONValue {
        let sorted = channels.sorted { $0.topic < $1.topic }
        let hosts = servers.split(separator: ",").map(String.init)
        return .object([
            JSONMember("asyncapi", "3.1.0"), JSONMember("id", "urn:lgsp:hub"),
            JSONMember(
                "info",
                [
                    "title": "LGSP Hub", "version": .string(version),
                    "description": "Chia sẻ dữ liệu giữa các cơ quan của tỉnh: chủ đề, hợp đồng và bên nhận.",
                ]),
            JSONMember("defaultContentType", "application/json"),
            JSONMember(
                "servers",
                .object(
                    hosts.enumerated().map { number, host in
                        JSONMember(
                            "bus\(number + 1)",
                            [
                                "host": .string(host), "protocol": "kafka",
                                "bindings": ["kafka": ["bindingVersion": bindingVersion]],
                            ])
                    })),
            JSONMember("channels", .object(sorted.map { JSONMember($0.topic, channel($0)) })),
            JSONMember("operations", .object(sorted.map { JSONMember(operationName($0), operation($0)) })),
            JSONMember(
                "components",
                [
                    "schemas": [
                        "contractHeaders": HubSchemas.contractHeaders, "deliverHeaders": HubSchemas.deliverHeaders,
                        "rawHeaders": HubSchemas.rawHeaders, "plainHeaders": HubSchemas.plainHeaders,
                    ]
                ]),
        ])
    }

    private static func channel(_ channel: HubChannel) -> JSONValue {
        var message: [JSONMember] = [
            JSONMember("name", .string(channel.topic)), JSONMember("title", .string(channel.title)),
            JSONMember("summary", .string(channel.summary)), JSONMember("contentType", .string(channel.contentType)),
            JSONMember("headers", ["$ref": .string("#/components/schemas/\(channel.headers)")]),
        ]
        if let payload = channel.payload {
            message.append(JSONMember("payload", ["schemaFormat": schemaFormat, "schema": payload]))
        }
        message.append(
            JSONMember(
                "bindings",
                [
                    "kafka": [
                        "key": ["type": "string", "description": .string(channel.key)], "bindingVersion": bindingVersion,
                    ]
                ]))
        let policy: JSONValue = channel.isCompacted ? "compact" : "delete"
        return .object(
            [
                JSONMember("address", .string(channel.topic)), JSONMember("title", .string(channel.title)),
                JSONMember("messages", ["record": .object(message)]),
                JSONMember(
                    "bindings",
                    [
                        "kafka": [
                            "topic": .string(channel.topic), "partitions": .integer(channel.partitions),
                            "topicConfiguration": ["cleanup.policy": [policy]], "bindingVersion": bindingVersion,
                        ]
                    ]),
            ] + channel.remarks)
    }

    private static func operationName(_ channel: HubChannel) -> String {
        "\(channel.isSent ? "send" : "receive").\(channel.topic)"
    }

    private static func operation(_ channel: HubChannel) -> JSONValue {
        let place = "#/channels/\(channel.topic)"
        return [
            "action": channel.isSent ? "send" : "receive", "channel": ["$ref": .string(place)],
            "messages": [["$ref": .string(place + "/messages/record")]],
        ]
    }
}

/// Checks records against an AsyncAPI document.
public struct AsyncAPICheck: Sendable {
    private let document: JSONValue

    public init(_ document: JSONValue) { self.document = document }

    /// The topics that the document has.
    public var topics: [String] { (document["channels"]?.objectValue ?? []).map(\.name) }

    /// What of a record does not agree with its channel, a sentence each; the value itself is not shown.
    public func disagreements(topic: String, headers: [(name: String, value: String)], value: [UInt8]?) -> [String] {
        guard let message = document["channels"]?[topic]?["messages"]?["record"] else {
            return ["the document has no channel \(topic)"]
        }
        var found: [String] = []
        if let reference = message["headers"]?["$ref"]?.stringValue,
            let pointer = try? JSONPointer(String(reference.dropFirst())), let schema = document.resolve(pointer)
        {
            let object = JSONValue.object(headers.map { JSONMember($0.name, .string($0.value)) })
            found += failures(schema, object).map { "header \($0)" }
        }
        // A tombstone forgets a key and has no shape.
        guard let value, let schema = message["payload"]?["schema"] else { return found }
        guard let parsed = try? JSONValue(parsing: value) else { return found + ["the value is not JSON"] }
        return found + failures(schema, parsed)
    }

    private func failures(_ schema: JSONValue, _ value: JSONValue) -> [String] {
        do {
            return try CompiledSchema(document: schema).failures(of: value).map(\.description)
        } catch {
            return ["the schema does not compile at \(error.pointer): \(error.detail)"]
        }
    }
}
