import WeirCore

/// All unknown columns of a statement.
///
/// DuckDB's binder stops at the first. Here each that it names is replaced by NULL, which fits anywhere, and the binder
/// asked again, until it finds no more. What else it then says may come of the replacing, and is not repeated.
struct UnknownColumns {
    let source: SourceText
    private var bytes: [UInt8]
    /// Where each byte of the edited statement stood in the original.
    private var origins: [Int]

    /// A statement with more mistakes is not a matter of single names.
    private static let most = 50

    init(of sql: String, source: SourceText) {
        self.source = source
        bytes = Array(sql.utf8)
        origins = Array(0...bytes.count)
    }

    /// - Parameter answer: the binder's refusal of the statement as it is.
    /// - Returns: in the order of the text; none when it is not about a column.
    mutating func all(_ answer: JSONTree, on connection: isolated Connection) throws -> [WeirError] {
        var errors: [WeirError] = []
        var answer = answer
        var seen = Set<Int>()
        while errors.count < Self.most {
            var report = EngineReport(answer)
            guard SQLVerdict(report).code == "sql.unknown-column", let position = report.position,
                position < bytes.count, seen.insert(origins[position]).inserted
            else { break }
            report.position = origins[position]
            errors.append(SQLErrorMapper.map(report, sql: source))
            guard let next = try replace(at: position, on: connection) else { break }
            answer = next
        }
        return errors.sorted {
            ($0.place?.line ?? 0, $0.place?.column ?? 0) < ($1.place?.line ?? 0, $1.place?.column ?? 0)
        }
    }

    /// Replaces the name at a byte and returns what the binder refuses then; nil when it refuses nothing, or when no
    /// NULL can stand there.
    private mutating func replace(at position: Int, on connection: isolated Connection) throws -> JSONTree? {
        let scanner = SQLScanner(String(decoding: bytes, as: UTF8.self))
        guard let chain = scanner.nameChain(at: position, limit: 4), let last = chain.ranges.last,
            let name = chain.parts.last
        else { return nil }
        // A column of the result keeps its name for whoever reads it further on.
        for replacement in ["NULL AS \(SQL.quote(name))", "NULL"] {
            var edited = self
            let range = position..<last.upperBound
            edited.bytes.replaceSubrange(range, with: replacement.utf8)
            edited.origins.replaceSubrange(
                range, with: repeatElement(origins[position], count: replacement.utf8.count))
            let text = String(decoding: edited.bytes, as: UTF8.self)
            let answer = try JSONTree.parse(
                try connection.inspector.text(
                    "SELECT json_serialize_plan(CAST(? AS VARCHAR), optimize := false)", [text]))
            guard answer["error"]?.isTrue == true else { return nil }
            if ["parser", "syntax"].contains(EngineReport(answer).kind) { continue }
            self = edited
            return answer
        }
        return nil
    }
}
