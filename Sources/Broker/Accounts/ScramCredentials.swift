// The SCRAM credentials of users, as AlterUserScramCredentials writes them: kept in one file that is replaced whole
// and durably before a change takes effect.
//
// File `credentials`, version 1, big-endian: "LGSC", version i16, count i32, entries (name, mechanism i8 as Kafka
// numbers them, iterations i32, salt, stored key, server key), CRC-32C. Texts and bytes are a length i32 and the bytes.

import Bytes

/// All SCRAM credentials, by name and mechanism.
final class ScramCredentials {
    private struct Key: Hashable {
        var name: GroupName
        var mechanism: SASLMechanism
    }

    private static let magic: UInt32 = 0x4c47_5343
    private let directory: String
    private let disk: any Disk
    private var credentials: [Key: ScramCredential] = [:]

    init(directory: String, disk: any Disk) throws(DiskError) {
        self.directory = directory
        self.disk = disk
        guard let bytes = try disk.readAll(path) else { return }
        guard decode(bytes) else { throw DiskError(operation: "decode", path: path, code: 74) }
    }

    private var path: String { directory + "/credentials" }

    func credential(of name: GroupName, _ mechanism: SASLMechanism) -> ScramCredential? {
        credentials[Key(name: name, mechanism: mechanism)]
    }

    /// A user's mechanisms with their iterations, in Kafka's order; empty for an unknown user.
    func mechanisms(of name: GroupName) -> [(mechanism: SASLMechanism, iterations: Int32)] {
        SASLMechanism.allCases.compactMap { mechanism in
            credential(of: name, mechanism).map { (mechanism, $0.iterations) }
        }
    }

    /// All names that have a credential, sorted.
    var names: [String] { Set(credentials.keys.map(\.name)).map(\.text).sorted() }

    /// Sets credentials (nil removes one), all of them with one write of the file; on an error nothing has changed.
    func apply(_ changes: [(name: GroupName, mechanism: SASLMechanism, credential: ScramCredential?)]) throws(DiskError) {
        let before = credentials
        for change in changes {
            credentials[Key(name: change.name, mechanism: change.mechanism)] = change.credential
        }
        do throws(DiskError) {
            try disk.replace(path, in: directory, with: encode(), durably: true)
        } catch {
            credentials = before
            throw error
        }
    }

    private func encode() -> [UInt8] {
        var writer = ByteWriter()
        writer.integer(Self.magic)
        writer.int16(1)
        writer.int32(Int32(truncatingIfNeeded: credentials.count))
        let sorted = credentials.sorted {
            ($0.key.name.text, $0.key.mechanism.rawValue) < ($1.key.name.text, $1.key.mechanism.rawValue)
        }
        for (key, credential) in sorted {
            writer.text(key.name.text)
            writer.int8(key.mechanism.number)
            writer.int32(credential.iterations)
            for bytes in [credential.salt, credential.storedKey, credential.serverKey] {
                writer.int32(Int32(truncatingIfNeeded: bytes.count))
                writer.append(bytes)
            }
        }
        writer.integer(CRC32C.checksum(writer.bytes))
        return writer.bytes
    }

    private func decode(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 4,
            CRC32C.checksum(bytes.span.extracting(..<(bytes.count - 4))) == bytes.bigEndian(at: bytes.count - 4)
        else { return false }
        var reader = ByteReader(bytes.span)
        do throws(ByteError) {
            guard try reader.integer(UInt32.self) == Self.magic, try reader.int16() == 1 else { return false }
            for _ in 0..<max(0, try reader.int32()) {
                let name = GroupName(try reader.text())
                guard let mechanism = SASLMechanism(number: try reader.int8()) else { return false }
                let iterations = try reader.int32()
                let salt = try reader.counted()
                let storedKey = try reader.counted()
                credentials[Key(name: name, mechanism: mechanism)] = ScramCredential(
                    salt: salt, storedKey: storedKey, serverKey: try reader.counted(), iterations: iterations)
            }
            return true
        } catch {
            return false
        }
    }
}

extension ByteReader {
    fileprivate mutating func counted() throws(ByteError) -> [UInt8] {
        let count = try int32()
        return try array(Int(count))
    }
}

extension SASLMechanism {
    /// The number that Kafka's requests about credentials carry; 0 (unknown) for PLAIN, which has none.
    var number: Int8 {
        switch self {
        case .plain: 0
        case .scramSHA256: 1
        case .scramSHA512: 2
        }
    }

    /// The SCRAM mechanism of that number.
    init?(number: Int8) {
        guard let known = Self.allCases.first(where: { $0.number == number && $0 != .plain }) else { return nil }
        self = known
    }
}
