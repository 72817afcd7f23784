// The registry of contracts as a running server: the hub's own contracts are registered at its start, then clients
// of Confluent's registry are answered.
import Bus
import ContractRegistry
import Crypto
import Gateway
import HTTP
import JSON
import Records
import Runtime
import SchemaRegistry

/// The registry's server of one process.
final class RegistryServer {
    private let server: HTTPServer
    var port: UInt16 { server.port }

    /// - Throws: `BusError`, `HTTPError`, or `CommandFailure` where an address or a certificate cannot be used.
    init(_ settings: RegistrySettings, bus: BusSettings, contracts: ContractSet) throws {
        let endpoint = try RegistryServer.endpoint(settings.listen)
        let isLoopback = endpoint.host == "127.0.0.1" || endpoint.host == "::1" || endpoint.host == "localhost"
        guard settings.tls != nil || isLoopback else {
            throw CommandFailure(
                .usage, "the registry listens on \(settings.listen) without TLS: give certificate, key and authority, or a "
                    + "loopback address")
        }
        let store = try RegistryStore(bus, clusterId: "lgsp", incompatibleCode: settings.incompatibleCode)
        try RegistryServer.register(contracts, in: store)
        let owners = contracts.contracts.map { (topic: $0.topic, owner: $0.owner) }
        let registry = RegistryEndpoint(store) { peer, subject in
            RegistryServer.mayWrite(peer, subject, owners: owners, isOpen: settings.tls == nil)
        }
        server = try HTTPServer(
            listen: endpoint, tls: try settings.tls.map { try RegistryServer.context($0) },
            handler: { registry.respond(to: $0, from: $1) })
        Log.info("registry.listening", ["host": endpoint.host, "port": "\(server.port)", "tls": "\(settings.tls != nil)"])
    }

    func stop() { server.stop() }

    /// Every contract under the subject of its topic's values; what is registered already stays as it is.
    private static func register(_ contracts: ContractSet, in store: RegistryStore) throws {
        for contract in contracts.contracts {
            let body: JSONValue = [
                "schemaType": "JSON", "schema": .string(String(decoding: contract.document.write(), as: UTF8.self)),
            ]
            let request = RegistryRequest(
                method: "POST", segments: ["subjects", "\(contract.topic)-value", "versions"], body: body.write())
            do throws(RegistryFailure) {
                _ = try store.handle(request, mayWrite: { _ in true })
            } catch {
                // A contract that breaks its subscribers is served from the files as before, but not as a new version.
                Log.warning("registry.contract-refused", ["contract": contract.name, "error": "\(error)"])
            }
        }
    }

    /// Whoever owns no contract only reads; the subjects of a contract's topic are its owner's.
    private static func mayWrite(
        _ peer: PeerIdentity?, _ subject: String?, owners: [(topic: String, owner: String)], isOpen: Bool
    ) -> Bool {
        if isOpen { return true }
        // urn:lgsp:<agency>:<system>
        guard let parts = peer?.hubIdentity?.split(separator: ":"), parts.count >= 3 else { return false }
        let agency = String(parts[2])
        guard let subject, owners.contains(where: { $0.owner == agency }) else { return false }
        let contract = owners.first { subject == "\($0.topic)-value" || subject == "\($0.topic)-key" }
        return contract.map { $0.owner == agency } ?? true
    }

    private static func endpoint(_ text: String) throws(CommandFailure) -> HTTPEndpoint {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw CommandFailure(.usage, "the registry's address \(text) is not HOST:PORT")
        }
        return HTTPEndpoint(host: String(text[..<colon]), port: port)
    }

    private static func context(
        _ files: (certificate: String, key: String, authority: String)
    ) throws -> TLSContext {
        let chain = try Certificate.chain(pem: try FileRoot.bytes(of: files.certificate))
        let key = try PrivateKey(pem: try FileRoot.bytes(of: files.key))
        let roots = try Certificate.chain(pem: try FileRoot.bytes(of: files.authority))
        return try TLSContext(
            .server, TLSConfiguration(identity: TLSIdentity(chain: chain, key: key), trustedRoots: roots))
    }
}
