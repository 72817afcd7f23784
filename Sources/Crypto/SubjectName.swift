// A certificate's subject as text in the form of RFC 2253, letter for letter as Java's X500Principal writes it:
// access rules name principals so (`User:CN=orders,O=Example`), and a rule must mean the same here as on Kafka.
// The last relative name comes first; types outside RFC 2253's table are numbers with their value in hex.

import Bytes
import COpenSSL

extension Certificate {
    /// The subject's distinguished name, RFC 2253; empty for an empty subject.
    public var subjectName: String {
        guard let name = unsafe X509_get_subject_name(handle) else { return "" }
        var groups: [[String]] = []
        var lastSet: Int32 = -1
        for place in 0..<(unsafe X509_NAME_entry_count(name)) {
            guard let entry = unsafe X509_NAME_get_entry(name, place) else { continue }
            let text = unsafe SubjectName.text(of: entry)
            // Values of one set belong to one relative name and are joined by "+".
            let set = unsafe X509_NAME_ENTRY_set(entry)
            if set == lastSet, !groups.isEmpty { groups[groups.count - 1].append(text) } else { groups.append([text]) }
            lastSet = set
        }
        return groups.reversed().map { $0.joined(separator: "+") }.joined(separator: ",")
    }
}

private enum SubjectName {
    /// RFC 2253's table of names.
    static let keywords: [Int32: String] = [
        NID_commonName: "CN", NID_localityName: "L", NID_stateOrProvinceName: "ST", NID_organizationName: "O",
        NID_organizationalUnitName: "OU", NID_countryName: "C", NID_streetAddress: "STREET",
        NID_domainComponent: "DC", NID_userId: "UID",
    ]

    static func text(of entry: OpaquePointer) -> String {
        guard let kind = unsafe X509_NAME_ENTRY_get_object(entry), let data = unsafe X509_NAME_ENTRY_get_data(entry)
        else { return "" }
        if let keyword = keywords[unsafe OBJ_obj2nid(kind)], let value = unsafe utf8(data) {
            return keyword + "=" + escaped(value)
        }
        var number = [CChar](repeating: 0, count: 128)
        _ = unsafe OBJ_obj2txt(&number, Int32(number.count), kind, 1)
        let digits = number.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: digits, as: UTF8.self) + "=#" + Hex.encode(unsafe der(data))
    }

    private static func utf8(_ data: UnsafeMutablePointer<ASN1_STRING>) -> String? {
        var start: UnsafeMutablePointer<UInt8>?
        let count = unsafe ASN1_STRING_to_UTF8(&start, data)
        guard count >= 0, let first = unsafe start else { return nil }
        defer { unsafe lgsp_free(first) }
        return unsafe String(decoding: UnsafeBufferPointer(start: first, count: Int(count)), as: UTF8.self)
    }

    /// The value's own encoding: tag, length, bytes.
    private static func der(_ data: UnsafeMutablePointer<ASN1_STRING>) -> [UInt8] {
        let count = Int(unsafe ASN1_STRING_length(data))
        guard let first = unsafe ASN1_STRING_get0_data(data), count >= 0 else { return [] }
        var bytes = [UInt8(truncatingIfNeeded: unsafe ASN1_STRING_type(data))]
        if count < 0x80 {
            bytes.append(UInt8(count))
        } else {
            let digits = (0..<8).reversed().map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) }.drop { $0 == 0 }
            bytes.append(0x80 | UInt8(digits.count))
            bytes += digits
        }
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: first, count: count))
        return bytes
    }

    /// Java escapes "=" and "#" anywhere, which RFC 2253 allows, and spaces at both ends.
    private static func escaped(_ value: String) -> String {
        let special = Set(",=+<>#;\"\\".utf8)
        let bytes = Array(value.utf8)
        let firstText = bytes.firstIndex { $0 != 0x20 } ?? bytes.count
        let lastText = bytes.lastIndex { $0 != 0x20 } ?? -1
        var result: [UInt8] = []
        for (place, byte) in bytes.enumerated() {
            if byte == 0 {
                result += Array("\\00".utf8)
                continue
            }
            if special.contains(byte) || byte == 0x20 && (place < firstText || place > lastText) {
                result.append(UInt8(ascii: "\\"))
            }
            result.append(byte)
        }
        return String(decoding: result, as: UTF8.self)
    }
}
