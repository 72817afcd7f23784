// One librdkafka client: made from settings, destroyed in the right order, and its callbacks.
//
// Threads: `log.queue=true` and callbacks that librdkafka serves only from polls mean that no code of ours
// ever runs on one of its threads; every callback below fires inside a call that we make.

import CRdKafka
import Runtime

/// What callbacks leave behind for the code around the poll in which they fired.
final class ClientObserver {
    /// The last word on a connection that failed; cleared by whoever reports it.
    var connectionFault: String?
    var areAllBrokersDown = false
    var deliveries = DeliveryLedger()
    var rebalance = RebalanceRecord()
}

/// Owns a `rd_kafka_t`.
///
/// Safe because: librdkafka's handle may be used from any thread; the observer is only touched by
/// callbacks and code within polls, which the owner makes from one thread at a time.
@safe final class ClientHandle: @unchecked Sendable {
    enum Kind { case consumer, producer }

    let pointer: OpaquePointer
    let observer: ClientObserver
    let servers: String
    let name: String

    /// - Parameter properties: librdkafka's settings; they go before `settings.extra` where those may not
    ///   be changed, after them otherwise.
    init(_ kind: Kind, _ settings: BusSettings, properties: [(String, String)]) throws(BusError) {
        guard !settings.bootstrapServers.isEmpty else {
            throw BusError(
                .settings, text: "no bootstrap servers given", fix: "name them: --bootstrap-servers HOST:PORT",
                disposition: .stop)
        }
        guard let conf = unsafe rd_kafka_conf_new() else {
            throw BusError(.settings, text: "out of memory", fix: "give the process more memory", disposition: .stop)
        }
        let common: [(String, String)] = [
            ("bootstrap.servers", settings.bootstrapServers), ("client.id", settings.clientId), ("log.queue", "true"),
            ("socket.keepalive.enable", "true"), ("socket.nagle.disable", "true"), ("reconnect.backoff.ms", "50"),
            ("reconnect.backoff.max.ms", "1000"), ("topic.metadata.refresh.interval.ms", "10000"),
        ]
        for (name, value) in common + properties {
            try unsafe Self.set(conf, name, value)
        }
        for (name, value) in settings.extra {
            if BusSettings.fixedNames.contains(name) {
                unsafe rd_kafka_conf_destroy(conf)
                throw BusError(
                    .settings, text: "\(name) cannot be set: the hub's guarantees rest on it",
                    fix: "remove \(name) from the bus settings", disposition: .stop)
            }
            try unsafe Self.set(conf, name, value)
        }
        let observer = ClientObserver()
        unsafe rd_kafka_conf_set_opaque(conf, Unmanaged.passUnretained(observer).toOpaque())
        unsafe rd_kafka_conf_set_log_cb(conf, logCallback)
        unsafe rd_kafka_conf_set_error_cb(conf, errorCallback)
        switch kind {
        case .consumer: unsafe rd_kafka_conf_set_rebalance_cb(conf, rebalanceCallback)
        case .producer: unsafe rd_kafka_conf_set_dr_msg_cb(conf, deliveryCallback)
        }
        var text = [CChar](repeating: 0, count: 512)
        let type = kind == .consumer ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER
        guard let pointer = unsafe rd_kafka_new(type, conf, &text, text.count) else {
            // The configuration stays ours when the client could not be made.
            unsafe rd_kafka_conf_destroy(conf)
            throw BusError(
                .settings, text: Self.text(text), fix: "check the bus settings and the files they name",
                disposition: .stop)
        }
        unsafe rd_kafka_set_log_queue(pointer, nil)
        unsafe self.pointer = pointer
        self.observer = observer
        self.servers = settings.bootstrapServers
        self.name = settings.clientId
    }

    /// The client is never destroyed: for the one case in which destroying it would end the process.
    func abandon() {
        isAbandoned = true
        // Its callbacks keep pointing at the observer.
        _ = unsafe Unmanaged.passRetained(observer)
    }
    private var isAbandoned = false

    deinit {
        if isAbandoned { return }
        // The observer is still alive here: callbacks may fire until the client is gone.
        unsafe rd_kafka_destroy_flags(pointer, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
    }

    /// Takes what was last heard of failed connections, as an error that names the address.
    func takeConnectionFault() -> BusError? {
        guard let fault = observer.connectionFault else { return nil }
        observer.connectionFault = nil
        return BusError(RD_KAFKA_RESP_ERR__TRANSPORT, detail: "no connection to \(servers): \(fault)", servers: servers)
    }

    /// The same error, made more useful where a lost connection is what lies behind it.
    func explained(_ error: BusError) -> BusError {
        guard error.code == .timedOut || error.code == .unreachable, let fault = observer.connectionFault else {
            return error
        }
        var explained = error
        explained.code = .unreachable
        explained.text = "no connection to \(servers): \(fault)"
        return explained
    }

    /// Sets one property; on failure the configuration is freed.
    private static func set(_ conf: OpaquePointer, _ name: String, _ value: String) throws(BusError) {
        var text = [CChar](repeating: 0, count: 512)
        guard unsafe rd_kafka_conf_set(conf, name, value, &text, text.count) != RD_KAFKA_CONF_OK else { return }
        unsafe rd_kafka_conf_destroy(conf)
        // librdkafka repeats the value, which may be a password: only the name is told.
        throw BusError(
            .settings, text: "librdkafka does not take the value of \(name)",
            fix: "correct or remove \(name) in the bus settings", disposition: .stop)
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

private typealias LogCallback = @convention(c) (OpaquePointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?)
    -> Void

/// librdkafka's own diagnostics are for whoever debugs the bus; nothing of it goes to stderr by itself.
private let logCallback: LogCallback = { _, level, facility, text in
    guard Log.isEnabled(.debug), let text = unsafe text, let facility = unsafe facility else { return }
    Log.debug(
        "bus.librdkafka",
        ["severity": "\(level)", "facility": unsafe String(cString: facility), "text": unsafe String(cString: text)])
}

private typealias ErrorCallback = @convention(c) (
    OpaquePointer?, Int32, UnsafePointer<CChar>?, UnsafeMutableRawPointer?
) -> Void

private let errorCallback: ErrorCallback = { _, code, reason, opaque in
    guard let opaque = unsafe opaque else { return }
    let observer = unsafe Unmanaged<ClientObserver>.fromOpaque(opaque).takeUnretainedValue()
    let raw = rd_kafka_resp_err_t(rawValue: code)
    let text = unsafe reason.map { unsafe String(cString: $0) } ?? ""
    if raw == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN {
        observer.areAllBrokersDown = true
        if observer.connectionFault == nil { observer.connectionFault = text }
    } else {
        observer.connectionFault = text
    }
    Log.debug("bus.error", ["code": "\(code)", "text": text])
}
