import Testing
import WeirCore
import WeirEngine

@testable import WeirQuality

@Suite("Checks that read only what changed")
struct IncrementalAuditTests {
    /// Every kind of rule, those that add up and those that do not.
    static let contract = """
        physicalName: raw.orders
        properties:
          - { name: id, logicalType: integer, required: true, unique: true }
          - name: day
            logicalType: date
            partitioned: true
          - name: shop
            logicalType: string
            quality: [{ metric: nullValues, mustBeLessThan: 30, unit: percent }]
          - { name: amount, logicalType: number, logicalTypeOptions: { minimum: 0 } }
          - { name: seen, logicalType: timestamp }
          - { name: parent, logicalType: integer, relationships: [{ to: orders.id }] }
        quality:
          - { metric: rowCount, mustBeGreaterThan: 2 }
          - { metric: duplicateValues, arguments: { properties: [day, shop, amount] }, mustBe: 0 }
          - { type: sql, query: "SELECT count(*) FROM {object} WHERE amount > 100", mustBe: 0 }
          - { type: custom, engine: weir, implementation: { check: "hidden IS NULL OR hidden < 5" } }
          - { type: custom, engine: weir, implementation: { sequence: no_gaps, column: id, partitionBy: [day] } }
          - { type: custom, engine: weir, implementation: { sequence: increasing, column: id } }
          - { type: custom, engine: weir, implementation: { unique: [day, shop], within: 1 hour, time: seen } }
        """

    static let setup = """
        CREATE TABLE stage (id INT, day DATE, shop VARCHAR, amount DOUBLE, seen TIMESTAMP, parent INT, hidden INT);
        INSERT INTO stage VALUES
            (1, '2026-01-01', 'a', 5, '2026-01-01 10:00', NULL, 1), (2, '2026-01-01', 'a', 5, '2026-01-01 10:30', 1, 9),
            (3, '2026-01-02', NULL, -1, '2026-01-02 08:00', 2, NULL), (9, '2026-01-02', 'ß', 7, NULL, 77, 2),
            (4, NULL, '🦊', 200, '2026-01-03 00:00', 3, 5), (4, NULL, NULL, 1, NULL, NULL, NULL)
        """

    /// A database whose table changes, checked whole and in parts after each change.
    private struct Lab {
        let database: Database
        var known: [String: [String: IncrementalAudit.Known]] = [:]

        init(_ setup: String = IncrementalAuditTests.setup) async throws {
            database = try await Database.open()
            try await database.withConnection { _ = try await $0.execute("CREATE SCHEMA raw; \(setup)") }
        }

        mutating func check(
            _ body: String = IncrementalAuditTests.contract, by columns: [String] = ["day"],
            changes: PartitionChoice.Changes = .content, after change: String = "SELECT 1"
        ) async throws -> (whole: AuditResult, parts: IncrementalAudit.Result) {
            let contract = try Sample.table(body)
            let known = known
            let found = try await database.withConnection { connection in
                try await connection.perform { connection in
                    try connection.execute(change)
                    let scope = AuditScope(
                        table: WeirQualityTests.Lab.staging, declared: WeirQualityTests.Lab.orders,
                        now: 1_800_000_000_000_000)
                    return (
                        try TableAudit.audit(contract, scope: scope, policy: .stop, on: connection),
                        try IncrementalAudit.audit(
                            contract, scope: scope, policy: .stop,
                            by: PartitionChoice(columns: columns, changes: changes), known: { known[$0] ?? [:] },
                            on: connection)
                    )
                }
            }
            self.known[found.1.definition] = found.1.parts
            return found
        }
    }

    /// Outcomes without the sample rows, which come from the parts that were read.
    private func plain(_ result: AuditResult) -> [CheckOutcome] {
        result.outcomes.map { outcome in
            var outcome = outcome
            outcome.samples = []
            return outcome
        }
    }

