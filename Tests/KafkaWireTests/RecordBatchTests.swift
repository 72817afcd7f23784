import Bytes
import KafkaWire
import Testing

@Suite struct RecordBatchTests {
    @Test func builtBatchReadsBack() throws {
        var builder = RecordBatchBuilder(timestamp: 1_000)
        builder.producerID = 5
        builder.producerEpoch = 2
        builder.baseSequence = Int32.max
        builder.add(key: [1], value: [2, 3], headers: [("ce_id", [9])])
        builder.add(key: nil, value: nil, timestamp: 1_500)
        let batch = builder.build()
        let header = try parse(batch)
        #expect(header.sizeBytes == batch.count)
        #expect(header.isPlausible)
        #expect(checksum(batch, header) == header.checksum)
        #expect(header.recordCount == 2)
        #expect(header.maxTimestamp == 1_500)
        #expect(header.lastSequence == 0)
        var records = try RecordIterator(batch.span, header: header, at: 0)
        let firstRead = try records.next()
        let first = try #require(firstRead)
        #expect(first.key.map { Array(batch[$0]) } == [1])
        #expect(first.value.map { Array(batch[$0]) } == [2, 3])
        #expect(first.headerCount == 1)
        let secondRead = try records.next()
        let second = try #require(secondRead)
        #expect(second.key == nil)
        #expect(second.value == nil)
        #expect(second.offsetDelta == 1)
        #expect(second.timestampDelta == 500)
        let end = try records.next()
        #expect(end?.range == nil)
    }

    private func parse(_ batch: [UInt8]) throws -> RecordBatchHeader {
        let header = RecordBatchHeader(batch.span)
        return try #require(header)
    }

    private func checksum(_ batch: [UInt8], _ header: RecordBatchHeader) -> UInt32 {
        header.computedChecksum(batch.span, at: 0)
    }

    @Test func baseOffsetIsOutsideTheChecksum() throws {
        var builder = RecordBatchBuilder(timestamp: 0)
        builder.add(key: nil, value: [1])
        var batch = builder.build()
        batch.setBigEndian(Int64(77), at: RecordBatchHeader.baseOffsetAt)
        let header = try parse(batch)
        #expect(checksum(batch, header) == header.checksum)
        #expect(header.lastOffset == 77)
    }

    @Test func markerTellsItsOutcome() throws {
        for outcome in [TransactionOutcome.commit, .abort] {
            let batch = outcome.marker(producerID: 1, producerEpoch: 0, timestamp: 0)
            let header = try parse(batch)
            #expect(header.isControl)
            #expect(header.isTransactional)
            let read = TransactionOutcome(batch.span, header: header, at: 0)
            #expect(read == outcome)
        }
    }

    @Test func damagedRecordsThrowAndNeverTrap() throws {
        var generator = SeededGenerator(seed: 2)
        var builder = RecordBatchBuilder(timestamp: 0)
        for index in 0..<8 { builder.add(key: [UInt8(index)], value: [1, 2, 3], headers: [("h", nil)]) }
        let sound = builder.build()
        for _ in 0..<20_000 {
            var batch = sound
            for _ in 0..<3 {
                batch[Int.random(in: 0..<batch.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            guard let header = RecordBatchHeader(batch.span), header.isPlausible, header.sizeBytes <= batch.count,
                var records = try? RecordIterator(batch.span, header: header, at: 0)
            else { continue }
            while let record = (try? records.next()) ?? nil { #expect(record.range.upperBound <= header.sizeBytes) }
        }
    }
}
