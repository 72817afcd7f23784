// VNeID: documents shown to the citizen in the national identity application. REST with JSON over mTLS and a
// bearer token from client credentials; every document has an idempotency key.

import Bytes
public import HTTP
import JSON
public import Records
import Runtime

/// Shows certificates to their holders, and takes them back when they are no longer in force.
public struct VNeIDConnector: Connector {
    public static let spec = ConnectorSpec(
        name: "vneid", titleVietnamese: "Ứng dụng định danh quốc gia VNeID",
        titleEnglish: "National identity application VNeID",
        platform: "VNeID", contracts: ["land-certificate", "school-enrolment"], produces: [],
        settings: [
            .init("baseURL", "the platform's https address"), .init("clientId", "the client's name at the platform"),
            .init("clientSecret", "the client's secret", isSecret: true),
        ])

    /// The longest life that is believed of a token, in seconds.
    static let tokenSecondsMax = 86_400

    private let settings: ConnectorSettings
    private let url: BaseURL

    public init(settings: ConnectorSettings) throws(ConfigurationFaults) {
        url = try settings.checked(VNeIDConnector.spec)
        self.settings = settings
    }

    public var endpoint: HTTPEndpoint { url.endpoint }

    public var tokenRequest: HTTPRequest? {
        let credentials = Base64.encode(Array("\(settings.value("clientId")):\(settings.value("clientSecret"))".utf8))
        return HTTPRequest(
            method: "POST", target: url.path + "/oauth/token",
            fields: ["content-type": "application/x-www-form-urlencoded", "authorization": "Basic \(credentials)"],
            body: Array("grant_type=client_credentials".utf8))
    }

    public func token(in answer: HTTPResponse) -> (text: String, lifetimeMilliseconds: Int64)? {
        guard answer.status == 200, let body = try? JSONValue(parsing: answer.body),
            let text = body["access_token"]?.stringValue, !text.isEmpty,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }), let seconds = body["expires_in"]?.intValue, seconds > 0
        else { return nil }
        return (text, Int64(min(seconds, VNeIDConnector.tokenSecondsMax)) * 1000)
    }

    public func conversation(about delivery: Delivery) -> any Conversation {
        VNeIDConversation(delivery, basePath: url.path)
    }
}

/// One document for one holder.
private struct HeldDocument: Sendable {
    var type: String
    var title: String
    var holder: String
    var number: String
    var issuedAt: String
    /// Whether it is to be shown; else it is to be taken back.
    var isInForce: Bool
    var data: JSONValue
}

struct VNeIDConversation: Conversation {
    private let delivery: Delivery
    private let basePath: String
    private let documents: [HeldDocument]
    private let isReadable: Bool
    private var current = 0
    private var references: [String] = []
    private var refusal: String?
    let events: [ConnectorEvent] = []

    init(_ delivery: Delivery, basePath: String) {
        self.delivery = delivery
        self.basePath = basePath
        let found = (try? JSONValue(parsing: delivery.payload)).flatMap {
            VNeIDConversation.documents(delivery.contract, $0)
        }
        isReadable = found != nil
        documents = found ?? []
    }

    /// The first holder's key is the record's id; further holders of the same record have theirs numbered.
    private var key: String { current == 0 ? delivery.id : "\(delivery.id)-\(current + 1)" }

