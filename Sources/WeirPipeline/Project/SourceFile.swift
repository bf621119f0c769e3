import WeirConnect
import WeirCore

/// Reads one source from YAML.
struct SourceFile {
    let project: ProjectDraft

    func read(_ map: YAMLMap) -> SourceDefinition? {
        let name = map.requiredString("name", of: "a source")
        let notes = TableKeys.notes(map, defaults: project.defaults)
        let origin = readOrigin(map)
        let load: LoadSettings
        if let settings = map.map("load") {
            var read = TableKeys.load(settings, allowed: Strategy.forSources, default: .replace)
            read.batch = settings.int("batch")
            settings.finish("`load:`")
            load = read
        } else {
            load = LoadSettings(strategy: .replace)
        }
        let columns = declaredColumns(map)
        let contract = map.string("contract")
        let onFail = TableKeys.onFail(map)
        map.finish("a source")
        guard let name, let origin else { return nil }
        guard let table = TableName(name) else {
            map.report(
                "project.bad-name", "\"\(name)\" is not a table name", hint: "write schema.table, like raw.orders",
                key: "name")
            return nil
        }
        return SourceDefinition(
            name: table, origin: origin, load: load, columns: columns, contract: contract, onFail: onFail,
            notes: notes, place: map.place("name"))
    }

    private func declaredColumns(_ map: YAMLMap) -> [Column] {
        guard let columns = map.map("columns") else { return [] }
        return columns.keys.compactMap { name in columns.string(name).map { Column(name: name, type: $0) } }
    }

    private func readOrigin(_ map: YAMLMap) -> SourceDefinition.Origin? {
        guard let from = map.map("from") else {
            if !map.has("from") { map.report("yaml.missing-key", "a source needs the key \"from\"") }
            return nil
        }
        if from.has("files") { return files(from) }
        let engines = ["postgres", "mysql", "sqlite"]
        if let engine = engines.first(where: { from.has($0) }) { return database(from, engine: engine) }
        let known = ["files"] + engines
        let given = from.keys.first ?? ""
        from.report(
            "project.no-origin", "`from:` does not say what to read",
            hint: DidYouMean.closest(to: given, among: known).map { "did you mean \"\($0)\"?" }
                ?? "give one of: \(known.joined(separator: ", "))", key: given)
        return nil
    }

    private func files(_ from: YAMLMap) -> SourceDefinition.Origin? {
        let patterns = from.strings("files")
        let said = from.choice("format", FileFormat.self)
        let format = said ?? patterns.first.flatMap { FileFormat(fileName: $0) }
        var options = FileOptions()
        options.delimiter = from.string("delimiter").map { $0 == "\\t" ? "\t" : $0 }
        options.quote = from.string("quote") ?? "\""
        options.escape = from.string("escape") ?? options.quote
        options.hasHeader = from.bool("header") ?? true
        options.encoding = from.string("encoding")
        if from.has("nulls") { options.nulls = from.strings("nulls") }
        options.skip = from.int("skip") ?? 0
        options.comment = from.string("comment")
        options.dateFormat = from.string("date_format")
        options.timestampFormat = from.string("timestamp_format")
        options.maxLineSize = from.int("max_line_size")
        options.sheet = from.string("sheet")
        options.range = from.string("range")
        options.partitions = from.bool("partitions") ?? false
        from.finish("`from:` for files")
        if patterns.isEmpty {
            from.report("project.no-files", "`files:` names no file", key: "files")
            return nil
        }
        guard let format else {
            from.report(
                "project.unknown-format", "the name \(patterns[0]) does not tell the file's format",
                hint: "add `format:`, one of \(FileFormat.allCases.map(\.rawValue).joined(separator: ", "))",
                key: "files")
            return nil
        }
        return .files(SourceDefinition.FileOrigin(patterns: patterns, format: format, options: options))
    }

    private func database(_ from: YAMLMap, engine: String) -> SourceDefinition.Origin? {
        let connection = from.string(engine)
        let table = from.string("table")
        let query = from.string("query")
        from.finish("`from:` for \(engine)")
        guard let connection else { return nil }
        guard (table == nil) != (query == nil) else {
            from.report("project.no-origin", "give either `table:` or `query:`", key: engine)
            return nil
        }
        if let settings = project.connections[connection] {
            if settings.kind != engine {
                from.report(
                    "project.wrong-connection",
                    "the connection \(connection) is of type \(settings.kind), not \(engine)",
                    key: engine)
            }
        } else {
            let near = DidYouMean.hint(for: connection, among: Array(project.connections.keys).sorted())
            from.report(
                "project.unknown-connection", "weir.yaml has no connection \"\(connection)\"",
                hint: near ?? "add it under `connections:` in weir.yaml", key: engine)
            return nil
        }
        let content = table.map(DatabaseReader.Content.table) ?? .query(query ?? "")
        return .database(DatabaseReader(engine: engine, connection: connection, content: content))
    }
}
