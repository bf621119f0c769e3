import WeirCore

/// Column-level lineage from DuckDB's bound, unoptimised plan.
///
/// The tables read must exist in the connection's database; they may be empty. Views are looked through.
///
/// ```swift
/// let lineage = try ColumnLineage.of("SELECT carrier, avg(delay) AS delay FROM raw.flights GROUP BY 1", on: connection)
/// // delay <- raw.flights.delay (aggregation); all rows are grouped by raw.flights.carrier
/// ```
public enum ColumnLineage {
    /// - Throws: what ``ParsedQuery`` and ``OutputColumns`` throw, placed in `source`.
    public static func of(
        _ sql: String, source: SourceText? = nil, on connection: isolated Connection
    ) throws -> QueryLineage {
        let source = source ?? SourceText(path: "SQL", text: sql)
        let columns = try OutputColumns.of(sql, source: source, on: connection)
        let inspector = connection.inspector
        let answer = try JSONTree.parse(
            try inspector.text("SELECT json_serialize_plan(CAST(? AS VARCHAR), optimize := false)", [sql]))
        if answer["error"]?.isTrue == true {
            guard answer["error_type"]?.text == "not implemented" else {
                throw SQLErrorMapper.map(answer, sql: source)
            }
            return try coarse(sql, source: source, columns: columns, on: connection)
        }
        guard let plan = answer["plans"]?.elements.first else {
            throw source.error("sql.empty", "there is no statement", hint: "write one SELECT", line: 1)
        }
        return of(plan: plan, columns: columns)
    }

    /// Pure: from the plan's tree and the names and types of the columns it returns.
    static func of(plan: JSONTree, columns: [Column]) -> QueryLineage {
        var reader = PlanReader()
        let result = reader.relation(plan)
        var outputs: [OutputColumn] = []
        for (index, column) in columns.enumerated() {
            let inputs = reader.inputs(of: result[index])
            outputs.append(OutputColumn(name: column.name, type: column.type, inputs: inputs))
        }
        return QueryLineage(
            columns: outputs, indirect: reader.inputs(of: result.indirect), isApproximate: reader.isApproximate)
    }

    /// For a plan that DuckDB cannot write down (it holds a CSV reader, for one): every output column depends on
    /// every column of every table read.
    private static func coarse(
        _ sql: String, source: SourceText, columns: [Column], on connection: isolated Connection
    ) throws -> QueryLineage {
        let query = try ParsedQuery.parse(sql, source: source, on: connection)
        var inputs: Set<InputColumn> = []
        for reference in query.tables {
            let path = [reference.catalog, reference.schema, reference.table].compactMap(\.self)
            let read = try connection.columns(of: "SELECT * FROM \(path.map(SQL.quote).joined(separator: "."))")
            let table = TableName(schema: reference.schema ?? "main", table: reference.table)
            for column in read {
                inputs.insert(InputColumn(table: table, column: column.name, kind: .transformation))
            }
        }
        let all = inputs.sorted()
        return QueryLineage(
            columns: columns.map { OutputColumn(name: $0.name, type: $0.type, inputs: all) }, indirect: [],
            isApproximate: true)
    }
}
