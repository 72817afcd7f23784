// Every command, in the order of the overview. There is no other registration.

enum Commands {
    static let all: [Command] =
        DemoCommand.all + UpCommands.all + BrokerCommand.all + BrokerLogCommands.all + BusCommands.all
        + PublishCommand.all + RejectedCommands.all + ConsentCommands.all + ModelCommands.all + ContractCommands.all + RegistryCommand.all
        + AdapterCommands.all + RouteCommands.all + ReadCommands.all + JSONCommands.all + AuditCommands.all
        + PKICommands.all + SimulateCommand.all + [BenchCommand.bench]
}
