// A certificate while it is being made: each step checks OpenSSL's answer.

import COpenSSL

/// The steps from an empty X509 to a signed one.
@safe
struct CertificateDraft {
    let certificate: Certificate

    init(commonName: String, validity: Validity) throws(CryptoError) {
        ERR_clear_error()
        guard let handle = unsafe X509_new() else { throw CryptoError.fromLibrary(.certificate) }
        certificate = unsafe Certificate(owning: handle)
        // 16 random bytes; RFC 5280 wants them positive and at most 20.
        var serial = try RandomBytes.make(count: 16)
        serial[0] = serial[0] & 0x7f | 0x40
        let number = unsafe BN_bin2bn(serial, Int32(serial.count), nil)
        defer { unsafe BN_free(number) }
        let name = Array(commonName.utf8)
        // A common name has at most 64 characters (RFC 5280 upper bound); longer ones are for the SAN only.
        let shown = Array(
            String(decoding: name, as: UTF8.self).unicodeScalars.prefix(64).map(String.init).joined().utf8)
        guard let start = Int(exactly: validity.fromSeconds), let end = Int(exactly: validity.untilSeconds),
            unsafe X509_set_version(handle, 2) == 1,
            unsafe BN_to_ASN1_INTEGER(number, X509_get_serialNumber(handle)) != nil,
            unsafe ASN1_TIME_set(X509_getm_notBefore(handle), start) != nil,
            unsafe ASN1_TIME_set(X509_getm_notAfter(handle), end) != nil,
            unsafe X509_NAME_add_entry_by_NID(
                X509_get_subject_name(handle), NID_commonName, MBSTRING_FLAG, shown, Int32(shown.count), -1, 0) == 1
        else { throw CryptoError.fromLibrary(.certificate) }
    }

    func setKey(_ key: OpaquePointer) throws(CryptoError) {
        guard unsafe X509_set_pubkey(certificate.handle, key) == 1 else { throw CryptoError.fromLibrary(.certificate) }
    }

    func setIssuer(_ issuer: Certificate) throws(CryptoError) {
        guard unsafe X509_set_issuer_name(certificate.handle, X509_get_subject_name(issuer.handle)) == 1 else {
            throw CryptoError.fromLibrary(.certificate)
        }
    }

    func extend(_ identifier: Int32, _ value: String, issuer: Certificate) throws(CryptoError) {
        guard unsafe lgsp_certificate_extend(certificate.handle, issuer.handle, identifier, value) == 1 else {
            throw CryptoError.fromLibrary(.certificate, "extension \(value)")
        }
    }

    /// Adds the names as bytes, never through OpenSSL's configuration syntax, where a comma would start another.
    func setNames(_ wanted: CertificateNames) throws(CryptoError) {
        guard let names = unsafe lgsp_names_new() else { throw CryptoError.fromLibrary(.certificate) }
        defer { unsafe lgsp_names_free(names) }
        func add(_ kind: Int32, _ bytes: [UInt8]) throws(CryptoError) {
            guard let count = Int32(exactly: bytes.count), unsafe lgsp_names_add(names, kind, bytes, count) == 1 else {
                throw CryptoError.fromLibrary(.certificate, "subject alternative name")
            }
        }
        for name in wanted.dns {
            guard CertificatePolicy.isHostName(Array(name.utf8)) else {
                throw CryptoError(.certificate, "\(name) is no host name")
            }
            try add(GEN_DNS, Array(name.utf8))
        }
        for uri in wanted.uris {
            guard !uri.utf8.isEmpty, uri.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
                throw CryptoError(.certificate, "an identity URI has printable ASCII characters only")
            }
            try add(GEN_URI, Array(uri.utf8))
        }
        for address in wanted.addresses { try add(GEN_IPADD, address) }
        guard
            unsafe X509_add1_ext_i2d(
                certificate.handle, NID_subject_alt_name, UnsafeMutableRawPointer(names), 0, UInt(X509V3_ADD_APPEND))
                == 1
        else { throw CryptoError.fromLibrary(.certificate) }
    }

    func sign(_ key: PrivateKey) throws(CryptoError) {
        guard unsafe X509_sign(certificate.handle, key.handle, digestForSigning(key.handle)) > 0 else {
            throw CryptoError.fromLibrary(.certificate)
        }
    }
}
