// AlterConfigs (33), versions 0-2, which replaces all settings of a resource, and IncrementalAlterConfigs (44),
// versions 0-1. Operations: 0 set, 1 delete, 2 append to and 3 subtract from a list. A resource is changed as a
// whole or not at all. Topics keep theirs in the catalog, the others in the administration file.

import KafkaWire
import Runtime

extension BrokerCore {
    /// One change; a nil value with operation 1 goes back to the default.
    private typealias Change = (name: String, operation: Int8, value: String?)

    func alterConfigs(_ target: ReplyTarget, _ request: AlterConfigsRequest) {
        var response = AlterConfigsResponse()
        response.results = request.resources.map { resource in
            var result = AlterConfigsResponse.Result()
            result.type = resource.type
            result.name = resource.name
            do throws(Refusal) {
                try checkRepetition(request.resources.count { $0.type == resource.type && $0.name == resource.name })
                let changes = resource.configs.map { ($0.name, Int8(0), $0.value) }
                try alter(resource.type, resource.name, keepsOthers: false, changes, request.validatesOnly)
            } catch {
                (result.error, result.errorMessage) = (error.code, error.reason)
            }
            return result
        }
        reply(target, response)
    }

    func incrementalAlterConfigs(_ target: ReplyTarget, _ request: IncrementalAlterConfigsRequest) {
        var response = IncrementalAlterConfigsResponse()
        response.results = request.resources.map { resource in
            var result = IncrementalAlterConfigsResponse.Result()
            result.type = resource.type
            result.name = resource.name
            do throws(Refusal) {
                try checkRepetition(request.resources.count { $0.type == resource.type && $0.name == resource.name })
                let changes = resource.configs.map { ($0.name, $0.operation, $0.value) }
                try alter(resource.type, resource.name, keepsOthers: true, changes, request.validatesOnly)
            } catch {
                (result.error, result.errorMessage) = (error.code, error.reason)
            }
            return result
        }
        reply(target, response)
    }

    private func checkRepetition(_ count: Int) throws(Refusal) {
        guard count == 1 else { throw Refusal(.invalidRequest, "A resource is named twice.") }
    }

    private func alter(
        _ type: Int8, _ name: String, keepsOthers: Bool, _ changes: [Change], _ validatesOnly: Bool
    ) throws(Refusal) {
        guard let kind = ConfigResource.Kind(rawValue: type) else {
            throw Refusal(.invalidRequest, "Unknown resource type \(type)")
        }
        guard Set(changes.map(\.name)).count == changes.count else {
            throw Refusal(.invalidRequest, "A setting is named twice for one resource.")
        }
        for change in changes {
            guard (0...3).contains(change.operation) else {
                throw Refusal(.invalidRequest, "Unknown operation \(change.operation)")
            }
            guard change.operation == 1 || change.value != nil else {
                throw Refusal(.invalidRequest, "Null value not supported for: \(change.name)")
            }
        }
        switch kind {
        case .topic: try alterTopic(name, keepsOthers, changes, validatesOnly)
        case .brokerLogger: try alterLoggers(name, keepsOthers, changes, validatesOnly)
        case .broker, .clientMetrics, .group: try alterStored(kind, name, keepsOthers, changes, validatesOnly)
        }
    }

    /// The values that result from changes; `list` tells a list setting's value where it has none of its own.
    private func changed(
        _ current: [String: String], _ changes: [Change], _ list: (String) -> String?
    ) throws(Refusal) -> [String: String] {
        var values = current
        for change in changes {
            switch (change.operation, change.value) {
            case (0, .some(let value)): values[change.name] = value
            case (2...3, .some(let value)):
                guard let before = list(change.name) else {
                    throw Refusal(.invalidConfig, "\(change.name) is not a list, so nothing is added or taken away.")
                }
                var items = SettingRule.items(values[change.name] ?? before)
                for item in SettingRule.items(value) {
                    items.removeAll { $0 == item && change.operation == 3 }
                    if change.operation == 2, !items.contains(item) { items.append(item) }
                }
                values[change.name] = items.joined(separator: ",")
            default: values[change.name] = nil
            }
        }
        return values
    }

    // MARK: Topics

    private func alterTopic(
        _ name: String, _ keepsOthers: Bool, _ changes: [Change], _ validatesOnly: Bool
    ) throws(Refusal) {
        guard let topic = catalog.topics[name] else {
            let isLegal = TopicCatalog.isLegal(name)
            throw isLegal
                ? Refusal(.unknownTopicOrPartition, "The topic '\(name)' does not exist.")
                : Refusal(.invalidTopic, "'\(name)' cannot be a topic's name.")
        }
        let values = try changed(keepsOthers ? topic.values : [:], changes) { name in
            guard let key = TopicSettingKey.named(name), key.rule.kind == .list else { return nil }
            return catalog.value(key, of: topic)
        }
        if let refusal = checkTopicValues(values) { throw refusal }
        guard !validatesOnly else { return }
        do throws(DiskError) {
            try catalog.setValues(values, of: topic)
        } catch {
            throw Refusal(.storageError, "\(error)")
        }
    }

