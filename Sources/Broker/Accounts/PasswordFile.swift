// Names and passwords for PLAIN: a file that only its owner can read, one `NAME:PASSWORD` a line, or the
// `user_NAME="PASSWORD"` options of Kafka's PlainLoginModule.

import Crypto

/// Where passwords come from.
enum PasswordFile {
    /// Reads a file of mode 0600; empty lines and lines that begin with `#` are passed over. Throws
    /// `SettingError` for a line without a colon and `CryptoError` where others can read the file.
    static func read(_ path: String) throws -> [GroupName: [UInt8]] {
        var users: [GroupName: [UInt8]] = [:]
        let lines = try PrivateFile.read(path).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() {
            let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            if text.isEmpty || text.first == UInt8(ascii: "#") { continue }
            guard let colon = text.firstIndex(of: UInt8(ascii: ":")), colon > text.startIndex, colon + 1 < text.endIndex
            else { throw SettingError(key: path, reason: "line \(number + 1) needs the form NAME:PASSWORD") }
            users[GroupName(String(decoding: text[..<colon], as: UTF8.self))] = Array(text[(colon + 1)...])
        }
        return users
    }

    /// The users of a JAAS line.
    static func users(jaas text: String) -> [GroupName: [UInt8]] {
        var users: [GroupName: [UInt8]] = [:]
        for match in text.matches(of: /user_([^\s=]+)\s*=\s*"([^"]*)"/) {
            users[GroupName(String(match.1))] = Array(match.2.utf8)
        }
        return users
    }
}
