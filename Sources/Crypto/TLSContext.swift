// TLS settings shared by connections: one side's identity, whom it trusts and what it refuses.
// TLS 1.3 unless told, ECDHE with AEAD only, no tickets, no session cache, no renegotiation, no compression;
// the peer's certificate is always asked for and always checked against the roots given and the hub's policy.

import COpenSSL

/// Who the peer must be, checked during the handshake.
public enum TLSPeerName: Sendable, Equatable {
    /// A DNS name of the certificate.
    case host(String)
    /// An IP address of the certificate, 4 or 16 bytes.
    case address([UInt8])
    /// An identity URI of the certificate.
    case uri(String)

    /// The name to check for an endpoint's host: an address where it is an IP literal.
    public init(endpointHost host: String) {
        if let bytes = InternetAddress.bytes(of: host) { self = .address(bytes) } else { self = .host(host) }
    }

    /// OpenSSL checks hosts and addresses; URIs are compared here, byte by byte.
    static func check(_ peer: TLSPeerName?, leaf: Certificate) throws(CryptoError) {
        guard case .uri(let wanted) = peer else { return }
        guard leaf.names.uris.contains(where: { $0.utf8.elementsEqual(wanted.utf8) }) else {
            throw CryptoError(.tlsPeer, "the certificate does not name the expected identity")
        }
    }
}

/// One side's certificate chain (leaf first) and key.
public struct TLSIdentity: Sendable {
    public var chain: [Certificate]
    public var key: PrivateKey

    public init(chain: [Certificate], key: PrivateKey) {
        self.chain = chain
        self.key = key
    }
}

/// What a `TLSContext` is made from.
public struct TLSConfiguration: Sendable {
    public enum Version: Sendable { case tls12, tls13 }

    /// Our own identity; a server must have one.
    public var identity: TLSIdentity?
    public var trustedRoots: [Certificate]
    /// PEM texts; when there are any, a peer that no list covers is refused, as is one whose list has run out.
    public var revocationLists: [[UInt8]] = []
    /// The lowest version spoken.
    public var minimumVersion: Version = .tls13
    public var policy: CertificatePolicy = .hub
    /// Servers only: false lets clients connect without a certificate (they then have no identity).
    public var requiresClientCertificate = true
    /// Servers only: false does not even ask; clients then send none.
    public var asksForCertificate = true

    public init(identity: TLSIdentity?, trustedRoots: [Certificate]) {
        self.identity = identity
        self.trustedRoots = trustedRoots
    }
}

/// Which side of a connection we are.
public enum TLSSide: Sendable {
    case client, server
}

/// A checked configuration from which connections are made.
///
/// Safe because: the SSL_CTX is configured in `init` only; SSL_new and reference counting are thread-safe.
@safe
public final class TLSContext: @unchecked Sendable {
    let handle: OpaquePointer
    let side: TLSSide
    let policy: CertificatePolicy
    private let checksRevocation: Bool

    /// Throws `CryptoError` where a key does not belong to its certificate, or nobody would be trusted.
    public init(_ side: TLSSide, _ configuration: TLSConfiguration) throws(CryptoError) {
        ERR_clear_error()
        guard let handle = unsafe SSL_CTX_new(side == .server ? TLS_server_method() : TLS_client_method()) else {
            throw CryptoError.fromLibrary(.tlsConfiguration)
        }
        unsafe self.handle = unsafe handle
        self.side = side
        policy = configuration.policy
        checksRevocation = !configuration.revocationLists.isEmpty
        let version = configuration.minimumVersion == .tls13 ? TLS1_3_VERSION : TLS1_2_VERSION
        guard unsafe lgsp_context_harden(handle, version) == 1 else { throw CryptoError.fromLibrary(.tlsConfiguration) }
        try install(configuration.identity)
        try trust(configuration)
        // Unretained: every connection holds this object, so it outlives each call of the verify callback.
        guard unsafe SSL_CTX_set_ex_data(handle, 0, Unmanaged.passUnretained(self).toOpaque()) == 1 else {
            throw CryptoError.fromLibrary(.tlsConfiguration)
        }
    }

    deinit { unsafe SSL_CTX_free(handle) }

