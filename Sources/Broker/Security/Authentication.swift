// SASL on a connection: which frames are part of it, what they are answered, and who the client is in the end.
// A frame that belongs to it never reaches a handler. Kafka's order: ApiVersions (once, optional), SaslHandshake,
// then the mechanism's messages, in SaslAuthenticate requests or, after a handshake of version 0, as bare frames.

import Bytes
import Crypto
import KafkaWire
import Runtime

extension BrokerCore {
    /// A connection has come in (and, with TLS, has shown its certificate): its requests are served from now on.
    public func connectionOpened(_ connection: Int, listener: Int, clientHost: String, principal: Principal) {
        let needsSASL = listener < endpoints.count && endpoints[listener].usesSASL
        sessions[connection] = Session(
            connection: connection, listener: listener, host: clientHost, principal: principal, needsSASL: needsSASL)
    }

    /// The lengths that a connection's next frame may have.
    public func frameBytes(of connection: Int) -> ClosedRange<Int> {
        if let session = sessions[connection] { return session.frameBytes(settings.limits) }
        return BrokerLimits.requestBytesMin...max(BrokerLimits.requestBytesMin, settings.limits.requestBytesMax)
    }

    /// Whether the connection is past authentication.
    public func isAuthenticated(_ connection: Int) -> Bool {
        guard case .open? = sessions[connection]?.state else { return false }
        return true
    }

    /// Takes a frame that belongs to authentication; false when it is an ordinary request.
    func authenticate(
        _ session: Session, slot: UInt64, buffer: [UInt8], frame: Range<Int>
    ) throws(WireError) -> Bool {
        switch session.state {
        case .open: return try beginsAgain(session, slot, buffer, frame)
        case .refused: skip(ReplyTarget(session, slot: slot))
        case .exchanging(let mechanism, let exchange, isBare: true):
            advance(session, mechanism, exchange, Array(buffer[frame])) { outcome in
                answerBare(session, slot, outcome)
            }
        case .exchanging(let mechanism, let exchange, isBare: false):
            try takeMessage(session, mechanism, exchange, slot, buffer, frame)
        case .awaitingHandshake(let hasAskedVersions):
            let (header, body) = try RequestHeader.read(buffer, range: frame)
            let target = ReplyTarget(session, slot: slot, header: header)
            switch APIKey(rawValue: header.apiKey) {
            case .apiVersions? where !hasAskedVersions:
                guard APIKey.apiVersions.versions.contains(header.version) else {
                    replyUnsupportedApiVersions(target)
                    break
                }
                session.state = .awaitingHandshake(hasAskedVersions: true)
                apiVersions(target, try .read(buffer, range: body..<frame.upperBound, version: header.version))
            case .saslHandshake? where APIKey.saslHandshake.versions.contains(header.version):
                takeHandshake(
                    session, target, try .read(buffer, range: body..<frame.upperBound, version: header.version))
            default: throw .unsupported
            }
        }
        return true
    }

    // MARK: Handshake

    private func takeHandshake(_ session: Session, _ target: ReplyTarget, _ request: SaslHandshakeRequest) {
        var response = SaslHandshakeResponse()
        response.mechanisms = settings.security.mechanisms.map(\.rawValue)
        guard let mechanism = SASLMechanism(rawValue: request.mechanism),
            settings.security.mechanisms.contains(mechanism)
        else {
            response.error = .unsupportedSASLMechanism
            return refuse(session, target, response)
        }
        if let first = session.mechanism, first != mechanism {
            // Kafka agrees here and hangs up at the next message; it comes to the same.
            reply(target, response)
            session.state = .refused
            return closeLater(session, nil)
        }
        var exchange: ScramExchange?
        if let hash = mechanism.hash {
            guard let random = try? RandomBytes.make(count: 24) else { return refuse(session, target, response) }
            exchange = ScramExchange(hash: hash, serverNonce: Base64.encode(random, urlSafe: true))
        }
        session.state = .exchanging(mechanism, exchange, isBare: target.version == 0)
        session.lastAuthenticationAt = now
        reply(target, response)
    }

    /// A client whose authentication ends is to begin again in time, on the same connection; other requests
    /// after its end close it. Without an end, or twice within a second, the handshake is an ordinary request,
    /// which its handler refuses.
    private func beginsAgain(
        _ session: Session, _ slot: UInt64, _ buffer: [UInt8], _ frame: Range<Int>
    ) throws(WireError) -> Bool {
        guard let expiresAt = session.expiresAt else { return false }
        let (header, body) = try RequestHeader.read(buffer, range: frame)
        if header.apiKey == APIKey.saslHandshake.rawValue, now - session.lastAuthenticationAt >= 1_000,
            APIKey.saslHandshake.versions.contains(header.version)
        {
            takeHandshake(
                session, ReplyTarget(session, slot: slot, header: header),
                try .read(buffer, range: body..<frame.upperBound, version: header.version))
            return true
        }
        guard now <= expiresAt else {
            Log.info("broker.authentication-expired", ["client": session.host])
            close(session.connection)
            return true
        }
        return false
    }

    // MARK: Exchange