    /// Why a topic cannot have these values; nil when it can.
    func checkTopicValues(_ values: [String: String]) -> Refusal? {
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            if let complaint = TopicSettingKey.complaint(about: name, value) {
                return Refusal(.invalidConfig, complaint)
            }
        }
        let complaint = TopicSettingKey.complaint(about: values) { name in
            let initial = TopicSettingKey.named(name).map { catalog.value($0, of: nil) }
            return values[name] ?? initial ?? ""
        }
        return complaint.map { Refusal(.invalidConfig, $0) }
    }

    // MARK: Brokers, client metrics, groups

    private func alterStored(
        _ kind: ConfigResource.Kind, _ name: String, _ keepsOthers: Bool, _ changes: [Change], _ validatesOnly: Bool
    ) throws(Refusal) {
        if kind == .broker {
            if !name.isEmpty { try checkBroker(name) }
        } else if name.isEmpty {
            throw Refusal(.invalidRequest, "The resource needs a name.")
        }
        let current = administration.values(kind, name)
        let values = try changed(keepsOthers ? current : [:], changes) { setting in
            self.isList(kind, setting) ? (kind == .broker ? self.brokerValue(setting) ?? "" : "") : nil
        }
        let touched = Set(changes.map(\.name))
        for name in touched.sorted() {
            try check(kind, name, values[name])
        }
        guard !validatesOnly else { return }
        var state = administration.state
        state.configs[ConfigResource(kind: kind, name: GroupName(name))] = values.isEmpty ? nil : values
        do throws(DiskError) {
            try administration.replace(with: state)
        } catch {
            throw Refusal(.storageError, "\(error)")
        }
        if kind == .broker { catalog.useDynamicValues(dynamicBrokerValues) }
    }

    private func isList(_ kind: ConfigResource.Kind, _ name: String) -> Bool {
        switch kind {
        case .broker: BrokerSettingKey.named(name)?.rule.kind == .list
        case .clientMetrics: ClientMetricsSettingKey.named(name)?.rule.kind == .list
        default: false
        }
    }

    /// Whether a setting may be what it is about to be; nil stands for its removal.
    private func check(_ kind: ConfigResource.Kind, _ name: String, _ value: String?) throws(Refusal) {
        switch kind {
        case .broker:
            guard let key = BrokerSettingKey.named(name) else {
                throw Refusal(.invalidRequest, "\(name) is not a setting of brokers that means something here.")
            }
            guard key.isDynamic else {
                throw Refusal(.invalidRequest, "Cannot update these configs dynamically: Set(\(name))")
            }
            if let value, let complaint = key.rule.complaint(about: value) {
                throw Refusal(.invalidRequest, "Invalid value \(value) for configuration \(name): \(complaint)")
            }
        case .clientMetrics:
            if let complaint = ClientMetricsSettingKey.complaint(about: name, value) {
                throw Refusal(ClientMetricsSettingKey.named(name) == nil ? .invalidRequest : .invalidConfig, complaint)
            }
        default:
            guard let value else {
                if GroupSettingKey.named(name) != nil { return }
                throw Refusal(.invalidConfig, "Unknown group config name: \(name)")
            }
            if let complaint = GroupSettingKey.complaint(about: name, value, broker: brokerValue) {
                throw Refusal(.invalidConfig, complaint)
            }
        }
    }

    // MARK: Loggers

    /// The one logger is the program's; its level is not kept over a restart, as in Kafka.
    private func alterLoggers(
        _ name: String, _ keepsOthers: Bool, _ changes: [Change], _ validatesOnly: Bool
    ) throws(Refusal) {
        try checkBroker(name)
        guard keepsOthers else { throw Refusal(.invalidRequest, "Loggers are altered incrementally.") }
        for change in changes {
            guard change.name == "root" else { throw Refusal(.invalidConfig, "Logger \(change.name) does not exist.") }
            switch (change.operation, change.value.flatMap(LogLevel.init(kafkaName:))) {
            case (0, .some(let level)): if !validatesOnly { Log.level = level }
            case (0, nil): throw Refusal(.invalidConfig, "\(change.value ?? "null") is not a log level.")
            case (1, _): throw Refusal(.invalidRequest, "The root logger always has a level.")
            default: throw Refusal(.invalidConfig, "A log level is set, not added to.")
            }
        }
    }
}
