// What is fuzzed, in groups. Each takes any bytes and must neither trap nor disagree with itself: libFuzzer runs
// them for minutes (Scripts/soak.sh fuzz), the unit tests with a few thousand mutations of the seeds.

import Broker
import Bytes
import KafkaWire

/// A group of decoders.
public enum FuzzGroup: Int, CaseIterable, Sendable {
    /// Every request and response at every version: byte 0 chooses the message, byte 1 the version.
    case messages
    /// Frames to a whole broker: key, version, length, body, one after another.
    case frames
    /// A record batch produced to a broker and fetched again, its checksum made right.
    case batches
    /// A partition directory whose segment holds the bytes: recovery, reading, compaction, check.
    case recovery
    /// Every file and record that the broker stores: byte 0 chooses which.
    case stored
    /// JSON documents.
    case documents
    /// JSON Schemas and instances.
    case schemas
    /// Regular expressions and texts.
    case patterns

    public var name: String { "\(self)" }

    /// Tries one input.
    public func run(_ input: [UInt8]) {
        switch self {
        case .messages: Self.message(input)
        case .frames: FuzzedBroker.frames(input)
        case .batches: FuzzedBroker.batch(input)
        case .recovery: FuzzedBroker.recovery(input)
        case .stored:
            guard let first = input.first else { return }
            let forms = StoredForm.allCases
            forms[Int(first) % forms.count].decode(Array(input.dropFirst()))
        case .documents: FuzzedDocument.run(input)
        case .schemas: FuzzedSchema.run(input)
        case .patterns: FuzzedPattern.run(input)
        }
    }

    private static func message(_ input: [UInt8]) {
        guard input.count >= 2 else { return }
        let type = MessageList.all[Int(input[0]) % MessageList.all.count]
        attempt(type, input)
    }

    private static func attempt<M: WireMessage>(_ type: M.Type, _ input: [UInt8]) {
        let versions = M.apiKey.versions
        let version = versions.lowerBound + Int16(input[1]) % Int16(versions.count)
        guard let first = try? M.read(input, range: 2..<input.count, version: version) else { return }
        // Records are places in the bytes that were read, and nothing to write again.
        guard M.apiKey != .produce, M.apiKey != .fetch, let written = encode(first, version) else { return }
        guard let second = try? M.read(written, range: 0..<written.count, version: version) else {
            preconditionFailure("\(M.self) \(version) does not read what it wrote")
        }
        precondition(encode(second, version) == written, "\(M.self) \(version) changes by being written")
    }

    private static func encode<M: WireMessage>(_ message: M, _ version: Int16) -> [UInt8]? {
        var coder = FieldCoder(version: version, isFlexible: M.apiKey.isFlexible(version))
        var message = message
        guard (try? message.fields(&coder)) != nil else { return nil }
        return coder.buffer
    }

    // MARK: Seeds

    /// Inputs that are sound, to begin from.
    public var seeds: [[UInt8]] {
        switch self {
        case .messages:
            return MessageList.all.indices.flatMap { index in
                (0..<MessageList.all[index].apiKey.versions.count).map { version in
                    [UInt8(index), UInt8(version)] + Self.empty(MessageList.all[index], version)
                }
            }
        case .frames: return [FuzzedBroker.sampleFrames()]
        case .batches, .recovery: return [FuzzedBroker.sampleBatches()]
        case .stored:
            return StoredForm.allCases.map { [UInt8($0.rawValue)] + [UInt8](repeating: 0, count: 64) } + [
                [UInt8(StoredForm.batch.rawValue)] + FuzzedBroker.sampleBatches()
            ]
        case .documents: return FuzzedDocument.seeds
        case .schemas: return FuzzedSchema.seeds
        case .patterns: return FuzzedPattern.seeds
        }
    }

    private static func empty(_ type: any WireMessage.Type, _ version: Int) -> [UInt8] {
        func make<M: WireMessage>(_ type: M.Type) -> [UInt8] {
            encode(M(), M.apiKey.versions.lowerBound + Int16(version)) ?? []
        }
        return make(type)
    }

    /// A sound input with a few of its bytes changed, cut out or doubled.
    public func mutation(_ random: inout some RandomNumberGenerator) -> [UInt8] {
        var input = seeds.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 1...6, using: &random) where !input.isEmpty {
            let place = Int.random(in: 0..<input.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: input[place] = UInt8.random(in: 0...255, using: &random)
            case 1: input[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: input[place] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &random) ?? 0
            case 3: input.removeSubrange(place..<min(input.count, place + Int.random(in: 1...8, using: &random)))
            default: input.insert(contentsOf: input[place..<min(input.count, place + 16)], at: place)
            }
        }
        return input
    }
}
