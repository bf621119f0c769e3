import WeirAI
import WeirCore

/// The `ai:` of a model's header: each row of its SELECT is put to an AI service, and the answers become columns.
public struct AIStep: Sendable, Hashable {
    public enum Task: String, Sendable, Hashable, Codable, CaseIterable {
        /// Fields by the schema of a contract.
        case extract
        /// One of the labels.
        case classify
        /// A text.
        case generate
        /// A vector.
        case embed
        /// Fields by the schema of a contract, or a text, from pictures.
        case image
        /// What a trained model says: a server's, or one in a file.
        case predict
        /// The parts of a long text, as a list.
        case chunk
    }

    /// Whether rows go to the provider's batch service: half the price, answered within a day.
    public enum Batching: String, Sendable, Hashable, Codable, CaseIterable { case never, auto, always }

    public struct Label: Sendable, Hashable {
        public var name: String
        public var meaning: String?
    }

    public var task: Task
    /// As `ai: providers:` knows it; empty leaves it to `ai: model:` of the project.
    public var model: String
    public var prompt: PromptTemplate?
    /// Path of the contract whose schema the answers have.
    public var output: String?
    public var labels: [Label] = []
    /// Name of the column that is added, for tasks that add one.
    public var column: String
    /// Columns that the model is given; empty leaves it to the prompt, or gives it all.
    public var input: [String] = []
    /// Columns that hold pictures: a path, an address, or the bytes.
    public var images: [String] = []
    public var budget: Budget?
    public var batching = Batching.never
    /// What a batch must cost to be one, where `batch: auto`.
    public var batchAbove = Money(pico: 1_000_000_000_000)
    /// Of one answer.
    public var maxTokens: Int?
    public var temperature: Double?
    public var effort: AIEffort?
    public var rowsPerCall: Int?
    /// Calls under way at once.
    public var inFlight = 16
    /// Length of a vector, where the model offers several.
    public var dimensions: Int?
    /// Tokens of a chunk, and those that it repeats from the one before.
    public var chunking = Chunking.usual
    /// Of a prediction server.
    public var url: String?
    /// The model of a prediction, where it is a file of the project and no server's.
    public var modelFile: OnnxFile?
    /// Type of what a trained model answers.
    public var type: String?
    public var place: Place
    /// Of single keys, by their names.
    public var places: [String: Place] = [:]

    public init(task: Task, model: String, column: String, place: Place) {
        self.task = task
        self.model = model
        self.column = column
        self.place = place
    }

    static let usualColumns: [Task: String] = [
        .classify: "label", .generate: "answer", .embed: "embedding", .image: "answer", .predict: "prediction",
        .chunk: "chunks",
    ]

    /// The model that makes vectors without a server and without a key.
    static let builtin = "builtin"

    /// The step with what the project's settings say of it: who makes vectors, where the step does not say so itself.
    func settled(by settings: AISettings?) -> AIStep {
        guard task == .embed, model.isEmpty || model == Self.builtin else { return self }
        var step = self
        guard model.isEmpty, let chosen = settings?.embeddings else {
            step.model = Self.builtin
            step.dimensions = Self.builtinDimensions
            return step
        }
        step.model = chosen.model
        step.dimensions = dimensions ?? chosen.dimensions
        return step
    }

    private static let builtinDimensions = 256

    /// Whether a server gives each text a label.
    var labelsTexts: Bool { task == .predict && url.map { PredictionClient.Dialect(url: $0) } == .texts }

    /// Rows that are put in one call.
    var unit: Int {
        if let rowsPerCall { return rowsPerCall }
        return switch task {
        case .embed: model == Self.builtin ? 256 : 64
        case .predict: modelFile == nil ? 256 : 4096
        case .chunk: 16
        case .extract, .classify, .generate, .image: 1
        }
    }
}
