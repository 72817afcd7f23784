// Which exit code an error of a lower module stands for.

enum FailureClass {
    static func code(of error: any Error) -> ExitCode { .usage }
}