    @Test("tell the same as a whole check, and read the changed parts only")
    func changes() async throws {
        var lab = try await Lab()
        let steps: [(change: String, read: Int, parts: Int, removed: Int)] = [
            ("SELECT 1", 3, 3, 0), ("SELECT 1", 0, 3, 0),
            ("INSERT INTO stage VALUES (10, '2026-01-03', 'ß', 3, '2026-01-03 09:00', 1, 8)", 1, 4, 0),
            ("UPDATE stage SET amount = 6 WHERE id = 1", 1, 4, 0),
            // Not in the contract, and named by a condition.
            ("UPDATE stage SET hidden = 7 WHERE id = 9", 1, 4, 0),
            ("DELETE FROM stage WHERE day = '2026-01-02'", 0, 3, 1),
            ("INSERT INTO stage SELECT * FROM stage WHERE day IS NULL", 1, 3, 0),
            ("UPDATE stage SET day = '2026-01-01' WHERE day IS NULL", 1, 2, 1),
            ("DELETE FROM stage", 0, 0, 2), ("SELECT 1", 0, 0, 0),
            ("INSERT INTO stage VALUES (1, NULL, 'x', 1, NULL, NULL, NULL)", 1, 1, 0),
        ]
        for step in steps {
            let (whole, parts) = try await lab.check(after: step.change)
            #expect(plain(parts.audit) == plain(whole), "\(step.change)")
            #expect(parts.audit.rows == whole.rows && parts.audit.verdict == whole.verdict, "\(step.change)")
            #expect(parts.report.read == step.read, "\(step.change): \(parts.report)")
            #expect(parts.report.parts == step.parts && parts.report.removed == step.removed, "\(step.change)")
        }
    }

    @Test("what does not add up is decided over all rows, and said so")
    func overAllRows() async throws {
        var lab = try await Lab()
        let (_, parts) = try await lab.check()
        let always = ["foreign_key(parent -> raw.orders.id)", "sql(query)", "sequence(id)#2"]
        #expect(parts.report.overAllRows == ["unique(id)"] + always, "\(parts.report)")
        #expect(try await lab.check().parts.report.overAllRows == always)
    }

    @Test("keys over the whole table: where parts only came, their keys are looked up; else all are counted anew")
    func keys() async throws {
        let body = """
            properties: [{ name: id, unique: true }, { name: day, logicalType: date }, { name: shop }, { name: amount }]
            quality: [{ metric: duplicateValues, arguments: { properties: [shop, amount] }, mustBeLessThan: 2 }]
            """
        var lab = try await Lab()
        let steps: [(change: String, isAnew: Bool)] = [
            ("SELECT 1", true), ("SELECT 1", false),
            // A key that was there once, one that was there twice, one that comes twice, one of each with a null.
            ("INSERT INTO stage SELECT * REPLACE (DATE '2026-02-01' AS day) FROM stage WHERE id IN (1, 4)", false),
            ("INSERT INTO stage SELECT 77, DATE '2026-02-02', 'x', i, NULL, NULL, NULL FROM range(2) t(i)", false),
            (
                "INSERT INTO stage VALUES (NULL, '2026-02-03', 'x', 1, NULL, NULL, NULL), (NULL, '2026-02-03', NULL, 1, NULL, NULL, NULL)",
                false
            ),
            (
                "INSERT INTO stage VALUES (77, '2026-02-04', 'x', 0, NULL, NULL, NULL), (1, '2026-02-05', 'x', 0, NULL, NULL, NULL)",
                false
            ),
            ("SELECT 1", false),
            // A part that was there grows, or is gone: which keys it had, nobody remembers.
            ("INSERT INTO stage VALUES (77, '2026-02-04', 'x', 0, NULL, NULL, NULL)", true),
            ("DELETE FROM stage WHERE day = '2026-02-01'", true), ("SELECT 1", false),
            ("INSERT INTO stage VALUES (5, '2026-03-01', 'q', 9, NULL, NULL, NULL)", false),
        ]
        for step in steps {
            let (whole, parts) = try await lab.check(body, after: step.change)
            #expect(plain(parts.audit) == plain(whole), "\(step.change)")
            #expect(parts.report.overAllRows.isEmpty != step.isAnew, "\(step.change) \(parts.report)")
        }
    }

    @Test("a key that had no doubles is looked up also where parts changed or went")
    func healthyKeys() async throws {
        let body = "properties: [{ name: id, unique: true }, { name: day, logicalType: date }]"
        var lab = try await Lab(
            "CREATE TABLE stage AS SELECT i AS id, DATE '2026-01-01' + (i // 100)::INT AS day FROM range(1000) t(i)")
        let steps: [(change: String, isAnew: Bool)] = [
            ("SELECT 1", true), ("INSERT INTO stage VALUES (2000, '2026-01-10'), (2001, '2026-01-11')", false),
            ("UPDATE stage SET id = id + 5000 WHERE day = '2026-01-03'", false),
            ("DELETE FROM stage WHERE day = '2026-01-04'", false),
            // Doubles: inside of a changed part, and of rows that nobody changed.
            ("INSERT INTO stage VALUES (2000, '2026-01-10'), (2000, '2026-01-10'), (5, '2026-01-11')", false),
            ("DELETE FROM stage WHERE id = 2000", true), ("INSERT INTO stage VALUES (5, '2026-03-01')", false),
            ("DELETE FROM stage WHERE id = 5", true), ("UPDATE stage SET id = 1 WHERE id = 2", false),
        ]
        for step in steps {
            let (whole, parts) = try await lab.check(body, after: step.change)
            #expect(plain(parts.audit) == plain(whole), "\(step.change)")
            #expect(parts.report.overAllRows.isEmpty != step.isAnew, "\(step.change) \(parts.report)")
        }
    }

