// A connector's settings by name, with every fault collected before anything starts.

import HTTP
import Records

/// Values by setting name, from the configuration and, for secrets, from files.
public struct ConnectorSettings: Sendable {
    /// The file that the values came from, for fault messages.
    public var file: String
    public var values: [String: String]

    public init(file: String = "connector", values: [String: String]) {
        self.file = file
        self.values = values
    }

    /// Checks that every setting of a spec is there and none beside; the base URL is split.
    func checked(_ spec: ConnectorSpec) throws(ConfigurationFaults) -> BaseURL {
        var faults: [ConfigurationFault] = []
        for setting in spec.settings where values[setting.name]?.isEmpty ?? true {
            faults.append(fault(setting.name, "the setting is missing", "set it: \(setting.title)"))
        }
        for name in values.keys.sorted() where !spec.settings.contains(where: { $0.name == name }) {
            faults.append(
                fault(
                    name, "there is no such setting", "known are \(spec.settings.map(\.name).joined(separator: ", "))"))
        }
        for (name, value) in values where !value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) {
            faults.append(fault(name, "the value has a control character", "remove it"))
        }
        let url = values["baseURL"].flatMap(BaseURL.init)
        if url == nil, values["baseURL"] != nil {
            faults.append(fault("baseURL", "this is not https://host[:port][/path]", "write the platform's address so"))
        }
        guard faults.isEmpty, let url else { throw ConfigurationFaults(faults) }
        return url
    }

    private func fault(_ name: String, _ detail: String, _ fix: String) -> ConfigurationFault {
        ConfigurationFault(file: file, pointer: "/settings/\(name)", detail: detail, fix: fix)
    }

    /// A setting that `checked` has found present.
    func value(_ name: String) -> String { values[name] ?? "" }
}

/// An https address taken apart.
struct BaseURL: Sendable, Equatable {
    /// As written, without a slash at its end.
    var text: String
    var endpoint: HTTPEndpoint
    /// Empty or beginning with a slash.
    var path: String

    /// Nil for anything but https with a host, an optional port and an optional plain path.
    init?(_ text: String) {
        guard text.utf8.starts(with: "https://".utf8) else { return nil }
        var bytes = Array(text.utf8.dropFirst(8))
        while bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        guard
            bytes.allSatisfy({
                $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "@")
            })
        else { return nil }
        let authority = bytes.prefix { $0 != UInt8(ascii: "/") }
        var host = Array(authority)
        var port: UInt16 = 443
        if host.first == UInt8(ascii: "[") {
            guard let end = host.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            if end + 1 < host.count {
                guard host[end + 1] == UInt8(ascii: ":"),
                    let number = UInt16(String(decoding: host[(end + 2)...], as: UTF8.self))
                else { return nil }
                port = number
            }
            host = Array(host[1..<end])
        } else if let colon = host.firstIndex(of: UInt8(ascii: ":")) {
            guard let number = UInt16(String(decoding: host[(colon + 1)...], as: UTF8.self)) else { return nil }
            port = number
            host = Array(host[..<colon])
        }
        guard !host.isEmpty else { return nil }
        self.text = "https://" + String(decoding: bytes, as: UTF8.self)
        endpoint = HTTPEndpoint(host: String(decoding: host, as: UTF8.self), port: port)
        path = String(decoding: bytes.dropFirst(authority.count), as: UTF8.self)
    }
}