    private func takeMessage(
        _ session: Session, _ mechanism: SASLMechanism, _ exchange: ScramExchange?, _ slot: UInt64, _ buffer: [UInt8],
        _ frame: Range<Int>
    ) throws(WireError) {
        let (header, body) = try RequestHeader.read(buffer, range: frame)
        guard let key = APIKey(rawValue: header.apiKey), key.versions.contains(header.version) else {
            throw .unsupported
        }
        let target = ReplyTarget(session, slot: slot, header: header)
        if key == .apiVersions {
            var response = ApiVersionsResponse()
            response.error = .illegalSASLState
            return refuse(session, target, response)
        }
        guard key == .saslAuthenticate else { throw .unsupported }
        let request = try SaslAuthenticateRequest.read(buffer, range: body..<frame.upperBound, version: header.version)
        advance(session, mechanism, exchange, request.token) { outcome in
            var response = SaslAuthenticateResponse()
            switch outcome {
            case .challenge(let token): response.token = token
            case .done(_, let token):
                response.token = token
                response.sessionLifetimeMilliseconds = session.expiresAt == nil
                    ? 0 : settings.security.reauthenticationMilliseconds
            case .refused(let words):
                response.error = .saslAuthenticationFailed
                response.errorMessage =
                    words
                    ?? "Authentication failed during authentication due to invalid credentials with SASL mechanism \(mechanism.rawValue)"
                return refuse(session, target, response)
            }
            reply(target, response)
        }
    }

    private func answerBare(_ session: Session, _ slot: UInt64, _ outcome: SASLOutcome) {
        let token: [UInt8]
        switch outcome {
        case .challenge(let bytes): token = bytes
        case .done(_, let bytes): token = bytes
        case .refused:
            session.state = .refused
            return closeLater(session, nil)
        }
        var frame: [UInt8] = []
        frame.appendBigEndian(Int32(truncatingIfNeeded: token.count))
        send(ReplyTarget(session, slot: slot), frame + token)
    }

    /// Lets the mechanism take a message, opens the session when it is done, and has the outcome answered.
    private func advance(
        _ session: Session, _ mechanism: SASLMechanism, _ exchange: ScramExchange?, _ message: [UInt8],
        _ answer: (SASLOutcome) -> Void
    ) {
        var outcome: SASLOutcome
        if var scram = exchange {
            outcome = scram.receive(
                message, credential: { scramCredential(of: $0, mechanism) }, decoySalt: { decoySalt($0, mechanism) })
            if case .challenge = outcome, case .exchanging(_, _, let isBare) = session.state {
                session.state = .exchanging(mechanism, scram, isBare: isBare)
            }
        } else {
            outcome = PlainExchange.receive(message, passwords: settings.security.passwords)
        }
        if case .done(let name, _) = outcome {
            let principal = Principal(name: name)
            if session.mechanism != nil, session.principal != principal {
                outcome = .refused("Cannot change principals during re-authentication from \(session.principal): \(principal)")
            } else {
                open(session, mechanism, principal)
            }
        }
        answer(outcome)
    }

    private func open(_ session: Session, _ mechanism: SASLMechanism, _ principal: Principal) {
        session.principal = principal
        session.mechanism = mechanism
        session.state = .open
        let lifetime = settings.security.reauthenticationMilliseconds
        session.expiresAt = lifetime > 0 ? now + lifetime : nil
    }

    // MARK: Refusal

    private func refuse(_ session: Session, _ target: ReplyTarget, _ response: some WireMessage) {
        session.state = .refused
        Log.warning("broker.authentication-failed", ["client": session.host])
        closeLater(session, (target.slot, encode(target, response)))
    }

    private func closeLater(_ session: Session, _ refusal: (slot: UInt64, frame: [UInt8])?) {
        session.refusal = refusal
        deadlines.add(.refusal(session.connection), at: now + settings.security.failureDelayMilliseconds)
    }

    /// The time of a refused connection has come.
    func endRefused(_ connection: Int) {
        guard let session = sessions[connection], case .refused = session.state else { return }
        if let (slot, frame) = session.refusal { send(ReplyTarget(session, slot: slot), frame) }
        close(connection)
    }

    // MARK: Credentials

    /// What is kept of a name's password for a mechanism: in the store, else of a password in the settings.
    func scramCredential(of name: String, _ mechanism: SASLMechanism) -> ScramCredential? {
        if let stored = scramCredentials.credential(of: GroupName(name), mechanism) { return stored }
        guard let password = settings.security.passwords[GroupName(name)], let hash = mechanism.hash else { return nil }
        return try? ScramCredential(
            password: password, salt: decoySalt(name, mechanism), iterations: ScramCredential.iterationsMin, hash: hash)
    }

    /// A salt that stays the same for a name while the broker runs, whether there is such a name or not.
    private func decoySalt(_ name: String, _ mechanism: SASLMechanism) -> [UInt8] {
        var secret = HMACSHA256(key: saltSecret).begin()
        secret.update(mechanism.rawValue)
        secret.update(byte: 0)
        secret.update(name)
        return HMACSHA256(key: saltSecret).finish(secret).bytes
    }
}

extension ReplyTarget {
    /// The answer to a frame that is no request.
    init(_ session: Session, slot: UInt64) {
        self.init(
            session, slot: slot, header: RequestHeader(apiKey: 17, version: 0, correlationID: 0, clientID: nil))
    }

    init(_ session: Session, slot: UInt64, header: RequestHeader) {
        self.init(
            connection: session.connection, slot: slot, correlationID: header.correlationID,
            key: APIKey(rawValue: header.apiKey) ?? .saslHandshake, version: header.version,
            clientID: header.clientID ?? "", clientHost: session.host)
        principal = session.principal
    }
}
