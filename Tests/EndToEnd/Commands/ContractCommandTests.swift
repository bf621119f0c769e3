import Foundation
import Testing

@Suite("weir contract")
struct ContractCommandTests {
    private static let old = """
        apiVersion: v3.1.0
        kind: DataContract
        id: orders
        version: 1.0.0
        status: active
        schema:
          - name: orders
            physicalName: raw.orders
            properties:
              - { name: id, logicalType: integer, required: true }
              - { name: status, logicalType: string }
              - { name: note, logicalType: string }
        """

    private func project() throws -> TempProject {
        try TempProject([
            "data/orders.csv": "id,status,note\n1,new,a\n2,paid,b\n",
            "sources/orders.yaml":
                "name: raw.orders\nfrom: { files: data/orders.csv }\ncontract: contracts/orders.yaml\n",
            "models/mart/states.sql":
                "/* weir\nwhy: x\nstrategy: table\n*/\nSELECT status AS state, count(*) AS n FROM raw.orders GROUP BY ALL",
            "models/mart/ids.sql": "/* weir\nwhy: x\nstrategy: table\n*/\nSELECT id FROM raw.orders",
            "contracts/orders.yaml": Self.old,
        ])
    }

    @Test("lint shows every mistake with its lines, and ends with 2")
    func lint() async throws {
        let project = try project()
        let good = try await project.weir("contract", "lint", "contracts/orders.yaml")
        #expect(good.code == 0, "\(good)")
        #expect(good.out.contains("not_null(id): not null") && good.out.contains("no mistake"))
        try project.write(
            "bad.yaml",
            Self.old.replacing("required: true", with: "requird: true").replacing(
                "logicalType: string }", with: "logicalType: strnig }"))
        let bad = try await project.weir("contract", "lint", "bad.yaml", "contracts/orders.yaml")
        #expect(bad.code == 2)
        #expect(
            bad.out.contains("bad.yaml:10:") && bad.out.contains("did you mean \"required\"?")
                && bad.out.contains("did you mean \"string\"?"), "\(bad)")
        #expect(bad.out.contains("3 mistakes"))
        try project.write("later.yaml", Self.old.replacing("name: note,", with: "name: note, deprecated: true,"))
        #expect(try await project.weir("contract", "lint", "later.yaml").code == 0)
        let strict = try await project.weir("contract", "lint", "later.yaml", "--strict")
        #expect(strict.code == 2 && strict.out.contains("came with v3.2.0"), "\(strict)")
        #expect(try await project.weir("contract", "lint", "nowhere.yaml").code == 2)
    }

    @Test("diff names the tables that bind what changed, and ends with 1 when it breaks them")
    func diff() async throws {
        let project = try project()
        try project.write(
            "next.yaml",
            Self.old.replacing("      - { name: status, logicalType: string }\n", with: "").replacing(
                "1.0.0", with: "2.0.0"))
        let broken = try await project.weir("contract", "diff", "contracts/orders.yaml", "next.yaml")
        #expect(broken.code == 1, "\(broken)")
        #expect(
            broken.out.contains("status is gone") && broken.out.contains("binds it: mart.states (n, state)")
                || broken.out.contains("binds it: mart.states (state)"), "\(broken)")
        #expect(!broken.out.contains("mart.ids"))
        try project.write("next.yaml", Self.old + "\n      - { name: more }\n".replacing("      -", with: "      -"))
        let fine = try await project.weir("contract", "diff", "contracts/orders.yaml", "next.yaml")
        #expect(fine.code == 0 && fine.out.contains("more is new"), "\(fine)")
        // Without a project there are no consumers, and the comparison works.
        let outside = try TempProject([
            "a.yaml": Self.old, "b.yaml": Self.old.replacing("required: true", with: "required: false"),
        ])
        try outside.remove("weir.yaml")
        let alone = try await outside.weir("contract", "diff", "a.yaml", "b.yaml")
        #expect(alone.code == 1 && !alone.out.contains("binds it"), "\(alone)")
    }

    @Test("format prints the one form; in place, and then it changes nothing")
    func format() async throws {
        let project = try project()
        let printed = try await project.weir("contract", "format", "contracts/orders.yaml")
        #expect(printed.code == 0 && printed.out.hasPrefix("apiVersion: v3.1.0\nkind: DataContract\n"))
        #expect(try await project.weir("contract", "format", "contracts/orders.yaml", "--in-place").code == 0)
        let text = try String(contentsOfFile: project.path("contracts/orders.yaml"), encoding: .utf8)
        #expect(text == printed.out)
        let again = try await project.weir("contract", "format", "contracts/orders.yaml")
        #expect(again.out == text)
    }

    @Test("suggest writes a contract that lints and that a run keeps")
    func suggest() async throws {
        let project = try project()
        let rows = (0..<400).map { "\($0),\(["new", "paid"][$0 % 2]),note \($0 % 90)" }
        try project.write("data/orders.csv", "id,status,note\n" + rows.joined(separator: "\n") + "\n")
        let made = try await project.weir("contract", "suggest", "data/orders.csv", "--to", "contracts/orders.yaml")
        #expect(made.code == 0 && made.out.contains("accepted_values(status)"), "\(made)")
        #expect(try await project.weir("contract", "lint", "contracts/orders.yaml", "--strict").code == 0)
        try await project.run(expect: 0)
        let table = try await project.weir("contract", "suggest", "raw.orders")
        #expect(
            table.code == 0 && table.out.contains("physicalName: raw.orders")
                && table.out.contains("validValues: [new, paid]"), "\(table)")
        let query = try await project.weir("contract", "suggest", "SELECT id FROM raw.orders", "-o", "json")
        #expect(query.code == 0 && query.out.contains("\"held_out_rows\""), "\(query)")
        #expect(try await project.weir("contract", "suggest", "raw.nothing").code == 2)
    }

    @Test("import and export print the text, and on standard error what they could not carry over")
    func exchange() async throws {
        let project = try project()
        try project.write("shop.sql", "CREATE TABLE orders (id INT PRIMARY KEY, note TEXT); DROP TABLE orders;")
        let made = try await project.weir("contract", "import", "sql", "shop.sql")
        #expect(
            made.code == 0 && made.out.contains("primaryKey: true") && made.err.contains("drop table orders"), "\(made)"
        )
        let out = try await project.weir("contract", "export", "sql", "contracts/orders.yaml", "--dialect", "mysql")
        #expect(out.code == 0 && out.out.contains("`id` BIGINT NOT NULL"), "\(out)")
        let page = try await project.weir(
            "contract", "export", "markdown", "contracts/orders.yaml", "--to", "orders.md")
        #expect(page.code == 0 && page.out.isEmpty && FileManager.default.fileExists(atPath: project.path("orders.md")))
        #expect(
            try await project.weir("contract", "export", "dbt", "contracts/orders.yaml", "--dialect", "mysql").code == 2
        )
        #expect(try await project.weir("contract", "import", "nonsense", "shop.sql").code == 2)
    }
}