    mutating func next(wallMilliseconds: Int64) -> ConversationStep {
        guard isReadable else {
            return .refused(.connectorPayload, detail: "the payload lacks what \(delivery.contract) needs here")
        }
        if let refusal { return .refused(.connectorRefused, detail: refusal) }
        guard current < documents.count else { return .done(reference: references.joined(separator: ",")) }
        let document = documents[current]
        let fields: HTTPFields = ["content-type": "application/json", "idempotency-key": key]
        guard document.isInForce else {
            let query = [("documentType", document.type), ("holder", document.holder), ("number", document.number)]
                .map { "\($0.0)=\(VNeIDConversation.percentEncoded($0.1))" }.joined(separator: "&")
            return .ask(HTTPRequest(method: "DELETE", target: "\(basePath)/api/v1/documents?\(query)", fields: fields))
        }
        let body: JSONValue = [
            "documentType": .string(document.type), "holder": ["citizenId": .string(document.holder)],
            "title": .string(document.title), "number": .string(document.number),
            "issuedAt": .string(document.issuedAt),
            "data": document.data,
        ]
        return .ask(
            HTTPRequest(method: "POST", target: "\(basePath)/api/v1/documents", fields: fields, body: body.write()))
    }

    mutating func take(_ answer: HTTPResponse, wallMilliseconds: Int64) -> AnswerVerdict {
        if let verdict = PlatformAnswers.verdict(answer) { return verdict }
        let body = try? JSONValue(parsing: answer.body)
        switch answer.status {
        case 409:
            // The platform has it under this key: an earlier attempt arrived and its answer was lost.
            references.append(body?["documentId"]?.stringValue ?? "")
        case 404 where documents[current].isInForce == false: references.append("")
        case 400..<500:
            refusal = "the platform answered \(answer.status)"
            return .understood
        default:
            let reference = body?["documentId"]?.stringValue
            guard reference != nil || !documents[current].isInForce else {
                return .retry(afterMilliseconds: nil, blame: .record, reason: "the answer names no document")
            }
            references.append(reference ?? "")
        }
        current += 1
        return .understood
    }

    /// A citizen number of twelve digits; without one nobody can be shown anything.
    private static func holder(_ person: JSONValue?) -> String? {
        guard person?["idKind"]?.stringValue == "citizen", let number = person?["idNumber"]?.stringValue,
            number.utf8.count == 12, number.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        else { return nil }
        return number
    }

    /// Nil where the payload is not of a contract that is shown, or lacks a needed field. A record none of whose
    /// holders has a citizen number gives no document: there is nobody to show it to.
    private static func documents(_ contract: String, _ payload: JSONValue) -> [HeldDocument]? {
        switch contract {
        case "land-certificate":
            guard let number = payload["serialNumber"]?.stringValue, let issued = payload["issuedAt"]?.stringValue,
                let owners = payload["owners"]?.arrayValue
            else { return nil }
            let data = members(
                of: payload,
                except: ["serialNumber", "issuedAt", "owners", "recordId", "occurredAt", "qualityIssues", "sourceRaw"])
            return owners.compactMap(holder).map { holder in
                HeldDocument(
                    type: contract, title: "Giấy chứng nhận quyền sử dụng đất", holder: holder, number: number,
                    issuedAt: issued,
                    isInForce: payload["status"]?.stringValue != "cancelled", data: data)
            }
        case "school-enrolment":
            guard let pupil = payload["pupilId"]?.stringValue, let year = payload["schoolYear"]?.stringValue,
                let enrolled = payload["enrolledAt"]?.stringValue
            else { return nil }
            let status = payload["status"]?.stringValue
            let data = members(
                of: payload, except: ["person", "guardian", "recordId", "occurredAt", "qualityIssues", "sourceRaw"])
            return [payload["person"]].compactMap(holder).map { holder in
                HeldDocument(
                    type: contract, title: "Xác nhận nhập học", holder: holder, number: "\(pupil)/\(year)",
                    issuedAt: enrolled,
                    isInForce: status != "left" && status != "transferred", data: data)
            }
        default: return nil
        }
    }

    private static func members(of payload: JSONValue, except names: [String]) -> JSONValue {
        .object(
            (payload.objectValue ?? []).filter { member in !names.contains { $0.utf8.elementsEqual(member.name.utf8) } }
        )
    }

    static func percentEncoded(_ text: String) -> String {
        var result: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: result.append(byte)
            default: result.append(contentsOf: [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
