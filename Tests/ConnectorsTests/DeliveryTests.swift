// Connectors against simulated platforms over mTLS on loopback: translations, faults, and that nothing is lost
// and nothing is done twice.

import Connectors
import Crypto
import Glibc
import HTTP
import JSON
import Records
import Testing

let nowSeconds = Int64(time(nil))

/// A root, a platform's certificate and the hub's.
struct TestWorld {
    let authority: CertificateAuthority
    let hub: TLSContext
    let platform: TLSContext

    init() throws {
        authority = try .make(name: "Test root", validity: .days(2, from: nowSeconds))
        func context(_ side: TLSSide, _ profile: CertificateProfile, _ authority: CertificateAuthority) throws
            -> TLSContext
        {
            let (certificate, key) = try authority.issueWithKey(profile, validity: .days(1, from: nowSeconds))
            return try TLSContext(
                side,
                TLSConfiguration(identity: .init(chain: [certificate], key: key), trustedRoots: [authority.certificate])
            )
        }
        hub = try context(.client, .client("urn:lgsp:hub:deliver"), authority)
        platform = try context(.server, .server(hosts: ["127.0.0.1"]), authority)
    }
}

let citizens = CitizenRegistry([
    SimulatedCitizen(
        idNumber: "052090000001", oldIdNumber: "211000001", fullName: "Nguyễn Văn An", birthDate: "1990-05-03"),
    SimulatedCitizen(idNumber: "052190000002", fullName: "Trần Thị Hòa", birthDate: "1990"),
    SimulatedCitizen(
        idNumber: "052040000003", fullName: "Lê Văn Cũ", birthDate: "1940-01-02", deceasedOn: "2024-11-30"),
])

func populationSettings(_ port: UInt16) -> ConnectorSettings {
    ConnectorSettings(values: [
        "baseURL": "https://127.0.0.1:\(port)/XacThuc", "user": "tinh", "secret": "s<&>", "apiKey": "k",
        "roadClient": "VN/GOV/H08/hub",
        "serviceCode": "2.001159", "officer": "CB01", "unit": "H08", "account": "cb01",
    ])
}

func vneidSettings(_ port: UInt16) -> ConnectorSettings {
    ConnectorSettings(values: ["baseURL": "https://127.0.0.1:\(port)", "clientId": "hub", "clientSecret": "s"])
}

/// Quick retries, so that faults cost a test milliseconds.
func quickLimits(lanes: Int = 4) -> DelivererLimits {
    var limits = DelivererLimits()
    limits.lanes = lanes
    limits.requestMilliseconds = 1000
    limits.backOff.firstMilliseconds = 2
    limits.backOff.maxMilliseconds = 20
    limits.breaker.openMilliseconds = 5
    limits.breaker.openMillisecondsMax = 20
    limits.patienceMilliseconds = 60_000
    limits.attemptsMax = 30
    return limits
}

let reference = String(repeating: "0f", count: 16)

func person(_ number: String, _ name: String, _ birth: String?, kind: String = "citizen") -> JSONValue {
    var members = [
        JSONMember("personRef", .string(reference)), JSONMember("idNumber", .string(number)),
        JSONMember("idKind", .string(kind)),
        JSONMember("fullName", .string(name)),
    ]
    if let birth { members.append(JSONMember("birthDate", .string(birth))) }
    return .object(members)
}

func delivery(_ number: Int, contract: String, key: String? = nil, _ payload: JSONValue) -> Delivery {
    let id = String(SHA256.hash("delivery \(number)").hex.prefix(32))
    let origin = String(SHA256.hash("origin \(number)").hex.prefix(32))
    return Delivery(id: id, origin: origin, contract: contract, key: Array((key ?? id).utf8), payload: payload.write())
}

func certificate(_ number: Int, holder: String = "052090000001", status: String = "live", key: String? = nil)
    -> Delivery
{
    delivery(
        number, contract: "land-certificate", key: key,
        [
            "serialNumber": .string("AĐ \(100_000 + number)"), "issuedAt": "2024-03-01", "status": .string(status),
            "useCode": "ONT",
            "owners": [person(holder, "Nguyễn Văn An", "1990-05-03")],
        ])
}

