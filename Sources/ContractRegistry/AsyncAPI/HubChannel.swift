// What lies on one topic of the hub: the shape of its records and headers, who writes it, how long it is kept.

public import JSON

/// A topic as a channel of the hub's AsyncAPI document.
public struct HubChannel: Sendable {
    public var topic: String
    public var title: String
    public var summary: String
    public var contentType: String
    /// JSON Schema 2020-12 of the value; nil where the value is bytes.
    public var payload: JSONValue?
    /// Name of the schema of the headers in the document's components.
    public var headers: String
    /// What the record key is.
    public var key: String
    public var partitions: Int
    public var isCompacted: Bool
    /// Whether the hub writes it; else it reads what others write.
    public var isSent: Bool
    /// Remarks such as owner and legal basis, with names that start with `x-`.
    public var remarks: [JSONMember] = []
}

/// A topic that exists or is to exist.
public struct HubTopic: Sendable {
    public var name: String
    public var partitions: Int
    public var isCompacted: Bool

    public init(name: String, partitions: Int, isCompacted: Bool) {
        self.name = name
        self.partitions = partitions
        self.isCompacted = isCompacted
    }
}

/// The fields of a contract that a recipient is given.
public struct ReleasedFields: Sendable {
    public var recipient: String
    public var contract: String
    public var major: Int
    /// JSON Pointers, `*` for every element.
    public var pointers: [String]

    public init(recipient: String, contract: String, major: Int, pointers: [String]) {
        self.recipient = recipient
        self.contract = contract
        self.major = major
        self.pointers = pointers
    }
}

extension HubChannel {
    /// The channel of a topic; nil for a topic that is none of the hub's.
    public static func make(_ topic: HubTopic, contracts: ContractSet, released: [ReleasedFields]) -> HubChannel? {
        let parts = topic.name.split(separator: ".").map(String.init)
        var channel = HubChannel(
            topic: topic.name, title: topic.name, summary: "", contentType: "application/json", payload: nil,
            headers: "plainHeaders", key: "", partitions: topic.partitions, isCompacted: topic.isCompacted,
            isSent: true)
        switch parts.first {
        case "contract":
            guard let contract = contracts.contracts.first(where: { $0.topic == topic.name }) else { return nil }
            channel.describe(contract)
        case "deliver":
            guard parts.count == 4, let contract = contracts.contracts.first(where: {
                $0.topic == "contract.\(parts[2]).\(parts[3])"
            }) else { return nil }
            channel.describe(contract)
            let fields = released.filter {
                $0.recipient == parts[1] && $0.contract == contract.name && $0.major == contract.major
            }
            channel.summary = "\(contract.titleEnglish), as released to \(parts[1])"
            channel.headers = "deliverHeaders"
            channel.payload = ReleasedSchema.make(
                contract, released: fields.flatMap(\.pointers), recipient: parts[1])
        case "raw":
            channel.title = "Bản ghi gốc"
            channel.summary = "Records as they came, one each, bytes unchanged"
            channel.contentType = "application/octet-stream"
            channel.headers = "rawHeaders"
            channel.key = "agency/feed, or the source's own key"
        default:
            guard channel.describeOwn(parts, contracts) else { return nil }
        }
        return channel
    }

    private mutating func describe(_ contract: Contract) {
        title = contract.title
        summary = contract.titleEnglish
        payload = contract.document
        headers = "contractHeaders"
        key = contract.keyPointers.map { $0.map(\.description).joined(separator: " + ") }.joined(separator: ", else ")
        for name in ["x-owner", "x-owners", "x-legalBasis", "x-cadence", "x-silenceHours", "x-retentionDays"] {
            if let value = contract.document[name] { remarks.append(JSONMember(name, value)) }
        }
    }

    /// The hub's own topics; false for one that it does not have.
    private mutating func describeOwn(_ parts: [String], _ contracts: ContractSet) -> Bool {
        switch parts.first {
        case "rejected":
            (title, summary) = ("Bản ghi bị từ chối", "Refused records: where, why and how to mend them")
            (payload, key) = (HubSchemas.rejection, "coordinates of the record")
        case "receipt":
            (title, summary) = ("Biên nhận của nền tảng", "What a platform answered to each delivery")
            (payload, key) = (HubSchemas.receipt, "ce_id of the delivery")
        case "consent":
            (title, summary) = ("Sổ đồng ý", "Consent by person, recipient, purpose and category")
            (payload, key) = (HubSchemas.consent, "personRef|recipient|purpose|dataCategory")
            isSent = false
        case "audit":
            (title, summary) = ("Nhật ký chia sẻ", "Every decision to share or not")
            (payload, key) = (HubSchemas.audit, "personRef, else the origin")
        case "indicator":
            (title, summary) = ("Chỉ tiêu", "Results of the models")
            payload = contracts.newest("indicator-result")?.document
            (headers, key) = ("contractHeaders", "model/period/indicator/unit")
        case "state":
            let isIntake = parts.last == "intake"
            (title, summary) = ("Trạng thái nội bộ", "State of a group of workers, for its restart")
            // Not `: nil`, which would be JSON's null.
            if isIntake { payload = HubSchemas.intakeMark }
            contentType = isIntake ? "application/json" : "application/octet-stream"
            key = "place of the state"
        default: return false
        }
        return true
    }
}
