// The simulated population database: verification and lookup over the citizens it was given, in the shapes of
// the real answers: the whole name in Ten, an empty collection for nobody.

import HTTP

struct PopulationLogic: PlatformLogic {
    let citizens: CitizenRegistry

    func key(of request: HTTPRequest) -> String {
        (try? XMLReader.read(request.body))?.find("MaYeuCau")?.trimmedText ?? ""
    }

    mutating func answer(_ request: HTTPRequest, wallMilliseconds: Int64, refusesToken: Bool) -> SimulatedAnswer {
        func refuse(_ status: Int, _ body: [UInt8]) -> SimulatedAnswer {
            SimulatedAnswer(response: PopulationLogic.xml(status, body), operation: "refuse", effect: false)
        }
        guard request.method == "POST", request.fields["authorization"]?.hasPrefix("Basic ") == true,
            let timestamp = request.fields["timestamp"].flatMap(Int64.init), request.fields["x-road-client"] != nil,
            request.fields["apikey"] != nil
        else { return refuse(401, []) }
        // As real ones do, it holds the caller's clock to its own.
        guard abs(timestamp - wallMilliseconds) < 300_000 else { return refuse(401, []) }
        guard let root = try? XMLReader.read(request.body), let body = root["Body"] else {
            return refuse(500, PopulationLogic.fault("soapenv:Client", "Yeu cau khong hop le"))
        }
        for name in ["MaYeuCau", "MaDVC", "MaTichHop", "MaCanBo", "HoVaTen"]
        where body.find(name)?.trimmedText.isEmpty ?? true {
            return refuse(500, PopulationLogic.fault("soapenv:Client", "Thieu \(name)"))
        }
        let number = (body.find("SoDinhDanh") ?? body.find("SoCMND"))?.trimmedText ?? ""
        let citizen = citizens[number]
        if body["XacThucThongTinCongDan"] != nil {
            let exists = citizen.map { Self.agrees($0, body) } ?? false
            let xml = Self.envelope(
                "<dan:KetQuaXacThuc xmlns:dan=\"http://dancuquocgia.bca\">"
                    + "<dan:TonTai>\(exists)</dan:TonTai></dan:KetQuaXacThuc>"
            )
            return SimulatedAnswer(response: Self.xml(200, xml), operation: "verify", effect: true)
        }
        guard body["TraCuuThongTinCongDan"] != nil else {
            return refuse(500, PopulationLogic.fault("soapenv:Client", "Khong co dich vu"))
        }
        return SimulatedAnswer(response: Self.xml(200, Self.collection(citizen)), operation: "lookup", effect: true)
    }

    /// The real service compares letter by letter, so that a tone mark elsewhere makes a no.
    private static func agrees(_ citizen: SimulatedCitizen, _ body: XMLElement) -> Bool {
        guard citizen.deceasedOn == nil, let name = body.find("HoVaTen")?.trimmedText,
            name.utf8.elementsEqual(citizen.fullName.uppercased().utf8)
        else { return false }
        guard let birth = body.find("NgayThangNamSinh") else { return true }
        let known = digits(citizen.birthDate)
        let asked = (birth["NgayThangNam"] ?? birth["Nam"])?.trimmedText ?? ""
        return asked.utf8.count >= 4 && known.hasPrefix(asked)
    }

    private static func digits(_ date: String) -> String {
        String(decoding: date.utf8.filter { $0 >= 0x30 && $0 <= 0x39 }, as: UTF8.self)
    }

    private static func collection(_ citizen: SimulatedCitizen?) -> [UInt8] {
        guard let citizen else {
            return envelope("<ns1:CongdanCollection xmlns:ns1=\"http://www.mic.gov.vn/dancu/1.0\"/>")
        }
        var body: [UInt8] = []
        func add(_ text: String) { body.append(contentsOf: text.utf8) }
        func element(_ name: String, _ value: String) {
            add("<ns1:\(name)>")
            XMLElement.appendEscaped(value, to: &body)
            add("</ns1:\(name)>")
        }
        add("<ns1:CongdanCollection xmlns:ns1=\"http://www.mic.gov.vn/dancu/1.0\"><ns1:CongDan>")
        element("SoDinhDanh", citizen.idNumber)
        element("SoCMND", citizen.oldIdNumber ?? "")
        add("<ns1:HoVaTen><ns1:Ho/><ns1:ChuDem/>")
        element("Ten", citizen.fullName.uppercased())
        add("</ns1:HoVaTen>")
        element("GioiTinh", citizen.gender == "male" ? "1" : citizen.gender == "female" ? "2" : "0")
        add("<ns1:NgayThangNamSinh>")
        let birth = digits(citizen.birthDate)
        element("Nam", String(birth.prefix(4)))
        if birth.utf8.count == 8 { element("NgayThangNam", birth) }
        add("</ns1:NgayThangNamSinh>")
        if let died = citizen.deceasedOn { element("NgayChet", digits(died)) }
        add("</ns1:CongDan></ns1:CongdanCollection>")
        return envelope(String(decoding: body, as: UTF8.self))
    }

    private static func envelope(_ body: String) -> [UInt8] {
        Array(
            ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
                + "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">"
                + "<soapenv:Body>\(body)</soapenv:Body></soapenv:Envelope>").utf8)
    }

    /// A SOAP 1.1 fault.
    static func fault(_ code: String, _ text: String) -> [UInt8] {
        envelope("<soapenv:Fault><faultcode>\(code)</faultcode><faultstring>\(text)</faultstring></soapenv:Fault>")
    }

    private static func xml(_ status: Int, _ body: [UInt8]) -> HTTPResponse {
        HTTPResponse(status, fields: ["content-type": "text/xml; charset=utf-8"], body: body)
    }
}
