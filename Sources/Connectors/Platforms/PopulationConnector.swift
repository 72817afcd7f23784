// CSDLQG về dân cư: the national population database behind the national data exchange platform. SOAP 1.1
// over mTLS; every request carries the officer and unit that ask, and a password digest over the time.

import Bytes
import Crypto
public import HTTP
public import Records

/// Verifies every person of a delivered record and brings forth identity-verification records.
public struct PopulationConnector: Connector {
    public static let spec = ConnectorSpec(
        name: "population", titleVietnamese: "Cơ sở dữ liệu quốc gia về dân cư",
        titleEnglish: "National population database", platform: "CSDLQG về dân cư", contracts: [],
        produces: ["identity-verification"],
        settings: [
            .init("baseURL", "the service's https address, with its path"),
            .init("user", "the account of the exchange platform"),
            .init("secret", "that account's secret", isSecret: true), .init("apiKey", "the API key", isSecret: true),
            .init("roadClient", "X-Road-Client: instance/class/member/subsystem"),
            .init("serviceCode", "MaDVC: the public service that the lookups are for"),
            .init("officer", "MaCanBo: the officer's code"),
            .init("unit", "MaDonVi: the agency's code"), .init("account", "TaiKhoan: the officer's account"),
        ])

    private let settings: ConnectorSettings
    private let url: BaseURL

    public init(settings: ConnectorSettings) throws(ConfigurationFaults) {
        url = try settings.checked(PopulationConnector.spec)
        self.settings = settings
    }

    public var endpoint: HTTPEndpoint { url.endpoint }

    public func conversation(about delivery: Delivery) -> any Conversation {
        PopulationConversation(delivery, connector: self)
    }

    /// The operations used.
    enum Operation: String, Sendable {
        /// Whether the three given values belong to one person: yes or no.
        case verify = "XacThucThongTinCongDan"
        /// The person's data; asked only to tell the reasons of a no apart.
        case lookUp = "TraCuuThongTinCongDan"

        /// MaTichHop, as the platform numbers its integrations.
        var integration: String { self == .verify ? "003" : "037" }
    }

    /// The request about a person. Equal but for the time, whenever it is made.
    func request(_ operation: Operation, _ person: ReleasedPerson, requestID: String, wallMilliseconds: Int64)
        -> HTTPRequest
    {
        let timestamp = String(wallMilliseconds)
        let digest = SHA256.hash(url.text + settings.value("user") + timestamp + settings.value("secret")).hex
        let credentials = Base64.encode(Array("\(settings.value("user")):\(digest)".utf8))
        return HTTPRequest(
            method: "POST", target: url.path.isEmpty ? "/" : url.path,
            fields: [
                "content-type": "application/xml", "soapaction": "\"\"", "x-road-client": settings.value("roadClient"),
                "apikey": settings.value("apiKey"), "timestamp": timestamp, "authorization": "Basic \(credentials)",
            ], body: envelope(operation, person, requestID: requestID))
    }

    private func envelope(_ operation: Operation, _ person: ReleasedPerson, requestID: String) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(1200)
        func add(_ text: String) { body.append(contentsOf: text.utf8) }
        func element(_ name: String, _ value: String) {
            add("<dan:\(name)>")
            XMLElement.appendEscaped(value, to: &body)
            add("</dan:\(name)>")
        }
        add("<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope")
        add(" xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:dan=\"http://dancuquocgia.bca\">")
        add("<soapenv:Header/><soapenv:Body><dan:\(operation.rawValue)>")
        element("MaYeuCau", requestID)
        element("MaDVC", settings.value("serviceCode"))
        element("MaTichHop", operation.integration)
        element("MaCanBo", settings.value("officer"))
        element("MaDonVi", settings.value("unit"))
        element("TaiKhoan", settings.value("account"))
        element("SoDienThoai", "0")
        element(person.isOldNumber ? "SoCMND" : "SoDinhDanh", person.number)
        element("HoVaTen", person.fullName.uppercased())
        if let date = person.birthDate {
            let digits = String(decoding: date.utf8.filter { $0 != UInt8(ascii: "-") }, as: UTF8.self)
            add("<dan:NgayThangNamSinh>")
            // A month without a day cannot be said in this format; its year can.
            if digits.utf8.count == 8 {
                element("NgayThangNam", digits)
            } else {
                element("Nam", String(digits.prefix(4)))
            }
            add("</dan:NgayThangNamSinh>")
        }
        add("</dan:\(operation.rawValue)></soapenv:Body></soapenv:Envelope>")
        return body
    }
}
