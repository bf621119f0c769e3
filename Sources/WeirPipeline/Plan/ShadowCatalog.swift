import WeirCore
import WeirEngine
import WeirQuality

/// An empty copy of the project's tables, in memory, in which models are bound without touching the warehouse.
struct ShadowCatalog {
    private var schemas = Set<String>()
    /// Tables that no model was bound to yet, by key: most are never needed when little changed.
    private var waiting: [String: (name: TableName, columns: [Column])] = [:]

    /// Has an empty table made when a model is bound to it.
    mutating func offer(_ name: TableName, columns: [Column]) { waiting[name.key] = (name, columns) }

    /// Makes an empty table, replacing one of the same name.
    mutating func add(_ name: TableName, columns: [Column], on connection: isolated Connection) throws {
        guard !columns.isEmpty else { return }
        if schemas.insert(name.schema.lowercased()).inserted {
            try connection.execute("CREATE SCHEMA IF NOT EXISTS \(SQL.quote(name.schema))")
        }
        // A column of untyped NULLs is stored as an integer; the engine does the same.
        let list = columns.map {
            "\(SQL.quote($0.name)) \($0.type == "\"NULL\"" || $0.type == "NULL" ? "INTEGER" : $0.type)"
        }
        try connection.execute("CREATE OR REPLACE TABLE \(name.sql) (\(list.joined(separator: ", ")))")
    }

    /// The columns a model returns.
    ///
    /// - Parameter inputs: the tables that it reads, of those that were offered.
    /// - Throws: `sql.unknown-column` and its kin, placed in the model's file.
    mutating func bind(
        _ model: ModelDefinition, in project: Project, to inputs: [TableName], on connection: isolated Connection
    ) throws -> [Column] {
        for input in inputs {
            if let table = waiting.removeValue(forKey: input.key) {
                try add(table.name, columns: table.columns, on: connection)
            }
        }
        var columns = try OutputColumns.of(model.sql, source: model.text, on: connection)
        if let step = model.ai {
            columns += try ResolvedStep(step, of: model, in: project, columns: columns).shape.columns
        }
        let problems = Problems()
        var seen = Set<String>()
        for column in columns where !seen.insert(column.name.lowercased()).inserted {
            problems.add(
                WeirError(
                    "sql.duplicate-column", "\(model.name) returns two columns named \"\(column.name)\"",
                    hint: "give one of them another name with AS", at: model.place))
        }
        NamedColumns(table: model.name, load: model.load, place: model.place, text: model.text)
            .check(columns.map(\.name), described: model.notes.columns.map(\.name), problems)
        try problems.throwIfAny("plan.invalid") { "\(model.name) has \($0) mistakes" }
        return columns
    }

    /// What the published table has beyond what the SQL returns.
    static func published(_ columns: [Column], _ load: LoadSettings) -> [Column] {
        guard load.strategy == .scd2 else { return columns }
        let time = columns.first { $0.name.lowercased() == load.scd2.updatedAt?.lowercased() }?.type ?? "TIMESTAMP"
        return columns + SCD2Columns.columns(timeType: time)
    }
}

/// The columns that an scd2 table has beyond its input's.
enum SCD2Columns {
    static let validFrom = "valid_from"
    static let validTo = "valid_to"
    static let isCurrent = "is_current"
    static let all = [validFrom, validTo, isCurrent]

    static func columns(timeType: String) -> [Column] {
        [
            Column(name: validFrom, type: timeType), Column(name: validTo, type: timeType),
            Column(name: isCurrent, type: "BOOLEAN"),
        ]
    }
}
