import Foundation
import WeirCore
import WeirEngine

/// Reads `CREATE TABLE` statements of any database: DuckDB runs them in a database in memory, and its catalogue says what
/// they made. Words of other databases are put into DuckDB's first where it refuses a statement.
struct SQLImport {
    let text: String
    let path: String

    func read(name: String) async throws -> ContractDraft {
        var options = Database.Options()
        options.extensions = ["json"]
        let database = try await Database.open(options)
        return try await database.withConnection { connection in
            try await connection.perform { try read(name: name, on: $0) }
        }
    }

    private struct Statement: Sendable {
        var text: String
        let line: Int
        /// Foreign keys that were taken out.
        var removed: [String] = []
    }

    /// What may run: definitions only, so that nothing is read or written outside of the database in memory.
    private static let allowed: [[String]] = [
        ["create", "table"], ["create", "or", "replace", "table"], ["create", "type"], ["create", "schema"],
        ["create", "unique", "index"], ["create", "temp", "table"], ["create", "temporary", "table"],
        ["alter", "table"], ["comment", "on"], ["create", "domain"],
    ]
    /// Words around definitions that mean nothing for a contract.
    private static let silent: Set<String> = [
        "begin", "start", "commit", "end", "set", "use", "go", "select", "grant", "revoke", "lock", "unlock", "pragma",
    ]

    private func read(name: String, on connection: isolated Connection) throws -> ContractDraft {
        var draft = ContractDraft(name: name)
        try connection.execute("SET enable_external_access = false")
        var waiting: [Statement] = []
        for statement in statements {
            let words = SQLText.words(statement.text).prefix(4).map(\.text)
            if Self.allowed.contains(where: { words.starts(with: $0) }) {
                waiting.append(statement)
            } else if let first = words.first, !Self.silent.contains(first) {
                draft.lost("\(path):\(statement.line)", words.joined(separator: " ") + " …", "it defines no table")
            }
        }
        // A table may refer to one that is defined further down: what fails is tried again after the others.
        var failures = try runAll(&waiting, &draft, on: connection)
        for isLastResort in [false, true] where !waiting.isEmpty {
            // References to tables that are nowhere here keep a table from being made; the others may stay.
            let defined = isLastResort ? [] : definedTables
            for (index, statement) in waiting.enumerated() {
                let bare = ForeignSQL.withoutReferences(
                    ForeignSQL.translated(statement.text).text, beside: defined)
                guard !bare.removed.isEmpty else { continue }
                waiting[index].text = bare.text
                waiting[index].removed += bare.removed
            }
            failures = try runAll(&waiting, &draft, on: connection)
        }
        for statement in waiting {
            draft.lost(
                "\(path):\(statement.line)",
                statement.text.split(whereSeparator: \.isNewline).first.map(String.init) ?? "",
                failures[statement.line] ?? "DuckDB cannot read it")
        }
        try SQLCatalogue.read(into: &draft, on: connection)
        if draft.tables.isEmpty {
            throw WeirError(
                "contract.no-table", "\(path) defines no table",
                hint: draft.notCarried.first.map { "\($0.what): \($0.why)" },
                at: Place(file: path))
        }
        return draft
    }

    private var statements: [Statement] {
        var out: [Statement] = []
        var rest = text
        var offset = 0
        while true {
            let next = SQLText.secondStatement(rest)
            let part = next.map { String(decoding: Array(rest.utf8)[..<$0], as: UTF8.self) } ?? rest
            let start = SQLText.words(part).first?.start ?? 0
            let line = text.utf8.prefix(offset + start).count { $0 == UInt8(ascii: "\n") } + 1
            if !SQLText.words(part).isEmpty { out.append(Statement(text: SQLText.statement(part), line: line)) }
            guard let next, next > 0 else { return out }
            rest = String(decoding: Array(rest.utf8)[next...], as: UTF8.self)
            offset += next
        }
    }

    /// Why the statement failed; nil when it ran.
    private func run(
        _ statement: Statement, _ draft: inout ContractDraft, on connection: isolated Connection
    ) throws -> String? {
        var problem: String?
        let foreign = ForeignSQL.translated(statement.text)
        var attempts = [(text: statement.text, dropped: [String]()), foreign]
        while !attempts.isEmpty {
            let (text, dropped) = attempts.removeFirst()
            do {
                try makeSchema(for: text, on: connection)
                try connection.execute(text)
                for part in dropped {
                    draft.lost(
                        "\(path):\(statement.line)", part, "DuckDB has no word for it, and a contract has none either")
                }
                return nil
            } catch {
                guard AuditRun.isAboutTheRule(error) else { throw error }
                let message = WeirError.wrapping(error).message
                problem = problem ?? message.split(whereSeparator: \.isNewline).first.map(String.init)
                // A column may have a name that is a word of DuckDB's own.
                if attempts.isEmpty, let quoted = ForeignSQL.quotingColumn(message, in: text) {
                    attempts.append((quoted, dropped))
                }
            }
        }
        return problem
    }

