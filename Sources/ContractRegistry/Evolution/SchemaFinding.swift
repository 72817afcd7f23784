// One way in which a record that satisfies one schema may fail another: where, why and what to do about it.

/// Who could no longer read whose records.
public enum DiffDirection: String, Sendable {
    /// A reader of the new version meets records of the old.
    case backward
    /// A reader of the old version meets records of the new.
    case forward
}

/// What changed, in a closed list; the first word is what the change is about.
public enum SchemaChange: String, Sendable, CaseIterable {
    case neverValid = "nothing-accepted"
    case typeNarrowed = "type-narrowed"
    case enumNarrowed = "enum-narrowed"
    case minimumRaised = "minimum-raised"
    case maximumLowered = "maximum-lowered"
    case multipleOfChanged = "multiple-of-changed"
    case minLengthRaised = "min-length-raised"
    case maxLengthLowered = "max-length-lowered"
    case patternChanged = "pattern-changed"
    case formatChanged = "format-changed"
    case minItemsRaised = "min-items-raised"
    case maxItemsLowered = "max-items-lowered"
    case uniqueItemsAdded = "unique-items-added"
    case containsChanged = "contains-changed"
    case itemRemovedFromClosed = "item-removed-from-closed-model"
    case itemAddedToOpen = "item-added-to-open-model"
    case itemsNarrowed = "additional-items-narrowed"
    case minPropertiesRaised = "min-properties-raised"
    case maxPropertiesLowered = "max-properties-lowered"
    case propertyAddedToOpen = "property-added-to-open-model"
    case propertyRemovedFromClosed = "property-removed-from-closed-model"
    case propertyAddedNotCovered = "property-added-not-covered-by-partially-open-model"
    case propertyRemovedNotCovered = "property-removed-not-covered-by-partially-open-model"
    case additionalPropertiesNarrowed = "additional-properties-narrowed"
    case patternPropertiesNarrowed = "pattern-properties-narrowed"
    case propertyNamesNarrowed = "property-names-narrowed"
    case requiredAdded = "required-added"
    case requiredWithDefaultAdded = "required-with-default-added"
    case dependencyAdded = "dependency-added"
    case alternativesNarrowed = "alternatives-narrowed"
    case alternativesOverlap = "alternatives-overlap"
    case negationExtended = "negation-extended"
    case conditionChanged = "condition-changed"
    // What a contract says beyond its schema.
    case keyChanged = "key-changed"
    case subjectRemoved = "subject-removed"
    case dataClassLowered = "data-class-lowered"
    case notComparable = "not-comparable"
    case tooComplex = "too-complex"

    /// What mends it, in one line.
    public var fix: String {
        switch self {
        case .neverValid: "allow the values that were allowed"
        case .typeNarrowed: "keep the types that were allowed and add the new one beside them"
        case .enumNarrowed: "keep the words that were allowed; mark one that is not used any more in its description"
        case .minimumRaised, .maximumLowered, .minLengthRaised, .maxLengthLowered, .minItemsRaised, .maxItemsLowered,
            .minPropertiesRaised, .maxPropertiesLowered:
            "keep the old bound, or check the new one where records are used"
        case .multipleOfChanged: "keep the old step or take one that divides it"
        case .patternChanged: "keep the old pattern, or remove it"
        case .formatChanged: "keep the old format, or remove it"
        case .uniqueItemsAdded: "leave uniqueItems out"
        case .containsChanged: "leave contains as it was"
        case .itemRemovedFromClosed: "keep the item, or allow items of any kind after the known ones"
        case .itemAddedToOpen: "close the array in one version before new items are described in the next"
        case .itemsNarrowed: "keep the items that were allowed"
        case .propertyAddedToOpen: "give the property a name that nobody can have sent, in a new major version"
        case .propertyRemovedFromClosed: "keep the property as optional; remove it in the next major version"
        case .propertyAddedNotCovered: "describe the property no narrower than additionalProperties did"
        case .propertyRemovedNotCovered: "keep the property, or widen additionalProperties to what it was"
        case .additionalPropertiesNarrowed: "leave additionalProperties as it was, or publish a new major version"
        case .patternPropertiesNarrowed: "leave patternProperties as it was"
        case .propertyNamesNarrowed: "leave propertyNames as it was"
        case .requiredAdded: "make the field optional; require it in the next major version"
        case .requiredWithDefaultAdded: "make the field optional: a default is not filled in when records are checked"
        case .dependencyAdded: "leave the dependency out; demand it in the next major version"
        case .alternativesNarrowed: "keep the alternatives that were allowed"
        case .alternativesOverlap: "make the alternatives exclude each other, or write anyOf"
        case .negationExtended: "forbid no more than was forbidden"
        case .conditionChanged: "leave if, then and else as they were"
        case .keyChanged: "keep x-key: a new key is a new topic, so a new major version"
        case .subjectRemoved: "keep the pointer in x-subject: consent and access are decided by it"
        case .dataClassLowered: "keep the class of protection, or have the owner decide on a new major version"
        case .notComparable: "leave this part as it was, or publish a new major version"
        case .tooComplex: "simplify the schema"
        }
    }
}

/// One finding of a comparison.
public struct SchemaFinding: Sendable, Equatable, CustomStringConvertible {
    public var change: SchemaChange
    public var direction: DiffDirection
    /// Place in the reading schema as a URI fragment: `#/properties/person`.
    public var path: String
    public var reason: String

    public var fix: String { change.fix }
    public var description: String { "\(path): \(change.rawValue): \(reason); \(fix)" }
}

/// Which changes are let through although a record might then fail.
public struct DiffRules: Sendable, Equatable {
    public var tolerated: Set<SchemaChange>

    public init(tolerated: Set<SchemaChange> = []) { self.tolerated = tolerated }

    /// Nothing: whatever satisfies the writing schema satisfies the reading one.
    public static let strict = DiffRules()
    /// As the public registries are by default: readers fill in the default of a required property.
    public static let registry = DiffRules(tolerated: [.requiredWithDefaultAdded])
    /// As the registries are when lenient: besides, the content model of objects may change.
    public static let lenient = DiffRules(tolerated: [
        .requiredWithDefaultAdded, .additionalPropertiesNarrowed, .propertyAddedToOpen, .propertyRemovedFromClosed,
        .propertyAddedNotCovered, .propertyRemovedNotCovered,
    ])
}
