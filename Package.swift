// swift-tools-version: 6.2
import PackageDescription

/// One set of settings for every target: Swift 6 mode with the upcoming features on, every use of an
/// unsafe construct spelled out, and warnings that stop the build.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableExperimentalFeature("Lifetimes"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

/// The layers, lowest first. A target may import those of the layers above it in this list and those to
/// its left in its own; `TidyTests` holds the sources to it.
let layers: [[(name: String, imports: [String])]] = [
    [
        ("Bytes", []),
        ("Runtime", ["Bytes"]),
        ("Crypto", ["COpenSSL", "Bytes"]),
    ],
    [
        ("JSON", ["Bytes"]),
        ("Records", ["Bytes", "JSON"]),
    ],
    [
        ("KafkaWire", ["Bytes"]),
        ("Broker", ["CEpoll", "KafkaWire", "Bytes", "Runtime", "Crypto"]),
        ("Bus", ["CRdKafka", "Records", "Bytes", "Runtime"]),
        ("HTTP", ["Crypto", "Bytes", "Runtime"]),
    ],
    [
        ("ContractRegistry", ["JSON", "Records"]),
        ("SchemaRegistry", ["ContractRegistry", "JSON", "Records"]),
        ("Mapping", ["JSON", "Records", "Crypto", "Bytes"]),
        ("Consent", ["JSON", "Records", "Bytes"]),
        ("Routing", ["JSON", "Records", "Crypto", "Bytes", "Consent", "ContractRegistry"]),
        ("Audit", ["JSON", "Records", "Crypto", "Bytes"]),
        ("Models", ["JSON", "Records", "Bytes"]),
        ("Samples", ["JSON", "Records", "Bytes", "Mapping"]),
    ],
    [
        ("Connectors", ["HTTP", "Crypto", "JSON", "Records", "Bytes", "Runtime"]),
        (
            "Pipeline",
            [
                "Bus", "ContractRegistry", "Mapping", "Consent", "Routing", "Audit", "Models", "Connectors", "Crypto",
                "JSON", "Records", "Bytes", "Runtime",
            ]
        ),
        ("Operations", ["Bus", "JSON", "Records", "Runtime"]),
        ("Gateway", ["HTTP", "Crypto", "Bus", "SchemaRegistry", "ContractRegistry", "JSON", "Records", "Runtime"]),
    ],
]

/// What lies in a test target's folder and is not Swift: the tests read it from there.
let filesOfTests: [String: [String]] = [
    "Conformance": ["JSON/json-schema-skipped.txt"],
    "Integration": ["Interop/clients", "Interop/expected", "RegistryClients"],
]

/// The tests of the whole, which may import every layer.
let testsOfTheWhole: [Target] = ["Conformance", "Catalogue", "Integration", "Tidy"].map { (name: String) -> Target in
    .testTarget(
        name: name + "Tests",
        dependencies: ["TestSupport"] + layers.joined().map { .init(stringLiteral: $0.name) },
        exclude: filesOfTests[name] ?? [], swiftSettings: settings)
}

let package = Package(
    name: "lgsp",
    targets: [
        .systemLibrary(name: "CRdKafka"),
        .systemLibrary(name: "COpenSSL"),
        .systemLibrary(name: "CEpoll"),
    ]
        + layers.joined().map { layer in
            .target(name: layer.name, dependencies: layer.imports.map { .init(stringLiteral: $0) }, swiftSettings: settings)
        }
        + [
            .executableTarget(
                name: "lgsp", dependencies: layers.joined().map { .init(stringLiteral: $0.name) }, swiftSettings: settings),
            .executableTarget(
                name: "lgsp-bench", dependencies: layers.joined().map { .init(stringLiteral: $0.name) },
                swiftSettings: settings),
            // What Scripts/soak.sh fuzz links with libFuzzer, and a test runs for a moment.
            .target(name: "Fuzzing", dependencies: ["Broker", "KafkaWire", "JSON", "Bytes"], swiftSettings: settings),
            .target(name: "TestSupport", dependencies: ["Bytes", "Runtime", "JSON", "Records"], swiftSettings: settings),
        ]
        + layers.joined().map { layer in
            .testTarget(
                name: layer.name + "Tests",
                dependencies: [.init(stringLiteral: layer.name), "TestSupport"]
                    + (layer.name == "Broker" ? ["Fuzzing"] : []) + layer.imports.map { .init(stringLiteral: $0) },
                swiftSettings: settings)
        }
        + testsOfTheWhole
)
