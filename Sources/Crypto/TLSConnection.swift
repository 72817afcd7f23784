// One TLS connection as a state object: bytes from the wire go in, bytes for the wire come out, and no
// socket is known here. Every call clears OpenSSL's error queue first, because SSL_get_error reads it.
// A peer that ends without close_notify has been cut off: that is an error, never an end of data.

import COpenSSL

/// Who the peer of a connection is, by its certificate.
public struct PeerIdentity: Sendable, Equatable {
    /// SAN URIs in the certificate's order; `urn:lgsp:<agency>:<system>` is an identity of the hub.
    public var uris: [String]
    public var dns: [String]
    /// SHA-256 of the certificate's DER.
    public var fingerprint: Digest
    /// Serial number, hex.
    public var serial: String
    /// When the certificate ends, seconds since 1970 UTC.
    public var validUntilSeconds: Int64
    /// The subject's distinguished name as RFC 2253 writes it: `CN=orders,O=Example`.
    public var subject: String

    public init(
        uris: [String], dns: [String], fingerprint: Digest, serial: String, validUntilSeconds: Int64,
        subject: String = ""
    ) {
        self.uris = uris
        self.dns = dns
        self.fingerprint = fingerprint
        self.serial = serial
        self.validUntilSeconds = validUntilSeconds
        self.subject = subject
    }

    /// The first `urn:lgsp:` URI: the identity that rules about agencies name.
    public var hubIdentity: String? { uris.first { $0.utf8.starts(with: "urn:lgsp:".utf8) } }
}

/// One TLS connection over memory.
@safe
public final class TLSConnection {
    /// The outcome of a read.
    public enum ReadOutcome: Equatable, Sendable {
        /// So many plain bytes were appended.
        case bytes(Int)
        /// More bytes from the wire are needed.
        case needsBytes
        /// The peer said close_notify.
        case closed
    }

    private let context: TLSContext
    private let expectedPeer: TLSPeerName?
    private let handle: OpaquePointer
    // Owned by the SSL object after SSL_set_bio.
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    /// The peer's identity; nil before the handshake is done, and where a client shows no certificate.
    public private(set) var peer: PeerIdentity?
    /// Whether the handshake is done and the peer has been checked.
    public private(set) var isEstablished = false
    private var hasFailed = false
    /// Where OpenSSL writes what is then appended to the caller's array: nothing is filled with zeros per call.
    private var scratch = [UInt8](repeating: 0, count: TLSConnection.recordBytesMax)

    /// The most plain bytes of one read: one TLS record.
    static let recordBytesMax = 16_384

    init(_ context: TLSContext, peer: TLSPeerName?) throws(CryptoError) {
        ERR_clear_error()
        self.context = context
        expectedPeer = peer
        guard let handle = unsafe SSL_new(context.handle) else { throw CryptoError.fromLibrary(.tlsConfiguration) }
        guard let incoming = unsafe BIO_new(BIO_s_mem()) else {
            unsafe SSL_free(handle)
            throw CryptoError.fromLibrary(.tlsConfiguration)
        }
        guard let outgoing = unsafe BIO_new(BIO_s_mem()) else {
            unsafe BIO_free(incoming)
            unsafe SSL_free(handle)
            throw CryptoError.fromLibrary(.tlsConfiguration)
        }
        unsafe SSL_set_bio(handle, incoming, outgoing)
        unsafe self.handle = unsafe handle
        unsafe self.incoming = unsafe incoming
        unsafe self.outgoing = unsafe outgoing
        switch context.side {
        case .client: unsafe SSL_set_connect_state(handle)
        case .server: unsafe SSL_set_accept_state(handle)
        }
        guard let peer, let parameters = unsafe SSL_get0_param(handle) else { return }
        try unsafe context.policy.apply(
            to: parameters, purpose: context.side == .client ? .server : .client, peer: peer, checksRevocation: false)
        if case .host(let name) = peer, unsafe lgsp_connection_name_server(handle, name) != 1 {
            throw CryptoError.fromLibrary(.tlsConfiguration)
        }
    }

    deinit { unsafe SSL_free(handle) }

