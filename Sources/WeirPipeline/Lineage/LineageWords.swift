import WeirCore
import WeirEngine
import WeirStore

/// One finding of the engine in the words of the state store and of OpenLineage.
extension QueryLineage {
    /// - Parameter recorded: the name under which a table is remembered.
    func edges(of node: TableName, recorded: (TableName) -> String) -> [LineageEdge] {
        func edge(_ column: String, _ input: InputColumn) -> LineageEdge {
            LineageEdge(
                node: recorded(node), column: column, inputTable: recorded(input.table), inputColumn: input.column,
                kind: input.kind.edge)
        }
        return columns.flatMap { column in column.inputs.map { edge(column.name, $0) } } + indirect.map { edge("", $0) }
    }

    /// - Parameter dataset: the namespace and name of a table.
    func openLineage(_ dataset: (TableName) -> OpenLineageNaming.Name) -> [OpenLineageColumn] {
        func column(_ output: String?, _ input: InputColumn) -> OpenLineageColumn {
            let table = dataset(input.table)
            return OpenLineageColumn(
                output: output, inputNamespace: table.namespace, inputName: table.name, inputField: input.column,
                change: input.kind.change)
        }
        return columns.flatMap { output in output.inputs.map { column(output.name, $0) } }
            + indirect.map { column(nil, $0) }
    }
}

extension InputColumn.Kind {
    var edge: LineageEdge.Kind {
        switch self {
        case .identity: .copy
        case .transformation: .computed
        case .aggregation: .aggregated
        case .filter, .join, .groupBy, .sort: .influence
        }
    }

    fileprivate var change: OpenLineageColumn.Change {
        switch self {
        case .identity: .identity
        case .transformation: .transformation
        case .aggregation: .aggregation
        case .filter: .filter
        case .join: .join
        case .groupBy: .groupBy
        case .sort: .sort
        }
    }
}
