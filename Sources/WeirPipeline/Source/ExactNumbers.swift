import WeirConnect
import WeirCore
import WeirEngine

/// Keeps the digits of a database's numbers that DuckDB reads as DOUBLE though they are exact where they come from.
///
/// They are read as texts. Where nobody says what they are to become, the values are looked at once, before the first
/// load: a DECIMAL that holds them all, or a text.
struct ExactNumbers {
    let source: SourceDefinition
    let reader: DatabaseReader
    /// Columns that are published.
    let known: [Column]

    func keep(_ input: inout SourceInput, on connection: isolated Connection) throws {
        let doubles = input.columns.filter { input.readerTypes[$0.name.lowercased()] == "DOUBLE" }
        let declared = doubles.filter { column in
            ["DECIMAL", "NUMERIC", "VARCHAR", "TEXT", "HUGEINT"].contains { column.type.uppercased().hasPrefix($0) }
        }
        let open = doubles.filter { input.undeclared.contains($0.name.lowercased()) }.map(\.name)
        var exact = try exactNumbers(among: open, &input, on: connection)
        for name in exact.sorted() {
            guard let type = known.first(where: { $0.name.lowercased() == name.lowercased() })?.type else { continue }
            guard ["FLOAT", "DOUBLE"].contains(type) else { continue }
            exact.remove(name)
            input.notices.append(
                "column \(name) holds exact numbers and is \(type) in \(source.name): digits beyond the 15th are lost; --full-refresh keeps them"
            )
        }
        let names = Set((declared.map(\.name) + exact).map { $0.lowercased() })
        // A query, unlike a table, gives MySQL's long texts as bytes.
        let texts = Set(input.readerTypes.filter { reader.engine == "mysql" && $0.value == "VARCHAR" }.keys)
        guard !names.isEmpty, let relation = reader.withTexts(of: names.union(texts), columns: input.columns) else {
            return
        }
        input.relation = relation
        for name in names { input.readerTypes[name] = "VARCHAR" }
        let types = try types(of: exact.sorted(), in: relation, &input, on: connection)
        input.columns = input.columns.map { Column(name: $0.name, type: types[$0.name] ?? $0.type) }
    }

    private func exactNumbers(
        among names: [String], _ input: inout SourceInput, on connection: isolated Connection
    ) throws -> Set<String> {
        do { return try reader.exactNumbers(among: names, on: connection) } catch let error as WeirError {
            if error.code == "run.cancelled" || error.isTransient { throw error }
            // Some statements cannot stand inside of another.
            input.notices.append(
                "read as DOUBLE, whatever \(source.name) has: \(names.joined(separator: ", ")); digits beyond the 15th are lost"
            )
            return []
        }
    }

    private func types(
        of names: [String], in relation: String, _ input: inout SourceInput, on connection: isolated Connection
    ) throws -> [String: String] {
        var types: [String: String] = [:]
        for name in names {
            let published = known.first { $0.name.lowercased() == name.lowercased() }?.type
            let type = try published ?? narrowest(for: name, in: relation, on: connection)
            types[name] = type
            if published == nil {
                input.notices.append(
                    "column \(name) holds numbers without bounds and is loaded as \(type == "VARCHAR" ? "text" : type); declare its type under `columns:` if it may need another"
                )
            }
            if let scale = Self.scale(of: type) { input.scales[name.lowercased()] = scale }
        }
        return types
    }

    /// The DECIMAL of most digits before the point that keeps all after it.
    private func narrowest(for name: String, in relation: String, on connection: isolated Connection) throws -> String {
        let text = SQL.quote(name)
        let row =
            try connection.transaction { connection in
                try connection.query(
                    """
                    SELECT max(length(rtrim(split_part(\(text), '.', 2), '0'))),
                        max(length(ltrim(split_part(\(text), '.', 1), '-')))
                    FROM \(relation) WHERE isfinite(TRY_CAST(\(text) AS DOUBLE))
                    """
                ).first
            } ?? []
        guard row.count == 2, let scale = row[0].int, let digits = row[1].int else { return "DECIMAL(38,9)" }
        return scale + digits > 38 ? "VARCHAR" : "DECIMAL(38,\(scale))"
    }

    /// 9 of `DECIMAL(38,9)`.
    private static func scale(of type: String) -> Int? {
        guard type.hasPrefix("DECIMAL("), let comma = type.lastIndex(of: ",") else { return nil }
        return Int(type[type.index(after: comma)...].dropLast())
    }
}
