// Drives the real binary, as a person or a supervisor would: starts it, reads what it says, kills it.
public import Foundation

/// A child process with its output collected in files: a child that outlives the test holds no pipe of ours.
///
/// Safe because: `Process` and the two paths are used from the test's thread only.
public final class Program: @unchecked Sendable {
    public let process = Process()
    private let output: URL
    private let diagnostics: URL

    /// The package's root.
    public static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The release binary where there is one, else the debug one that the tests were built with.
    public static var lgsp: URL? {
        for configuration in ["release", "debug"] {
            let url = root.appending(path: ".build/\(configuration)/lgsp")
            if FileManager.default.isExecutableFile(atPath: url.path) { return url }
        }
        return nil
    }

    /// Starts a program at once.
    public init(_ executable: URL, _ arguments: [String], environment: [String: String] = [:], folder: URL = Program.root) throws {
        process.executableURL = executable
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        let name = FileManager.default.temporaryDirectory.appending(path: "lgsp-child-\(UUID().uuidString)")
        output = name.appendingPathExtension("out")
        diagnostics = name.appendingPathExtension("err")
        for file in [output, diagnostics] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
        let out = try FileHandle(forWritingTo: output)
        let err = try FileHandle(forWritingTo: diagnostics)
        process.standardOutput = out
        process.standardError = err
        try process.run()
        // The child has its own copies of the descriptors.
        try out.close()
        try err.close()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        for file in [output, diagnostics] { try? FileManager.default.removeItem(at: file) }
    }

    public var standardOutput: String { Self.text(output) }
    public var standardError: String { Self.text(diagnostics) }

    private static func text(_ file: URL) -> String {
        String(decoding: FileManager.default.contents(atPath: file.path) ?? Data(), as: UTF8.self)
    }

    /// As a crash would: no handler runs.
    public func killHard() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Waits for the end; kills it and gives nil where it does not come in time.
    public func wait(seconds: Double) -> Int32? {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while process.isRunning {
            if Date() > deadline {
                killHard()
                return nil
            }
            usleep(20_000)
        }
        return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }

    /// Runs a program to its end.
    public static func run(
        _ executable: URL, _ arguments: [String], seconds: Double = 60, environment: [String: String] = [:]
    ) throws -> (code: Int32?, output: String, diagnostics: String) {
        let program = try Program(executable, arguments, environment: environment)
        let code = program.wait(seconds: seconds)
        return (code, program.standardOutput, program.standardError)
    }

    /// Waits until something holds; false where it does not in time.
    public static func until(seconds: Double, _ condition: () throws -> Bool) rethrows -> Bool {
        let deadline = Date(timeIntervalSinceNow: seconds)
        repeat {
            if try condition() { return true }
            usleep(20_000)
        } while Date() < deadline
        return false
    }

    /// A port of the loopback interface that nobody listens on just now.
    public static func freePort() -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { rebound in
                _ = unsafe bind(descriptor, rebound, length)
                _ = unsafe getsockname(descriptor, rebound, &length)
            }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// A new folder below the system's temporary one.
    public static func temporaryFolder(_ name: String) throws -> URL {
        let url = FileManager.default.temporaryDirectory.appending(path: "lgsp-\(name)-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }
}
