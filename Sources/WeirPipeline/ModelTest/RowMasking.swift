import WeirConnect
import WeirCore
import WeirEngine
import WeirQuality

/// Replaces personal values of sampled inputs. Equal values stay equal, across tables too, so that joins still join.
struct RowMasking {
    private let inputs: [TableName]
    /// Lower case names of columns that some contract of the project classifies.
    private let sensitive: Set<String>
    /// Lower case names of the model's own classified columns: they are left out of what is expected, unless an
    /// input's column of the same name was masked.
    let hiddenOutputs: Set<String>

    init(project: Project, model: ModelDefinition, inputs: [TableName]) {
        self.inputs = inputs
        func names(_ contract: TableContract?) -> [String] {
            contract?.columns.filter(\.isSensitive).map { $0.columnName.lowercased() } ?? []
        }
        // A name classified anywhere is masked everywhere: a table without a contract may well pass it on.
        sensitive = Set(
            project.tableNames.flatMap { names(project.tableContract(for: $0)) }
        )
        hiddenOutputs = Set(names(project.tableContract(for: model.name)))
    }

    /// Masks in place. Returns `table.column` of what was masked.
    func apply(on connection: isolated Connection) throws -> [String] {
        var masked: [String] = []
        try connection.execute("CREATE TEMP TABLE _weir_masks (value VARCHAR, n BIGINT)")
        for name in inputs {
            for column in try connection.columns(of: "SELECT * FROM \(name.sql)")
            where sensitive.contains(column.name.lowercased()) {
                try mask(column, of: name, on: connection)
                masked.append("\(name).\(column.name)")
            }
        }
        return masked
    }

    private func mask(_ column: Column, of name: TableName, on connection: isolated Connection) throws {
        let value = SQL.quote(column.name)
        try connection.execute(
            """
            INSERT INTO temp._weir_masks SELECT v, (SELECT count(*) FROM temp._weir_masks) + row_number() OVER (ORDER BY v)
            FROM (SELECT DISTINCT \(value)::VARCHAR AS v FROM \(name.sql) WHERE \(value) IS NOT NULL)
            WHERE v NOT IN (SELECT value FROM temp._weir_masks)
            """)
        let number = "(SELECT n FROM temp._weir_masks AS m WHERE m.value = \(value)::VARCHAR)"
        let type = column.type
        let replacement =
            switch type {
            case "VARCHAR": "'masked ' || \(number)"
            case "DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE":
                "CAST(DATE '2000-01-01' + CAST(\(number) AS INTEGER) AS \(type))"
            case _ where TypeGuess.fractionDigits(of: type) != nil || TypeGuess.tolerance(of: type) != nil:
                "TRY_CAST(\(number) AS \(type))"
            default: "NULL"
            }
        try connection.execute("UPDATE \(name.sql) SET \(value) = \(replacement) WHERE \(value) IS NOT NULL")
    }
}
