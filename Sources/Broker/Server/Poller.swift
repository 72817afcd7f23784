// What the event loop waits for, by epoll: a wait costs what has happened, not what is watched, so that
// idle connections are free.

import CEpoll
import Glibc

/// The descriptors that the event loop watches.
final class Poller {
    private let descriptor: Int32
    private var events = [lgsp_event](repeating: lgsp_event(), count: 256)

    init() throws {
        descriptor = lgsp_epoll_create()
        guard descriptor >= 0 else { throw ServerError(description: "cannot make an epoll: error \(errno)") }
    }

    deinit { close(descriptor) }

    /// Watches `watched`; `token` comes back with its events. A descriptor that hangs up is reported always.
    func set(_ watched: Int32, token: Int, reads: Bool, writes: Bool, isNew: Bool) {
        let flags = (reads ? lgsp_readable : 0) | (writes ? lgsp_writable : 0)
        _ = lgsp_epoll_set(descriptor, watched, Int64(token), flags, isNew ? 1 : 0)
    }

    func remove(_ watched: Int32) {
        _ = lgsp_epoll_remove(descriptor, watched)
    }

    /// Waits for events, at most so long, and returns what happened.
    func wait(milliseconds: Int32) -> [Event] {
        let count = unsafe lgsp_epoll_wait(descriptor, &events, Int32(events.count), milliseconds)
        guard count > 0 else { return [] }
        return events[..<Int(count)].map { event in
            Event(
                token: Int(event.token), canRead: event.flags & lgsp_readable != 0,
                canWrite: event.flags & lgsp_writable != 0, isBroken: event.flags & lgsp_broken != 0)
        }
    }

    /// What happened to one descriptor.
    struct Event {
        var token: Int
        var canRead: Bool
        var canWrite: Bool
        /// The peer has reset the connection or ended it in both directions.
        var isBroken: Bool
    }
}
