// What a failed validation means for a record: the hub's closed list of codes, and a way to mend it.

public import JSON
public import Records

extension Contract {
    /// The rejection for the first failure of a validation; never holds the value.
    public func rejection(for failure: SchemaFailure, stage: StageName = .conform) -> Rejection {
        let (code, fix) = Contract.meaning(of: failure.keyword)
        let pointer = failure.pointer
        return Rejection(
            stage: stage, code: code, place: pointer.isEmpty ? "/" : pointer,
            detail: "\(name) v\(major): \(failure.message)", fix: fix)
    }

    private static func meaning(of keyword: String) -> (RejectionCode, String) {
        switch keyword {
        case "required", "dependentRequired": (.contractRequired, "fill in the missing field")
        case "type": (.contractType, "write the field as the contract's type")
        case "format", "pattern": (.contractFormat, "write the field in the contract's form")
        case "enum", "const": (.contractEnum, "use one of the contract's words")
        case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength",
            "minItems", "maxItems", "minProperties", "maxProperties", "uniqueItems":
            (.contractRange, "bring the value within the contract's bounds")
        case "additionalProperties", "unevaluatedProperties", "propertyNames", "false":
            (.contractUnexpected, "remove the field: the contract does not have it")
        default: (.contractOther, "compare the record with the contract: lgsp contract show")
        }
    }
}

extension SchemaFailure {
    /// The field meant: for a missing property the place where it should stand.
    var pointer: String {
        guard let property else { return instanceLocation }
        var text = Array(instanceLocation.utf8)
        JSONPointer.appendToken(property.utf8, to: &text)
        return String(decoding: text, as: UTF8.self)
    }
}