@Suite struct DeliveryTests {
    @Test func `the population database's answers become verifications`() throws {
        let world = try TestWorld()
        let simulator = try PlatformSimulator.start(
            .population, listen: HTTPEndpoint(host: "127.0.0.1", port: 0), tls: world.platform, citizens: citizens)
        let client = try ConnectorClient(
            try PopulationConnector(settings: populationSettings(simulator.port)), tls: world.hub,
            limits: quickLimits(lanes: 1))
        let cases: [(JSONValue, String, [String])] = [
            (person("052090000001", "Nguyễn Văn An", "1990-05-03"), "MATCH", []),
            (person("211000001", "NGUYỄN VĂN AN", "1990", kind: "old"), "MATCH", []),
            // The platform says no because of the tone's place; the lookup shows that it is the same name.
            (person("052190000002", "Trần Thị Hoà", "1990"), "MATCH", []),
            (person("052190000002", "Trần Thị Hoa", nil), "MISMATCH", ["fullName"]),
            (person("052090000001", "Trần Văn An", "1991-05-03"), "MISMATCH", ["fullName", "birthDate"]),
            (person("052090999999", "Nguyễn Văn An", "1990-05-03"), "NOT_FOUND", []),
            (person("052040000003", "Lê Văn Cũ", "1940-01-02"), "DECEASED", []),
        ]
        for (number, (subject, outcome, mismatches)) in cases.enumerated() {
            let asked = delivery(number, contract: "medical-visit", ["person": subject, "visitId": "v"])
            let result = try #require(client.deliver([asked]).first)
            guard case .done = result.outcome else { return #expect(Bool(false), "\(result.outcome)") }
            let event = try #require(result.events.first)
            let body = try JSONValue(parsing: event.payload)
            #expect(body["outcome"]?.stringValue == outcome, "case \(number)")
            #expect(body["mismatches"]?.arrayValue?.compactMap(\.stringValue) ?? [] == mismatches)
            #expect(body["deceasedOn"]?.stringValue == (outcome == "DECEASED" ? "2024-11-30" : nil))
            #expect(body["personRef"]?.stringValue == reference)
            #expect(body["sourceEventId"]?.stringValue == asked.origin)
            #expect(body["sourceContract"]?.stringValue == "medical-visit")
            #expect(body["role"]?.stringValue == "person")
            #expect(event.subject == reference && event.id.utf8.count == 32)
            // The same record again brings forth the same ids.
            #expect(client.deliver([asked]).first?.events.map(\.id) == [event.id])
        }
        client.stop()
        simulator.stop()
    }

    @Test func `every person of a record is asked about, and none without a number`() throws {
        let world = try TestWorld()
        let simulator = try PlatformSimulator.start(
            .population, listen: HTTPEndpoint(host: "127.0.0.1", port: 0), tls: world.platform, citizens: citizens)
        let client = try ConnectorClient(
            try PopulationConnector(settings: populationSettings(simulator.port)), tls: world.hub, limits: quickLimits()
        )
        let payload: JSONValue = [
            "child": ["personRef": .string(reference), "fullName": "X", "idKind": "none"],
            "mother": person("052190000002", "Trần Thị Hòa", "1990"),
            "father": person("C1234567", "Jean", nil, kind: "passport"),
            "details": [
                "owners": [person("052090000001", "Nguyễn Văn An", nil), person("052090999999", "Không Ai", nil)]
            ],
        ]
        let empty = delivery(2, contract: "civil-status-event", ["child": ["idKind": "none"]])
        let broken = Delivery(id: "3", origin: "3", contract: "c", key: [3], payload: Array("[1".utf8))
        let results = client.deliver([delivery(1, contract: "civil-status-event", payload), empty, broken])
        let roles = try results[0].events.map { try JSONValue(parsing: $0.payload)["role"]?.stringValue }
        #expect(roles == ["mother", "owner", "owner"])
        #expect(Set(results[0].events.map(\.id)).count == 3)
        #expect(results[1].outcome == .done(reference: "") && results[1].events.isEmpty)
        #expect(results[2].outcome == .refused(.connectorPayload, detail: "the payload is not a JSON object"))
        client.stop()
        simulator.stop()
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `under faults every certificate arrives once and with one key`(seed: UInt64) throws {
        let world = try TestWorld()
        var faults = SimulatorFaults()
        faults.serverErrorRate = 0.06
        faults.unavailableRate = 0.04
        faults.resetRate = 0.05
        faults.resetInsteadOfAnswerRate = 0.06
        faults.resetAfterAnswerRate = 0.06
        faults.hangRate = 0.01
        faults.redirectRate = 0.02
        faults.hugeBodyRate = 0.01
        faults.gzipRate = 0.02
        faults.tokenRefusedRate = 0.04
        let log = "/tmp/lgsp-simulator-\(getpid())-\(seed)-\(UInt64.random(in: 0 ... .max)).jsonl"
        defer { unsafe unlink(log) }
        let simulator = try PlatformSimulator.start(
            .vneid, listen: HTTPEndpoint(host: "127.0.0.1", port: 0), tls: world.platform, faults: faults, seed: seed,
            logPath: log)
        let client = try ConnectorClient(
            try VNeIDConnector(settings: vneidSettings(simulator.port)), tls: world.hub, limits: quickLimits(),
            seed: seed)
        let deliveries = (0..<150).map { certificate($0) }
        let results = client.deliver(deliveries)
        #expect(results.count == deliveries.count)
        let keys = simulator.keys
        for (asked, result) in zip(deliveries, results) {
            guard case .done(let name) = result.outcome else { return #expect(Bool(false), "\(result)") }
            #expect(name.hasPrefix("VNEID-"))
            #expect(keys[asked.id]?.effects == 1, "shown once")
        }
        #expect(Set(keys.keys) == Set(deliveries.map(\.id)), "no other key was ever sent")
        #expect(results.contains { $0.attempts > 1 }, "faults did happen")
        client.stop()
        simulator.stop()
        // The log tells the same as the counts.
        let lines = try String(contentsOfFile: log).split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        let logged = lines.filter { $0["key"]?.stringValue?.isEmpty == false }.count
        #expect(logged == keys.values.map(\.requests).reduce(0, +))
    }

    @Test func `under faults no verification is lost or invented`() throws {
        let world = try TestWorld()
        var faults = SimulatorFaults()
        faults.soapFaultRate = 0.1
        faults.serverErrorRate = 0.05
        faults.resetRate = 0.05
        faults.resetInsteadOfAnswerRate = 0.05
        faults.gzipRate = 0.03
        faults.redirectRate = 0.03
        let simulator = try PlatformSimulator.start(
            .population, listen: HTTPEndpoint(host: "127.0.0.1", port: 0), tls: world.platform, citizens: citizens,
            faults: faults)
        let client = try ConnectorClient(
            try PopulationConnector(settings: populationSettings(simulator.port)), tls: world.hub,
            limits: quickLimits(), seed: 5)
        let deliveries = (0..<60).map { number in
            delivery(
                number, contract: "land-certificate",
                ["owners": [person("052090000001", "Nguyễn Văn An", nil), person("052090999999", "Không Ai", nil)]])
        }
        for result in client.deliver(deliveries) {
            let words = try result.events.map { try JSONValue(parsing: $0.payload)["outcome"]?.stringValue }
            #expect(words == ["MATCH", "NOT_FOUND"], "\(result.outcome)")
        }
        client.stop()
        simulator.stop()
    }

    @Test func `a record that fails alone is given up and the rest go on, in order of their keys`() throws {
        let world = try TestWorld()
        // A platform that has something against one certificate and notes the order of the others.
        let server = try HTTPServer(listen: HTTPEndpoint(host: "127.0.0.1", port: 0), tls: world.platform, workers: 2) {
            request, _ in
            if request.path == "/oauth/token" {
                return .json(200, Array("{\"access_token\":\"t\",\"expires_in\":300}".utf8))
            }
            let isBad = String(decoding: request.body, as: UTF8.self).contains("AĐ 100003")
            return isBad ? HTTPResponse(500) : .json(201, Array("{\"documentId\":\"d\"}".utf8))
        }
        var limits = quickLimits()
        limits.attemptsMax = 3
        let client = try ConnectorClient(
            try VNeIDConnector(settings: vneidSettings(server.port)), tls: world.hub, limits: limits)
        let results = client.deliver((0..<20).map { certificate($0, key: "k\($0 % 4)") })
        for (number, result) in results.enumerated() where number != 3 {
            #expect(result.outcome == .done(reference: "d"))
        }
        guard case .exhausted = results[3].outcome else { return #expect(Bool(false), "\(results[3])") }
        #expect(results[3].attempts == 3)
        #expect(results[3].rejection(platform: "vneid")?.code == .connectorExhausted)
        let receipt = try JSONValue(parsing: try #require(results[3].receipt(platform: "vneid", atMilliseconds: 0)))
        #expect(receipt["status"]?.stringValue == "refused" && receipt["at"]?.stringValue == "1970-01-01T00:00:00Z")
        client.stop()
        server.stop()
    }

    @Test func `a platform that is away defers records and uses up none of their attempts`() throws {
        let world = try TestWorld()
        var faults = SimulatorFaults()
        faults.unavailableRate = 1
        let simulator = try PlatformSimulator.start(
            .vneid, listen: HTTPEndpoint(host: "127.0.0.1", port: 0), tls: world.platform, faults: faults)
        var limits = quickLimits(lanes: 2)
        limits.patienceMilliseconds = 400
        limits.attemptsMax = 8
        let client = try ConnectorClient(
            try VNeIDConnector(settings: vneidSettings(simulator.port)), tls: world.hub, limits: limits)
        let deliveries = (0..<10).map { certificate($0) }
        for result in client.deliver(deliveries) {
            guard case .deferred = result.outcome else { return #expect(Bool(false), "\(result)") }
            #expect(result.receipt(platform: "vneid", atMilliseconds: 0) == nil)
        }
        client.stop()
        simulator.setFaults(SimulatorFaults())
        let patient = try ConnectorClient(
            try VNeIDConnector(settings: vneidSettings(simulator.port)), tls: world.hub, limits: quickLimits())
        for result in patient.deliver(deliveries) {
            guard case .done = result.outcome else { return #expect(Bool(false), "\(result)") }
        }
        patient.stop()
        simulator.stop()
    }

    @Test func `no byte of a record goes to a platform that does not prove its name`() throws {
        let world = try TestWorld()
        let other = try TestWorld()
        let simulator = try PlatformSimulator.start(
            .vneid, listen: HTTPEndpoint(host: "127.0.0.1", port: 0), tls: other.platform)
        var limits = quickLimits(lanes: 1)
        limits.patienceMilliseconds = 200
        let client = try ConnectorClient(
            try VNeIDConnector(settings: vneidSettings(simulator.port)), tls: world.hub, limits: limits)
        guard case .deferred = client.deliver([certificate(1)])[0].outcome else { return #expect(Bool(false)) }
        #expect(simulator.requestCount == 0)
        client.stop()
        simulator.stop()
    }

    @Test func `a cancelled certificate is taken back and an unfit record refused`() throws {
        let world = try TestWorld()
        let simulator = try PlatformSimulator.start(
            .vneid, listen: HTTPEndpoint(host: "127.0.0.1", port: 0), tls: world.platform)
        let client = try ConnectorClient(
            try VNeIDConnector(settings: vneidSettings(simulator.port)), tls: world.hub, limits: quickLimits())
        let results = client.deliver([
            certificate(1, key: "k"), certificate(2, status: "cancelled", key: "k"),
            delivery(3, contract: "land-certificate", ["owners": []]),
            delivery(4, contract: "tourism", [:]),
        ])
        #expect(results[0].outcome == .done(reference: "VNEID-1"))
        #expect(results[1].outcome == .done(reference: ""))
        for number in 2...3 {
            guard case .refused(.connectorPayload, _) = results[number].outcome else { return #expect(Bool(false)) }
        }
        client.stop()
        #expect(client.deliver([certificate(9)])[0].outcome == .deferred(detail: "the connector is stopped"))
        simulator.stop()
    }

    @Test func `settings are checked whole and every connector is in the registry by its name`() {
        for connector in ConnectorRegistry.all {
            #expect(ConnectorRegistry.connector(named: connector.spec.name) != nil)
            #expect(throws: (any Error).self) { try connector.init(settings: ConnectorSettings(values: [:])) }
        }
        #expect(ConnectorRegistry.connector(named: "none") == nil)
        for url in [
            "http://a", "https://", "https://a:b", "https://a b", "https://u@a", "https://a/?x", "https://a:70000",
        ] {
            #expect(throws: (any Error).self) {
                try VNeIDConnector(
                    settings: ConnectorSettings(values: ["baseURL": url, "clientId": "a", "clientSecret": "b"]))
            }
        }
    }
}

extension String {
    /// The text of a file.
    init(contentsOfFile path: String) throws {
        let descriptor = unsafe open(path, O_RDONLY)
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes.append(contentsOf: buffer[..<count])
        }
        self = String(decoding: bytes, as: UTF8.self)
    }
}
