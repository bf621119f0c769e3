import WeirCore
import WeirEngine

/// Finds where the columns of models come from, against empty copies of the tables that they read.
///
/// The copies live in a database in memory, so neither the warehouse nor its rows are needed. A model whose
/// lineage cannot be found out is passed over: what it is made of is worth knowing and not worth a failure.
actor ColumnTracer {
    private let project: Project
    private var database: Database?
    private var columns: [String: [Column]]
    /// Keys of the tables that the database holds with the columns known now.
    private var copied: Set<String> = []

    /// - Parameter columns: what the tables look like, by key.
    init(_ project: Project, columns: [String: [Column]]) {
        self.project = project
        self.columns = columns
    }

    /// A table's columns are these from now on.
    func learn(_ name: TableName, _ new: [Column]) {
        if new.isEmpty || columns[name.key] == new { return }
        columns[name.key] = new
        copied.remove(name.key)
    }

    /// Where the model's columns come from. Nil when that cannot be found out.
    func lineage(of model: ModelDefinition, inputs: [TableName]) async -> QueryLineage? {
        let missing = inputs.filter { !copied.contains($0.key) }
        let tables = missing.map { ($0, columns[$0.key] ?? []) }
        if tables.contains(where: \.1.isEmpty) { return nil }
        do {
            let found = try await shadow().withConnection { connection in
                try await connection.perform { connection in
                    var catalog = ShadowCatalog()
                    for (name, columns) in tables { try catalog.add(name, columns: columns, on: connection) }
                    return try ColumnLineage.of(model.sql, source: model.text, on: connection)
                }
            }
            copied.formUnion(missing.map(\.key))
            guard let step = model.ai else { return found }
            return try found.answered(by: step, of: model, in: project)
        } catch {
            return nil
        }
    }

    private func shadow() async throws -> Database {
        if let database { return database }
        var options = Database.Options()
        options.threads = 1
        options.maxConnections = 1
        options.extensions = ["json", "icu"]
        let opened = try await Database.open(options)
        database = opened
        return opened
    }
}
