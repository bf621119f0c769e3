import WeirCore
import WeirEngine

/// Finds a few rows of each input that together make the model return rows.
///
/// It knows nothing of joins: it leaves out as many rows as it can while the model still returns the same.
struct RowSampler {
    let model: ModelDefinition
    /// The input that the query starts from; it is cut first.
    let driver: TableName?
    let inputs: [TableName]
    let physical: (TableName) -> TableName

    /// Rows kept of the input that the query starts from, and at most of the others.
    static let driverRows = 3
    static let otherRows = 20
    /// Rows of each input that are looked at.
    private static let considered = 500_000
    /// Runs of the model spent on one input.
    private static let attempts = 200

    /// Leaves tables of the inputs' names in the database.
    func sample(on connection: isolated Connection) throws {
        for name in inputs {
            try connection.execute("CREATE SCHEMA IF NOT EXISTS \(SQL.quote(name.schema))")
            try connection.execute(
                "CREATE TABLE \(name.sql) AS SELECT * FROM _weir_warehouse.\(physical(name).sql) LIMIT \(Self.considered)"
            )
        }
        guard let driver else { return }
        try halve(driver, on: connection)
        for name in inputs where name.key != driver.key { try thin(name, on: connection) }
    }

    /// How many rows the model returns, and a mark of what they hold; nil when it fails, on too few rows for instance.
    private func outcome(on connection: isolated Connection) throws -> (rows: Int64, mark: String)? {
        do {
            let row = try connection.query(
                "SELECT count(*), sum(hash(t)::HUGEINT)::VARCHAR FROM (\n\(model.sql.trimmingStatementEnd)\n) AS t"
            ).first
            return (rows: row?[0].int ?? 0, mark: row?[1].text ?? "")
        } catch let error as WeirError where error.outcome != .systemFailed {
            return nil
        }
    }

    /// Keeps the half that makes the model return something, again and again.
    private func halve(_ name: TableName, on connection: isolated Connection) throws {
        let kept = "temp._weir_kept"
        try connection.execute(
            "CREATE OR REPLACE TEMP TABLE _weir_kept AS SELECT row_number() OVER () - 1 AS _weir_n, * FROM \(name.sql)")
        var low = 0
        var high = try count(name, on: connection)
        while high - low > Self.driverRows {
            let middle = (low + high + 1) / 2
            var isFound = false
            for (from, to) in [(low, middle), (middle, high)] {
                try show(
                    name, "SELECT * EXCLUDE (_weir_n) FROM \(kept) WHERE _weir_n >= \(from) AND _weir_n < \(to)",
                    on: connection)
                if let found = try outcome(on: connection), found.rows > 0 {
                    (low, high) = (from, to)
                    isFound = true
                    break
                }
            }
            if !isFound { break }
        }
        try show(
            name,
            "SELECT * EXCLUDE (_weir_n) FROM \(kept) WHERE _weir_n >= \(low) AND _weir_n < \(min(high, low + Self.otherRows)) ORDER BY _weir_n",
            on: connection)
    }

    /// Leaves out chunks of rows, large ones first, that the result does without.
    private func thin(_ name: TableName, on connection: isolated Connection) throws {
        guard let wanted = try outcome(on: connection) else { return }
        var rows = try count(name, on: connection)
        var chunk = max(1, rows / 2)
        var attempts = 0
        while attempts < Self.attempts, rows > 0 {
            try connection.execute(
                "CREATE OR REPLACE TEMP TABLE _weir_kept AS SELECT row_number() OVER () - 1 AS _weir_n, * FROM \(name.sql)"
            )
            var removed: [Range<Int>] = []
            var start = 0
            while start < rows, attempts < Self.attempts {
                let trial = removed + [start..<min(rows, start + chunk)]
                try show(name, Self.without(trial), on: connection)
                attempts += 1
                if let found = try outcome(on: connection), found == wanted { removed = trial }
                start += chunk
            }
            try show(name, Self.without(removed), on: connection)
            rows = try count(name, on: connection)
            if chunk == 1 { break }
            chunk = max(1, min(chunk / 2, rows / 2))
        }
        if rows > Self.otherRows { try show(name, "SELECT * FROM \(name.sql) LIMIT \(Self.otherRows)", on: connection) }
    }

    private static func without(_ ranges: [Range<Int>]) -> String {
        let left = ranges.map { "NOT (_weir_n >= \($0.lowerBound) AND _weir_n < \($0.upperBound))" }
        return
            "SELECT * EXCLUDE (_weir_n) FROM temp._weir_kept WHERE \((left + ["true"]).joined(separator: " AND ")) ORDER BY _weir_n"
    }

    private func show(_ name: TableName, _ select: String, on connection: isolated Connection) throws {
        try connection.execute("CREATE OR REPLACE TABLE \(name.sql) AS \(select)")
    }

    private func count(_ name: TableName, on connection: isolated Connection) throws -> Int {
        Int(try connection.query("SELECT count(*) FROM \(name.sql)").scalar.int ?? 0)
    }
}
