import Testing
import WeirCore
import WeirEngine

@testable import WeirQuality

@Suite("Proposing a contract")
struct SuggestTests {
    private func suggest(_ query: String) async throws -> ContractSuggestion {
        let database = try await Database.open()
        return try await database.withConnection { connection in
            try await connection.perform { connection in
                let suggestion = try ContractSuggester(target: "rows", name: "rows").suggest(
                    query, isTable: false, on: connection)
                let problems = Problems()
                let contract = ContractLoader.load(path: "c", text: suggestion.contract, problems: problems)
                #expect(problems.isEmpty, "\(problems.all)\n\(suggestion.contract)")
                try connection.execute("CREATE TABLE data AS \(query)")
                let name = TableName(schema: "main", table: "data")
                if let table = contract?.tables.first {
                    let result = try TableAudit.audit(
                        table, scope: AuditScope(table: name, declared: name), policy: .stop, on: connection)
                    #expect(result.verdict == .pass, "\(result.outcomes.filter { $0.status != .passed })")
                    #expect(
                        result.outcomes.allSatisfy { [.passed, .accepted].contains($0.status) }, "\(result.outcomes)")
                }
                return suggestion
            }
        }
    }

    private static let orders = """
        SELECT i AS order_id, 'u' || (hash(i) % 900) || '@b.cz' AS email, ['new', 'paid', 'sent'][1 + (hash(i) % 3)::INT] AS status,
            round((hash(i * 7) % 10000) / 100.0, 2) AS amount, 'SKU-' || lpad((hash(i * 3) % 9999)::VARCHAR, 4, '0') AS sku,
            CASE WHEN i % 90 = 0 THEN NULL ELSE 'note ' || (hash(i) % 700) END AS note,
            TIMESTAMP '2024-01-01' + to_hours((hash(i) % 5000)::INT) AS created_at,
            TIMESTAMP '2024-01-01' + to_hours((hash(i) % 5000)::INT + (hash(i * 5) % 72)::INT) AS paid_at
        FROM range(5000) r(i)
        """

    @Test("proposes what every row keeps, with evidence, and the rows keep it")
    func orders() async throws {
        let found = try await suggest(Self.orders)
        let rules = Set(found.rules.map(\.rule))
        #expect(
            rules.isSuperset(of: [
                "unique(order_id)", "not_null(order_id)", "accepted_values(status)", "email(email)", "pattern(sku)",
                "range(amount)",
                "not_null(note)", "row_count",
            ]), "\(rules)")
        #expect(rules.contains("condition(created_at before paid_at)"), "\(rules)")
        #expect(found.rows == 5000 && (800...1200).contains(found.heldOutRows))
        #expect(found.rules.allSatisfy { !$0.evidence.isEmpty && (0...1).contains($0.confidence) })
        #expect(found.rules.first { $0.rule == "accepted_values(status)" }?.confidence ?? 0 > 0.9)
        #expect(found.contract.contains("# accepted_values(status): 3 values in"))
        // Wider than what was seen.
        let range = found.rules.first { $0.rule == "range(amount)" }
        #expect(
            range?.says.contains("0 to") == true && range?.evidence.contains("widened") == true,
            "\(String(describing: range))")
        #expect(!rules.contains { $0.hasPrefix("range(order_id)") && $0.contains("maximum") })
    }

    @Test("a list of values that still grows is not taken for closed")
    func openList() async throws {
        // Values with a long tail: new ones come all the time.
        let found = try await suggest(
            "SELECT i AS id, 'v' || floor(ln(1 + hash(i) % 100000) * 1.6)::INT AS word FROM range(600) r(i)")
        #expect(!found.rules.contains { $0.rule == "accepted_values(word)" }, "\(found.rules)")
    }

    @Test("a rule that held-out rows break is rejected, and told")
    func heldOut() async throws {
        // A shape that nearly every value has: rows of one part in fifty differ.
        let found = try await suggest(
            "SELECT i AS id, CASE WHEN i % 701 = 0 THEN 'odd one' ELSE 'AB-' || (1000 + i % 9000) END AS code FROM range(20000) r(i)"
        )
        #expect(!found.rules.contains { $0.columns == ["code"] && $0.rule.hasPrefix("pattern") }, "\(found.rules)")
    }

    @Test(
        "few rows, no rows and odd types give a contract and no bold rule",
        arguments: [
            "SELECT 1 AS a WHERE false", "SELECT NULL AS a", "SELECT i AS a, 'x' AS b FROM range(20) t(i)",
            "SELECT [1, 2] AS l, {'x': 1} AS s, MAP {'k': 1} AS m, 'a'::BLOB AS b, INTERVAL 1 DAY AS d, '{}'::JSON AS j FROM range(100)",
            "SELECT 'NaN'::DOUBLE AS a, 'infinity'::TIMESTAMP AS b, 1e308 AS c FROM range(100)",
            "SELECT i AS \"a\"\"b\", 'ü' AS \"select\" FROM range(100) t(i)",
        ])
    func hard(query: String) async throws {
        let found = try await suggest(query)
        if found.rows < ContractSuggester.enoughRows {
            #expect(found.rules.allSatisfy { $0.rule.hasPrefix("unique") }, "\(found.rules)")
        }
    }

    @Test(
        "widened bounds are round and leave room",
        arguments: [
            (97.3, false, "98"), (-97.3, true, "-98"), (1234.5, false, "1300"), (0.0123, false, "0.013"),
            (0, true, "0"), (-5, true, "-5"),
        ])
    func wide(value: Double, down: Bool, wanted: String) { #expect(ColumnCandidates.wide(value, down: down) == wanted) }

    @Test(
        "a shape becomes a pattern",
        arguments: [("AA-9999", "\\p{Lu}{2}\\-[0-9]{4}"), ("a+.99", "\\p{Ll}+\\.[0-9]{2}"), ("A9 _", "\\p{Lu}[0-9] _")])
    func shape(shape: String, wanted: String) { #expect(ColumnCandidates.expression(shape) == wanted) }
}
