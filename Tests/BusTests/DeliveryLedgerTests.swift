import CRdKafka
import Testing

@testable import Bus

@Suite struct DeliveryLedgerTests {
    @Test func settlesATicketWhenEachOfItsRecordsIs() throws {
        var ledger = DeliveryLedger()
        let first = ledger.open(count: 2)
        let second = ledger.open(count: 1)
        unsafe ledger.record(DeliveryLedger.opaque(first, 1), RD_KAFKA_RESP_ERR_NO_ERROR, partition: 3, offset: 41)
        unsafe ledger.record(DeliveryLedger.opaque(second, 0), RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, partition: 0, offset: -1)
        #expect(!ledger.isSettled(first) && ledger.isSettled(second))
        unsafe ledger.record(DeliveryLedger.opaque(first, 0), RD_KAFKA_RESP_ERR_NO_ERROR, partition: 2, offset: 7)
        let closedFirst = ledger.close(first)
        let stored = try #require(closedFirst)
        #expect(stored.places == [StoredPlace(partition: 2, offset: 7), StoredPlace(partition: 3, offset: 41)])
        let closedSecond = ledger.close(second)
        let failed = try #require(closedSecond)
        #expect(failed.failed == [0] && failed.firstFailure == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT)
        #expect(ledger.openCount == 0)
    }

    @Test func aReportOfAClosedTicketChangesNothing() {
        var ledger = DeliveryLedger()
        let ticket = ledger.open(count: 1)
        _ = ledger.close(ticket)
        unsafe ledger.record(DeliveryLedger.opaque(ticket, 0), RD_KAFKA_RESP_ERR_NO_ERROR, partition: 0, offset: 0)
        #expect(ledger.openCount == 0 && ledger.isSettled(ticket))
    }
}

@Suite struct BusErrorTests {
    @Test func tellsTheCallerWhatToDo() {
        let cases: [(rd_kafka_resp_err_t, BusError.Code, BusDisposition)] = [
            (RD_KAFKA_RESP_ERR__TRANSPORT, .unreachable, .retry(afterMilliseconds: 1_000)),
            (RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, .recordTooLarge, .park),
            (RD_KAFKA_RESP_ERR__FENCED, .fenced, .recreate),
            (RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, .fatal, .recreate),
            (RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, .rebalanced, .abort),
            (RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, .authorization, .stop),
        ]
        for (raw, code, disposition) in cases {
            let error = BusError(raw)
            #expect(error.code == code && error.disposition == disposition && error.rdKafkaCode == raw.rawValue)
            #expect(!error.text.isEmpty && !error.fix.isEmpty)
        }
    }
}
