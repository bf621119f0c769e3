import WeirCore
import WeirEngine
import WeirQuality

/// An empty copy of the project's tables, in memory, in which models are bound without touching the warehouse.
struct ShadowCatalog {
    private let schemas: Schemas

    private final class Schemas { var made = Set<String>() }

    init() { schemas = Schemas() }

    /// Makes an empty table, replacing one of the same name.
    func add(_ name: TableName, columns: [Column], on connection: isolated Connection) throws {
        guard !columns.isEmpty else { return }
        if schemas.made.insert(name.schema.lowercased()).inserted {
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
    /// - Throws: `sql.unknown-column` and its kin, placed in the model's file.
    func bind(_ model: ModelDefinition, on connection: isolated Connection) throws -> [Column] {
        let columns = try OutputColumns.of(model.sql, source: model.text, on: connection)
        var seen = Set<String>()
        for column in columns where !seen.insert(column.name.lowercased()).inserted {
            throw WeirError(
                "sql.duplicate-column", "\(model.name) returns two columns named \"\(column.name)\"",
                hint: "give one of them another name with AS", at: model.place)
        }
        try checkNamedColumns(model, columns)
        return columns
    }

    /// Columns that the header names must be returned by the SQL.
    private func checkNamedColumns(_ model: ModelDefinition, _ columns: [Column]) throws {
        let names = columns.map(\.name)
        func check(_ wanted: String?, _ role: String) throws {
            guard let wanted, !names.contains(where: { $0.lowercased() == wanted.lowercased() }) else { return }
            throw WeirError(
                "project.unknown-column",
                "\(model.name) has no column \"\(wanted)\", which its header names as \(role)",
                hint: DidYouMean.hint(for: wanted, among: names), at: model.place)
        }
        for key in model.load.key { try check(key, "key") }
        try check(model.load.watermark, "watermark")
        try check(model.load.interval?.column, "interval column")
        if model.load.strategy == .scd2 {
            try check(model.load.scd2.updatedAt, "updated_at")
            for reserved in SCD2Columns.all where names.contains(where: { $0.lowercased() == reserved }) {
                throw WeirError(
                    "project.reserved-column", "\(model.name) returns a column \"\(reserved)\", which scd2 adds itself",
                    hint: "rename it in the SELECT", at: model.place)
            }
        }
        for described in model.notes.columns { try check(described.name, "a described column") }
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
