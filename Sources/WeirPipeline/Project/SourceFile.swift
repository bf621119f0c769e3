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
        let columns = map.map("columns")
        let contract = map.string("contract")
        let onFail = TableKeys.onFail(map)
        let monitor = TableKeys.monitor(map)
        map.finish("a source")
        guard let name, let origin else { return nil }
        guard let table = TableName(name) else {
            map.report(
                "project.bad-name", "\"\(name)\" is not a table name", hint: "write schema.table, like raw.orders",
                key: "name")
            return nil
        }
        var source = SourceDefinition(
            name: table, origin: origin, load: load, columns: [], contract: contract, onFail: onFail,
            monitor: monitor, notes: notes, place: map.place("name"))
        for name in columns?.keys ?? [] {
            guard let type = columns?.string(name) else { continue }
            source.columns.append(Column(name: name, type: type))
            source.columnPlaces[name] = columns?.place(name)
        }
        return source
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
        if let name = from.string("encoding") {
            let encoding = TextEncoding(name: name)
            options.encoding = encoding == .utf8 ? nil : encoding?.rawValue
            if encoding == nil {
                let known = TextEncoding.allCases.map(\.rawValue)
                from.value("encoding")?.report(
                    "yaml.unknown-value", "\"\(name)\" is not an encoding that Weir reads",
                    hint: DidYouMean.hint(for: name, among: known)
                        ?? "it reads \(known.joined(separator: ", ")); convert others with iconv")
            }
        }
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
        if let packed = patterns.first(where: { CompressedFile.conversion(of: $0) != nil }) {
            from.report(
                "source.unknown-compression", "\(packed) is packed in a way that cannot be read",
                hint: CompressedFile.conversion(of: packed).map { "only .gz and .zst can be; convert it: \($0)" },
                key: "files")
            return nil
        }
        guard let format else {
            from.report(
                "project.unknown-format", "the name \(patterns[0]) does not tell the file's format",
                hint: "add `format:`, one of \(FileFormat.allCases.map(\.rawValue).joined(separator: ", "))",
                key: "files")
            return nil
        }
        checkMeaning(from, format)
        return .files(SourceDefinition.FileOrigin(patterns: patterns, format: format, options: options))
    }

    /// An option that the format does not have would be passed over in silence.
    private func checkMeaning(_ from: YAMLMap, _ format: FileFormat) {
        for key in from.keys {
            guard let formats = Self.meaning.first(where: { $0.keys.contains(key) })?.formats,
                !formats.contains(format)
            else { continue }
            from.report(
                "project.useless-option", "`\(key):` means nothing for \(format.rawValue) files",
                hint: "it is for \(formats.map(\.rawValue).joined(separator: ", "))", key: key)
        }
    }

    private static let meaning: [(keys: Set<String>, formats: [FileFormat])] = [
        (
            [
                "delimiter", "quote", "escape", "encoding", "nulls", "skip", "comment", "date_format",
                "timestamp_format",
            ], [.csv, .tsv]
        ),
        (["header"], [.csv, .tsv, .excel]), (["sheet", "range"], [.excel]),
        (["max_line_size"], [.csv, .tsv, .json, .ndjson]),
        (["partitions"], [.csv, .tsv, .json, .ndjson, .parquet]),
    ]

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
