import Foundation
import WeirCore
import WeirEngine

/// What DuckDB's catalogue says of the tables of a database, as objects of a contract.
enum SQLCatalogue {
    static func read(into draft: inout ContractDraft, on connection: isolated Connection) throws {
        let tables = try connection.query(
            "SELECT schema_name, table_name, comment FROM duckdb_tables() WHERE NOT internal ORDER BY table_oid")
        for row in tables.map({ $0 }) {
            let (schema, name) = (row[0].text ?? "main", row[1].text ?? "")
            var table = DraftTable(name)
            if schema != "main" { table.tree.set("physicalName", .said("\(schema).\(name)")) }
            if let text = row[2].text { table.tree.set("description", .said(text)) }
            try readColumns(schema, name, &table, on: connection)
            try readConstraints(schema, name, &table, &draft, on: connection)
            draft.tables.append(table)
        }
    }

    private static func readColumns(
        _ schema: String, _ name: String, _ table: inout DraftTable, on connection: isolated Connection
    ) throws {
        let rows = try connection.query(
            """
            SELECT column_name, data_type, is_nullable, column_default, comment FROM duckdb_columns()
            WHERE NOT internal AND schema_name = ? AND table_name = ? ORDER BY column_index
            """, [.text(schema), .text(name)])
        for row in rows.map({ $0 }) {
            guard let column = row[0].text, let type = row[1].text else { continue }
            table.column(column) { tree in
                tree = Self.property(column, type: type)
                if row[2].bool == false { tree.set("required", .bool(true)) }
                if let text = row[4].text { tree.set("description", .said(text)) }
                if let value = row[3].text, value != "NULL" {
                    tree.append("customProperties", DraftRule.custom(property: "default", value: .text(value)))
                }
            }
        }
    }

    /// A property of a type as DuckDB writes it.
    static func property(_ name: String?, type: String) -> YAMLTree {
        var tree = YAMLTree.object(["name": name.map(YAMLTree.said)])
        if type.hasPrefix("ENUM(") {
            tree.set("logicalType", .plain("string"))
            tree.append("quality", DraftRule.validValues(.list(enumValues(type).map(YAMLTree.text))))
            return tree
        }
        let family = TypeFamily(sql: type)
        if let logical = family.logicalType { tree.set("logicalType", .plain(logical.rawValue)) }
        switch family {
        case .structure:
            tree.set("properties", .listed(StructType.fields(of: type).map { property($0.name, type: $0.type) }))
        case .list:
            if let open = type.lastIndex(of: "[") { tree.set("items", property(nil, type: String(type[..<open]))) }
        default: tree.set("physicalType", .said(type))
        }
        if family == .timestampTZ { tree.set("logicalTypeOptions", .object(["timezone": .bool(true)])) }
        return tree
    }

    private static func enumValues(_ type: String) -> [String] {
        type.matches(of: /'((?:[^']|'')*)'/).map { String($0.1).replacing("''", with: "'") }
    }

    private static func readConstraints(
        _ schema: String, _ name: String, _ table: inout DraftTable, _ draft: inout ContractDraft,
        on connection: isolated Connection
    ) throws {
        let rows = try connection.query(
            """
            SELECT constraint_type, expression, constraint_column_names, referenced_table, referenced_column_names
            FROM duckdb_constraints() WHERE schema_name = ? AND table_name = ? ORDER BY constraint_index
            """, [.text(schema), .text(name)])
        for row in rows.map({ $0 }) {
            let columns = row[2].list?.compactMap(\.text) ?? []
            switch row[0].text {
            case "PRIMARY KEY":
                for (index, column) in columns.enumerated() {
                    table.column(column) {
                        $0.set("primaryKey", .bool(true))
                        if columns.count > 1 { $0.set("primaryKeyPosition", .int(index + 1)) }
                        $0.set("required", .bool(true))
                    }
                }
            case "UNIQUE" where columns.count == 1: table.column(columns[0]) { $0.set("unique", .bool(true)) }
            case "UNIQUE":
                table.add(
                    DraftRule.metric(
                        "duplicateValues", arguments: .object(["properties": .list(columns.map(YAMLTree.said))])),
                    to: nil)
            case "CHECK":
                guard let expression = row[1].text else { continue }
                table.add(DraftRule.condition(expression), to: nil)
            case "FOREIGN KEY":
                let targets = (row[4].list?.compactMap(\.text) ?? []).map { "\(row[3].text ?? "").\($0)" }
                if columns.count == 1 {
                    table.column(columns[0]) { $0.append("relationships", .object(["to": .said(targets[0])])) }
                } else {
                    table.relationships.append(
                        .object(["from": .list(columns.map(YAMLTree.said)), "to": .list(targets.map(YAMLTree.said))]))
                }
            case "NOT NULL": break
            default: draft.lost("\(schema).\(name)", row[1].text ?? "a constraint", "a contract has no word for it")
            }
        }
        // A unique index says what a constraint would.
        let indexes = try connection.query(
            "SELECT expressions FROM duckdb_indexes() WHERE is_unique AND schema_name = ? AND table_name = ?",
            [.text(schema), .text(name)])
        for row in indexes.map({ $0 }) {
            let columns = (row[0].text ?? "").trimmingCharacters(in: .init(charactersIn: "[]")).split(separator: ",")
                .map {
                    $0.trimmingCharacters(in: .init(charactersIn: " '\""))
                }
            let known = columns.allSatisfy { name in table.columns.contains { $0["name"]?.string == name } }
            guard known, !columns.isEmpty else { continue }
            if columns.count == 1 {
                table.column(columns[0]) { $0.set("unique", .bool(true)) }
            } else {
                table.add(
                    DraftRule.metric(
                        "duplicateValues", arguments: .object(["properties": .list(columns.map(YAMLTree.said))])),
                    to: nil)
            }
        }
    }
}

extension TypeFamily {
    /// The word of a contract for the kind of type.
    var logicalType: ContractType? {
        switch self {
        case .boolean: .boolean
        case .integer: .integer
        case .decimal, .floating: .number
        case .text, .uuid: .string
        case .date: .date
        case .time: .time
        case .timestamp, .timestampTZ: .timestamp
        case .list: .array
        case .structure, .json: .object
        case .map, .blob, .interval, .other: nil
        }
    }
}
