import WeirCore
import WeirEngine

/// The parts of a table: the SQL that divides it, and the parts as they are.
struct TableParts {
    /// A part, as it is now.
    struct Part: Hashable {
        /// Its values in the columns that divide, as a JSON list.
        let key: String
        /// A mark of its rows.
        let version: String
    }

    /// More parts than that are no parts but rows: counting each would cost more than it saves.
    static let most = 20_000

    /// The table that is divided, quoted.
    let table: String
    let columns: [Column]
    /// Temporary, quoted.
    private let partsTable: String
    private let staleTable: String
    /// Unquoted.
    let staleView: String
    /// The same of all other rows.
    let keptView: String

    /// - Throws: `check.unknown-column`, `check.partition-type`.
    init(
        _ names: [String], of table: TableName, declared: TableName, columns all: [Column]
    ) throws {
        self.table = table.sql
        columns = try names.map { name in
            guard let column = all.first(where: { $0.name.lowercased() == name.lowercased() }) else {
                throw WeirError(
                    "check.unknown-column", "\(declared) has no column \"\(name)\" to divide it by",
                    hint: DidYouMean.hint(for: name, among: all.map(\.name)))
            }
            let family = TypeFamily(sql: column.type)
            if [.list, .structure, .map, .json, .blob, .floating, .interval, .other].contains(family) {
                throw WeirError(
                    "check.partition-type",
                    "\(declared) cannot be divided by \"\(column.name)\", which is \(column.type)",
                    hint: "choose a column of dates, times, whole numbers or texts with few values")
            }
            return column
        }
        let mark = Fingerprint.of([table.description.lowercased()]).prefix(12)
        partsTable = "temp.\(SQL.quote("_weir_parts_\(mark)"))"
        staleTable = "temp.\(SQL.quote("_weir_stale_\(mark)"))"
        staleView = "_weir_changed_\(mark)"
        keptView = "_weir_kept_\(mark)"
    }

    private static func isTruncated(_ column: Column) -> Bool {
        [.timestamp, .timestampTZ].contains(TypeFamily(sql: column.type))
    }

    /// What divides, of the table alias `t`.
    private var values: [String] {
        columns.map { column in
            let value = "t.\(SQL.quote(column.name))"
            return Self.isTruncated(column) ? "CAST(\(value) AS DATE)" : value
        }
    }

    private static func key(_ values: [String]) -> String {
        "CAST(to_json([\(values.map { "CAST(\($0) AS VARCHAR)" }.joined(separator: ", "))]) AS VARCHAR)"
    }

    /// The part of a row, as text, of the table alias `t`.
    var key: String { Self.key(values) }

    /// How the table is divided, for marks of what was counted.
    var definition: [String] { zip(columns, values).map { "\($0.type) \($1)" } }

    /// Reads what the parts are.
    ///
    /// - Parameter hashed: columns whose every value counts; none for the number of rows alone.
    /// - Throws: `check.too-many-parts`.
    func read(hashing hashed: [Column], on connection: isolated Connection) throws -> [Part] {
        let names = columns.indices.map { "p\($0)" }
        // A sum does not depend on the order of rows, and unlike XOR it counts equal rows.
        let hash =
            hashed.isEmpty
            ? "0" : "sum(hash(\(hashed.map { "t.\(SQL.quote($0.name))" }.joined(separator: ", "))))"
        let list = zip(values, names).map { "\($0) AS \($1)" }.joined(separator: ", ")
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE \(partsTable) AS
            SELECT \(Self.key(names)) AS k, * FROM (
                SELECT \(list), count(*) AS n, \(hash) AS h FROM \(table) AS t GROUP BY ALL)
            """)
        let count = try connection.query("SELECT count(*) FROM \(partsTable)").scalar.int ?? 0
        if count > Self.most {
            throw WeirError(
                "check.too-many-parts",
                "\(columns.map(\.name).joined(separator: ", ")) would divide the table into \(count) parts, and \(Self.most) are the most",
                hint: "choose columns with fewer values, like a day")
        }
        return try connection.query("SELECT k, n::VARCHAR || ' ' || h::VARCHAR FROM \(partsTable) ORDER BY k").map {
            Part(key: $0[0].text ?? "", version: $0[1].text ?? "")
        }
    }

    /// Views of the rows of some parts, and of all others. Call after ``read(hashing:on:)``.
    func divide(_ keys: [String], on connection: isolated Connection) throws {
        func view(_ name: String, _ body: String) throws {
            try connection.execute("CREATE OR REPLACE TEMP VIEW \(SQL.quote(name)) AS \(body)")
        }
        guard !keys.isEmpty else {
            try view(staleView, "SELECT * FROM \(table) WHERE false")
            return try view(keptView, "SELECT * FROM \(table)")
        }
        let list = keys.map(ValueSQL.text).joined(separator: ", ")
        try connection.execute("CREATE OR REPLACE TEMP TABLE \(staleTable) AS FROM \(partsTable) WHERE k IN (\(list))")
        let same = values.enumerated().map { "s.p\($0) IS NOT DISTINCT FROM \($1)" }.joined(separator: " AND ")
        let range = try range(on: connection).map { " WHERE \($0)" } ?? ""
        try view(
            staleView,
            "SELECT t.* FROM (SELECT * FROM \(table) AS t\(range)) AS t SEMI JOIN \(staleTable) AS s ON \(same)")
        try view(keptView, "SELECT t.* FROM \(table) AS t ANTI JOIN \(staleTable) AS s ON \(same)")
    }

    /// A condition on the first column as it stands, by which DuckDB leaves out whole blocks of rows.
    private func range(on connection: isolated Connection) throws -> String? {
        guard let first = columns.first,
            let row = try connection.query(
                "SELECT min(p0)::VARCHAR, max(p0)::VARCHAR, count(*) > count(p0) FROM \(staleTable)"
            ).first, let low = row[0].text, let high = row[1].text, row[2].bool == false
        else { return nil }
        let column = "t.\(SQL.quote(first.name))"
        guard Self.isTruncated(first) else {
            return
                "\(column) BETWEEN CAST(\(ValueSQL.text(low)) AS \(first.type)) AND CAST(\(ValueSQL.text(high)) AS \(first.type))"
        }
        if low.contains("inf") || high.contains("inf") { return nil }
        let bounds = [low, high].map { "CAST(\(SQL.literal($0)) AS DATE)" }
        return "\(column) >= \(bounds[0]) AND \(column) < \(bounds[1]) + INTERVAL 1 DAY"
    }
}
