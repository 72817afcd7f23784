// All adapters of the hub as one immutable snapshot: loaded whole or not at all, swapped whole.

public import Crypto
import JSON
public import Records

/// The adapters below `Adapters/`.
public struct AdapterSet: Sendable {
    /// In the order of their files.
    public let adapters: [CompiledAdapter]
    public let key: SubjectReferenceKey

    public init(adapters: [CompiledAdapter], key: SubjectReferenceKey) {
        self.adapters = adapters
        self.key = key
    }

    /// Compiles every `Adapters/<agency>/<feed>.adapter.json` of a tree; throws all faults of all files.
    public static func load(
        _ tree: FileTree, contracts: [TargetContract], key: SubjectReferenceKey
    ) throws(ConfigurationFaults) -> AdapterSet {
        var adapters: [CompiledAdapter] = []
        var faults: [ConfigurationFault] = []
        for path in tree.paths(under: CompiledAdapter.folder, suffix: CompiledAdapter.suffix) {
            do { adapters.append(try CompiledAdapter(file: path, tree: tree, contracts: contracts)) } catch {
                faults.append(contentsOf: error.faults)
            }
        }
        if !faults.isEmpty { throw ConfigurationFaults(faults) }
        return AdapterSet(adapters: adapters, key: key)
    }

    /// The index of a feed's adapter.
    public func index(agency: String, feed: String) -> Int? {
        adapters.firstIndex { $0.agency == agency && $0.feed == feed }
    }

    /// The index of the adapter of a raw topic.
    public func index(rawTopic: String) -> Int? { adapters.firstIndex { $0.rawTopic == rawTopic } }

    /// Every topic that conforming can write to: contracts of the adapters and their agencies' rejections.
    public var outputTopics: [String] {
        var topics: Set<String> = []
        for adapter in adapters {
            topics.insert(TopicName.rejected(adapter.agency))
            for contract in adapter.contracts {
                topics.insert(TopicName.contract(contract.name, major: contract.major))
            }
        }
        return topics.sorted()
    }
}