    /// A dump names schemas that it does not make.
    private func makeSchema(for text: String, on connection: isolated Connection) throws {
        guard
            let match = text.firstMatch(
                of: /(?i)\btable\s+(?:if\s+not\s+exists\s+)?(?:only\s+)?"?([\p{L}_][\p{L}\d_]*)"?\s*\.\s*"?[\p{L}_]/)
        else { return }
        try connection.execute("CREATE SCHEMA IF NOT EXISTS \(SQL.quote(String(match.1)))")
    }

    /// Runs what can be run, and keeps the rest, with the reasons by line.
    private func runAll(
        _ waiting: inout [Statement], _ draft: inout ContractDraft, on connection: isolated Connection
    ) throws -> [Int: String] {
        var failures: [Int: String] = [:]
        var isMoving = true
        while isMoving, !waiting.isEmpty {
            isMoving = false
            var left: [Statement] = []
            for statement in waiting {
                failures[statement.line] = try run(statement, &draft, on: connection)
                guard failures[statement.line] == nil else {
                    left.append(statement)
                    continue
                }
                isMoving = true
                for reference in statement.removed {
                    draft.lost(
                        "\(path):\(statement.line)", reference,
                        "the table it refers to is not defined here, or has no such key")
                }
            }
            waiting = left
        }
        return failures
    }

    /// Tables that the script defines, in lower case and without their schemas.
    private var definedTables: Set<String> {
        Set(
            text.matches(of: /(?i)\bcreate\s+(?:\w+\s+)?table\s+(?:if\s+not\s+exists\s+)?([\w."`\[\]]+)/).map { match in
                ForeignSQL.bareName(match.1)
            })
    }
}

/// SQL of other databases in the words of DuckDB.
enum ForeignSQL {
    /// Patterns without regard to case, and what they become; in this order.
    private static let words: [(pattern: String, replacement: String)] = [
        (
            #"\bnvarchar2?\b|\bnchar\b|\bvarchar2\b|\bcharacter\s+varying\b|\bn?clob\b|\b(?:tiny|medium|long)text\b|\bcitext\b|\bntext\b"#,
            "VARCHAR"
        ),
        (#"\bbigserial\b|\bserial8\b"#, "BIGINT NOT NULL"),
        (#"\bsmallserial\b"#, "SMALLINT NOT NULL"),
        (#"\bserial\b|\bserial4\b"#, "INTEGER NOT NULL"),
        (#"\bjsonb\b"#, "JSON"),
        (#"\bdatetimeoffset(?:\(\d\))?"#, "TIMESTAMP WITH TIME ZONE"),
        (#"\bsmalldatetime\b|\bdatetime2?(?:\(\d\))?"#, "TIMESTAMP"),
        (#"\btimestamp\(\d\)"#, "TIMESTAMP"),
        (#"\btime\(\d\)"#, "TIME"),
        (#"\btimestamp_(?:ntz|ltz)\b(?:\(\d\))?"#, "TIMESTAMP"),
        (#"\bnumber\s*\(\s*\d+\s*\)"#, "BIGINT"),
        (#"\bnumber\b"#, "DECIMAL"),
        (#"\bmoney\b"#, "DECIMAL(19,4)"),
        (#"\bmediumint\b"#, "INTEGER"),
        (#"\b(tinyint|smallint|mediumint|int|integer|bigint)\s*\(\d+\)"#, "INTEGER"),
        (#"\buniqueidentifier\b"#, "UUID"),
        (
            #"\b(?:long|medium|tiny)blob\b|\bvarbinary(?:\((?:\d+|max)\))?|\bbinary\(\d+\)|\bbytea\b|\bimage\b|\braw\(\d+\)"#,
            "BLOB"
        ),
        (#"\byear\b(?=\s*(?:,|\)|not|null|default))"#, "SMALLINT"),
        (#"\(\s*max\s*\)"#, ""),
        (#"\s+auto_?increment\b(?:\s*=\s*\d+)?"#, ""),
        (#"\s+identity\s*\(\s*\d+\s*,\s*\d+\s*\)"#, ""),
        (#"\s+generated\s+(?:always|by\s+default)\s+as\s+identity(?:\s*\([^)]*\))?"#, ""),
        (#"\s+on\s+update\s+current_timestamp(?:\(\d?\))?"#, ""),
        (#"\s+character\s+set\s+=?\s*\w+"#, ""),
        (#"\s+collate\s+=?\s*[\w."]+"#, ""),
        (#"\s+comment\s+=?\s*'(?:[^']|'')*'"#, ""),
        (#"\s+(?:clustered|nonclustered)\b"#, ""),
        (#"\bset\s+default\s+nextval\([^)]*\)"#, "DROP DEFAULT"),
        (#"\s+default\s+nextval\('[^']*'(?:::\w+)?\)"#, ""),
        (#"\s+default\s+(?:getdate|sysdatetime|newid|sysdate|uuid)\s*\(\s*\)"#, ""),
        (#"\s+default\s+\(?gen_random_uuid\(\)\)?"#, ""),
        (#"\balter\s+table\s+only\b"#, "ALTER TABLE"),
        (#"\bunique\s+(?:key|index)\s+["\w]+\s*(?=\()"#, "UNIQUE "),
        (#",\s*(?:fulltext\s+|spatial\s+)?(?:key|index)\s+["\w]+\s*\([^()]*(?:\(\d+\)[^()]*)*\)"#, ""),
        (#"\bconstraint\s+["\w]+\s+(?=primary|unique|check|foreign|not|null)"#, ""),
        (#"\s+using\s+(?:btree|hash)\b"#, ""),
        (
            #"(?s)\)\s*(?:engine|default\s+charset|charset|without\s+rowid|strict|tablespace|partition\s+by|distkey|sortkey|tblproperties|stored\s+as|row_format|on\s+\[?primary)\b.*$"#,
            ")"
        ),
    ]

    /// The statement in DuckDB's words, and what of it was left out.
    static func translated(_ sql: String) -> (text: String, dropped: [String]) {
        var dropped: [String] = []
        // Names of MySQL and SQL Server.
        var text = sql.replacing(/`([^`]*)`/) { SQL.quote(String($0.1)) }
        text = text.replacing(/([\s(,.])\[([\p{L}_][\p{L}\d_ ]*)\]/) { "\($0.1)\(SQL.quote(String($0.2)))" }
        text = text.replacing(/(?i)\b(tinyint|smallint|int|integer|bigint)(?:\s*\(\d+\))?\s+unsigned\b/) { match in
            ["tinyint": "UTINYINT", "smallint": "USMALLINT", "bigint": "UBIGINT"][match.1.lowercased()] ?? "UINTEGER"
        }
        text = text.replacing(/(?i)\b(tinyint|smallint|bigint)\s*\(\d+\)/) {
            $0.1.lowercased() == "tinyint" && $0.0.contains("(1)") ? "BOOLEAN" : String($0.1)
        }
        text = text.replacing(/(?i)\benum\s*\(([^)]*)\)/) { "ENUM(\($0.1))" }
        for (pattern, replacement) in words {
            if replacement.isEmpty || pattern.hasPrefix("(?s)") {
                dropped += matches(of: pattern, in: text).map { said in
                    let flat = said.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                    return flat.hasPrefix(", ") || flat.hasPrefix(") ") ? String(flat.dropFirst(2)) : flat
                }
            }
            text = text.replacingOccurrences(
                of: pattern, with: replacement, options: [.regularExpression, .caseInsensitive])
        }
        return (text, dropped.filter { !quiet.contains($0.lowercased()) && !$0.lowercased().hasPrefix("constraint ") })
    }

    /// Words that say nothing about data.
    private static let quiet: Set<String> = ["(max)", "(max", "clustered", "nonclustered", "using btree", "using hash"]

    private static func matches(of pattern: String, in text: String) -> [String] {
        guard let expression = try? NSRegularExpression(pattern: pattern, options: .caseInsensitive) else { return [] }
        let whole = NSRange(text.startIndex..., in: text)
        return expression.matches(in: text, range: whole).compactMap { match in
            Range(match.range, in: text).map { String(text[$0]) }
        }
    }

    /// The statement with the column in quotes whose name the parser took for a word of its own; nil where it was none.
    static func quotingColumn(_ message: String, in sql: String) -> String? {
        guard let word = message.firstMatch(of: /at or near "(\w+)"/)?.1 else { return nil }
        let pattern = "([(,]\\s*)(\(word))(\\s)"
        guard let range = sql.range(of: pattern, options: [.regularExpression, .caseInsensitive]) else { return nil }
        let changed = sql[range].replacingOccurrences(
            of: pattern, with: "$1\"$2\"$3", options: [.regularExpression, .caseInsensitive])
        return sql.replacingCharacters(in: range, with: changed)
    }

    static func bareName(_ name: Substring) -> String {
        String(name.split(separator: ".").last ?? name).filter { !"\"`[]".contains($0) }.lowercased()
    }

    /// The statement without its foreign keys to tables other than the given ones, and what they said.
    static func withoutReferences(_ sql: String, beside known: Set<String>) -> (text: String, removed: [String]) {
        let pattern =
            /(?i)(?:,\s*foreign\s+key\s*\([^)]*\)\s*)?\breferences\s+([\w."]+)\s*(?:\([^)]*\))?(?:\s+on\s+(?:delete|update)\s+(?:cascade|restrict|set\s+null|set\s+default|no\s+action))*(?:\s+(?:not\s+)?deferrable)?(?:\s+initially\s+\w+)?/
        var removed: [String] = []
        let text = sql.replacing(pattern) { match in
            if known.contains(bareName(match.1)) { return String(match.0) }
            removed.append(String(match.0.drop { $0 == "," || $0.isWhitespace }))
            return ""
        }
        return (text, removed)
    }
}
