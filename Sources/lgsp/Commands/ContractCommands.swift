// `lgsp contract`: the agreed shapes below Contracts/, for people who write adapters and routes against them.
import ContractRegistry
import JSON
import Records

enum ContractCommands {
    static let all: [Command] = [
        list, show, check, ContractDiffCommand.diff, ContractRehearseCommand.rehearse, ContractAsyncAPICommand.asyncapi,
    ]

    static let list = Command(
        words: ["contract", "list"], summary: "the contracts with version, owner and topic",
        example: "lgsp contract list"
    ) { arguments in
        let contracts = try ContractSet.load(try FileRoot.load(arguments.root)).contracts
        let language = try arguments.language()
        if arguments.json {
            Output.json(.array(contracts.map { head($0) }))
        } else {
            Output.table(
                ["contract", "version", "owner", "fields", "retention days", "title"],
                contracts.map {
                    [
                        $0.name, "\($0.major)", $0.owner, "\($0.fields.count)", "\($0.retentionDays)",
                        language($0.title, $0.titleEnglish),
                    ]
                })
        }
        return .done
    }

    static let show = Command(
        words: ["contract", "show"], summary: "one contract: every field with its type, protection class and title",
        positional: "NAME[.vN]",
        example: "lgsp contract show medical-visit"
    ) { arguments in
        let contract = try find(try arguments.required(0, "NAME"), in: try ContractSet.load(try FileRoot.load(arguments.root)))
        let language = try arguments.language()
        if arguments.json {
            let fields = contract.fields.map { field -> JSONValue in
                [
                    "pointer": .string(field.pointer), "type": .string(field.kind),
                    "required": .bool(field.isRequired), "dataClass": .string(field.dataClass.rawValue),
                    "title": .string(field.title), "titleEnglish": .string(field.titleEnglish),
                ]
            }
            Output.json(.object((head(contract).objectValue ?? []) + [JSONMember("fields", .array(fields))]))
            return .done
        }
        Output.line("\(contract.name) v\(contract.major): \(language(contract.title, contract.titleEnglish))")
        Output.line("topic \(contract.topic) · type \(contract.type) · owner \(contract.owner) · \(contract.cadence)")
        Output.line("file \(contract.file) · kept \(contract.retentionDays) days · fingerprint \(contract.fingerprint)")
        Output.line("")
        Output.table(
            ["field", "type", "required", "class", "title"],
            contract.fields.map {
                [
                    $0.pointer, $0.kind, $0.isRequired ? "yes" : "", $0.dataClass.rawValue,
                    language($0.title, $0.titleEnglish),
                ]
            })
        return .done
    }

    static let check = Command(
        words: ["contract", "check"], summary: "checks contracts: shape, class of every field, valid and invalid examples",
        positional: "[NAME[.vN]…]",
        example: "lgsp contract check medical-visit"
    ) { arguments in
        let tree = try FileRoot.load(arguments.root)
        let set = try ContractSet.load(tree)
        let chosen = try arguments.positional.isEmpty ? set.contracts : arguments.positional.map { try find($0, in: set) }
        let results = chosen.map { (contract: $0, result: $0.checkExamples(tree)) }
        let faults = results.flatMap(\.result.faults)
        if arguments.json {
            Output.json([
                "passed": .bool(faults.isEmpty),
                "contracts": .array(
                    results.map {
                        [
                            "contract": .string("\($0.contract.name).v\($0.contract.major)"),
                            "validExamples": .integer($0.result.validCount),
                            "invalidExamples": .integer($0.result.invalidCount),
                            "faults": .array($0.result.faults.map(\.json)),
                        ]
                    }),
            ])
        } else {
            Output.table(
                ["contract", "valid examples", "invalid examples", "faults"],
                results.map {
                    [
                        "\($0.contract.name).v\($0.contract.major)", "\($0.result.validCount)",
                        "\($0.result.invalidCount)", "\($0.result.faults.count)",
                    ]
                })
            faults.forEach { Output.line("fault: \($0)") }
            Output.line(faults.isEmpty ? "all \(chosen.count) contracts hold" : "\(faults.count) faults")
        }
        return faults.isEmpty ? .done : .doesNotHold
    }

    /// The contract of a name, the newest version where none is given as `.vN`.
    static func find(_ name: String, in set: ContractSet) throws(CommandFailure) -> Contract {
        let found =
            set.newest(name) ?? set.contracts.first { "\($0.name).v\($0.major)" == name || $0.topic == name }
        guard let found else {
            throw CommandFailure(.usage, "no contract \(name); there are \(set.contracts.map(\.name).joined(separator: ", "))")
        }
        return found
    }

    private static func head(_ contract: Contract) -> JSONValue {
        [
            "name": .string(contract.name), "major": .integer(contract.major), "topic": .string(contract.topic),
            "type": .string(contract.type), "owner": .string(contract.owner), "cadence": .string(contract.cadence),
            "retentionDays": .integer(contract.retentionDays), "title": .string(contract.title),
            "titleEnglish": .string(contract.titleEnglish), "file": .string(contract.file),
            "identifier": .string(contract.identifier), "fingerprint": .string(contract.fingerprint),
        ]
    }
}

extension ConfigurationFault {
    var json: JSONValue {
        ["file": .string(file), "pointer": .string(pointer), "detail": .string(detail), "fix": .string(fix)]
    }
}
