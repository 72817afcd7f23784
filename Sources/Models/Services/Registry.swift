// Every model that is built, in one literal array: nothing registers itself.

public enum ModelRegistry {
    public static let models: [any Model.Type] = [
        Model05.self,
        Model16.self,
        Model30.self,
        Model33.self,
        Model34.self,
        Model35.self,
    ]

    /// The model of that number; nil where it is not built yet.
    public static func model(_ number: Int) -> (any Model.Type)? {
        models.first { $0.spec.head.number == number }
    }
}
