import Glibc
import Runtime
import Synchronization
import Testing

@Suite struct ThreadTests {
    @Test func aThreadRunsItsFunctionAndCanBeJoinedTwice() throws {
        let result = Mutex("")
        let thread = try WorkerThread(name: "a-name-longer-than-fifteen") {
            let descriptor = unsafe open("/proc/thread-self/comm", O_RDONLY)
            var bytes = [UInt8](repeating: 0, count: 32)
            let count = unsafe read(descriptor, &bytes, 32)
            close(descriptor)
            result.withLock { $0 = String(decoding: bytes.prefix(count), as: UTF8.self) }
        }
        thread.join()
        thread.join()
        #expect(result.withLock { $0 } == "a-name-longer-t\n")
    }

    @Test func aChannelKeepsOrderAndHoldsNoMoreThanItMay() throws {
        let channel = BatchChannel<Int>(capacity: 3)
        let highest = Mutex(0)
        let sender = try WorkerThread(name: "sender") {
            for number in 0..<10_000 {
                guard channel.send(number) else { return }
                highest.withLock { $0 = max($0, channel.count) }
            }
            channel.close()
        }
        var received: [Int] = []
        while let number = channel.receive() { received.append(number) }
        sender.join()
        #expect(received == Array(0..<10_000))
        #expect(highest.withLock { $0 } <= 3)
        #expect(!channel.send(1) && channel.receive() == nil)
    }

    @Test func aFullChannelAndAnEmptyOneGiveUpAtTheDeadline() {
        let channel = BatchChannel<Int>(capacity: 1)
        #expect(channel.receive(until: Deadline(afterMilliseconds: 5)) == nil)
        #expect(channel.send(1) && !channel.send(2, until: Deadline(afterMilliseconds: 5)))
        channel.close()
        #expect(channel.receive() == 1 && channel.receive() == nil)
    }

    @Test func aStopWakesEveryoneOnce() throws {
        let signal = ShutdownSignal()
        let calls = Atomic<Int>(0)
        signal.onRequest { calls.add(1, ordering: .relaxed) }
        let waiter = try WorkerThread(name: "waiter") { signal.wait() }
        #expect(!signal.isRequested && !signal.wait(until: Deadline(afterMilliseconds: 5)))
        signal.request()
        signal.request()
        waiter.join()
        signal.onRequest { calls.add(1, ordering: .relaxed) }
        #expect(signal.isRequested && calls.load(ordering: .relaxed) == 2)
        var descriptors = [pollfd(fd: signal.fileDescriptor, events: Int16(POLLIN), revents: 0)]
        #expect(unsafe poll(&descriptors, 1, 0) == 1)
    }

    @Test func aSnapshotIsSwappedWhole() {
        let table = Snapshot(["a": 1])
        let before = table.load()
        #expect(table.store(["b": 2]) == 2)
        table.update { $0["c"] = 3 }
        #expect(before == ["a": 1])
        #expect(table.loadWithVersion().value == ["b": 2, "c": 3] && table.loadWithVersion().version == 3)
    }
}

@Suite struct StepGateTests {
    @Test func namesAStepAndWaitsForLeave() throws {
        var ends: [Int32] = [0, 0]
        try #require(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let (ours, theirs) = (ends[0], ends[1])
        let gate = try StepGate.watched(descriptor: theirs, isTest: true)
        let passed = Atomic<Int>(0)
        let thread = try WorkerThread(name: "stepper") {
            gate.step("share.read")
            passed.add(1, ordering: .sequentiallyConsistent)
            gate.step("share.produced")
            passed.add(1, ordering: .sequentiallyConsistent)
        }
        var bytes = [UInt8](repeating: 0, count: 64)
        var count = unsafe read(ours, &bytes, 64)
        #expect(String(decoding: bytes.prefix(count), as: UTF8.self) == "share.read\n")
        #expect(passed.load(ordering: .sequentiallyConsistent) == 0)
        var leave: UInt8 = 1
        #expect(unsafe write(ours, &leave, 1) == 1)
        count = unsafe read(ours, &bytes, 64)
        #expect(String(decoding: bytes.prefix(count), as: UTF8.self) == "share.produced\n")
        #expect(passed.load(ordering: .sequentiallyConsistent) == 1)
        close(ours)
        thread.join()
        #expect(passed.load(ordering: .sequentiallyConsistent) == 2, "without a harness the gate stands open")
        gate.step("share.committed")
        close(theirs)
    }

    @Test func isRefusedOutsideOfTests() {
        #expect(throws: StepGate.Refusal.self) { try StepGate.watched(descriptor: 0, isTest: false) }
        #expect(throws: StepGate.Refusal.self) { try StepGate.watched(descriptor: 9_999, isTest: true) }
    }
}
