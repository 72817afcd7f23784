// A private certificate authority in one process: a root, server and client certificates with the names that
// identities are (SAN URI `urn:lgsp:<agency>:<system>`), signing requests and revocation lists.
// It serves `lgsp pki` for development and small sites, and tests, which make their keys at run time.

import COpenSSL

/// From when until when a certificate is valid, in seconds since 1970 UTC.
public struct Validity: Sendable, Equatable {
    public var fromSeconds: Int64
    public var untilSeconds: Int64

    public init(fromSeconds: Int64, untilSeconds: Int64) {
        self.fromSeconds = fromSeconds
        self.untilSeconds = untilSeconds
    }

    /// Valid from five minutes ago (clocks differ) for this many days.
    public static func days(_ days: Int64, from nowSeconds: Int64) -> Validity {
        Validity(fromSeconds: nowSeconds - 300, untilSeconds: nowSeconds + days * 86_400)
    }
}

/// What a certificate is for and whom it names.
public struct CertificateProfile: Sendable {
    /// The extended key usages.
    public enum Role: Sendable {
        case server, client, serverAndClient

        var usage: String {
            switch self {
            case .server: "serverAuth"
            case .client: "clientAuth"
            case .serverAndClient: "serverAuth,clientAuth"
            }
        }
    }

    public var role: Role
    /// One of the names below, or a title with a space in it: identities are the names.
    public var commonName: String
    public var names: CertificateNames

    public init(role: Role, commonName: String, names: CertificateNames) {
        self.role = role
        self.commonName = commonName
        self.names = names
    }

    /// A server on these hosts (DNS names or IP addresses), optionally with its own identity URI.
    public static func server(hosts: [String], uri: String? = nil) -> CertificateProfile {
        var names = CertificateNames(uris: uri.map { [$0] } ?? [])
        for host in hosts {
            if let address = InternetAddress.bytes(of: host) {
                names.addresses.append(address)
            } else {
                names.dns.append(host)
            }
        }
        return CertificateProfile(role: .server, commonName: hosts.first ?? uri ?? "", names: names)
    }

    /// A client with this identity: `urn:lgsp:<agency>:<system>`.
    public static func client(_ uri: String) -> CertificateProfile {
        CertificateProfile(role: .client, commonName: uri, names: CertificateNames(uris: [uri]))
    }
}

/// A root certificate with its key.
public struct CertificateAuthority: Sendable {
    public let certificate: Certificate
    public let key: PrivateKey

    public init(certificate: Certificate, key: PrivateKey) {
        self.certificate = certificate
        self.key = key
    }

    /// A new root that may sign leaves only (path length 0).
    public static func make(name: String, validity: Validity) throws(CryptoError) -> CertificateAuthority {
        let key = try PrivateKey.generate(.p256)
        let draft = try CertificateDraft(commonName: name, validity: validity)
        try unsafe draft.setKey(key.handle)
        try draft.setIssuer(draft.certificate)
        try draft.extend(NID_basic_constraints, "critical,CA:TRUE,pathlen:0", issuer: draft.certificate)
        try draft.extend(NID_key_usage, "critical,keyCertSign,cRLSign", issuer: draft.certificate)
        try draft.extend(NID_subject_key_identifier, "hash", issuer: draft.certificate)
        try draft.sign(key)
        return CertificateAuthority(certificate: draft.certificate, key: key)
    }

    /// A certificate for somebody's public key.
    public func issue(
        _ profile: CertificateProfile, for publicKey: PublicKey, validity: Validity
    ) throws(CryptoError) -> Certificate {
        guard !profile.names.isEmpty else {
            throw CryptoError(.certificate, "a certificate without names is no identity")
        }
        let draft = try CertificateDraft(commonName: profile.commonName, validity: validity)
        try unsafe draft.setKey(publicKey.handle)
        try draft.setIssuer(certificate)
        try draft.extend(NID_basic_constraints, "critical,CA:FALSE", issuer: certificate)
        try draft.extend(NID_key_usage, "critical,digitalSignature", issuer: certificate)
        try draft.extend(NID_ext_key_usage, profile.role.usage, issuer: certificate)
        try draft.extend(NID_subject_key_identifier, "hash", issuer: certificate)
        try draft.extend(NID_authority_key_identifier, "keyid:always", issuer: certificate)
        try draft.setNames(profile.names)
        try draft.sign(key)
        return draft.certificate
    }

    /// A certificate for the key of a signing request, whose own wishes for names are not heard.
    public func issue(
        _ profile: CertificateProfile, request pem: [UInt8], validity: Validity
    ) throws(CryptoError) -> Certificate {
        try issue(profile, for: try SigningRequest.verifiedKey(pem: pem), validity: validity)
    }

