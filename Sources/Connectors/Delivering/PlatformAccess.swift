// What all lanes of one connector share: the breaker and the token.

import HTTP
import Runtime
import Synchronization

/// The state of the platform as we see it.
final class PlatformAccess: Sendable {
    private let connector: any Connector
    private let clock: any Clock
    private let breaker: Mutex<CircuitBreaker>
    private let token = Mutex(TokenState())

    init(_ connector: any Connector, breaker: CircuitBreaker, clock: any Clock) {
        self.connector = connector
        self.clock = clock
        self.breaker = Mutex(breaker)
    }

    var now: Int64 { clock.monotonicNanoseconds() / 1_000_000 }
    var wallMilliseconds: Int64 { clock.wallMilliseconds() }
    var breakerState: CircuitBreaker.State { breaker.withLock { $0.state } }

    func permission() -> CircuitBreaker.Permission { breaker.withLock { $0.permission(at: now) } }
    func succeeded() { breaker.withLock { $0.succeeded() } }
    func failed() { breaker.withLock { $0.failed(at: now) } }
    func pause(milliseconds: Int64) { breaker.withLock { $0.pause(until: now + milliseconds) } }

    /// Adds the token to a request. The lock is held while a new one is fetched: whoever else needs a token needs
    /// that one.
    func authorise(_ request: inout HTTPRequest, client: HTTPClient, timeoutMilliseconds: Int64) throws(HTTPError)
        -> String?
    {
        guard let tokenRequest = connector.tokenRequest else { return nil }
        let outcome: Result<String, HTTPError> = token.withLock { state in
            if let usable = state.usable(at: now) { return .success(usable) }
            do throws(HTTPError) {
                let answer = try client.send(tokenRequest, timeoutMilliseconds: timeoutMilliseconds)
                guard let fetched = connector.token(in: answer), fetched.lifetimeMilliseconds > 0 else {
                    return .failure(HTTPError(.malformed, "the token request was answered \(answer.status)"))
                }
                state.store(fetched.text, lifetimeMilliseconds: fetched.lifetimeMilliseconds, at: now)
                return .success(fetched.text)
            } catch { return .failure(error) }
        }
        let text = try outcome.get()
        request.fields.set("authorization", "Bearer \(text)")
        return text
    }

    /// The platform refused the token that was used.
    func refuse(_ used: String) { token.withLock { $0.refuse(used) } }
}
