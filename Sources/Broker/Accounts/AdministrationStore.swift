// What administrators set and a restart must keep, beside the topics: SCRAM credentials, client quotas, and
// settings of brokers, groups and client metrics. One file, replaced whole and durably before a change takes
// effect, so that a crash leaves the state before or after.
//
// File `administration`, version 1, big-endian: "LGAD", version i16; resource count i32, resources (type i8, name,
// setting count i32, names and values); quota entity count i32, entities (component count i8, components (type,
// 1 and name or 0 for the default), value count i32, keys and IEEE 754 values u64); credential count i32,
// credentials (user, mechanism i8, iterations i32, salt, stored key, server key); CRC-32C. Texts and byte
// strings are a length i32 and the bytes.

import Bytes

/// Something that has settings, other than a topic.
struct ConfigResource: Hashable, Sendable {
    enum Kind: Int8, Sendable, CaseIterable {
        case topic = 2
        case broker = 4
        case brokerLogger = 8
        case clientMetrics = 16
        case group = 32
    }

    var kind: Kind
    var name: GroupName
}

/// The content of the file.
struct AdministrationState: Sendable {
    var configs: [ConfigResource: [String: String]] = [:]
    var quotas = ClientQuotas()
    var credentials = ScramCredentials()
}

/// The file and what it holds.
final class AdministrationStore {
    private static let magic: UInt32 = 0x4c47_4144

    private let settings: BrokerSettings
    private let disk: any Disk
    private(set) var state = AdministrationState()

    init(settings: BrokerSettings, disk: any Disk) throws(DiskError) {
        self.settings = settings
        self.disk = disk
        guard let bytes = try disk.readAll(path) else {
            // Where leaders are tracked, Kafka pins this value for all brokers when a cluster begins.
            let least = settings.values["min.insync.replicas"] ?? "1"
            state.configs[ConfigResource(kind: .broker, name: GroupName(""))] = ["min.insync.replicas": least]
            return
        }
        guard let read = Self.decode(bytes) else { throw DiskError(operation: "decode", path: path, code: 74) }
        state = read
    }

    private var path: String { settings.dataDirectory + "/administration" }

    /// Makes a changed state durable, then the one that holds.
    func replace(with changed: AdministrationState) throws(DiskError) {
        try disk.replace(path, in: settings.dataDirectory, with: Self.encode(changed), durably: true)
        state = changed
    }

    /// The settings given to a resource.
    func values(_ kind: ConfigResource.Kind, _ name: String) -> [String: String] {
        state.configs[ConfigResource(kind: kind, name: GroupName(name))] ?? [:]
    }

    // MARK: Format

    private static func encode(_ state: AdministrationState) -> [UInt8] {
        var writer = ByteWriter()
        writer.integer(magic)
        writer.int16(1)
        writer.int32(Int32(truncatingIfNeeded: state.configs.count))
        for (resource, values) in state.configs {
            writer.integer(resource.kind.rawValue)
            writer.text(resource.name.text)
            writer.int32(Int32(truncatingIfNeeded: values.count))
            for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                writer.text(key)
                writer.text(value)
            }
        }
        encode(state.quotas, &writer)
        encode(state.credentials, &writer)
        writer.integer(CRC32C.checksum(writer.bytes))
        return writer.bytes
    }

    private static func encode(_ quotas: ClientQuotas, _ writer: inout ByteWriter) {
        writer.int32(Int32(truncatingIfNeeded: quotas.entries.count))
        for (entity, values) in quotas.entries {
            writer.integer(Int8(truncatingIfNeeded: entity.components.count))
            for (type, name) in entity.components.sorted(by: { $0.key < $1.key }) {
                writer.text(type)
                switch name {
                case .named(let name):
                    writer.integer(Int8(1))
                    writer.text(name.text)
                case .default: writer.integer(Int8(0))
                }
            }
            writer.int32(Int32(truncatingIfNeeded: values.count))
            for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                writer.text(key)
                writer.integer(value.bitPattern)
            }
        }
    }

    private static func encode(_ credentials: ScramCredentials, _ writer: inout ByteWriter) {
        let all = credentials.names.flatMap { name in
            credentials.mechanisms(of: name).compactMap { mechanism, credential in
                mechanism.scramNumber.map { (name, $0, credential) }
            }
        }
        writer.int32(Int32(truncatingIfNeeded: all.count))
        for (name, mechanism, credential) in all {
            writer.text(name.text)
            writer.integer(mechanism)
            writer.int32(credential.iterations)
            for part in [credential.salt, credential.storedKey, credential.serverKey] {
                writer.int32(Int32(truncatingIfNeeded: part.count))
                writer.append(part)
            }
        }
    }

    private static func decode(_ bytes: [UInt8]) -> AdministrationState? {
        guard bytes.count > 4,
            CRC32C.checksum(bytes.span.extracting(..<(bytes.count - 4))) == bytes.bigEndian(at: bytes.count - 4)
        else { return nil }
        var reader = ByteReader(bytes.span)
        var state = AdministrationState()
        do throws(ByteError) {
            guard try reader.integer(UInt32.self) == magic, try reader.int16() == 1 else { return nil }
            for _ in 0..<max(0, try reader.int32()) {
                guard let kind = ConfigResource.Kind(rawValue: try reader.integer(Int8.self)) else { return nil }
                let resource = ConfigResource(kind: kind, name: GroupName(try reader.text()))
                var values: [String: String] = [:]
                for _ in 0..<max(0, try reader.int32()) {
                    let key = try reader.text()
                    values[key] = try reader.text()
                }
                state.configs[resource] = values
            }
            try decodeQuotas(&reader, &state.quotas)
            for _ in 0..<max(0, try reader.int32()) {
                let name = GroupName(try reader.text())
                guard let mechanism = SASLMechanism(scramNumber: try reader.integer(Int8.self)) else { return nil }
                let iterations = try reader.int32()
                let credential = ScramCredential(
                    salt: try reader.byteString(), storedKey: try reader.byteString(),
                    serverKey: try reader.byteString(), iterations: iterations)
                state.credentials.set(credential, of: name, mechanism)
            }
        } catch {
            return nil
        }
        return state
    }

    private static func decodeQuotas(_ reader: inout ByteReader, _ quotas: inout ClientQuotas) throws(ByteError) {
        for _ in 0..<max(0, try reader.int32()) {
            var entity = QuotaEntity(components: [:])
            for _ in 0..<max(0, try reader.integer(Int8.self)) {
                let type = try reader.text()
                let isNamed = try reader.integer(Int8.self) == 1
                entity.components[type] = isNamed ? .named(GroupName(try reader.text())) : .default
            }
            var values: [String: Double] = [:]
            for _ in 0..<max(0, try reader.int32()) {
                let key = try reader.text()
                values[key] = Double(bitPattern: try reader.integer(UInt64.self))
            }
            quotas.set(values, of: entity)
        }
    }
}

extension ByteReader {
    fileprivate mutating func byteString() throws(ByteError) -> [UInt8] {
        let count = Int(try int32())
        guard count >= 0 else { throw .lengthOutOfRange }
        return try array(count)
    }
}
