// IP literals: whether a host is one decides which certificate name is checked.

import Glibc

/// Internet addresses as text.
public enum InternetAddress {
    /// The 4 or 16 bytes of an IP literal in network order; nil for anything else, such as a host name.
    public static func bytes(of text: String) -> [UInt8]? {
        guard !text.utf8.contains(0) else { return nil }
        var four = [UInt8](repeating: 0, count: 4)
        if unsafe inet_pton(AF_INET, text, &four) == 1 { return four }
        var sixteen = [UInt8](repeating: 0, count: 16)
        if unsafe inet_pton(AF_INET6, text, &sixteen) == 1 { return sixteen }
        return nil
    }

    /// The canonical text of 4 or 16 bytes; nil for another count.
    public static func text(of bytes: [UInt8]) -> String? {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        var buffer = [CChar](repeating: 0, count: 64)
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard unsafe inet_ntop(family, bytes, &buffer, socklen_t(buffer.count)) != nil else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
