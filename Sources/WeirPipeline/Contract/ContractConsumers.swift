import Foundation
import WeirCore
import WeirQuality

/// Finds the tables of a project that bind what changed in a contract.
extension Runner {
    /// The comparison with the consumers of every change that names a table.
    ///
    /// - Parameter paths: the contract's file, by the names that the project's tables may know it.
    public func consumers(of diff: ContractDiff, contract: Contract, paths: Set<String>) async throws -> ContractDiff {
        var diff = diff
        let planned = try await survey(toleratesLock: true)
        let columns = Dictionary(
            planned.plan.nodes.map { ($0.name.key, $0.columns) }, uniquingKeysWith: { first, _ in first })
        var finder = LineageFinder(project: project, planned: planned, tracer: ColumnTracer(project, columns: columns))
        for index in diff.changes.indices where diff.changes[index].impact != .note {
            let change = diff.changes[index]
            guard let object = change.table else { continue }
            var found: [ContractChange.Consumer] = []
            for table in bound(object, contract, paths, planned) {
                found += await consumers(of: table, change.column, &finder, planned)
            }
            diff.changes[index].consumers = Set(found).sorted { $0.table < $1.table }
        }
        return diff
    }

    /// Tables of the project that the contract's object is about.
    private func bound(
        _ object: String, _ contract: Contract, _ paths: Set<String>, _ planned: Planned
    ) -> [TableName] {
        planned.graph.order.map(\.name).filter { name in
            let path = project.model(name)?.contract ?? project.source(name)?.contract
            if let path, paths.contains(path) { return contract.table(for: name)?.name == object }
            let table = contract.tables.first { $0.name == object }
            return (table?.physicalName ?? object).lowercased() == name.key
        }
    }

    private func consumers(
        of table: TableName, _ column: String?, _ finder: inout LineageFinder, _ planned: Planned
    ) async -> [ContractChange.Consumer] {
        guard let column else {
            return planned.graph.consumers(of: table).map { ContractChange.Consumer(table: $0, columns: []) }
        }
        let answer = await finder.answer(table, column, .downstream, withColumns: true)
        let byTable = Dictionary(grouping: answer.columns, by: { $0.node.lowercased() })
        return answer.tables.compactMap { reached in
            guard let edges = byTable[reached.name.key] else { return nil }
            return ContractChange.Consumer(
                table: reached.name, columns: Set(edges.map(\.column)).subtracting([""]).sorted())
        }
    }
}
