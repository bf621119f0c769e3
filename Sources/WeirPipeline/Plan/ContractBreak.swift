import WeirCore
import WeirQuality

/// A promise of a contract about a column that the table will not keep after a change of its columns.
public struct ContractBreak: Sendable, Hashable, Codable {
    /// The contract's file.
    public var contract: String
    /// Line in it, from 1.
    public var line: Int?
    public var column: String
    /// What does not fit, in words.
    public var detail: String

    /// Of the contract of the table itself, about columns that are gone or of another type.
    static func find(_ contract: TableContract?, columns: [Column], diff: ColumnDiff) -> [ContractBreak] {
        guard let contract else { return [] }
        let changed = Set((diff.removed.map(\.name) + diff.retyped.map(\.name)).map { $0.lowercased() })
        if changed.isEmpty { return [] }
        return SchemaCheck.compare(contract, columns).compactMap { outcome -> ContractBreak? in
            guard let column = outcome.columns.first, changed.contains(column.lowercased()) else { return nil }
            return ContractBreak(
                contract: outcome.place.file ?? contract.name, line: outcome.place.line,
                column: column, detail: outcome.detail ?? outcome.rule)
        }
    }

    /// Of the contract of another table whose foreign key points to columns that change.
    static func find(
        _ contract: TableContract?, of referring: [Column], in table: TableName, columns: [Column], diff: ColumnDiff
    ) -> [ContractBreak] {
        let changed = Set((diff.removed.map(\.name) + diff.retyped.map(\.name)).map { $0.lowercased() })
        return (contract?.rules ?? []).flatMap { rule -> [ContractBreak] in
            guard case .foreignKey(let key) = rule.kind,
                [table.key, table.table.lowercased()].contains(key.table.lowercased())
            else { return [] }
            return zip(rule.columns.map(\.description), key.columns).compactMap { own, theirs -> ContractBreak? in
                guard changed.contains(theirs.lowercased()) else { return nil }
                let now = columns.first { $0.name.lowercased() == theirs.lowercased() }?.type
                let type = referring.first { $0.name.lowercased() == own.lowercased() }?.type
                if let now, let type, SchemaCheck.compares(now, type) { return nil }
                return ContractBreak(
                    contract: rule.place.file ?? contract?.name ?? "", line: rule.place.line, column: theirs,
                    detail:
                        "\(own) refers to \(table).\(theirs), which \(now.map { "becomes \($0)" } ?? "will be gone")"
                )
            }
        }
    }
}
