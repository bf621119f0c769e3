import WeirCore

/// What a refusal means: its code, one sentence, and what to do.
struct SQLVerdict {
    let code: String
    let message: String
    let hint: String?
    /// The name that is wrong, to look for it in the text when DuckDB gave no place.
    let name: String?

    init(_ report: EngineReport) {
        let lines = report.message.split(separator: "\n").map(\.trimmed).filter { !$0.isEmpty }
        let first = lines.first ?? report.message
        code = Self.code(report, first)
        name = report.name ?? Self.firstQuoted(in: first)
        var sentence = first
        while let last = sentence.last, last == "!" || last == "." { sentence.removeLast() }
        // What is quoted may go on over the next lines; where it begins is shown by the place.
        if code == "sql.syntax", sentence.count(where: { $0 == "\"" }) % 2 == 1,
            let quoted = sentence.firstRange(of: " at or near \"")
        {
            sentence = String(sentence[..<quoted.lowerBound])
        }
        if let use = sentence.firstRange(of: " (use: "), code.hasPrefix("sql.ambiguous") {
            hint = "write " + sentence[use.upperBound...].dropLast()
            message = String(sentence[..<use.lowerBound])
            return
        }
        message = sentence
        hint = Self.hint(code, Array(lines.dropFirst()), wrong: name)
    }

    private static func code(_ report: EngineReport, _ first: String) -> String {
        switch report.subtype {
        case "COLUMN_NOT_FOUND": return "sql.unknown-column"
        case "NO_MATCHING_FUNCTION": return "sql.type"
        case "SYNTAX_ERROR": return "sql.syntax"
        default: break
        }
        switch report.kind {
        case "parser", "syntax": return "sql.syntax"
        case "catalog": return missingEntry(report.entryType, first)
        case "binder": return binding(first)
        case "conversion", "mismatch type": return "sql.type"
        case "out of range": return "sql.out-of-range"
        case "invalid input": return "sql.invalid-input"
        case "io": return "engine.io"
        case "http": return "engine.http"
        case "not implemented": return "sql.not-inspectable"
        default: return "sql.binding"
        }
    }

    private static func missingEntry(_ type: String?, _ first: String) -> String {
        let type = type ?? String(first.prefix { $0 != "\"" })
        if type.contains("Function") || first.contains("Function with name") { return "sql.unknown-function" }
        if type == "Type" || first.hasPrefix("Type with name") { return "sql.unknown-type" }
        if type.hasPrefix("Table") || type.hasPrefix("View") || type.hasPrefix("Schema") { return "sql.unknown-table" }
        return "sql.binding"
    }

    private static let bindings: [(sign: String, code: String)] = [
        ("Ambiguous reference to column", "sql.ambiguous-column"),
        ("Ambiguous reference to table", "sql.ambiguous-table"),
        ("Referenced column ", "sql.unknown-column"),
        ("does not have a column named", "sql.unknown-column"),
        ("not found in FROM clause", "sql.unknown-column"),
        ("Could not find key", "sql.unknown-column"),
        ("No matching columns found", "sql.unknown-column"),
        ("Referenced table ", "sql.unknown-table"),
        ("Catalog \"", "sql.unknown-table"),
        ("Schema \"", "sql.unknown-table"),
        ("No function matches", "sql.type"),
        ("Cannot compare values", "sql.type"),
        ("Cannot mix values", "sql.type"),
        ("Could not choose a best candidate", "sql.type"),
        ("Cannot combine types", "sql.type"),
        ("Unimplemented type for cast", "sql.type"),
        ("Failed to cast", "sql.type"),
    ]

    private static func binding(_ first: String) -> String {
        bindings.first { first.contains($0.sign) }?.code ?? "sql.binding"
    }

    private static func firstQuoted(in text: String) -> String? {
        let parts = text.split(separator: "\"", maxSplits: 2, omittingEmptySubsequences: false)
        return parts.count == 3 ? String(parts[1]) : nil
    }

    /// DuckDB's candidates and advice, in one line.
    private static func hint(_ code: String, _ rest: [String], wrong: String?) -> String? {
        if code == "sql.type" {
            let signatures = rest.filter { $0.contains(") -> ") }
            if signatures.isEmpty { return rest.first }
            return "add a cast; it takes " + signatures.prefix(4).joined(separator: ", ")
                + (signatures.count > 4 ? ", …" : "")
        }
        guard let line = rest.first else { return nil }
        for sign in ["Candidate", "Did you mean"] where line.hasPrefix(sign) {
            let names = candidates(in: line)
            if names.isEmpty { return nil }
            if let wrong, names.count > 1, let close = DidYouMean.closest(to: wrong, among: names) {
                return "did you mean \"\(close)\"?"
            }
            let quoted = names.prefix(8).map { "\"\($0)\"" }
            return "did you mean " + (quoted.count == 1 ? quoted[0] : "one of " + quoted.joined(separator: ", ")) + "?"
        }
        return code == "sql.syntax" ? nil : line
    }

    /// Tables of DuckDB's own that happen to sound like what was meant.
    private static func isEnginesOwn(_ name: String) -> Bool {
        let plain = name.hasPrefix("main.") ? name.dropFirst(5) : name[...]
        return ["pragma_", "duckdb_", "sqlite_", "information_schema.", "pg_catalog."].contains { plain.hasPrefix($0) }
    }

    private static func candidates(in line: String) -> [String] {
        line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }.filter { !isEnginesOwn($0) }
    }
}
