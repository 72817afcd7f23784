// Which exit code an error of a lower module stands for.
import Bus
import Records

enum FailureClass {
    static func code(of error: any Error) -> ExitCode {
        switch error {
        case let error as BusError: ExitCode(rawValue: error.exitCode) ?? .unreachable
        case is ConfigurationFaults, is ConfigurationFault: .usage
        default: .unreachable
        }
    }
}