    @Test("a contract that changed is counted anew; words and limits count for nothing")
    func contractChange() async throws {
        var lab = try await Lab()
        _ = try await lab.check()
        let limit = try await lab.check(Self.contract.replacing("mustBeLessThan: 30", with: "mustBeLessThan: 60"))
        #expect(limit.parts.report.read == 0 && plain(limit.parts.audit) == plain(limit.whole))
        let rule = try await lab.check(Self.contract.replacing("minimum: 0", with: "minimum: 6"))
        #expect(rule.parts.report.read == 3 && plain(rule.parts.audit) == plain(rule.whole))
        let back = try await lab.check()
        #expect(back.parts.report.read == 0 && plain(back.parts.audit) == plain(back.whole))
    }

    @Test("by texts of any kind, by several columns, and by the days of a time")
    func divisions() async throws {
        for columns in [["shop"], ["shop", "day"], ["seen"], ["id"], ["SEEN", "Shop"]] {
            var lab = try await Lab(
                Self.setup
                    + "; INSERT INTO stage SELECT id + 20, day, 'x''\"' || chr(0) || ',[null]', amount, seen, 1, hidden FROM stage"
            )
            let first = try await lab.check(by: columns)
            #expect(plain(first.parts.audit) == plain(first.whole), "\(columns)")
            let second = try await lab.check(
                by: columns, after: "UPDATE stage SET amount = amount + 1 WHERE id IN (1, 24)")
            #expect(plain(second.parts.audit) == plain(second.whole), "\(columns)")
            #expect(second.parts.report.read > 0 && second.parts.report.read < second.parts.report.parts, "\(columns)")
        }
    }

    @Test("by the number of rows alone, a value changed in place is not seen, and another number is")
    func rowsAlone() async throws {
        var lab = try await Lab()
        _ = try await lab.check(changes: .rows)
        let unseen = try await lab.check(changes: .rows, after: "UPDATE stage SET amount = -5 WHERE id = 1")
        #expect(unseen.parts.report.read == 0)
        #expect(unseen.whole["range(amount)"]?.violating == 2 && unseen.parts.audit["range(amount)"]?.violating == 1)
        let seen = try await lab.check(
            changes: .rows, after: "INSERT INTO stage VALUES (11, '2026-01-01', 'c', 1, NULL, NULL, NULL)")
        #expect(seen.parts.report.read == 1 && plain(seen.parts.audit) == plain(seen.whole))
    }

    @Test("a rule that cannot be decided looks like one in every check")
    func undecidable() async throws {
        let body = """
            properties: [{ name: id, logicalType: integer }, { name: day }]
            quality: [{ type: custom, engine: weir, implementation: { check: "nothing > 1" } }]
            """
        var lab = try await Lab()
        for _ in 0..<2 {
            let (whole, parts) = try await lab.check(body)
            #expect(plain(parts.audit) == plain(whole))
            #expect(parts.audit.outcomes.first?.status == .failed, "\(parts.audit.outcomes)")
        }
    }

    @Test(
        "columns that divide nothing are refused",
        arguments: [("dya", "check.unknown-column"), ("amount", "check.partition-type")])
    func refused(column: String, code: String) async throws {
        var lab = try await Lab()
        let error = await #expect(throws: WeirError.self) { _ = try await lab.check(by: [column]) }
        #expect(error?.code == code)
    }

    @Test("as many parts as rows are refused")
    func tooMany() async throws {
        var lab = try await Lab(
            "CREATE TABLE stage AS SELECT i::INT AS id, NULL::DATE AS day, '' AS shop, 1::DOUBLE AS amount, NULL::TIMESTAMP AS seen, NULL::INT AS parent, 1 AS hidden FROM range(20001) t(i)"
        )
        let error = await #expect(throws: WeirError.self) { _ = try await lab.check(by: ["id"]) }
        #expect(error?.code == "check.too-many-parts")
    }

    @Test("the contract's partition columns divide, in their order")
    func contractColumns() throws {
        let table = try Sample.table(
            """
            properties:
              - { name: a, partitioned: true, partitionKeyPosition: 2 }
              - { name: b, partitioned: false }
              - { name: c, partitioned: true, partitionKeyPosition: 1, physicalName: c_c }
            """)
        #expect(table.partitionColumns == ["c_c", "a"])
    }
}