    /// Takes bytes that arrived on the wire.
    public func receive(_ bytes: Span<UInt8>) throws(CryptoError) {
        guard bytes.count > 0 else { return }
        ERR_clear_error()
        let taken = unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe BIO_write(incoming, buffer.baseAddress, Int32(clamping: buffer.count))
        }
        guard Int(taken) == bytes.count else { throw fail(CryptoError.fromLibrary(.tlsRecord)) }
    }

    /// Whether bytes wait to be sent.
    public var hasOutgoing: Bool { unsafe BIO_ctrl_pending(outgoing) > 0 }

    /// Appends the bytes that are to be sent.
    public func takeOutgoing(into output: inout [UInt8]) {
        ERR_clear_error()
        while unsafe BIO_ctrl_pending(outgoing) > 0 {
            let count = unsafe scratch.withUnsafeMutableBytes { buffer in
                unsafe BIO_read(outgoing, buffer.baseAddress, Int32(buffer.count))
            }
            guard count > 0 else { return }
            appendScratch(Int(count), to: &output)
        }
    }

    private func appendScratch(_ count: Int, to output: inout [UInt8]) {
        unsafe scratch.withUnsafeBufferPointer { buffer in
            unsafe output.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// Goes on with the handshake; true when it is done. After an error, still send what is outgoing: the alert.
    public func handshake() throws(CryptoError) -> Bool {
        if isEstablished { return true }
        try refuseAfterFailure()
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(handle)
        if result != 1 {
            let reason = unsafe SSL_get_error(handle, result)
            if reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE { return false }
            throw fail(handshakeFailure())
        }
        try checkPeer()
        isEstablished = true
        return true
    }

    private func handshakeFailure() -> CryptoError {
        let verdict = unsafe SSL_get_verify_result(handle)
        let failure = CryptoError.fromLibrary(.tlsHandshake)
        guard verdict != Int(X509_V_OK) else { return failure }
        let words = unsafe X509_verify_cert_error_string(verdict)
        return CryptoError(.tlsPeer, unsafe words.map { unsafe String(cString: $0) } ?? failure.detail)
    }

    /// The handshake has verified the chain; here it is asserted, and the identity read.
    private func checkPeer() throws(CryptoError) {
        guard let handle = unsafe SSL_get1_peer_certificate(handle) else {
            guard context.side == .server, expectedPeer == nil else {
                throw fail(CryptoError(.tlsPeer, "the peer has shown no certificate"))
            }
            return
        }
        let leaf = unsafe Certificate(owning: handle)
        guard unsafe SSL_get_verify_result(self.handle) == Int(X509_V_OK) else {
            throw fail(CryptoError(.tlsPeer, "the peer's certificate was not verified"))
        }
        do { try TLSPeerName.check(expectedPeer, leaf: leaf) } catch { throw fail(error) }
        let names = leaf.names
        peer = PeerIdentity(
            uris: names.uris, dns: names.dns, fingerprint: try leaf.fingerprint(), serial: leaf.serial,
            validUntilSeconds: leaf.validUntilSeconds, subject: leaf.subjectName)
    }

    /// Appends plain bytes, at most one record's.
    public func read(into output: inout [UInt8]) throws(CryptoError) -> ReadOutcome {
        try refuseAfterFailure()
        guard isEstablished else { throw CryptoError(.tlsRecord, "read before the handshake is done") }
        ERR_clear_error()
        let count = unsafe scratch.withUnsafeMutableBytes { buffer in
            unsafe SSL_read(handle, buffer.baseAddress, Int32(buffer.count))
        }
        if count > 0 { appendScratch(Int(count), to: &output) }
        if count > 0 { return .bytes(Int(count)) }
        switch unsafe SSL_get_error(handle, count) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .needsBytes
        case SSL_ERROR_ZERO_RETURN: return .closed
        default: throw fail(CryptoError.fromLibrary(.tlsRecord))
        }
    }

    /// Encrypts plain bytes; they wait in `takeOutgoing`.
    public func write(_ bytes: Span<UInt8>) throws(CryptoError) {
        try refuseAfterFailure()
        guard isEstablished else { throw CryptoError(.tlsRecord, "write before the handshake is done") }
        var written = 0
        while written < bytes.count {
            ERR_clear_error()
            let left = bytes.extracting(written..<bytes.count)
            let count = unsafe left.withUnsafeBufferPointer { buffer in
                unsafe SSL_write(handle, buffer.baseAddress, Int32(clamping: buffer.count))
            }
            // A memory BIO takes everything, so anything but progress is an error.
            guard count > 0 else { throw fail(CryptoError.fromLibrary(.tlsRecord)) }
            written += Int(count)
        }
    }

    /// Says close_notify; send what is outgoing afterwards.
    public func close() {
        guard isEstablished, !hasFailed else { return }
        ERR_clear_error()
        _ = unsafe SSL_shutdown(handle)
        ERR_clear_error()
    }

    /// To be called when the transport has ended: throws unless the peer had said close_notify.
    public func transportEnded() throws(CryptoError) {
        guard unsafe SSL_get_shutdown(handle) & SSL_RECEIVED_SHUTDOWN == 0 else { return }
        throw fail(CryptoError(.tlsTruncated, "the connection was cut off without close_notify"))
    }

    private func refuseAfterFailure() throws(CryptoError) {
        // OpenSSL forbids further calls after SSL_ERROR_SSL and SSL_ERROR_SYSCALL.
        if hasFailed { throw CryptoError(.tlsRecord, "the connection has failed before") }
    }

    private func fail(_ error: CryptoError) -> CryptoError {
        hasFailed = true
        return error
    }
}
