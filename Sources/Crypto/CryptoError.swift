// Errors of this module: which step failed and OpenSSL's own words for it. Never key material.

import COpenSSL

/// A failed cryptographic or TLS step.
public struct CryptoError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The step that failed. Closed: it can label a metric.
    public enum Kind: String, Sendable {
        case random, key, certificate, signature, encoding, file, sealing
        case tlsConfiguration = "tls-configuration"
        case tlsHandshake = "tls-handshake"
        case tlsPeer = "tls-peer"
        case tlsRecord = "tls-record"
        case tlsTruncated = "tls-truncated"
    }

    public var kind: Kind
    public var detail: String

    public init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }

    public var description: String { "\(kind.rawValue): \(detail)" }

    /// Takes the newest entry of this thread's OpenSSL error queue and clears the queue: a stale entry would
    /// otherwise be read as the next call's failure.
    static func fromLibrary(_ kind: Kind, _ context: String = "") -> CryptoError {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        var text = [CChar](repeating: 0, count: 256)
        unsafe ERR_error_string_n(code, &text, text.count)
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let words = code == 0 ? "no detail" : String(decoding: bytes, as: UTF8.self)
        return CryptoError(kind, context.isEmpty ? words : "\(context): \(words)")
    }
}
