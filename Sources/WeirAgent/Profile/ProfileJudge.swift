import WeirCore

/// Makes a profile of a front matter's values, with what is wrong about them.
struct ProfileJudge {
    let fields: Fields
    let path: String
    let problems = Problems()
    let warnings = Problems()

    static let classes = ["opus", "sonnet", "haiku", "inherit"]
    static let colors = [
        "red", "blue", "green", "yellow", "purple", "orange", "pink", "cyan", "white", "magenta", "black",
    ]

    /// Nil where it has no name that can be used.
    func profile(origin: AgentProfile.Origin, instructions: String, text: String) -> AgentProfile? {
        let name = name()
        let summary = fields.text("description") ?? ""
        if summary.allSatisfy(\.isWhitespace) {
            report("description", "agent.no-description", "the profile has no description", "say when to use the agent")
        }
        if let version = fields.text("version"), version.wholeMatch(of: /\d+\.\d+\.\d+.*/) == nil {
            warn("version", "agent.version", "\"\(version)\" is no version", "like 1.0.0")
        }
        if let color = fields.text("color"), !Self.colors.contains(color.lowercased()) {
            warn("color", "agent.color", "\"\(color)\" is no color", DidYouMean.hint(for: color, among: Self.colors))
        }
        let tools = fields.words("tools")
        let disallowed = fields.words("disallowedTools") ?? []
        check(tools ?? [], "tools")
        check(disallowed, "disallowedTools")
        for key in fields.keys { checkKey(key) }
        guard let name else { return nil }
        var known = AgentProfile(
            name: name, summary: summary, version: fields.text("version"), baseVersion: fields.text("base_version"),
            author: fields.text("author"), tools: tools, disallowedTools: disallowed, model: fields.text("model"),
            color: fields.text("color"), maxTurns: nil, isPlanOnly: fields.text("permissionMode") == "plan",
            todoPrefix: fields.text("todo_prefix") ?? AgentProfile.title(of: name), duties: duties(),
            otherKeys: fields.keys.filter { !ProfileReader.ownKeys.contains($0) }, instructions: instructions,
            origin: origin, path: nil, text: text)
        if let turns = fields.text("maxTurns") {
            if let number = Int(turns), number > 0 {
                known.maxTurns = number
            } else {
                report("maxTurns", "agent.turns", "\"\(turns)\" is no number of turns", nil)
            }
        }
        known.steps = steps(of: known)
        return known
    }

    /// `- profile`, or `- Write: { path: docs/findings.md }`.
    private func steps(of profile: AgentProfile) -> [ScriptedStep] {
        guard fields.keys.contains("steps") else { return [] }
        guard let map = fields.map else {
            report("steps", "agent.steps", "steps are read from YAML only", "put texts of the front matter in quotes")
            return []
        }
        return (map.value("steps")?.list() ?? []).compactMap { item in
            var tool = item.isMap ? nil : item.string()
            var arguments: [String: JSONValue] = [:]
            if item.isMap, let entry = item.map(), entry.keys.count == 1, let name = entry.keys.first {
                tool = name
                if let value = entry.value(name), !value.isNull {
                    arguments = value.plain().document.fields ?? [:]
                    if !value.isMap { tool = nil }
                }
            }
            guard let tool else {
                problems.add(
                    WeirError(
                        "agent.steps", "a step is a tool, or one tool with its arguments",
                        hint: "like `- profile`, or `- Write: { path: docs/findings.md }`", at: item.place))
                return nil
            }
            check([tool], "steps")
            guard profile.allows(tool) else {
                problems.add(
                    WeirError(
                        "agent.steps", "the step \(tool) is a tool that the profile does not give",
                        hint: "add it to tools:", at: item.place))
                return nil
            }
            return ScriptedStep(tool: tool, arguments: arguments)
        }
    }

    private func name() -> String? {
        guard let name = fields.text("name") else {
            report("name", "agent.no-name", "the profile has no name", "add a line like `name: data-engineer`")
            return nil
        }
        // Claude Code and claude-mpm write names that way; spaces and capitals are older.
        if name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_ \-]*/) == nil || name.count > 80 {
            report(
                "name", "agent.bad-name", "\"\(name.prefix(80))\" is no name",
                "letters, digits, - and _, beginning with a letter")
            return nil
        }
        if name.wholeMatch(of: /[a-z][a-z0-9_\-]*/) == nil || name.count > 50 {
            warn(
                "name", "agent.name-style", "\"\(name)\" is not how other tools write names",
                "small letters, digits, - and _")
        }
        return name
    }

    private func duties() -> Set<ProofDuty> {
        guard let words = fields.words("duties") else { return Set(ProofDuty.allCases) }
        if words == ["none"] { return [] }
        return Set(
            words.compactMap { word in
                if let duty = ProofDuty(rawValue: word) { return duty }
                report(
                    "duties", "agent.duty", "\"\(word)\" is no duty",
                    DidYouMean.hint(for: word, among: ProofDuty.allCases.map(\.rawValue) + ["none"]))
                return nil
            })
    }

    private func check(_ tools: [String], _ key: String) {
        let known = ProfileReader.ownTools
        let lower = Set((known + ProfileReader.foreignTools + ["*"]).map { $0.lowercased() })
        for tool in tools
        where !lower.contains(AgentProfile.bare(tool)) && !tool.hasPrefix("mcp__") && !tool.contains(".") {
            warn(
                key, "agent.unknown-tool", "there is no tool \"\(tool)\"",
                DidYouMean.closest(to: tool, among: known).map { "did you mean \"\($0)\"?" })
        }
    }

    /// Unknown keys are kept, as other tools may know them; only what is nearly one of Weir's is a slip.
    private func checkKey(_ key: String) {
        let known = ProfileReader.ownKeys + ProfileReader.foreignKeys
        if known.contains(key) { return }
        if let close = DidYouMean.closest(to: key, among: ProfileReader.ownKeys) {
            warn(
                key, "agent.unknown-key", "a profile has no key \"\(key)\"; it is kept and does nothing",
                "did you mean \"\(close)\"?")
        }
    }

    private func report(_ key: String, _ code: String, _ message: String, _ hint: String?) {
        problems.add(WeirError(code, message, hint: hint, at: fields.place(key, in: path)))
    }

    private func warn(_ key: String, _ code: String, _ message: String, _ hint: String?) {
        warnings.add(WeirError(code, message, hint: hint, at: fields.place(key, in: path)))
    }
}
