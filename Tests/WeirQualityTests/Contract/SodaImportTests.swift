import Testing
import WeirCore

@testable import WeirQuality

@Suite("Making contracts from Soda checks")
struct SodaImportTests {
    @Test("Soda: SodaCL")
    func soda() async throws {
        let (tables, lost, _) = try await Imported.read(
            .soda,
            #"""
            checks for orders:
              - row_count > 0
              - missing_count(id) = 0
              - missing_percent(note) < 5 %:
                  missing values: [N/A, "-"]
              - duplicate_count(id) = 0
              - duplicate_count(id, status) = 0
              - invalid_count(status) = 0:
                  valid values: [new, paid]
                  name: known status
              - invalid_percent(email) < 1:
                  valid format: email
              - invalid_count(total) = 0:
                  valid min: 0
              - max(total) <= 100
              - avg_length(note) between 1 and 9
              - freshness(at) < 2d
              - values in (customer) must exist in customers (id)
              - missing_count(total):
                  warn: when > 1
                  fail: when > 10
              - failed rows:
                  name: bad
                  fail condition: total < 0
              - schema:
                  fail:
                    when required column missing: [id, extra]
                    when forbidden column present: [secret]
                    when wrong column type: { id: bigint }
              - anomaly detection for row_count
            discover datasets: { datasets: [a] }
            """#)
        let table = try #require(tables.first)
        #expect(
            Set(table.rules.map(\.id)).isSuperset(of: [
                "row_count", "not_null(id)", "not_missing(note)", "unique(id)", "unique(id, status)",
                "accepted_values(status)",
                "pattern(email)", "condition(total)", "foreign_key(customer -> customers.id)", "not_null(total)",
                "not_null(total)#2",
                "freshness(at)", "condition(bad)",
            ]), "\(table.rules.map(\.id))")
        #expect(table.rules.first { $0.id == "not_missing(note)" }?.limit == Limit([.less(5)], unit: .percent))
        #expect(table.rules.first { $0.id == "not_null(total)" }?.limit == Limit([.lessOrEqual(10)]))
        #expect(table.column("id")?.physicalType == "bigint" && table.column("extra") != nil)
        #expect(
            lost.sorted() == [
                "anomaly detection for row_count", "discover datasets", "schema: when forbidden column present",
            ], "\(lost)")
    }

    @Test("Soda: contracts of v4")
    func sodaContract() async throws {
        let (tables, lost, _) = try await Imported.read(
            .soda,
            """
            dataset: dw/shop/public/orders
            columns:
              - name: id
                data_type: integer
                checks: [{ missing: }, { duplicate: }]
              - name: status
                valid_values: [a, b]
                checks:
                  - invalid: { threshold: { metric: percent, must_be_less_than: 2, level: warn } }
                  - missing: { missing_values: ["-"] }
            checks:
              - schema:
              - row_count: { threshold: { must_be_between: [1, 9] } }
              - duplicate: { columns: [id, status] }
              - metric: { expression: x }
            """)
        #expect(tables[0].name == "orders" && tables[0].physicalName == "public.orders")
        #expect(
            Set(tables[0].rules.map(\.id)) == [
                "not_null(id)", "unique(id)", "accepted_values(status)", "not_missing(status)", "row_count",
                "unique(id, status)",
            ], "\(tables[0].rules.map(\.id))")
        #expect(
            tables[0].rules.first { $0.id == "accepted_values(status)" }?.limit == Limit([.less(2)], unit: .percent))
        #expect(lost == ["metric"], "\(lost)")
    }
}
