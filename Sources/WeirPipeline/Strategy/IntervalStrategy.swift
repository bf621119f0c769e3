import WeirCore
import WeirEngine

/// One range of time, deleted and inserted as one. Running it again gives the same rows.
struct IntervalStrategy: Publishing {
    /// Half open; nil bounds are open. The rows staged are those of this range.
    let range: TimeRange

    func publish(_ rows: PublishedRows, on connection: isolated Connection) throws -> RowChanges {
        guard rows.existing == .table else { return try rows.swap(on: connection) }
        try rows.evolve(on: connection)
        let type =
            rows.columns.first { $0.name.lowercased() == rows.load.interval?.column.lowercased() }?.type ?? "TIMESTAMP"
        let deleted = try connection.execute(
            "DELETE FROM \(rows.target.sql) WHERE \(range.condition(rows.load.interval?.column ?? "", type: type))")
        let inserted = try connection.execute(
            "INSERT INTO \(rows.target.sql) (\(rows.list)) SELECT \(rows.list) FROM \(rows.staging.sql)")
        try rows.dropStaging(on: connection)
        return RowChanges(inserted: inserted, deleted: deleted)
    }
}

/// A half-open range of time, as ISO 8601 text.
public struct TimeRange: Sendable, Hashable, Codable {
    public var start: String
    public var end: String

    public init(start: String, end: String) {
        self.start = start
        self.end = end
    }

    /// SQL that is true for values inside.
    func condition(_ column: String, type: String) -> String {
        "(\(Self.atLeast(start, column, type: type)) AND \(SQL.quote(column)) < \(Self.bound(end, type)))"
    }

    static func atLeast(_ start: String, _ column: String, type: String) -> String {
        "\(SQL.quote(column)) >= \(bound(start, type))"
    }

    /// Compared as timestamps: a bound such as 06:00 must not be rounded to the column's date.
    private static func bound(_ text: String, _ type: String) -> String {
        let isZoned = type.contains("ZONE") || type == "TIMESTAMPTZ"
        return isZoned
            ? "CAST(\(SQL.literal(text + "+00")) AS TIMESTAMPTZ)" : "CAST(\(SQL.literal(text)) AS TIMESTAMP)"
    }
}
