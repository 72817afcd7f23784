// Words for what the framer could not cut out of a file: where in the file, what is wrong there and what the agency
// can do. The bytes themselves are in the raw topic, never in the rejection.

import Records

enum FramingFault {
    /// The rejection of a faulty frame.
    ///
    /// - Parameter offset: the first byte of the stretch in its file, from 0, in digits; nil where it is not known.
    static func rejection(_ code: RejectionCode, offset: String?) -> Rejection {
        let (detail, fix) = words(code)
        return Rejection(
            stage: .intake, code: code, place: offset.map { "byte \($0) of the file" } ?? "the file", detail: detail,
            fix: fix)
    }

    private static func words(_ code: RejectionCode) -> (detail: String, fix: String) {
        switch code {
        case .fileEmpty:
            ("the file holds no record", "look why the export found nothing; send a file with records")
        case .fileTruncated:
            ("the file breaks off inside a record", "export the file again and check that the transfer was complete")
        case .recordTooLarge:
            ("the record is longer than the hub takes", "send smaller records; look for a missing line end or end tag")
        case .csvQuote:
            ("a quotation mark is opened and not closed", "double every quotation mark inside a quoted cell and send the record again")
        case .csvColumns:
            ("the row has another number of cells than the titles", "quote cells that contain the delimiter and send the record again")
        case .xmlDoctype:
            ("the document declares a document type or entities", "export without DOCTYPE and write the texts themselves")
        case .xmlMalformed:
            ("the elements are not well formed here", "write the file with an XML library and send the record again")
        case .xmlDepth, .jsonDepth:
            ("elements are nested deeper than the hub takes", "export the record in the agreed form, without further nesting")
        case .jsonMalformed:
            ("the text is not JSON here", "write the file with a JSON library and send the record again")
        default:
            ("the file could not be cut into records here", "correct the file at that place and send it again")
        }
    }
}
