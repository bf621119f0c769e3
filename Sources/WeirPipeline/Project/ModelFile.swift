import WeirCore

/// Reads one model from its SQL file.
struct ModelFile {
    let project: ProjectDraft

    /// - Parameter name: from the path, `models/<schema>/<table>.sql`.
    func read(path: String, text: String, name: TableName) -> ModelDefinition? {
        let source = SourceText(path: path, text: text)
        guard let header = HeaderComment.find(in: text) else {
            return ModelDefinition(
                name: name, text: source, load: LoadSettings(strategy: .table), contract: nil, onFail: nil,
                notes: emptyNotes(), dependsOn: [], place: Place(file: path, line: 1, column: 1))
        }
        let file = YAMLFile(
            path: path, text: header.yaml, lineOffset: header.line, problems: project.problems,
            variables: project.variables)
        guard let map = file.root() else { return nil }
        // The key of a model with an AI step tells what is not worth telling the model.
        var load = TableKeys.load(map, allowed: Strategy.forModels, default: .table, mayHaveKey: map.has("ai"))
        load.interval = interval(map, strategy: load.strategy)
        load.scd2 = scd2(map, strategy: load.strategy)
        load.places["interval column"] = map.map("interval")?.place("column")
        load.places["updated_at"] = map.map("scd2")?.place("updated_at")
        var notes = TableKeys.notes(map, defaults: project.defaults)
        if let columns = map.map("columns") {
            notes.columns = columns.keys.compactMap { key in
                columns.string(key).map { TableNotes.Described(name: key, text: $0) }
            }
            for key in columns.keys { load.places["a described column \(key)"] = columns.place(key) }
        }
        let ai = map.map("ai").flatMap { AIStepReader(project: project).read($0) }
        checkFit(ai, load, map)
        let contract = map.string("contract")
        let onFail = TableKeys.onFail(map)
        let monitor = TableKeys.monitor(map)
        let dependsOn = map.strings("depends_on").compactMap { text -> TableName? in
            if let table = TableName(text) { return table }
            map.report(
                "project.bad-name", "\"\(text)\" is not a table name", hint: "write schema.table", key: "depends_on")
            return nil
        }
        map.finish("a model's header")
        return ModelDefinition(
            name: name, text: source, load: load, contract: contract, onFail: onFail, monitor: monitor, notes: notes,
            ai: ai, dependsOn: dependsOn, place: map.place())
    }

    private func checkFit(_ ai: AIStep?, _ load: LoadSettings, _ map: YAMLMap) {
        guard ai != nil else { return }
        if load.strategy == .view {
            map.report(
                "project.useless-key", "a view is computed whenever it is read, and answers are paid for once",
                hint: "use strategy table, append or merge with `ai:`", key: "strategy")
        }
    }

    private func emptyNotes() -> TableNotes {
        var notes = TableNotes()
        notes.owner = project.defaults.owner
        return notes
    }

    private func interval(_ map: YAMLMap, strategy: Strategy) -> IntervalSettings? {
        guard let settings = map.map("interval") else {
            if strategy == .interval {
                map.report(
                    "project.missing-key", "strategy interval needs `interval: { column: …, grain: day }`",
                    key: "strategy")
            }
            return nil
        }
        if strategy != .interval {
            map.report("project.useless-key", "`interval:` is for strategy interval", key: "interval")
        }
        let column = settings.requiredString("column", of: "`interval:`")
        let grain = settings.choice("grain", IntervalSettings.Grain.self) ?? .day
        let batch = settings.int("batch") ?? 1
        let lookback = settings.int("lookback") ?? 0
        settings.finish("`interval:`")
        if batch < 1 { settings.report("yaml.wrong-type", "`batch:` counts grains and is at least 1", key: "batch") }
        if lookback < 0 {
            settings.report("yaml.wrong-type", "`lookback:` counts grains and is at least 0", key: "lookback")
        }
        return column.map {
            IntervalSettings(column: $0, grain: grain, batch: max(1, batch), lookback: max(0, lookback))
        }
    }

    private func scd2(_ map: YAMLMap, strategy: Strategy) -> SCD2Settings {
        guard let settings = map.map("scd2") else { return SCD2Settings() }
        if strategy != .scd2 { map.report("project.useless-key", "`scd2:` is for strategy scd2", key: "scd2") }
        var scd2 = SCD2Settings()
        scd2.updatedAt = settings.string("updated_at")
        scd2.deletes = settings.choice("deletes", SCD2Settings.Deletes.self) ?? .close
        settings.finish("`scd2:`")
        return scd2
    }
}
