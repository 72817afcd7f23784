// Administration of the bus: what command line, console and start-up ask the brokers. Requests are rare and
// each waits for its answer, so one lock lets several threads share one `Admin`.

import CRdKafka
import Runtime
import Synchronization

/// Asks and changes things on the brokers.
///
/// Safe because: librdkafka's handles may be used from any thread and every request has its own queue for
/// the answer; the observers are touched only under `turn`.
@safe public final class Admin: @unchecked Sendable {
    let committedHandle: ClientHandle
    let uncommittedHandle: ClientHandle
    let settings: BusSettings
    private let turn = Mutex<Void>(())
    /// Asks for committed offsets; made when first needed, touched only under `turn`.
    private var groupClient: ClientHandle?

    /// - Throws: `BusError` with code `settings`; whether a broker answers shows with the first request.
    public init(_ settings: BusSettings) throws(BusError) {
        self.settings = settings
        // Consumers without a group: unlike producers they know both isolation levels, and naming a topic to
        // them does not make the broker create it.
        committedHandle = try ClientHandle(
            .consumer, settings, properties: [("isolation.level", Isolation.committed.word)])
        uncommittedHandle = try ClientHandle(
            .consumer, settings, properties: [("isolation.level", Isolation.uncommitted.word)])
    }

    /// A client that belongs to a group, though it never joins it. librdkafka (2.0.2, and 2.3 still) answers
    /// a coordinator that moved or is loading by asking for its own group's coordinator, and where the client has
    /// no group that is a null pointer: the whole process ends.
    func groupHandle() throws(BusError) -> ClientHandle {
        if let groupClient { return groupClient }
        let made = try ClientHandle(.consumer, settings, properties: [("group.id", "\(settings.clientId)-admin")])
        groupClient = made
        return made
    }

    /// Lets one request at a time through.
    func exclusively<Value>(_ body: () throws(BusError) -> Value) throws(BusError) -> Value {
        let result: Result<Value, BusError> = turn.withLock { _ in
            do throws(BusError) {
                let value = try body()
                return .success(value)
            } catch {
                // Why the broker did not answer waits in the queue of errors.
                unsafe rd_kafka_poll(committedHandle.pointer, 0)
                unsafe rd_kafka_poll(uncommittedHandle.pointer, 0)
                if let groupClient { unsafe rd_kafka_poll(groupClient.pointer, 0) }
                return .failure(committedHandle.explained(error))
            }
        }
        return try result.get()
    }

    /// Sends an admin request and waits for its answer.
    /// - Parameter handle: the client that asks; the one without a group where not said.
    func request(
        _ operation: rd_kafka_admin_op_t, by handle: ClientHandle? = nil,
        timeoutMilliseconds: Int = BusLimits.requestMilliseconds,
        _ send: (_ client: OpaquePointer, _ options: OpaquePointer, _ queue: OpaquePointer) -> Void
    ) throws(BusError) -> AdminAnswer {
        let client = unsafe (handle ?? committedHandle).pointer
        guard let options = unsafe rd_kafka_AdminOptions_new(client, operation),
            let queue = unsafe rd_kafka_queue_new(client)
        else { throw BusError(RD_KAFKA_RESP_ERR__FAIL, servers: settings.bootstrapServers) }
        defer {
            unsafe rd_kafka_queue_destroy(queue)
            unsafe rd_kafka_AdminOptions_destroy(options)
        }
        let timeout = Int32(clamping: timeoutMilliseconds)
        unsafe rd_kafka_AdminOptions_set_request_timeout(options, timeout, nil, 0)
        if operation == RD_KAFKA_ADMIN_OP_CREATETOPICS || operation == RD_KAFKA_ADMIN_OP_DELETETOPICS {
            // Wait until the controller has done it, not only taken note of it.
            unsafe rd_kafka_AdminOptions_set_operation_timeout(options, timeout, nil, 0)
        }
        unsafe send(client, options, queue)
        // librdkafka answers every request, at the latest with its own time-out: the margin is for that.
        guard let event = unsafe rd_kafka_queue_poll(queue, timeout + 5_000) else {
            throw BusError(RD_KAFKA_RESP_ERR__TIMED_OUT, servers: settings.bootstrapServers)
        }
        let answer = unsafe AdminAnswer(owning: event)
        let code = unsafe rd_kafka_event_error(event)
        if code != RD_KAFKA_RESP_ERR_NO_ERROR {
            let detail = unsafe rd_kafka_event_error_string(event).map { unsafe String(cString: $0) } ?? ""
            throw BusError(code, detail: detail, servers: settings.bootstrapServers)
        }
        return answer
    }
}

/// Owns the answer to an admin request; what is read from it lives as long.
@safe struct AdminAnswer: ~Copyable {
    let event: OpaquePointer
    @unsafe init(owning event: OpaquePointer) { unsafe self.event = event }
    deinit { unsafe rd_kafka_event_destroy(event) }
}

/// Text that librdkafka may leave out.
@unsafe func text(_ characters: UnsafePointer<CChar>?) -> String? {
    unsafe characters.map { unsafe String(cString: $0) }
}
