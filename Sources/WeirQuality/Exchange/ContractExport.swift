import WeirCore

/// Writes contracts in the words of other tools.
public enum ContractExport {
    /// - Parameters:
    ///   - dialect: for ``ExportFormat/sql``.
    /// - Throws: the mistakes of the contract.
    public static func write(
        _ file: ContractFile, as format: ExportFormat, dialect: SQLDialect = .duckdb
    ) throws -> ExportedContract {
        let contract = try file.valid()
        let tree = file.document?.canonical ?? .map([])
        return switch format {
        case .dbt: DbtExport(contract: contract, tree: tree).export
        case .jsonSchema: JSONSchemaExport(contract: contract, tree: tree).export
        case .sql: DDLExport(contract: contract, tree: tree, dialect: dialect).export
        case .avro: AvroExport(contract: contract, tree: tree).export
        case .markdown: MarkdownExport(contract: contract, tree: tree, notChecked: contract.notChecked).export
        }
    }
}

/// What an export could not say.
struct Losses {
    static let wholeDescription = "the contract's description"
    private(set) var all: [NotCarried] = []

    mutating func add(_ at: String, _ what: String, _ why: String) {
        let lost = NotCarried(at: at, what: what, why: why)
        if !all.contains(lost) { all.append(lost) }
    }

    mutating func add(_ rule: Rule, of table: TableContract, _ why: String) {
        add(
            ([table.name] + rule.columns.prefix(1).map(\.description)).joined(separator: "."),
            "\(rule.id): \(rule.words)", why)
    }

    /// Keys of the document that the other format has no place for.
    mutating func addKeys(of tree: YAMLTree, carried: Set<String>, format: String) {
        let silent: Set<String> = [
            "apiVersion", "kind", "id", "version", "schema", "properties", "items", "map", "key", "value", "name",
            "quality", "relationships", "enum", "logicalTypeOptions", "logicalType", "physicalType", "physicalName",
            "required", "unique", "primaryKey", "primaryKeyPosition",
        ]
        let wholes: Set<String> = [
            "servers", "team", "roles", "support", "price", "slaProperties", "customProperties", "description",
            "synonyms", "authoritativeDefinitions", "quality", "relationships", "enum", "logicalTypeOptions",
        ]
        var counts: [(key: String, count: Int, first: String)] = []
        StandardWalk.each(in: tree) { step in
            // The contract's own description is another thing than those of its tables and columns.
            let isWhole = step.path.isEmpty && step.entry.key == "description"
            if silent.contains(step.entry.key) || carried.contains(isWhole ? Self.wholeDescription : step.entry.key)
                || step.path.contains(where: wholes.contains)
            {
                return
            }
            if let index = counts.firstIndex(where: { $0.key == step.entry.key }) {
                counts[index].count += 1
            } else {
                counts.append(
                    (step.entry.key, 1, step.path.isEmpty ? "the contract" : step.path.joined(separator: ".")))
            }
        }
        for entry in counts {
            add(
                entry.first + (entry.count > 1 ? " and \(entry.count - 1) more" : ""), entry.key,
                "\(format) has no place for it")
        }
    }
}

extension TableContract {
    /// Rules about one column itself, without its fields.
    func rules(of column: ColumnContract) -> [Rule] {
        rules.filter { rule in
            guard rule.columns == [ColumnPath(column.columnName)] else { return false }
            if case .freshness = rule.kind { return false }
            return true
        }
    }

    /// Rules about the table, about several columns, or about parts of a column.
    var otherRules: [Rule] {
        rules.filter { rule in !columns.contains { rules(of: $0).contains(rule) } }
    }

    /// `orders` of `raw.orders`.
    var bareName: String { (physicalName ?? name).split(separator: ".").last.map(String.init) ?? name }
}

extension Rule {
    /// Every row must keep it, and a row that does not is an error.
    var isStrict: Bool { severity == .error && limit == .none && warnLimit == nil }
}
