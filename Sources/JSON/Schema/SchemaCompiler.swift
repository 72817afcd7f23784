// From documents to a program: subschemas get a number when first met and are compiled from a queue, so that
// neither recursion in the schema nor a long chain of references deepens the stack.

struct SchemaCompiler {
    var index: SchemaIndex
    var draft = SchemaDraft()
    let options: SchemaOptions
    private(set) var rootURI: String
    private let rootPlace: SchemaPlace
    private let rootValue: JSONValue
    private var numbers: [SchemaPlace: Int32] = [:]
    private var queue: [(number: Int32, place: SchemaPlace, value: JSONValue)] = []
    private var resourceNumbers: [String: Int32] = [:]
    private var dialects: [String: SchemaDialect] = [:]
    var patternNumbers: [String: Int32] = [:]
    /// `$dynamicRef`s by their index in the draft, with the name they look for.
    var dynamicNames: [(reference: Int, name: String)] = []
    /// Values of `const` and `enum` that are compared as values, one document for all.
    var constantValues: [JSONValue] = []

    init(document: JSONValue, uri: String, resources: [String: JSONValue], options: SchemaOptions) throws(SchemaError) {
        var byURI: [String: JSONValue] = [:]
        for (name, document) in resources { byURI[URIReference.resolve(name, base: "")] = document }
        self.options = options
        index = SchemaIndex(documents: byURI)
        let base = URIReference.resolve(uri, base: "")
        rootPlace = try index.add(document, uri: base)
        // A passed document may also be known by its own `$id`.
        for (name, document) in byURI.sorted(by: { $0.key < $1.key }) {
            guard let id = document["$id"]?.stringValue else { continue }
            let own = URIReference.resolve(id, base: name)
            if own != name, byURI[own] == nil, index.resources[own] == nil { _ = try index.add(document, uri: name) }
        }
        rootValue = document
        rootURI = rootPlace.resource
    }

    mutating func compileRoot() throws(SchemaError) -> Int32 {
        let root = try number(rootPlace, rootValue)
        try drain()
        // Each resource that was reached may redefine the anchors that dynamic references look for.
        var done = false
        while !done {
            done = true
            for (reference, name) in dynamicNames {
                for (uri, resource) in resourceNumbers.sorted(by: { $0.value < $1.value }) {
                    guard let place = index.dynamicAnchors[uri + "#" + name], let value = index.values[place],
                        !draft.dynamicReferences[reference].anchors.contains(where: { $0.resource == resource })
                    else { continue }
                    draft.dynamicReferences[reference].anchors.append((resource, try number(place, value)))
                    done = false
                }
            }
            try drain()
        }
        try refuseLoops()
        draft.addShortcuts()
        return root
    }

    mutating func finish() throws(SchemaError) -> SchemaProgram {
        let bytes = JSONValue.array(constantValues).write()
        var tape = JSONTape(limits: JSONLimits(depthMax: 256))
        do {
            try tape.parse(bytes.span)
        } catch {
            throw SchemaError(uri: rootURI, pointer: "", detail: "a constant cannot be read: \(error.kind.rawValue)")
        }
        let view = JSONView(bytes: bytes.span, tape: tape)
        var places: [Int32] = []
        var child = view.firstChild(view.root)
        while let node = child {
            places.append(node.index)
            child = view.next(node, in: view.root)
        }
        draft.constants = ContiguousArray(
            draft.constants.map { set in
                ConstantSet(
                    strings: set.strings, integers: set.integers, literals: set.literals,
                    others: ContiguousArray(set.others.map { places[Int($0)] }))
            })
        return SchemaProgram(draft, constantBytes: bytes, constantTape: tape, limits: options.limits)
    }

    private mutating func drain() throws(SchemaError) {
        var next = 0
        while next < queue.count {
            let (number, place, value) = queue[next]
            next += 1
            try compile(number, place, value)
        }
        queue.removeAll()
    }

    /// The number of the subschema at a place, new ones queued.
    mutating func number(_ found: SchemaPlace, _ value: JSONValue) throws(SchemaError) -> Int32 {
        let place = try index.canonical(value, found)
        if let known = numbers[place] { return known }
        if draft.nodes.count >= options.limits.subschemasMax {
            throw SchemaError(
                uri: place.resource, pointer: place.pointer, detail: "over \(options.limits.subschemasMax) subschemas")
        }
        let number = Int32(truncatingIfNeeded: draft.nodes.count)
        var node = SchemaNode()
        node.location = Int32(truncatingIfNeeded: draft.locations.count)
        draft.locations.append(SchemaLocation(resource: place.resource, pointer: place.pointer))
        let nextResource = Int32(truncatingIfNeeded: resourceNumbers.count)
        node.resource = resourceNumbers[place.resource] ?? nextResource
        resourceNumbers[place.resource] = node.resource
        draft.nodes.append(node)
        numbers[place] = number
        queue.append((number, place, value))
        return number
    }

