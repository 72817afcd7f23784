// The national platforms of a demo: simulators on loopback, and a private authority made for this run that vouches
// for them and for the hub. Keys live in memory only.
import Connectors
import Crypto
import Foundation
import HTTP
import Runtime

/// Running simulators and how the hub reaches them.
struct DemoPlatforms {
    let simulators: [PlatformSimulator]
    let links: [PlatformLink]

    /// - Parameter registry: JSON lines of the citizens that the population database knows.
    static func start(registry: [UInt8]) throws -> DemoPlatforms {
        let validity = Validity.days(2, from: SystemClock().wallMilliseconds() / 1_000)
        let authority = try CertificateAuthority.make(name: "LGSP demo authority", validity: validity)
        let hub = try authority.issueWithKey(.client("urn:lgsp:hub:connectors"), validity: validity)
        let platform = try authority.issueWithKey(.server(hosts: ["127.0.0.1", "localhost"]), validity: validity)
        let server = try TLSContext(
            .server,
            TLSConfiguration(
                identity: TLSIdentity(chain: [platform.certificate], key: platform.key),
                trustedRoots: [authority.certificate]))
        let client = try TLSContext(
            .client,
            TLSConfiguration(
                identity: TLSIdentity(chain: [hub.certificate], key: hub.key), trustedRoots: [authority.certificate]))
        let citizens = try CitizenRegistry(jsonLines: registry)
        var simulators: [PlatformSimulator] = []
        var links: [PlatformLink] = []
        for kind in SimulatedPlatform.allCases {
            let simulator = try PlatformSimulator.start(
                kind, listen: HTTPEndpoint(host: "127.0.0.1", port: 0), tls: server,
                citizens: kind == .population ? citizens : CitizenRegistry())
            simulators.append(simulator)
            links.append(
                PlatformLink(
                    name: kind.rawValue, values: values(of: kind, port: simulator.port), tls: client, file: "lgsp demo"))
        }
        return DemoPlatforms(simulators: simulators, links: links)
    }

    func stop() { simulators.forEach { $0.stop() } }

    /// What the connectors' specs ask for; the simulators take any account.
    private static func values(of platform: SimulatedPlatform, port: UInt16) -> [String: String] {
        switch platform {
        case .population:
            [
                "baseURL": "https://127.0.0.1:\(port)/dancu", "user": "lgsp", "secret": "demo", "apiKey": "demo",
                "roadClient": "VN/GOV/H08/LGSP", "serviceCode": "1.004222", "officer": "CB001", "unit": "H08",
                "account": "canbo.h08",
            ]
        case .vneid:
            ["baseURL": "https://127.0.0.1:\(port)", "clientId": "lgsp", "clientSecret": "demo"]
        }
    }
}
