import Synchronization
import WeirCore
import WeirPipeline

/// Which tables there are, and what they look like.
struct SchemaTool: Tool {
    let cache: ProjectCache
    private let memo = AnswerMemo()

    init(cache: ProjectCache) { self.cache = cache }

    let spec = ToolSpec(
        name: "schema", title: "Tables and columns",
        summary:
            "Tables of the project with their columns, types, keys and rules. Call it before writing SQL. Without arguments: all tables in short; with `tables` or `search`: their columns too.",
        input: ToolSchema.object([
            .init("tables", .array(.string), "Names like mart.delays, or patterns like staging.*."),
            .init("search", .string, "Only tables whose name, columns or reason hold this text."),
            DataSchema.env, DataSchema.cursor,
        ]).json,
        output: ToolSchema.object(
            AnswerCutter.fields(
                "tables",
                .object([
                    .init("name", .string, "", isRequired: true),
                    .init("sql_name", .string, "What SQL calls it, where that is another name."),
                    .init("kind", .choice(["source", "model"]), "", isRequired: true),
                    .init("strategy", .string, "", isRequired: true),
                    .init("built", .boolean, "It is in the warehouse.", isRequired: true),
                    .init("rows", .integer, "About how many."), .init("why", .string, ""), .init("owner", .string, ""),
                    .init("file", .string, ""), .init("origin", .string, ""), .init("contract", .string, ""),
                    .init("primary_key", .array(.string), ""), .init("load_key", .array(.string), ""),
                    .init("rules", .array(.string), ""), .init("inputs", .array(.string), ""),
                    .init("column_count", .integer, "", isRequired: true),
                    .init(
                        "columns",
                        .array(
                            .object([
                                .init("name", .string, "", isRequired: true),
                                .init("type", .string, "", isRequired: true), .init("about", .string, ""),
                                .init("classification", .string, ""), .init("rules", .array(.string), ""),
                            ])), ""),
                ]), "The tables.") + [.init("note", .string, "What is to be known of the answer.")]
        ).json)

    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        let environment = try arguments.environment(context)
        let (catalogue, version) = try await cache.catalogue(context, environment: environment)
        let key = "\(context.root)\n\(environment ?? "")\n\(JSONValue.object(arguments.values).line)"
        if let known = memo.answer(key, version) { return known }
        let names = try arguments.texts("tables")
        let search = try arguments.optionalText("search")
        var tables = try names.isEmpty ? catalogue.tables : Self.chosen(names, catalogue)
        if let search { tables = tables.filter { Self.holds($0, search.lowercased()) } }
        if let search, tables.isEmpty {
            throw WeirError(
                "table.unknown", "no table, column or reason holds \"\(search)\"",
                hint: DidYouMean.hint(
                    for: search, among: catalogue.tables.flatMap { [$0.name.description] + $0.columns.map(\.name) }))
        }
        let isWhole = !names.isEmpty || search != nil
        let answer = ToolAnswer(
            AnswerCutter().answer(
                tables.map { isWhole ? Self.whole($0) : Self.short($0) }, key: "tables",
                beside: catalogue.note.map { ["note": .string($0)] } ?? [:], from: try arguments.offset(),
                mark: arguments.mark))
        memo.keep(answer, key, version)
        return answer
    }

    private static func chosen(_ names: [String], _ catalogue: Catalogue) throws -> [Catalogue.Table] {
        var seen = Set<String>()
        return try names.flatMap { name -> [Catalogue.Table] in
            guard name.contains("*") else { return [try catalogue.table(name)] }
            let found = catalogue.tables.filter { Glob.matches(name, $0.name.description) }
            if found.isEmpty { _ = try catalogue.table(name) }
            return found
        }.filter { seen.insert($0.name.key).inserted }
    }

    private static func holds(_ table: Catalogue.Table, _ text: String) -> Bool {
        table.name.key.contains(text) || table.why?.lowercased().contains(text) == true
            || table.columns.contains {
                $0.name.lowercased().contains(text) || $0.summary?.lowercased().contains(text) == true
            }
    }

    static func short(_ table: Catalogue.Table) -> JSONValue {
        JSONValue.object([
            "name": .string(table.name.description),
            "sql_name": table.relation == table.name ? .null : .string(table.relation.description),
            "kind": .string(table.kind.rawValue),
            "strategy": .string(table.strategy.rawValue), "rows": table.rows.map { .int($0) } ?? .null,
            "why": JSONValue(table.why), "built": .bool(table.isBuilt),
            "column_count": .int(Int64(table.columns.count)), "primary_key": JSONValue(table.primaryKey),
        ]).compact
    }

    static func whole(_ table: Catalogue.Table) -> JSONValue {
        var fields = short(table).fields ?? [:]
        let more =
            JSONValue.object([
                "owner": JSONValue(table.owner), "file": JSONValue(table.file), "origin": JSONValue(table.origin),
                "contract": JSONValue(table.contract), "load_key": JSONValue(table.loadKey),
                "rules": JSONValue(table.rules), "inputs": JSONValue(table.inputs.map(\.description)),
                "columns": .array(
                    table.columns.map { column in
                        .object([
                            "name": .string(column.name), "type": .string(column.type),
                            "about": JSONValue(column.summary), "classification": JSONValue(column.classification),
                            "rules": JSONValue(column.rules),
                        ])
                    }),
            ]).compact.fields ?? [:]
        fields.merge(more) { $1 }
        // A column whose type nobody knows yet still has one in the answer.
        if case .array(let columns)? = fields["columns"] {
            fields["columns"] = .array(
                columns.map { column in
                    var column = column.fields ?? [:]
                    column["type"] = column["type"] ?? ""
                    return .object(column)
                })
        }
        return .object(fields)
    }
}

/// Answers that were given already, for as long as the tables are the same.
private final class AnswerMemo: Sendable {
    private struct Kept {
        var version: Int
        var answer: ToolAnswer
    }

    private let kept = Mutex<[String: Kept]>([:])

    /// More than this and they are forgotten: a memo must not grow with every question ever asked.
    private static let limit = 64

    func answer(_ key: String, _ version: Int) -> ToolAnswer? {
        kept.withLock { $0[key].flatMap { $0.version == version ? $0.answer : nil } }
    }

    func keep(_ answer: ToolAnswer, _ key: String, _ version: Int) {
        if version < 0 { return }
        kept.withLock { kept in
            if kept.count >= Self.limit { kept.removeAll(keepingCapacity: true) }
            kept[key] = Kept(version: version, answer: answer)
        }
    }
}
