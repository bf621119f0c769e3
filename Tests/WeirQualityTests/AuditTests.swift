import Testing
import WeirCore

@testable import WeirQuality

@Suite("The audit")
struct AuditTests {
    private let columns = """
        properties:
          - { name: id, logicalType: integer, primaryKey: true }
          - { name: email, logicalType: string, required: true, logicalTypeOptions: { format: email } }
          - name: status
            logicalType: string
            quality:
              - { metric: invalidValues, arguments: { validValues: [new, paid] }, mustBe: 0 }
          - { name: amount, logicalType: number, logicalTypeOptions: { minimum: 0, maximum: 100 } }
        """
    private let good =
        "CREATE TABLE stage AS SELECT i AS id, 'a' || i || '@b.cz' AS email, 'new' AS status, 1.5::DOUBLE AS amount FROM range(10) t(i)"

    @Test("a table without a fault passes, and nothing leaves")
    func passes() async throws {
        let (result, failed) = try await Lab.audit(columns, setup: good)
        #expect(result.verdict == .pass)
        #expect(result.rows == 10)
        #expect(result.failedRows == 0 && failed.isEmpty)
        #expect(result.outcomes.allSatisfy { $0.status == .passed && $0.violating == 0 })
        #expect(
            result.outcomes.map(\.rule)
                == [
                    "not_null(email)", "email(email)", "accepted_values(status)", "range(amount)", "not_null(id)",
                    "unique(id)",
                ])
    }

    @Test("a row that breaks two rules leaves once, with both reasons")
    func twoReasons() async throws {
        let (result, failed) = try await Lab.audit(
            columns,
            setup: good
                + "; UPDATE stage SET status = 'odd', amount = -1 WHERE id = 3; UPDATE stage SET amount = 101 WHERE id = 5"
        )
        #expect(result.verdict == .quarantine)
        #expect(failed.count == 2 && result.failedRows == 2)
        #expect(failed[3] == ["accepted_values(status)", "range(amount)"])
        #expect(failed[5] == ["range(amount)"])
        #expect(result["range(amount)"]?.violating == 2)
        #expect(result["range(amount)"]?.status == .quarantined)
    }

    @Test("null breaks only the rules that ask for a value")
    func nulls() async throws {
        let (result, failed) = try await Lab.audit(
            columns, setup: good + "; UPDATE stage SET status = NULL, amount = NULL, email = NULL WHERE id = 3")
        #expect(failed == [3: ["not_null(email)"]])
        #expect(result["range(amount)"]?.violating == 0)
    }

    @Test("an empty table passes every rule about rows")
    func empty() async throws {
        let (result, _) = try await Lab.audit(columns, setup: good + "; DELETE FROM stage")
        #expect(result.verdict == .pass && result.rows == 0)
    }

    @Test("of rows with the same key the first stays, and both counts are reported")
    func duplicates() async throws {
        let (result, failed) = try await Lab.audit(
            columns, setup: good + "; UPDATE stage SET id = 4 WHERE id IN (7, 9)")
        #expect(failed == [7: ["unique(id)"], 9: ["unique(id)"]])
        #expect(result["unique(id)"]?.violating == 2)
        #expect(result["unique(id)"]?.affected == 3)
    }

    @Test("of rows with the same key, one that breaks no other rule stays")
    func duplicatesPreferGoodRows() async throws {
        let (_, failed) = try await Lab.audit(
            columns,
            setup: good + "; UPDATE stage SET id = 4 WHERE id = 7; UPDATE stage SET amount = -1 WHERE email = 'a4@b.cz'"
        )
        #expect(failed == [4: ["range(amount)", "unique(id)"]])
    }

    @Test("a composite key counts whole, and rows with a null in it are left to the not-null rule")
    func compositeKey() async throws {
        let (result, failed) = try await Lab.audit(
            """
            properties:
              - { name: b, logicalType: integer, primaryKey: true, primaryKeyPosition: 2 }
              - { name: a, logicalType: integer, primaryKey: true, primaryKeyPosition: 1 }
            """, setup: "CREATE TABLE stage AS SELECT * FROM (VALUES (1,1),(2,1),(1,1),(NULL,1),(NULL,1)) t(a,b)")
        #expect(failed == [2: ["unique(a, b)"], 3: ["not_null(a)"], 4: ["not_null(a)"]])
        #expect(result["unique(a, b)"]?.violating == 1)
    }

    @Test("published rows take part in uniqueness, except those that are replaced")
    func existingRows() async throws {
        let setup =
            good
            + "; CREATE TABLE raw.orders AS SELECT i AS id, 'x' || (i % 7) || '@b.cz' AS email FROM range(8, 20) t(i)"
        let (appended, failed) = try await Lab.audit(columns, setup: setup, existing: "raw.orders")
        #expect(failed == [8: ["unique(id)"], 9: ["unique(id)"]])
        #expect(appended["unique(id)"]?.violating == 2)
        let (merged, _) = try await Lab.audit(columns, setup: setup, existing: "raw.orders", replaced: ["id"])
        #expect(merged.verdict == .pass)
    }

    @Test("published keys of another type are compared as text")
    func existingOtherType() async throws {
        let setup = good + "; CREATE TABLE raw.orders AS SELECT * FROM (VALUES ('3'), ('x')) t(id)"
        let (_, failed) = try await Lab.audit(columns, setup: setup, existing: "raw.orders")
        #expect(failed == [3: ["unique(id)"]])
    }

    @Test("a foreign key finds orphans, and null points nowhere")
    func foreignKey() async throws {
        let body = """
            properties:
              - name: carrier
                logicalType: string
                relationships: [{ to: raw.airlines.code }]
            """
        let setup =
            "CREATE TABLE raw.airlines AS SELECT * FROM (VALUES ('UA'), (NULL)) t(code); CREATE TABLE stage AS SELECT * FROM (VALUES ('UA'), ('ZZ'), (NULL)) t(carrier)"
        let (result, failed) = try await Lab.audit(body, setup: setup)
        #expect(failed == [1: ["foreign_key(carrier -> raw.airlines.code)"]])
        #expect(result.outcomes[0].samples.first?.values.first?.value == "ZZ")
        await #expect(throws: WeirError.self) {
            try await Lab.audit(body, setup: "CREATE TABLE stage AS SELECT 'a' AS carrier")
        }
        // Keys of another type do not stop the check.
        let (mixed, _) = try await Lab.audit(
            body,
            setup:
                "CREATE TABLE raw.airlines AS SELECT 1 AS code; CREATE TABLE stage AS SELECT * FROM (VALUES ('1'), ('ZZ')) t(carrier)"
        )
        #expect(mixed.failedRows == 1)
    }

    @Test("a composite foreign key counts whole, and a table may point to itself")
    func compositeForeignKey() async throws {
        let (result, failed) = try await Lab.audit(
            """
            properties:
              - { name: a, logicalType: integer }
              - { name: b, logicalType: integer }
              - { name: parent, logicalType: integer }
            relationships:
              - { from: [a, b], to: [raw.pairs.x, raw.pairs.y] }
              - { from: parent, to: raw.orders.a }
            """,
            setup: """
                CREATE TABLE raw.pairs AS SELECT * FROM (VALUES (1, 1), (2, 2)) t(x, y);
                CREATE TABLE raw.orders AS SELECT 9 AS a, 1 AS b, 1 AS parent;
                CREATE TABLE stage AS SELECT * FROM (VALUES (1, 1, 2), (2, 2, 9), (1, 2, 1), (2, NULL, 7)) t(a, b, parent)
                """, existing: "raw.orders")
        #expect(failed[2] == ["foreign_key(a, b -> raw.pairs(x, y))"])
        #expect(failed[3] == ["foreign_key(parent -> raw.orders.a)"])
        #expect(result.failedRows == 2)
    }

    @Test("names with quotes, spaces, capitals and accents are only names")
    func oddNames() async throws {
        let (result, failed) = try await Lab.audit(
            """
            properties:
              - { name: 'a"b', logicalType: integer, required: true, unique: true }
              - { name: "Ünï cödé", logicalType: string, logicalTypeOptions: { maxLength: 3 } }
              - { name: "it's", logicalType: string, logicalTypeOptions: { pattern: "^it's$" } }
              - { name: SELECT, logicalType: integer, logicalTypeOptions: { maximum: 1 } }
            """,
            setup: """
                CREATE TABLE stage ("a""b" INT, "ünï CÖDÉ" VARCHAR, "it's" VARCHAR, "select" INT);
                INSERT INTO stage VALUES (1, 'abc', 'it''s', 1), (1, 'äöüß', 'it', 2), (NULL, '', NULL, 0)
                """)
        #expect(
            failed == [
                1: ["unique(a\"b)", "length(Ünï cödé)", "pattern(it's)", "range(SELECT)"], 2: ["not_null(a\"b)"],
            ])
        #expect(result.verdict == .quarantine)
    }

    @Test("more than 62 rules need a second mask, and are told apart")
    func manyRules() async throws {
        let names = (0..<150).map { "c\($0)" }
        let body =
            "properties:\n"
            + names.map { "  - { name: \($0), logicalType: integer, required: true }" }.joined(separator: "\n")
        let setup =
            "CREATE TABLE stage (\(names.map { "\($0) INT" }.joined(separator: ", "))); INSERT INTO stage SELECT * FROM (SELECT \(names.map { "1 AS \($0)" }.joined(separator: ", "))); UPDATE stage SET c0 = NULL, c61 = NULL, c62 = NULL, c149 = NULL"
        let (_, failed) = try await Lab.audit(body, setup: setup)
        #expect(failed == [0: ["not_null(c0)", "not_null(c61)", "not_null(c62)", "not_null(c149)"]])
    }

    @Test("fields of objects are checked, and one of an absent object is not missing")
    func fields() async throws {
        let (_, failed) = try await Lab.audit(
            """
            properties:
              - name: address
                logicalType: object
                properties:
                  - { name: "the street", logicalType: string, required: true }
                  - { name: zip, logicalType: integer, logicalTypeOptions: { minimum: 10 } }
            """,
            setup: """
                CREATE TABLE stage (address STRUCT("the street" VARCHAR, zip INTEGER));
                INSERT INTO stage VALUES ({'the street': 'a', 'zip': 10}), ({'the street': NULL, 'zip': 9}), (NULL)
                """)
        #expect(failed == [1: ["not_null(address.the street)", "range(address.zip)"]])
    }

    @Test("a view is audited through a copy")
    func view() async throws {
        let (result, failed) = try await Lab.audit(
            "properties: [{ name: a, logicalType: integer, required: true }]",
            setup: "CREATE VIEW stage AS SELECT * FROM (VALUES (1), (NULL)) t(a)")
        #expect(result.failedRows == 1 && failed.count == 1)
    }
}
