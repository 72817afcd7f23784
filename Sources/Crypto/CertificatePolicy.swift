// What a chain must satisfy beyond OpenSSL's strict mode, which alone accepts too much: names in the SAN
// only, key usage said explicitly, no CA in leaf position, strong keys throughout (reliability: the hub's own
// leaf policy). One value, used in the TLS handshake and by `CertificateVerifier`.

import COpenSSL

/// What the peer of a connection must be.
public enum CertificatePurpose: Sendable {
    case server, client
}

/// The rules for a chain that OpenSSL has found valid.
public struct CertificatePolicy: Sendable, Equatable {
    /// Whether a leaf without the extended key usage extension is refused.
    public var requiresExtendedKeyUsage: Bool
    /// Whether a leaf needs subject alternative names, and a common name without spaces must be one of them:
    /// what looks like an identity to people is then what is checked.
    public var requiresNames: Bool
    /// Whether a DNS name of the leaf may begin with `*.`.
    public var allowsWildcards: Bool
    /// The most certificates between leaf and root.
    public var intermediatesMax: Int32
    /// Whether certificates must keep to RFC 5280 in form (version 3, key identifiers) beyond what verifying takes.
    public var isStrict = true

    public init(
        requiresExtendedKeyUsage: Bool, requiresNames: Bool, allowsWildcards: Bool, intermediatesMax: Int32
    ) {
        self.requiresExtendedKeyUsage = requiresExtendedKeyUsage
        self.requiresNames = requiresNames
        self.allowsWildcards = allowsWildcards
        self.intermediatesMax = intermediatesMax
    }

    /// The hub's own connections.
    public static let hub = CertificatePolicy(
        requiresExtendedKeyUsage: true, requiresNames: true, allowsWildcards: false, intermediatesMax: 2)
    /// Servers of the public web.
    public static let web = CertificatePolicy(
        requiresExtendedKeyUsage: false, requiresNames: false, allowsWildcards: true, intermediatesMax: 8)

    /// Clients and servers of a Kafka cluster, whose operator names the root that issued them: what Kafka's users make
    /// with openssl or keytool, often without extensions. The identity is the subject.
    public static let kafka = {
        var policy = CertificatePolicy(
            requiresExtendedKeyUsage: false, requiresNames: false, allowsWildcards: true, intermediatesMax: 8)
        policy.isStrict = false
        return policy
    }()

    /// The smallest RSA modulus in bits.
    static let rsaBitsMin: Int32 = 2048

    /// X.509 flags for OpenSSL's part of the verification.
    func verificationFlags(checksRevocation: Bool) -> UInt {
        (isStrict ? UInt(X509_V_FLAG_X509_STRICT) : 0)
            | (checksRevocation ? UInt(X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL) : 0)
    }

    var hostFlags: UInt32 {
        UInt32(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS)
            | (allowsWildcards ? 0 : UInt32(X509_CHECK_FLAG_NO_WILDCARDS))
    }

    /// Why the chain (leaf first) is refused; nil where it is not.
    func fault(chain: OpaquePointer?, purpose: CertificatePurpose) -> String? {
        let count = unsafe lgsp_certificates_count(chain)
        guard count > 0, let leaf = unsafe lgsp_certificates_at(chain, 0) else { return "no certificate" }
        if let fault = unsafe leafFault(leaf, purpose: purpose) { return fault }
        for place in 0..<count {
            guard let certificate = unsafe lgsp_certificates_at(chain, place) else { return "no certificate" }
            if let fault = unsafe keyFault(certificate) { return fault }
        }
        return nil
    }

    private func leafFault(_ leaf: OpaquePointer, purpose: CertificatePurpose) -> String? {
        // X509_get_version counts from 0: 2 is X.509 v3, the first with extensions.
        guard unsafe !isStrict || X509_get_version(leaf) == 2 else { return "the certificate is not X.509 v3" }
        // X509_check_ca forgives a CA flag where the key usage contradicts it; the flag itself does not.
        guard unsafe X509_check_ca(leaf) == 0, unsafe X509_get_extension_flags(leaf) & UInt32(EXFLAG_CA) == 0 else {
            return "a CA certificate is no identity"
        }
        guard
            unsafe X509_get_key_usage(leaf) & UInt32(KU_KEY_CERT_SIGN | KU_CRL_SIGN) == 0
                || X509_get_extension_flags(leaf) & UInt32(EXFLAG_KUSAGE) == 0
        else { return "a signing certificate is no identity" }
        let wanted = purpose == .server ? NID_server_auth : NID_client_auth
        switch unsafe lgsp_certificate_names_purpose(leaf, wanted) {
        case 1: break
        case -1 where !requiresExtendedKeyUsage: break
        case -1: return "the extended key usage is missing"
        default: return "the extended key usage does not name this purpose"
        }
        guard unsafe lgsp_certificate_access_readable(leaf) == 1 else { return "authority information cannot be read" }
        guard unsafe X509_up_ref(leaf) == 1 else { return "out of memory" }
        return nameFault(unsafe Certificate(owning: leaf))
    }

    private func nameFault(_ leaf: Certificate) -> String? {
        let names = leaf.names
        if requiresNames {
            guard !names.isEmpty else { return "the subject alternative name is missing" }
            guard names.includes(commonName: leaf.commonName) else {
                return "the common name is none of the subject alternative names"
            }
        }
        for name in names.dns {
            var host = Array(name.utf8)[...]
            if host.starts(with: [0x2a, 0x2e]) {
                guard allowsWildcards else { return "a wildcard is no identity" }
                host = host.dropFirst(2)
            }
            guard CertificatePolicy.isHostName(host) else { return "a DNS name of the certificate is no host name" }
        }
        for address in names.addresses where address.count != 4 && address.count != 16 {
            return "an address of the certificate has neither 4 nor 16 bytes"
        }
        return nil
    }

    private func keyFault(_ certificate: OpaquePointer) -> String? {
        guard let key = unsafe X509_get0_pubkey(certificate) else { return "the key cannot be read" }
        let bits = unsafe EVP_PKEY_get_bits(key)
        switch unsafe EVP_PKEY_get_base_id(key) {
        case EVP_PKEY_RSA, EVP_PKEY_RSA_PSS:
            return bits >= CertificatePolicy.rsaBitsMin && bits % 8 == 0 ? nil : "RSA keys have 2048 bits or more"
        case EVP_PKEY_EC: return bits >= 256 ? nil : "EC keys have 256 bits or more"
        case EVP_PKEY_ED25519, EVP_PKEY_ED448: return nil
        default: return "keys are RSA, EC or EdDSA"
        }
    }

    /// Whether bytes are a host name of letters, digits and hyphens (RFC 1123), at most 253 long.
    public static func isHostName(_ name: some Collection<UInt8>) -> Bool {
        guard !name.isEmpty, name.count <= 253 else { return false }
        for label in name.split(separator: 0x2e, omittingEmptySubsequences: false) {
            guard !label.isEmpty, label.count <= 63, label.first != 0x2d, Array(label).last != 0x2d else {
                return false
            }
            for byte in label {
                switch byte {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d: continue
                default: return false
                }
            }
        }
        return true
    }
}
