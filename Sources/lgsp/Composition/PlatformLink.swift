// A national platform as the hub reaches it: the connector's values and the TLS identity that proves us to it.
import Connectors
import Crypto
import Foundation
import Records
import Runtime

/// What a connector is built from.
struct PlatformLink: Sendable {
    /// The recipient's name: `population`.
    var name: String
    /// Settings by the names of the connector's `spec`.
    var values: [String: String]
    var tls: TLSContext
    /// The file that faults name.
    var file: String

    init(name: String, values: [String: String], tls: TLSContext, file: String) {
        self.name = name
        self.values = values
        self.tls = tls
        self.file = file
    }

    /// From the configuration: certificate, key and authority are read from their PEM files; a value `@path` is the
    /// content of that file.
    init(name: String, settings: PlatformSettings, file: String) throws(CommandFailure) {
        self.name = name
        self.file = file
        values = ["baseURL": settings.endpoint]
        for (key, value) in settings.values {
            values[key] =
                value.hasPrefix("@")
                ? String(decoding: try FileRoot.bytes(of: String(value.dropFirst())), as: UTF8.self).trimmed : value
        }
        do {
            let identity = TLSIdentity(
                chain: try Certificate.chain(pem: try FileRoot.bytes(of: settings.certificate)),
                key: try PrivateKey(pem: try FileRoot.bytes(of: settings.key)))
            let roots = try Certificate.chain(pem: try FileRoot.bytes(of: settings.authority))
            tls = try TLSContext(.client, TLSConfiguration(identity: identity, trustedRoots: roots))
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(.usage, "\(file)#/platforms/\(name): \(error)")
        }
    }

    /// The connector at work.
    func client(limits: DelivererLimits) throws -> ConnectorClient {
        guard let type = ConnectorRegistry.connector(named: name) else {
            let known = ConnectorRegistry.all.map { $0.spec.name }.joined(separator: ", ")
            throw CommandFailure(.usage, "\(file)#/platforms/\(name): no such connector; there are \(known)")
        }
        let connector = try type.init(settings: ConnectorSettings(file: file, values: values))
        return try ConnectorClient(connector, tls: tls, limits: limits)
    }
}

extension String {
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
