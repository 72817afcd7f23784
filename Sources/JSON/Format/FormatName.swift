// The formats of JSON Schema 2020-12 (validation §7.3) and of this hub's vocabulary (Docs/vocabulary.md) that are
// checked; any other is an annotation.

/// A format that is checked, over the decoded bytes of a string.
public enum FormatName: String, Sendable, CaseIterable, BitwiseCopyable {
    case dateTime = "date-time"
    case date
    case time
    case duration
    case email
    case idnEmail = "idn-email"
    case hostname
    case idnHostname = "idn-hostname"
    case ipv4
    case ipv6
    case uri
    case uriReference = "uri-reference"
    case iri
    case iriReference = "iri-reference"
    case uuid
    case uriTemplate = "uri-template"
    case jsonPointer = "json-pointer"
    case relativeJSONPointer = "relative-json-pointer"
    case regex
    case citizenNumber = "citizen-number"
    case dossierNumber = "dossier-number"
    case administrativeUnit = "administrative-unit"
    case administrativeUnitAtDate = "administrative-unit-at-date"
    case vehiclePlate = "vehicle-plate"
    case healthCard = "health-card"
    case dataClass = "data-class"
    case vietnameseTitle = "vietnamese-title"

    /// Whether the text, which is UTF-8, is written in this format.
    public func holds(_ text: Span<UInt8>) -> Bool {
        switch self {
        case .dateTime: DateFormat.isDateTime(text)
        case .date: text.count == 10 && DateFormat.isDate(text, 0)
        case .time: DateFormat.isTime(text, 0)
        case .duration: DateFormat.isDuration(text)
        case .email: NetworkFormat.isEmail(text, international: false)
        case .idnEmail: NetworkFormat.isEmail(text, international: true)
        case .hostname: NetworkFormat.isHostname(text, 0..<text.count)
        case .idnHostname: HostnameIDN.isHostname(text)
        case .ipv4: NetworkFormat.isIPv4(text, 0..<text.count)
        case .ipv6: NetworkFormat.isIPv6(text, 0..<text.count)
        case .uri: URIFormat.isURI(text, absolute: true, international: false)
        case .uriReference: URIFormat.isURI(text, absolute: false, international: false)
        case .iri: URIFormat.isURI(text, absolute: true, international: true)
        case .iriReference: URIFormat.isURI(text, absolute: false, international: true)
        case .uuid: TextFormat.isUUID(text)
        case .uriTemplate: URIFormat.isTemplate(text)
        case .jsonPointer: TextFormat.isPointer(text, 0)
        case .relativeJSONPointer: TextFormat.isRelativePointer(text)
        case .regex: Pattern.isSyntax(TextFormat.copy(text))
        case .citizenNumber: DomainFormat.isCitizenNumber(text)
        case .dossierNumber: DomainFormat.isDossierNumber(text)
        case .administrativeUnit: DomainFormat.isAdministrativeUnit(text, text.count)
        case .administrativeUnitAtDate: DomainFormat.isAdministrativeUnitAtDate(text)
        case .vehiclePlate: DomainFormat.isVehiclePlate(text)
        case .healthCard: DomainFormat.isHealthCard(text)
        case .dataClass: DomainFormat.isDataClass(text)
        case .vietnameseTitle: DomainFormat.isVietnameseTitle(text)
        }
    }
}

/// Classes of ASCII bytes that formats are made of.
enum ASCII {
    @inline(__always) static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    @inline(__always) static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
    @inline(__always) static func isHexadecimal(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- 0x61 < 6 }

    static func contains(_ set: StaticString, _ byte: UInt8) -> Bool {
        set.withUTF8Buffer { buffer in
            for place in 0..<buffer.count where unsafe buffer[place] == byte { return true }
            return false
        }
    }
}
