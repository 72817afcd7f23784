// What a schema is compiled to: nodes with ranges of operations, and flat tables that the operations index.
// Everything a record is checked against lies in arrays of plain values; nothing is looked up by string.

/// One subschema. Its operations lie in `operations`, all those for one kind of instance together, so that a keyword
/// for every kind is there six times.
struct SchemaNode: Sendable, BitwiseCopyable {
    /// Bit per kind of instance that is allowed, in `JSONKind`'s order; bit 6 is an integral number.
    var typeMask: UInt8 = SchemaNode.anyType
    static let anyType: UInt8 = 0x7F
    static let integerBit: UInt8 = 0x40
    var isFalse = false
    /// Has `unevaluatedProperties` or `unevaluatedItems`: must know which children the others looked at.
    var isUnevaluated = false
    /// The schema resource it belongs to, for the dynamic scope.
    var resource: Int32 = 0
    /// Where the operations for an instance of each kind begin, in `JSONKind`'s order; then those of `unevaluated*`,
    /// which come after everything else, and their end.
    var starts = InlineArray<8, Int32>(repeating: 0)
    /// Only asserts about the value itself: no other schema is applied, to it or to what is in it.
    var isLeaf = false
    var shortcut = NodeShortcut()
    /// Index into `locations`.
    var location: Int32 = 0
}

/// One keyword or a few that are checked together.
enum SchemaOperation: Sendable, BitwiseCopyable {
    case constant(set: Int32, isSingle: Bool)
    case minimum(decimal: Int32, exclusive: Bool)
    case maximum(decimal: Int32, exclusive: Bool)
    case multipleOf(Int32)
    case length(least: Int, most: Int)
    case pattern(Int32)
    case format(FormatName)
    case itemCount(least: Int, most: Int)
    case uniqueItems
    /// `prefixItems` are `children[start ..< start + count]`; `rest` is `items` or -1.
    case items(start: Int32, count: Int32, rest: Int32)
    /// `marks`: an element that it holds for counts as evaluated, which it did not before 2020-12.
    case contains(node: Int32, least: Int, most: Int, marks: Bool)
    case memberCount(least: Int, most: Int)
    case members(table: Int32)
    case propertyNames(Int32)
    case dependentRequired(start: Int32, count: Int32)
    case dependentSchemas(start: Int32, count: Int32)
    case allOf(start: Int32, count: Int32)
    case anyOf(start: Int32, count: Int32)
    case oneOf(start: Int32, count: Int32)
    case not(Int32)
    case conditional(test: Int32, then: Int32, otherwise: Int32)
    case reference(Int32)
    case dynamicReference(Int32)
    case unevaluatedItems(Int32)
    case unevaluatedProperties(Int32)
}

/// `properties`, `required`, `patternProperties` and `additionalProperties`, checked in one walk.
///
/// A class so that checking an object holds one reference and not one for each list.
final class MembersTable: Sendable {
    /// One name of `properties` or `required`.
    struct Member: BitwiseCopyable {
        var key: KnownKey
        /// The node of `properties`, or -1 where the name is only required.
        var node: Int32
        /// 1 where the name is required.
        var required: Int32
    }
    let names: NameTable
    let members: FlatTable<Member>
    let requiredCount: Int
    /// `patternProperties`: pattern index and node.
    let patterns: ContiguousArray<(pattern: Int32, node: Int32)>
    /// `additionalProperties`, or -1.
    let additional: Int32
    let hasPatterns: Bool

    init(
        names: NameTable, nodes: ContiguousArray<Int32>, isRequired: ContiguousArray<Bool>,
        patterns: ContiguousArray<(pattern: Int32, node: Int32)>, additional: Int32
    ) {
        self.names = names
        members = FlatTable(
            nodes.indices.map { number in
                Member(key: KnownKey(name: Array(names.name(number))), node: nodes[number], required: isRequired[number] ? 1 : 0)
            })
        self.patterns = patterns
        self.additional = additional
        hasPatterns = !patterns.isEmpty
        requiredCount = isRequired.count { $0 }
    }

    deinit { members.free() }
}

/// A bound written in the schema: an integer where it is one, and its digits always.
struct SchemaDecimal: Sendable {
    var integer: Int64?
    var text: [UInt8]
}

/// A bound where it is an integer of 64 bits.
struct SchemaBound: BitwiseCopyable {
    var isInteger: Bool
    var value: Int64
}

/// The values of `const` or `enum`; a class for the reason that `MembersTable` is one.
final class ConstantSet: Sendable {
    let strings: NameTable
    let integers: ContiguousArray<Int64>
    /// Bit 0 null, 1 false, 2 true.
    let literals: UInt8
    /// Everything else: nodes of the constants' own document.
    let others: ContiguousArray<Int32>
    /// The strings once more where they are few and short enough to be compared without hashing; else empty.
    let keys: FlatTable<KnownKey>

