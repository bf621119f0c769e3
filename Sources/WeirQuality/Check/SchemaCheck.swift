import WeirCore

/// Compares the columns of a table with those of its contract.
public enum SchemaCheck {
    /// One outcome a column that is missing (`required_column(x)`) or of another kind of type (`type(x)`),
    /// with status failed; none when all fit.
    ///
    /// Columns that the contract does not mention are no mistake: ``extraColumns(_:_:)`` lists them. Types are
    /// compared by kind: an INTEGER is a fine BIGINT, a text is no date.
    public static func compare(_ contract: TableContract, _ columns: [Column]) -> [CheckOutcome] {
        let actual = Dictionary(columns.map { ($0.name.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
        return contract.columns.compactMap { wanted in
            guard let found = actual[wanted.columnName.lowercased()] else {
                let close = DidYouMean.closest(to: wanted.columnName, among: columns.map(\.name))
                return CheckOutcome(
                    id: "required_column(\(wanted.columnName))", columns: [wanted.columnName], .failed,
                    wanted: "a column \"\(wanted.columnName)\"",
                    detail: "the table has no column \"\(wanted.columnName)\""
                        + (close.map { " (the nearest is \"\($0)\")" } ?? ""),
                    place: wanted.place)
            }
            guard !fits(found, wanted) else { return nil }
            let type = wanted.physicalType ?? wanted.logicalType?.rawValue ?? "?"
            return CheckOutcome(
                id: "type(\(wanted.columnName))", columns: [wanted.columnName], .failed, wanted: "type \(type)",
                detail: "the column \"\(found.name)\" is \(found.type), and the contract wants \(type)",
                place: wanted.place)
        }
    }

    /// Whether values of two SQL types can be compared without a conversion that could fail: a foreign key needs it.
    public static func compares(_ one: String, _ other: String) -> Bool {
        TypeFamily(sql: one).compares(with: TypeFamily(sql: other))
    }

    /// Columns of the table that the contract does not mention.
    public static func extraColumns(_ contract: TableContract, _ columns: [Column]) -> [Column] {
        let known = Set(contract.columns.map { $0.columnName.lowercased() })
        return columns.filter { !known.contains($0.name.lowercased()) }
    }

    private static func fits(_ column: Column, _ wanted: ColumnContract) -> Bool {
        let family = TypeFamily(sql: column.type)
        if let other = wanted.physicalType.flatMap(PhysicalType.family) {
            if family == other || (family.isNumeric && other.isNumeric && (family == .integer || other != .integer)) {
                return true
            }
            let loose: [Set<TypeFamily>] = [[.text, .uuid, .json], [.timestamp, .timestampTZ]]
            return loose.contains { $0.contains(family) && $0.contains(other) }
        }
        return wanted.logicalType.map(family.fits) ?? true
    }
}
