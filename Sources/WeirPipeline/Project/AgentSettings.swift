import WeirAI
import WeirCore

/// `agent:` in `weir.yaml`: what Weir's agent is, may do and may cost.
public struct AgentSettings: Sendable, Hashable {
    /// The profile that works where nobody names one.
    public var profile: String?
    /// A model's name, or a class of ``models``.
    public var model: String?
    /// Models by class: `opus`, `sonnet`, `haiku`, or any other word that a profile says.
    public var models: [String: String] = [:]
    public var toolCalls: ToolCalls = .automatic
    /// The most that a tool may do: `read`, `propose`, `write` or `run`.
    public var level: String?
    public var permissions = Permissions()
    /// Web search; off where nil.
    public var search: Search?
    /// The most that one session may cost.
    public var budget: Money?
    /// Answers of the model in one task.
    public var turns: Int?
    /// The longest that one task may take.
    public var within: Span?
    /// Tokens that a question may have, before older turns are summed up.
    public var contextTokens: Int?
    /// The most tokens of one answer.
    public var answerTokens: Int?
    public var memory = Memory()
    public var sessions = Sessions()

    public init() {}

    /// What is remembered, and how much of it a task begins with.
    public struct Memory: Sendable, Hashable {
        /// Most memories that are active at once.
        public var limit: Int?
        /// Most bytes of memories at a task's beginning.
        public var bytes: Int?
        public init() {}
    }

    /// Which sessions stay: the newest ones, and those that are not old.
    public struct Sessions: Sendable, Hashable {
        public var keep = 200
        public var days = 30
        public init() {}
    }

    /// How a model says which tool it wants.
    public enum ToolCalls: String, Sendable, Hashable, CaseIterable {
        /// By the model: natively, unless it is known that it cannot.
        case automatic
        case native
        /// With answers that fit a schema, for models that know no tool calls.
        case schema
    }

    /// Rules in the words of `weir.yaml`, each with its place for messages.
    public struct Permissions: Sendable, Hashable {
        public var allow: [Rule] = []
        public var ask: [Rule] = []
        public var deny: [Rule] = []
        public init() {}

        public struct Rule: Sendable, Hashable {
            public var text: String
            public var place: Place?

            public init(_ text: String, at place: Place? = nil) {
                self.text = text
                self.place = place
            }
        }
    }

    /// A service that takes a question in its address and answers with JSON or text.
    public struct Search: Sendable, Hashable {
        /// With `{query}` where the words go.
        public var url: String
        /// The header that carries the key, and the key.
        public var header: String
        public var key: Secret?

        public init(url: String, header: String, key: Secret? = nil) {
            self.url = url
            self.header = header
            self.key = key
        }
    }
}

/// Reads the `agent:` section of `weir.yaml`.
enum AgentSettingsReader {
    static let levels = ["read", "propose", "write", "run"]

    static func read(_ map: YAMLMap) -> AgentSettings {
        var settings = AgentSettings()
        settings.profile = map.string("profile")
        settings.model = map.string("model")
        if let models = map.map("models") {
            for name in models.keys { settings.models[name] = models.string(name) }
        }
        settings.toolCalls = map.choice("tool_calls", AgentSettings.ToolCalls.self) ?? .automatic
        if let level = map.string("level") {
            if levels.contains(level) {
                settings.level = level
            } else {
                map.report(
                    "yaml.unknown-value", "\"\(level)\" is not a level",
                    hint: DidYouMean.hint(for: level, among: levels), key: "level")
            }
        }
        if let rules = map.map("permissions") {
            settings.permissions.allow = read("allow", rules)
            settings.permissions.ask = read("ask", rules)
            settings.permissions.deny = read("deny", rules)
            rules.finish("`permissions:`")
        }
        settings.search = map.map("search").flatMap(search)
        settings.budget = map.money("budget")
        settings.turns = map.positive("turns")
        settings.within = map.span("within")
        settings.contextTokens = map.positive("context_tokens")
        settings.answerTokens = map.positive("answer_tokens")
        if let memory = map.map("memory") {
            settings.memory.limit = memory.positive("limit")
            settings.memory.bytes = memory.positive("bytes")
            memory.finish("`memory:`")
        }
        if let sessions = map.map("sessions") {
            settings.sessions.keep = sessions.positive("keep") ?? settings.sessions.keep
            settings.sessions.days = sessions.positive("days") ?? settings.sessions.days
            sessions.finish("`sessions:`")
        }
        map.finish("`agent:`")
        return settings
    }

    private static func read(_ key: String, _ map: YAMLMap) -> [AgentSettings.Permissions.Rule] {
        guard let value = map.value(key) else { return [] }
        if !value.isList { return value.string().map { [.init($0, at: value.place)] } ?? [] }
        return value.list().compactMap { item in item.string().map { .init($0, at: item.place) } }
    }

    private static func search(_ map: YAMLMap) -> AgentSettings.Search? {
        let url = map.requiredString("url", of: "`search:`")
        let header = map.string("header") ?? "authorization"
        let key = map.string("key").map { Secret($0) }
        map.finish("`search:`")
        if let url, !url.contains("{query}") {
            map.report(
                "yaml.wrong-value", "the address has no {query}", hint: "like https://search.example/api?q={query}",
                key: "url")
        }
        return url.map { AgentSettings.Search(url: $0, header: header, key: key) }
    }
}
