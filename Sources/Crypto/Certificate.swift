// X.509 certificates as read: their names, validity and fingerprint, PEM in and out.

import Bytes
import COpenSSL
import Glibc

/// A certificate.
///
/// Safe because: the X509 is not written after `init`; OpenSSL's reads of it are thread-safe (its cached
/// extensions are computed under OpenSSL's own lock).
@safe
public final class Certificate: @unchecked Sendable {
    let handle: OpaquePointer

    init(owning handle: OpaquePointer) { unsafe self.handle = unsafe handle }

    deinit { unsafe X509_free(handle) }

    /// The first certificate of a PEM text.
    public convenience init(pem: [UInt8]) throws(CryptoError) {
        let handle = try unsafe withReader(pem, .certificate) { bio throws(CryptoError) in
            guard let handle = unsafe PEM_read_bio_X509(bio, nil, { _, _, _, _ in -1 }, nil) else {
                throw CryptoError.fromLibrary(.certificate)
            }
            return unsafe handle
        }
        unsafe self.init(owning: handle)
    }

    /// All certificates of a PEM text, in order; at least one.
    public static func chain(pem: [UInt8]) throws(CryptoError) -> [Certificate] {
        let chain = try unsafe withReader(pem, .certificate) { bio throws(CryptoError) in
            var chain: [Certificate] = []
            while let handle = unsafe PEM_read_bio_X509(bio, nil, { _, _, _, _ in -1 }, nil) {
                chain.append(unsafe Certificate(owning: handle))
            }
            // The end of the text shows as "no start line"; any other reason is a broken certificate.
            let code = ERR_peek_last_error()
            let ended = lgsp_error_is_end_of_pem(code) == 1
            ERR_clear_error()
            guard ended else { throw CryptoError(.certificate, "a certificate of the chain cannot be read") }
            return chain
        }
        guard !chain.isEmpty else { throw CryptoError(.certificate, "the text holds no certificate") }
        return chain
    }

    /// The certificate as PEM.
    public func pem() throws(CryptoError) -> [UInt8] {
        try unsafe bytesWritten(.certificate) { bio in unsafe PEM_write_bio_X509(bio, handle) }
    }

    /// The certificate's DER encoding.
    public func der() throws(CryptoError) -> [UInt8] {
        try unsafe bytesWritten(.certificate) { bio in unsafe i2d_X509_bio(bio, handle) }
    }

    /// SHA-256 of the DER encoding: the certificate's name in logs and pins.
    public func fingerprint() throws(CryptoError) -> Digest { SHA256.hash(try der()) }

    /// The subject's common name, for people to read. Never an identity: identities are SAN URIs.
    public var commonName: String? {
        var buffer = [CChar](repeating: 0, count: 257)
        let name = unsafe X509_get_subject_name(handle)
        let count = unsafe X509_NAME_get_text_by_NID(name, NID_commonName, &buffer, Int32(buffer.count))
        guard count > 0 else { return nil }
        return String(decoding: buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The serial number in lower-case hex.
    public var serial: String {
        guard let number = unsafe ASN1_INTEGER_to_BN(X509_get0_serialNumber(handle), nil) else { return "" }
        defer { unsafe BN_free(number) }
        var bytes = [UInt8](repeating: 0, count: Int(unsafe BN_num_bits(number) + 7) / 8)
        unsafe BN_bn2bin(number, &bytes)
        return Hex.encode(bytes)
    }

    /// When the certificate begins to be valid, seconds since 1970 UTC.
    public var validFromSeconds: Int64 { unsafe seconds(X509_get0_notBefore(handle)) }

    /// When the certificate ceases to be valid, seconds since 1970 UTC.
    public var validUntilSeconds: Int64 { unsafe seconds(X509_get0_notAfter(handle)) }

    private func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
        var parts = unsafe tm()
        guard unsafe ASN1_TIME_to_tm(time, &parts) == 1 else { return 0 }
        return unsafe Int64(timegm(&parts))
    }

    /// The subject alternative names.
    public var names: CertificateNames {
        var result = CertificateNames()
        guard let names = unsafe lgsp_certificate_names(handle) else { return result }
        defer { unsafe lgsp_names_free(names) }
        let count = unsafe lgsp_names_count(names)
        for place in 0..<count {
            var start: UnsafePointer<UInt8>?
            var count: Int32 = 0
            let kind = unsafe lgsp_names_at(names, place, &start, &count)
            guard let first = unsafe start, count >= 0 else { continue }
            let bytes = unsafe Array(UnsafeBufferPointer(start: first, count: Int(count)))
            switch kind {
            case GEN_DNS: result.dns.append(String(decoding: bytes, as: UTF8.self))
            case GEN_URI: result.uris.append(String(decoding: bytes, as: UTF8.self))
            case GEN_IPADD: result.addresses.append(bytes)
            default: result.hasOthers = true
            }
        }
        return result
    }
}

/// The subject alternative names of a certificate.
public struct CertificateNames: Sendable, Equatable {
    public var dns: [String] = []
    public var uris: [String] = []
    /// IP addresses: 4 or 16 bytes in network order.
    public var addresses: [[UInt8]] = []
    /// Whether there are names of other kinds (e-mail, directory, other).
    public var hasOthers = false

    public init(dns: [String] = [], uris: [String] = [], addresses: [[UInt8]] = []) {
        self.dns = dns
        self.uris = uris
        self.addresses = addresses
    }

    public var isEmpty: Bool { dns.isEmpty && uris.isEmpty && addresses.isEmpty && !hasOthers }

    /// Whether a common name repeats one of these names. One with a space in it is a title for people
    /// ("Sở Y tế") and can be taken for no identity; so can a missing one.
    func includes(commonName: String?) -> Bool {
        guard let commonName, !commonName.utf8.contains(0x20) else { return true }
        let bytes = Array(commonName.utf8)
        return dns.contains { $0.utf8.elementsEqual(bytes) } || uris.contains { $0.utf8.elementsEqual(bytes) }
            || addresses.contains { InternetAddress.text(of: $0)?.utf8.elementsEqual(bytes) ?? false }
    }
}
