// The check behind every "compatible": records made under the writing schema are put to the reading one.

import ContractRegistry
import JSON

enum Soundness {
    static let instances = 200

    /// An instance that the writer's schema allows and the reader's refuses, and how many were tried.
    static func counterexample(writer: JSONValue, reader: JSONValue, seed: UInt64) throws -> (
        counterexample: JSONValue?, count: Int
    ) {
        let schema = try CompiledSchema(document: reader)
        var generator = try InstanceGenerator(writer, hints: [reader], seed: seed)
        for count in 0..<instances {
            guard let instance = generator.next() else { return (nil, count) }
            if !schema.failures(of: instance).isEmpty { return (instance, count + 1) }
        }
        return (nil, instances)
    }
}
