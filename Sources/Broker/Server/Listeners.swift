// The listening sockets, and for TLS the certificates behind them, which are read again when their files change:
// new connections use the new ones, open connections keep what they have, and files that cannot be used change nothing.

import Crypto
import Glibc
import Runtime

/// One bound listener.
struct BoundListener {
    var settings: ListenerSettings
    var descriptor: Int32
    /// The port that it got.
    var port: Int
    var advertised: Endpoint?
}

/// All listeners of a server. Owned by the loop's thread once that runs.
final class Listeners {
    private let security: SecuritySettings
    private(set) var bound: [BoundListener] = []
    private var context: TLSContext?
    private var stamps: [FileStamp?] = []
    /// After a failed accept (no descriptors left) the listeners rest, or the loop would spin on them.
    var acceptsAgainAt: Int64 = 0

    /// Binds every listener, or none.
    init(_ settings: BrokerSettings) throws {
        security = settings.security
        let wanted = try security.resolvedListeners(host: settings.host, port: settings.port)
        if wanted.contains(where: { $0.listener.securityProtocol.usesTLS }) {
            stamps = files.map(FileStamp.init)
            context = try makeContext()
        }
        do {
            for (listener, advertised) in wanted {
                let (descriptor, port) = try Sockets.listen(host: listener.host, port: listener.port)
                bound.append(
                    BoundListener(settings: listener, descriptor: descriptor, port: port, advertised: advertised))
            }
        } catch {
            closeAll()
            throw error
        }
    }

    func closeAll() {
        for listener in bound where listener.descriptor >= 0 { close(listener.descriptor) }
        for place in bound.indices { bound[place].descriptor = -1 }
    }

    /// The TLS side of a new connection; nil for a listener in the clear.
    func makeTLS(_ listener: Int) throws(CryptoError) -> TLSConnection? {
        guard bound[listener].settings.securityProtocol.usesTLS else { return nil }
        return try context?.makeConnection()
    }

    /// Who a client is by its certificate; nil when no rule knows the subject.
    func principal(_ peer: PeerIdentity?) -> Principal? {
        guard let peer else { return .anonymous }
        return security.principalRules.name(for: peer.subject).map { Principal(name: $0) }
    }

    // MARK: Certificates

    private var files: [String] { [security.certificateFile, security.keyFile, security.authorityFile].compactMap { $0 } }

    private func makeContext() throws -> TLSContext {
        guard let certificateFile = security.certificateFile, let keyFile = security.keyFile else {
            throw SettingError(key: "ssl.keystore.location", reason: "is missing")
        }
        let chain = try Certificate.chain(pem: try PrivateFile.readShared(certificateFile))
        let key = try PrivateKey(pem: try PrivateFile.read(keyFile))
        var roots: [Certificate] = []
        if let authorityFile = security.authorityFile { roots = try Certificate.chain(pem: try PrivateFile.readShared(authorityFile)) }
        var configuration = TLSConfiguration(identity: TLSIdentity(chain: chain, key: key), trustedRoots: roots)
        configuration.minimumVersion = security.allowsTLS12 ? .tls12 : .tls13
        configuration.policy = .kafka
        configuration.requiresClientCertificate = security.clientCertificates == .required
        configuration.asksForCertificate = security.clientCertificates != .none
        return try TLSContext(.server, configuration)
    }

    /// Reads the certificates again if a file has changed, or `always`.
    func reloadCertificates(always: Bool) {
        guard context != nil else { return }
        let current = files.map(FileStamp.init)
        guard always || current != stamps else { return }
        stamps = current
        do {
            context = try makeContext()
            Log.info("broker.certificates-reloaded", ["file": security.certificateFile ?? ""])
        } catch {
            Log.error("broker.certificates-kept", ["reason": "\(error)"])
        }
    }
}

/// What tells that a file is another than before.
struct FileStamp: Equatable {
    private var inode: UInt
    private var size: Int
    private var seconds: Int
    private var nanoseconds: Int

    /// Nil when the file is not there.
    init?(_ path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        inode = UInt(status.st_ino)
        size = Int(status.st_size)
        seconds = Int(status.st_mtim.tv_sec)
        nanoseconds = Int(status.st_mtim.tv_nsec)
    }
}