    private func install(_ identity: TLSIdentity?) throws(CryptoError) {
        guard let identity else {
            if side == .server { throw CryptoError(.tlsConfiguration, "a server needs a certificate and a key") }
            return
        }
        guard let leaf = identity.chain.first else {
            throw CryptoError(.tlsConfiguration, "the certificate chain is empty")
        }
        guard unsafe SSL_CTX_use_certificate(handle, leaf.handle) == 1,
            unsafe SSL_CTX_use_PrivateKey(handle, identity.key.handle) == 1,
            unsafe SSL_CTX_check_private_key(handle) == 1
        else { throw CryptoError.fromLibrary(.tlsConfiguration, "certificate and key") }
        for certificate in identity.chain.dropFirst() {
            guard unsafe lgsp_context_add_chain(handle, certificate.handle) == 1 else {
                throw CryptoError.fromLibrary(.tlsConfiguration)
            }
        }
    }

    private func trust(_ configuration: TLSConfiguration) throws(CryptoError) {
        let isOptional =
            side == .server && (!configuration.requiresClientCertificate || !configuration.asksForCertificate)
        guard isOptional || !configuration.trustedRoots.isEmpty else {
            throw CryptoError(.tlsConfiguration, "without trusted roots no peer can be accepted")
        }
        guard let store = unsafe SSL_CTX_get_cert_store(handle), let parameters = unsafe SSL_CTX_get0_param(handle)
        else {
            throw CryptoError.fromLibrary(.tlsConfiguration)
        }
        for root in configuration.trustedRoots {
            guard unsafe X509_STORE_add_cert(store, root.handle) == 1 else {
                throw CryptoError.fromLibrary(.tlsConfiguration)
            }
            if side == .server { unsafe SSL_CTX_add_client_CA(handle, root.handle) }
        }
        for pem in configuration.revocationLists { try unsafe CertificateStore.add(revocationList: pem, to: store) }
        try unsafe policy.apply(
            to: parameters, purpose: side == .server ? .client : .server, peer: nil, checksRevocation: checksRevocation)
        let mode = SSL_VERIFY_PEER | (isOptional ? 0 : SSL_VERIFY_FAIL_IF_NO_PEER_CERT)
        switch side {
        case .server where !configuration.asksForCertificate: unsafe SSL_CTX_set_verify(handle, SSL_VERIFY_NONE, nil)
        case .server: unsafe SSL_CTX_set_verify(handle, mode, verifyClient)
        case .client: unsafe SSL_CTX_set_verify(handle, mode, verifyServer)
        }
    }

    /// A new connection. A client names the peer it means to reach; a server may leave it out.
    public func makeConnection(peer: TLSPeerName? = nil) throws(CryptoError) -> TLSConnection {
        if side == .client && peer == nil {
            throw CryptoError(.tlsConfiguration, "a client must name the peer that it means to reach")
        }
        return try TLSConnection(self, peer: peer)
    }
}

// OpenSSL calls these once per certificate of a chain, the leaf (depth 0) last; only then is the policy
// asked, and a refusal goes out as an alert before any application byte. They capture nothing and touch the
// store context only.

private func verifyClient(_ accepted: Int32, _ context: OpaquePointer?) -> Int32 {
    unsafe verify(accepted, context, .client)
}

private func verifyServer(_ accepted: Int32, _ context: OpaquePointer?) -> Int32 {
    unsafe verify(accepted, context, .server)
}

private func verify(_ accepted: Int32, _ context: OpaquePointer?, _ purpose: CertificatePurpose) -> Int32 {
    guard accepted == 1, let context = unsafe context else { return 0 }
    guard unsafe X509_STORE_CTX_get_error_depth(context) == 0 else { return 1 }
    guard let connection = unsafe X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()),
        let owner = unsafe SSL_CTX_get_ex_data(SSL_get_SSL_CTX(OpaquePointer(connection)), 0)
    else { return 0 }
    let policy = unsafe Unmanaged<TLSContext>.fromOpaque(owner).takeUnretainedValue().policy
    if unsafe policy.fault(chain: X509_STORE_CTX_get0_chain(context), purpose: purpose) == nil { return 1 }
    unsafe X509_STORE_CTX_set_error(context, X509_V_ERR_APPLICATION_VERIFICATION)
    return 0
}
