// Configuration as values: the pure modules get files as bytes and never open one themselves.

/// The files below a root, by path with forward slashes (`Adapters/health/medical-visit.adapter.json`).
public struct FileTree: Sendable {
    public var files: [String: [UInt8]]

    public init(files: [String: [UInt8]] = [:]) { self.files = files }

    /// The paths below a folder that end in a suffix, sorted so that every load is in the same order.
    public func paths(under folder: String, suffix: String = "") -> [String] {
        files.keys.filter { $0.hasPrefix(folder + "/") && $0.hasSuffix(suffix) }.sorted()
    }

    public subscript(path: String) -> [UInt8]? { files[path] }
}

/// One thing wrong with a configuration file. Loaders collect them all; a load is whole or not at all.
public struct ConfigurationFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file's path below the root.
    public var file: String
    /// JSON Pointer of the place; empty for the whole file.
    public var pointer: String
    public var detail: String
    public var fix: String

    public init(file: String, pointer: String, detail: String, fix: String) {
        self.file = file
        self.pointer = pointer
        self.detail = detail
        self.fix = fix
    }

    public var description: String { "\(file)#\(pointer): \(detail); \(fix)" }
}

/// Every fault of a load.
public struct ConfigurationFaults: Error, Sendable, CustomStringConvertible {
    public var faults: [ConfigurationFault]
    public init(_ faults: [ConfigurationFault]) { self.faults = faults }
    public var description: String { faults.map(\.description).joined(separator: "\n") }
}