    /// A new key and its certificate.
    public func issueWithKey(
        _ profile: CertificateProfile, validity: Validity
    ) throws(CryptoError) -> (certificate: Certificate, key: PrivateKey) {
        let key = try PrivateKey.generate(.p256)
        return (try issue(profile, for: try key.publicKey(), validity: validity), key)
    }

    /// The list of revoked certificates as PEM, valid as long as told: publish a new one before it ends.
    public func revocationList(
        revoked: [Certificate], number: Int64, validity: Validity
    ) throws(CryptoError) -> [UInt8] {
        ERR_clear_error()
        guard let list = unsafe X509_CRL_new() else { throw CryptoError.fromLibrary(.certificate) }
        defer { unsafe X509_CRL_free(list) }
        var from: UnsafeMutablePointer<ASN1_TIME>? = unsafe ASN1_TIME_set(nil, Int(validity.fromSeconds))
        var until: UnsafeMutablePointer<ASN1_TIME>? = unsafe ASN1_TIME_set(nil, Int(validity.untilSeconds))
        defer {
            unsafe ASN1_STRING_free(from)
            unsafe ASN1_STRING_free(until)
            unsafe from = nil
            unsafe until = nil
        }
        guard unsafe from != nil, unsafe until != nil, unsafe X509_CRL_set_version(list, 1) == 1,
            unsafe X509_CRL_set_issuer_name(list, X509_get_subject_name(certificate.handle)) == 1,
            unsafe X509_CRL_set1_lastUpdate(list, from) == 1, unsafe X509_CRL_set1_nextUpdate(list, until) == 1
        else { throw CryptoError.fromLibrary(.certificate) }
        for gone in revoked {
            guard let entry = unsafe X509_REVOKED_new() else { throw CryptoError.fromLibrary(.certificate) }
            guard unsafe X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(gone.handle)) == 1,
                unsafe X509_REVOKED_set_revocationDate(entry, from) == 1, unsafe X509_CRL_add0_revoked(list, entry) == 1
            else {
                unsafe X509_REVOKED_free(entry)
                throw CryptoError.fromLibrary(.certificate)
            }
        }
        guard unsafe lgsp_list_extend(list, certificate.handle, NID_authority_key_identifier, "keyid:always") == 1,
            unsafe lgsp_list_number(list, number) == 1,
            unsafe X509_CRL_sort(list) == 1,
            unsafe X509_CRL_sign(list, key.handle, digestForSigning(key.handle)) > 0
        else { throw CryptoError.fromLibrary(.certificate) }
        return try unsafe bytesWritten(.certificate) { bio in unsafe PEM_write_bio_X509_CRL(bio, list) }
    }
}

/// A signing request (PKCS#10): proof that who asks holds the key.
public enum SigningRequest {
    /// The request for a key, as PEM.
    public static func make(commonName: String, key: PrivateKey) throws(CryptoError) -> [UInt8] {
        ERR_clear_error()
        guard let request = unsafe X509_REQ_new() else { throw CryptoError.fromLibrary(.certificate) }
        defer { unsafe X509_REQ_free(request) }
        let name = Array(commonName.utf8)
        guard let length = Int32(exactly: name.count),
            unsafe X509_NAME_add_entry_by_NID(
                X509_REQ_get_subject_name(request), NID_commonName, MBSTRING_FLAG | 0, name, length, -1, 0) == 1,
            unsafe X509_REQ_set_pubkey(request, key.handle) == 1,
            unsafe X509_REQ_sign(request, key.handle, digestForSigning(key.handle)) > 0
        else { throw CryptoError.fromLibrary(.certificate) }
        return try unsafe bytesWritten(.certificate) { bio in unsafe PEM_write_bio_X509_REQ(bio, request) }
    }

    /// The public key of a request whose signature holds.
    public static func verifiedKey(pem: [UInt8]) throws(CryptoError) -> PublicKey {
        try unsafe withReader(pem, .certificate) { bio throws(CryptoError) in
            guard let request = unsafe PEM_read_bio_X509_REQ(bio, nil, { _, _, _, _ in -1 }, nil) else {
                throw CryptoError.fromLibrary(.certificate)
            }
            defer { unsafe X509_REQ_free(request) }
            guard let key = unsafe X509_REQ_get_pubkey(request) else { throw CryptoError.fromLibrary(.certificate) }
            let publicKey = unsafe PublicKey(owning: key)
            guard unsafe X509_REQ_verify(request, key) == 1 else {
                throw CryptoError.fromLibrary(.certificate, "the request is not signed by its key")
            }
            return publicKey
        }
    }
}
