// The verification of a chain outside of a handshake, with the same flags and the same policy: for checking a
// certificate before it is installed, and for conformance tests with a given time.

import COpenSSL

/// Verifies chains against fixed roots.
public struct CertificateVerifier: Sendable {
    public var roots: [Certificate]
    /// PEM texts of revocation lists; when there are any, every certificate of the chain must be covered.
    public var revocationLists: [[UInt8]]
    public var policy: CertificatePolicy

    public init(roots: [Certificate], revocationLists: [[UInt8]] = [], policy: CertificatePolicy = .hub) {
        self.roots = roots
        self.revocationLists = revocationLists
        self.policy = policy
    }

    /// Throws `CryptoError` with the reason where the chain is refused.
    public func verify(
        _ leaf: Certificate, intermediates: [Certificate] = [], purpose: CertificatePurpose, peer: TLSPeerName?,
        atSeconds: Int64
    ) throws(CryptoError) {
        ERR_clear_error()
        defer { ERR_clear_error() }
        let store = try CertificateStore(roots: roots, revocationLists: revocationLists)
        guard let context = unsafe X509_STORE_CTX_new(), let others = unsafe lgsp_certificates_new() else {
            throw CryptoError.fromLibrary(.certificate)
        }
        defer {
            unsafe X509_STORE_CTX_free(context)
            unsafe lgsp_certificates_free(others)
        }
        for certificate in intermediates {
            guard unsafe lgsp_certificates_push(others, certificate.handle) == 1 else {
                throw CryptoError.fromLibrary(.certificate)
            }
        }
        guard unsafe X509_STORE_CTX_init(context, store.handle, leaf.handle, others) == 1,
            let parameters = unsafe X509_STORE_CTX_get0_param(context), let now = Int(exactly: atSeconds)
        else { throw CryptoError.fromLibrary(.certificate) }
        try unsafe policy.apply(
            to: parameters, purpose: purpose, peer: peer, checksRevocation: !revocationLists.isEmpty)
        unsafe X509_VERIFY_PARAM_set_time(parameters, now)
        // Only the security level of the SSL_CTX is inherited in a handshake; here it is set.
        unsafe X509_VERIFY_PARAM_set_auth_level(parameters, 2)
        guard unsafe X509_verify_cert(context) == 1 else {
            let reason = unsafe X509_verify_cert_error_string(Int(X509_STORE_CTX_get_error(context)))
            throw CryptoError(.tlsPeer, unsafe reason.map { unsafe String(cString: $0) } ?? "refused")
        }
        if let fault = unsafe policy.fault(chain: X509_STORE_CTX_get0_chain(context), purpose: purpose) {
            throw CryptoError(.tlsPeer, fault)
        }
        try TLSPeerName.check(peer, leaf: leaf)
    }
}

extension CertificatePolicy {
    /// Sets OpenSSL's verification parameters: strict mode, purpose, depth, and the name that the peer must have.
    func apply(
        to parameters: OpaquePointer, purpose: CertificatePurpose, peer: TLSPeerName?, checksRevocation: Bool
    ) throws(CryptoError) {
        unsafe X509_VERIFY_PARAM_set_depth(parameters, intermediatesMax)
        unsafe X509_VERIFY_PARAM_set_hostflags(parameters, hostFlags)
        let wanted = purpose == .server ? X509_PURPOSE_SSL_SERVER : X509_PURPOSE_SSL_CLIENT
        guard
            unsafe X509_VERIFY_PARAM_set_flags(
                parameters, verificationFlags(checksRevocation: checksRevocation)) == 1,
            unsafe X509_VERIFY_PARAM_set_purpose(parameters, wanted) == 1
        else { throw CryptoError.fromLibrary(.tlsConfiguration) }
        switch peer {
        case .host(let name):
            // NULL or an empty name would switch the check off.
            guard CertificatePolicy.isHostName(Array(name.utf8)),
                unsafe X509_VERIFY_PARAM_set1_host(parameters, name, name.utf8.count) == 1
            else { throw CryptoError(.tlsConfiguration, "the expected host name is not one") }
        case .address(let bytes):
            guard unsafe X509_VERIFY_PARAM_set1_ip(parameters, bytes, bytes.count) == 1 else {
                throw CryptoError(.tlsConfiguration, "the expected address is not one")
            }
        case .uri, .none: break
        }
    }
}

/// An X509_STORE with roots and revocation lists, freed with its owner.
@safe
final class CertificateStore {
    let handle: OpaquePointer

    init(roots: [Certificate], revocationLists: [[UInt8]]) throws(CryptoError) {
        guard let handle = unsafe X509_STORE_new() else { throw CryptoError.fromLibrary(.certificate) }
        unsafe self.handle = unsafe handle
        for root in roots {
            guard unsafe X509_STORE_add_cert(handle, root.handle) == 1 else {
                throw CryptoError.fromLibrary(.certificate)
            }
        }
        for pem in revocationLists { try unsafe CertificateStore.add(revocationList: pem, to: handle) }
    }

    deinit { unsafe X509_STORE_free(handle) }

    static func add(revocationList pem: [UInt8], to store: OpaquePointer) throws(CryptoError) {
        try unsafe withReader(pem, .certificate) { bio throws(CryptoError) in
            guard let list = unsafe PEM_read_bio_X509_CRL(bio, nil, { _, _, _, _ in -1 }, nil) else {
                throw CryptoError.fromLibrary(.certificate, "revocation list")
            }
            defer { unsafe X509_CRL_free(list) }
            guard unsafe X509_STORE_add_crl(store, list) == 1 else { throw CryptoError.fromLibrary(.certificate) }
        }
    }
}