    /// The dialect of a resource, from the `$schema` of its root; without one it is that of the root document.
    mutating func dialect(of resource: String) throws(SchemaError) -> SchemaDialect {
        if let known = dialects[resource] { return known }
        let place = SchemaPlace(resource: resource, pointer: "")
        var dialect = SchemaDialect(assertsFormat: options.assertsFormat)
        if let name = index.resources[resource]?["$schema"] {
            guard let text = name.stringValue else {
                throw SchemaError(uri: resource, pointer: "/$schema", detail: "$schema must be a string")
            }
            dialect = try SchemaDialect.named(text, in: &index, at: place, assertsFormat: options.assertsFormat)
        } else if resource != rootURI {
            dialect = try self.dialect(of: rootURI)
        }
        dialects[resource] = dialect
        return dialect
    }

    private mutating func compile(_ number: Int32, _ place: SchemaPlace, _ value: JSONValue) throws(SchemaError) {
        var node = draft.nodes[Int(number)]
        var groups = OperationGroups()
        switch value {
        case .bool(let allowsAll): node.isFalse = !allowsAll
        case .object(let members):
            let dialect = try dialect(of: place.resource)
            var keywords = KeywordCompiler(place: place, members: members, dialect: dialect)
            try keywords.compile(into: &self)
            node.typeMask = keywords.typeMask
            node.isUnevaluated = !keywords.groups.last.isEmpty
            groups = keywords.groups
        default:
            throw SchemaError(
                uri: place.resource, pointer: place.pointer, detail: "a schema must be an object, true or false")
        }
        func append(_ operations: [SchemaOperation]) -> Int32 {
            let start = Int32(truncatingIfNeeded: draft.operations.count)
            draft.operations.append(contentsOf: operations)
            return start
        }
        for (kind, own) in [[], [], groups.number, groups.string, groups.array, groups.object].enumerated() {
            node.starts[kind] = append(groups.any + own)
        }
        node.starts[6] = append(groups.last)
        node.starts[7] = append([])
        node.isLeaf = !node.isFalse && groups.last.isEmpty && groups.isLeaf
        draft.nodes[Int(number)] = node
    }

    /// Schemas that apply themselves to the same instance again without going into it would never end.
    private func refuseLoops() throws(SchemaError) {
        var states = [UInt8](repeating: 0, count: draft.nodes.count)
        for start in draft.nodes.indices where states[start] == 0 {
            var stack: [(node: Int, edges: [Int32])] = [(start, inPlaceEdges(start))]
            states[start] = 1
            while let (node, edges) = stack.last {
                guard let edge = edges.last else {
                    states[node] = 2
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].edges.removeLast()
                if states[Int(edge)] == 1 {
                    let location = draft.locations[Int(draft.nodes[Int(edge)].location)]
                    throw SchemaError(
                        uri: location.resource, pointer: location.pointer,
                        detail: "the schema applies itself to the same value without end")
                }
                if states[Int(edge)] == 0 {
                    states[Int(edge)] = 1
                    stack.append((Int(edge), inPlaceEdges(Int(edge))))
                }
            }
        }
    }

    private func inPlaceEdges(_ number: Int) -> [Int32] {
        let node = draft.nodes[number]
        var edges: [Int32] = []
        for operation in draft.operations[Int(node.starts[0])..<Int(node.starts[7])] {
            switch operation {
            case .reference(let child), .not(let child): edges.append(child)
            case .allOf(let start, let count), .anyOf(let start, let count), .oneOf(let start, let count):
                edges += draft.children[Int(start)..<Int(start + count)]
            case .conditional(let test, let then, let otherwise):
                edges += [test, then, otherwise].filter { $0 >= 0 }
            case .dependentSchemas(let start, let count):
                edges += draft.dependencies[Int(start)..<Int(start + count)].map(\.node)
            // Where the anchors lead depends on the instance's way; the depth limit ends what has no end.
            case .dynamicReference(let reference):
                let target = draft.dynamicReferences[Int(reference)]
                if target.anchors.isEmpty { edges.append(target.initial) }
            default: break
            }
        }
        return edges
    }
}
