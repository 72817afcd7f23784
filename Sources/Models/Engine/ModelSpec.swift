// What a model is, as pure data: the engine, the command line, the console, the report and the tests read it.

/// A text in both languages of the hub.
public struct Title: Sendable, Hashable {
    public var vietnamese: String
    public var english: String

    public init(_ vietnamese: String, _ english: String) {
        self.vietnamese = vietnamese
        self.english = english
    }
}

/// When a model is to be finished, by the decision of the province.
public enum Deadline: Sendable, Hashable {
    /// By the end of that day; `continues` where the decision adds "and the following years".
    case by(CalendarDay, continues: Bool)
    /// "Theo lộ trình của C06": no date in the decision.
    case roadmap
    /// "Thực hiện thường xuyên".
    case ongoing

    /// The last day of the deadline, where it has one.
    public var day: CalendarDay? {
        if case .by(let day, _) = self { day } else { nil }
    }

    /// How the decision writes it.
    public var title: Title {
        switch self {
        case .by(let day, let continues):
            Title(day.text + (continues ? " và những năm tiếp theo" : ""), day.text + (continues ? " and after" : ""))
        case .roadmap: Title("Theo lộ trình của Cục C06", "By the roadmap of C06")
        case .ongoing: Title("Thường xuyên", "Ongoing")
        }
    }
}

/// The part of a spec that all 42 models have, built or not.
public struct ModelHead: Sendable {
    /// 1 to 42.
    public var number: Int
    public var title: Title
    public var leads: [Agency]
    public var partners: [Agency]
    public var deadline: Deadline
    /// What is to be reached, in words; the numbers stand with the indicators.
    public var target: Title

    public init(
        number: Int, title: Title, leads: [Agency], partners: [Agency], deadline: Deadline, target: Title
    ) {
        self.number = number
        self.title = title
        self.leads = leads
        self.partners = partners
        self.deadline = deadline
        self.target = target
    }

    /// The number in two digits, as in `model-05`.
    public var code: String { padded(number, 2) }
    public var group: String { "model-\(code)" }
}

/// How an indicator's value follows from its two sums.
public enum Formula: String, Sendable {
    /// numerator / denominator × 100, in percent.
    case share
    /// The numerator; the denominator is how many were looked at.
    case count
}

/// Over which months the report adds up an indicator.
public enum Accumulation: String, Sendable {
    /// Each month for itself.
    case month
    /// A stock: everything up to the month.
    case sinceStart
    /// Since 1 July, when a school year's registers open.
    case schoolYear
}

/// What an indicator is for.
public enum IndicatorRole: String, Sendable {
    /// The one by which the report judges the model.
    case primary
    case secondary
    /// How many findings wait for somebody.
    case openErrors
    /// A sum that other indicators are derived from; never published.
    case working
}

public struct IndicatorSpec: Sendable {
    /// Kebab-case; with model, period and unit the key of the record.
    public var name: String
    public var title: Title
    public var formula: Formula
    public var accumulation: Accumulation
    public var role: IndicatorRole
    /// Percent for a share, pieces for a count; nil where nobody has set one.
    public var target: Int?

    public init(
        _ name: String, _ title: Title, _ formula: Formula, _ accumulation: Accumulation, _ role: IndicatorRole,
        target: Int? = nil
    ) {
        self.name = name
        self.title = title
        self.formula = formula
        self.accumulation = accumulation
        self.role = role
        self.target = target
    }
}

/// A model that is built.
public struct ModelSpec: Sendable {
    public var head: ModelHead
    /// Contracts consumed; a fact's `kind` is the index here.
    public var inputs: [InputSpec]
    public var indicators: [IndicatorSpec]
    /// The contract of its findings.
    public var output: String
    /// What the rule does and which choices it makes, in a few sentences.
    public var method: String

    public init(
        number: Int, inputs: [InputSpec], indicators: [IndicatorSpec], output: String, method: String
    ) {
        head = ModelCatalogue.head(number)
        self.inputs = inputs
        self.indicators = indicators
        self.output = output
        self.method = method
    }
}
