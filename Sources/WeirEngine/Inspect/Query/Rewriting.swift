import WeirCore

extension ParsedQuery {
    /// The statement with some of its tables replaced by others, and everything else as it was written.
    ///
    /// Names are replaced in the text, at the places DuckDB's parser gave: the SQL that DuckDB writes from a tree
    /// may mean something else (see `normalised`). A table whose own name changes gets its old name as an alias, so
    /// that `flights.day` still resolves; `raw.flights.day` follows the table.
    ///
    /// - Parameter tables: the new schema and table for a reference, or nil to leave it.
    /// - Throws: `sql.not-inspectable` when a name is not where the parser said.
    public func rewritten(
        tables replacement: (TableReference) -> (schema: String, table: String)?
    ) throws -> String {
        let scanner = SQLScanner(sql)
        var edits: [Edit] = []
        var renamed: [String: (schema: String, table: String)] = [:]
        for reference in tables {
            guard let new = replacement(reference) else { continue }
            edits.append(try edit(reference, to: new, scanner))
            if let name = reference.name { renamed[name.key] = new }
        }
        for column in qualifiedColumns {
            if let edit = edit(column, renamed, scanner) { edits.append(edit) }
        }
        return Self.apply(edits, to: scanner.bytes)
    }

    private struct Edit: Hashable {
        let range: Range<Int>
        let text: String
    }

    private func edit(
        _ reference: TableReference, to new: (schema: String, table: String), _ scanner: SQLScanner
    ) throws -> Edit {
        let old = [reference.catalog, reference.schema, reference.table].compactMap(\.self)
        guard let chain = scanner.nameChain(at: reference.utf8Offset, limit: old.count), matches(chain.parts, old),
            let first = chain.ranges.first, let last = chain.ranges.last
        else { throw misplaced(reference) }
        let parts = [reference.catalog, new.schema, new.table].compactMap(\.self)
        var text = parts.map(SQL.quote).joined(separator: ".")
        if new.table.lowercased() != reference.table.lowercased(), !aliasedReferences.contains(reference.utf8Offset) {
            text += " AS " + SQL.quote(reference.table)
        }
        return Edit(range: first.lowerBound..<last.upperBound, text: text)
    }

    /// `raw.flights.day` becomes `dev__raw.flights.day`, or `flights.day` where the table got an alias.
    private func edit(
        _ column: QualifiedColumn, _ renamed: [String: (schema: String, table: String)], _ scanner: SQLScanner
    ) -> Edit? {
        for start in 0...1 where column.names.count >= start + 3 {
            let schema = column.names[start]
            let table = column.names[start + 1]
            guard let new = renamed[TableName(schema: schema, table: table).key],
                let chain = scanner.nameChain(at: column.utf8Offset, limit: column.names.count),
                matches(chain.parts, column.names)
            else { continue }
            let range = chain.ranges[0].lowerBound..<chain.ranges[start + 1].upperBound
            if new.table.lowercased() != table.lowercased() { return Edit(range: range, text: SQL.quote(table)) }
            let catalog = start == 1 ? SQL.quote(column.names[0]) + "." : ""
            return Edit(range: range, text: catalog + SQL.list([new.schema]) + "." + SQL.quote(new.table))
        }
        return nil
    }

    private func matches(_ found: [String], _ expected: [String]) -> Bool {
        found.map { $0.lowercased() } == expected.map { $0.lowercased() }
    }

    private func misplaced(_ reference: TableReference) -> WeirError {
        WeirError(
            "sql.not-inspectable", "the table \(reference.table) is not where the parser found it",
            hint: "replace unusual blanks (such as no-break spaces) by plain ones")
    }

    private static func apply(_ edits: [Edit], to bytes: [UInt8]) -> String {
        var out: [UInt8] = []
        var position = 0
        // A set: the parser may list one place twice where it expands a shorthand.
        for edit in Set(edits).sorted(by: { $0.range.lowerBound < $1.range.lowerBound })
        where edit.range.lowerBound >= position {
            out += bytes[position..<edit.range.lowerBound]
            out += Array(edit.text.utf8)
            position = edit.range.upperBound
        }
        out += bytes[position...]
        return String(decoding: out, as: UTF8.self)
    }
}