    private static let keysMax = 8

    init(strings: NameTable, integers: ContiguousArray<Int64>, literals: UInt8, others: ContiguousArray<Int32>) {
        self.strings = strings
        self.integers = integers
        self.literals = literals
        self.others = others
        let names = (0..<strings.count).map { Array(strings.name($0)) }
        let keys = names.map { KnownKey(name: $0) }
        let areShort = zip(names, keys).allSatisfy { !$0.isEmpty && $0.count == Int($1.count) }
        self.keys = FlatTable(areShort && keys.count <= ConstantSet.keysMax ? keys : [])
    }

    deinit { keys.free() }

    /// Whether the text at `place`, which has no escapes, is one of `keys`; 24 bytes must be readable there.
    @inline(__always)
    func hasKey(at place: UnsafeRawPointer) -> Bool {
        var isFound = false
        for number in 0..<keys.count where unsafe keys.address(number).pointee.isAt(place) { isFound = true }
        return isFound
    }
}

struct DynamicReference: Sendable {
    var initial: Int32
    /// Per resource that has a `$dynamicAnchor` of the name: its node. Empty for a plain reference.
    var anchors: ContiguousArray<(resource: Int32, node: Int32)>
}

/// A property whose presence demands others (`dependentRequired`) or a schema (`dependentSchemas`).
struct SchemaDependency: Sendable {
    var name: [UInt8]
    var required: [[UInt8]]
    var node: Int32
}

/// Where a subschema or operation stands, for failures only.
struct SchemaLocation: Sendable {
    var resource: String
    var pointer: String
}

/// A compiled schema's tables. A class so that a validator holds one reference, made once and never changed.
final class SchemaProgram: Sendable {
    let nodes: FlatTable<SchemaNode>
    let operations: FlatTable<SchemaOperation>
    let children: FlatTable<Int32>
    let members: ContiguousArray<MembersTable>
    /// The same tables, read without counting references: `members` keeps them.
    let memberTables: ReferenceTable<MembersTable>
    let decimals: ContiguousArray<SchemaDecimal>
    /// Of the decimals, those that are integers.
    let bounds: FlatTable<SchemaBound>
    let divisors: ContiguousArray<ExactDivisor>
    let patterns: ContiguousArray<Pattern>
    let patternTable: ReferenceTable<Pattern>
    let constants: ContiguousArray<ConstantSet>
    let constantTable: ReferenceTable<ConstantSet>
    let dependencies: ContiguousArray<SchemaDependency>
    let dynamicReferences: ContiguousArray<DynamicReference>
    let usesScope: Bool
    let constantBytes: [UInt8]
    let constantTape: JSONTape
    let locations: ContiguousArray<SchemaLocation>
    let limits: SchemaLimits

    init(_ draft: SchemaDraft, constantBytes: [UInt8], constantTape: JSONTape, limits: SchemaLimits) {
        nodes = FlatTable(draft.nodes)
        operations = FlatTable(draft.operations)
        children = FlatTable(draft.children)
        members = draft.members
        memberTables = ReferenceTable(draft.members)
        decimals = draft.decimals
        bounds = FlatTable(draft.decimals.map { SchemaBound(isInteger: $0.integer != nil, value: $0.integer ?? 0) })
        divisors = draft.divisors
        patterns = draft.patterns
        patternTable = ReferenceTable(draft.patterns)
        constants = draft.constants
        constantTable = ReferenceTable(draft.constants)
        dependencies = draft.dependencies
        dynamicReferences = draft.dynamicReferences
        usesScope = !draft.dynamicReferences.isEmpty
        locations = draft.locations
        self.constantBytes = constantBytes
        self.constantTape = constantTape
        self.limits = limits
    }

    deinit {
        nodes.free()
        operations.free()
        children.free()
        memberTables.free()
        bounds.free()
        patternTable.free()
        constantTable.free()
    }
}

/// The tables while they are being filled.
struct SchemaDraft {
    var nodes: ContiguousArray<SchemaNode> = []
    var operations: ContiguousArray<SchemaOperation> = []
    var children: ContiguousArray<Int32> = []
    var members: ContiguousArray<MembersTable> = []
    var decimals: ContiguousArray<SchemaDecimal> = []
    var divisors: ContiguousArray<ExactDivisor> = []
    var patterns: ContiguousArray<Pattern> = []
    var constants: ContiguousArray<ConstantSet> = []
    var dependencies: ContiguousArray<SchemaDependency> = []
    var dynamicReferences: ContiguousArray<DynamicReference> = []
    var locations: ContiguousArray<SchemaLocation> = []
}
