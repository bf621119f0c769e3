import Testing
import WeirConnect

@testable import WeirPipeline

@Suite("Names of a new project")
struct InitNamingTests {
    @Test(
        "a name becomes small letters, digits and _",
        arguments: [
            ("Order ID", "order_id"), ("OrderID", "order_id"), ("HTTPServer", "http_server"),
            ("Größe (cm)", "größe_cm"),
            ("2024", "_2024"), ("--", "x"), ("", "x"), ("a.b/c", "a_b_c"), ("__a__", "a"), ("Straße", "straße"),
            ("İd", "i̇d"),
        ])
    func tidy(_ given: String, _ wanted: String) { #expect(TidyName.of(given, fallback: "x") == wanted) }

    @Test("names that became equal get numbers")
    func distinct() { #expect(TidyName.distinct(["a", "A", "a", "a_2"]) == ["a", "A_2", "a_3", "a_2_2"]) }

    @Test(
        "the stem of a file is its name without suffixes, dates and counters",
        arguments: [
            ("orders-2024-01.csv", "orders"), ("orders_20240131.csv.gz", "orders"), ("orders.csv", "orders"),
            ("orders part 3.parquet", "orders"), ("sales_q1.csv", "sales"), ("events (2).json", "events"),
            ("2024.csv", "2024"),
            ("a.b-1.csv.zst", "a.b"), ("v2-users-7.csv", "v2-users"),
        ])
    func stem(_ name: String, _ wanted: String) { #expect(FileGrouping.stem(ofFileName: name) == wanted) }

    @Test("a glob begins before the numbers and ends with the suffix")
    func glob() {
        #expect(FileGrouping.glob(["/d/o-2024-01.csv", "/d/o-2024-02.csv"]) == "/d/o-*.csv")
        #expect(FileGrouping.glob(["/d/o-2023-12.csv.gz", "/d/o-2024-12.csv.gz"]) == "/d/o-*.csv.gz")
        #expect(FileGrouping.glob(["/d/o.csv"]) == nil)
    }

    @Test("SQL names are quoted only where they must be")
    func plain() {
        let sql = PlainSQL(reserved: ["select"])
        #expect(
            ["a_1", "select", "A", "a b", "1a", "ü", "a\"b"].map(sql.name) == [
                "a_1", "\"select\"", "\"A\"", "\"a b\"", "\"1a\"", "\"ü\"", "\"a\"\"b\"",
            ])
    }
}
