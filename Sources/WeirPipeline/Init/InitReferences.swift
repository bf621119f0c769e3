import WeirConnect
import WeirCore
import WeirEngine
import WeirQuality

/// Finds out which columns of the explored tables refer to which, for their contracts.
enum InitReferences {
    /// What is proposed holds for every row and is named so that a person would believe it.
    private static let plausible = 0.8

    /// - Parameter tables: their staged rows are dropped.
    static func find(
        _ tables: inout [ExploredTable], progress: (String) -> Void, on connection: isolated Connection
    ) throws {
        if tables.count > 1 {
            progress("which columns refer to which tables")
            let looked = tables.compactMap { table in
                table.staged.map { staged in
                    ReferenceFinder.Table(
                        name: table.name.description, shortName: table.name.table, relation: staged.table.sql,
                        shown: table.name.sql, profile: table.profile)
                }
            }
            for reference in try ReferenceFinder(tables: looked).find(on: connection) { note(reference, in: &tables) }
        }
        for index in tables.indices {
            try tables[index].staged?.drop(on: connection)
            tables[index].staged = nil
        }
    }

    private static func note(_ reference: Reference, in tables: inout [ExploredTable]) {
        guard reference.plausibility >= plausible * (reference.orphans > 0 ? 0.8 : 1),
            let index = tables.firstIndex(where: { $0.name.description == reference.fromTable }),
            let target = tables.first(where: { $0.name.description == reference.toTable })
        else { return }
        let columns = reference.fromColumns
        guard !tables[index].references.contains(where: { $0.columns == columns }) else { return }
        if reference.orphans > 0 {
            tables[index].remarks[reference.fromColumn, default: []].append(
                "\(Figures.count(reference.orphans)) of \(Figures.count(Int64(reference.filled), "row")) refer to no \(reference.toColumns.map { "\(reference.toTable).\($0)" }.joined(separator: ", ")); else: \(reference.check)"
            )
        } else if !refers(target.name, to: tables[index].name, in: tables) {
            tables[index].references.append(
                .init(columns: columns, table: target.name, key: reference.toColumns))
        }
    }

    /// Tables that need each other could not be loaded one after the other.
    private static func refers(_ table: TableName, to other: TableName, in tables: [ExploredTable]) -> Bool {
        guard table != other else { return true }
        let next = tables.first { $0.name == table }?.references.map(\.table) ?? []
        return next.contains { $0 == other || refers($0, to: other, in: tables) }
    }
}
