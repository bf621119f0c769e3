import Foundation
import Testing

@Suite("weir check")
struct CheckCommandTests {
    private static let orders =
        "id,email,country,amount\n1,a@x.de,DE,10\n2,b@x,DE,-5\n3,,FR,7\n3,c@x.fr,FR,1.5\nx,d@x.fr,US,2\n"

    private static let contract = """
        apiVersion: v3.1.0
        kind: DataContract
        id: orders
        version: 1.2.0
        status: active
        schema:
          - name: orders
            properties:
              - { name: id, logicalType: integer, required: true, unique: true }
              - { name: email, logicalType: string, required: true, classification: restricted, logicalTypeOptions: { format: email } }
              - name: country
                logicalType: string
                quality: [{ metric: invalidValues, arguments: { validValues: [DE] }, mustBe: 0, dimension: conformity, severity: warning }]
              - { name: amount, logicalType: number, logicalTypeOptions: { minimum: 0 } }

        """

    private struct Report: Decodable {
        struct Table: Decodable {
            struct Check: Decodable {
                let rule: String
                let status: String
                let violating: Int?
            }
            struct Cell: Decodable {
                let column: String
                let value: String?
            }
            struct Segment: Decodable {
                struct Count: Decodable {
                    let rule: String
                    let violating: Int
                }
                let values: [Cell]
                let rows: Int
                let violating: Int
                let rules: [Count]
            }
            struct Row: Decodable {
                let rules: [String]
                let values: [Cell]
            }
            struct Unreadable: Decodable {
                let reason: String
                let rows: Int
            }
            struct Mark: Decodable {
                let file: String
                let hash: String
            }
            struct Failure: Decodable { let code: String }
            let target: String
            let status: String
            let rows: Int?
            let unreadableRows: Int
            let unreadable: [Unreadable]
            let contract: Mark
            let data: String?
            let checks: [Check]
            let segments: [Segment]
            let failing: [Row]
            let error: Failure?
        }
        let status: String
        let engine: String
        let tables: [Table]
    }

    private func read(_ done: Invocation) throws -> Report {
        try JSONDecoder.snake.decode(Report.self, from: Data(done.out.utf8))
    }

    private func files() throws -> TempProject {
        try TempProject(["data/orders.csv": Self.orders, "orders.odcs.yaml": Self.contract])
    }

    @Test("a file: every rule counted, segments, and the rows with every rule they break, what is personal hidden")
    func file() async throws {
        let project = try files()
        let done = try await project.weir(
            "check", "data/orders.csv", "--contract", "orders.odcs.yaml", "--by", "country", "--failed", "10", "-o",
            "json")
        #expect(done.code == 1, "\(done)")
        let table = try #require(try read(done).tables.first)
        #expect(table.rows == 4)
        #expect(table.unreadableRows == 1 && table.unreadable.map(\.reason) == ["type(id)"])
        let status = Dictionary(
            uniqueKeysWithValues: table.checks.map { ($0.rule, "\($0.status) \($0.violating ?? -1)") })
        #expect(status["not_null(id)"] == "passed 0")
        #expect(status["unique(id)"] == "failed 1")
        #expect(status["not_null(email)"] == "failed 1")
        #expect(status["email(email)"] == "failed 1")
        #expect(status["accepted_values(country)"] == "warned 2")
        #expect(status["range(amount)"] == "failed 1")
        #expect(table.segments.map { $0.values.first?.value } == ["FR", "DE"])
        #expect(table.segments.map { "\($0.rows) \($0.violating)" } == ["2 2", "2 1"])
        #expect(table.segments.last?.rules.map(\.rule) == ["email(email)", "range(amount)"])
        #expect(
            table.failing.map { $0.rules.sorted() } == [
                ["email(email)", "range(amount)"], ["accepted_values(country)", "not_null(email)"],
                ["accepted_values(country)", "unique(id)"],
            ])
        #expect(!done.out.contains("b@x"), "what the contract classifies must not be shown")
        #expect(table.contract.hash.count == 64 && table.data != nil)
    }

    @Test("weir contract test is the same command")
    func alias() async throws {
        let project = try files()
        let words = ["data/orders.csv", "--contract", "orders.odcs.yaml", "--columns", "amount", "-o", "json"]
        let done = await (try project.start(["contract", "test"] + words)).finish()
        #expect(done.code == 1, "\(done)")
        #expect(try read(done).tables.first?.checks.map(\.rule) == ["range(amount)"])
        let bad = await (try project.start(["contract", "test", "--failed=-1"] + words)).finish()
        #expect(bad.code == 2 && bad.failure?.code == "usage", "\(bad)")
    }

    @Test("rules are chosen by id, dimension and column; a warning alone is no failure")
    func choice() async throws {
        let project = try files()
        func check(_ words: String...) async throws -> Invocation {
            await
                (try project.start(
                    ["check", "data/orders.csv", "--contract", "orders.odcs.yaml", "-o", "json"] + words)).finish()
        }
        let byRule = try read(try await check("--rules", "not_null*"))
        #expect(byRule.tables.first?.checks.map(\.rule) == ["not_null(id)", "not_null(email)"])
        let byDimension = try read(try await check("--dimensions", "conformity"))
        #expect(byDimension.tables.first?.checks.map(\.rule) == ["accepted_values(country)"])
        let byColumn = try read(try await check("--columns", "amount"))
        #expect(byColumn.tables.first?.checks.map(\.rule) == ["range(amount)"])
        try project.write("data/orders.csv", "id,email,country,amount\n1,a@x.de,US,10\n")
        let warned = try await check()
        #expect(warned.code == 0)
        #expect(try read(warned).status == "warned")
    }

    @Test("JUnit, SARIF and Markdown say the same, and nothing in the data breaks them")
    func reports() async throws {
        let project = try files()
        try project.write("data/orders.csv", Self.orders + "9,\"<a|b>&\"\"*_`\",DE,1\n")
        let done = try await project.weir(
            "check", "data/orders.csv", "--contract", "orders.odcs.yaml", "--junit", "out/j.xml", "--sarif",
            "out/s.json",
            "--markdown", "out/m.md")
        #expect(done.code == 1, "\(done)")
        let junit = try String(contentsOfFile: project.path("out/j.xml"), encoding: .utf8)
        #expect(junit.contains("name=\"range(amount)\"") && junit.contains("<failure message="))
        let sarif = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: project.path("out/s.json"))))
                as? [String: Any])
        #expect(sarif["version"] as? String == "2.1.0")
        let run = try #require((sarif["runs"] as? [[String: Any]])?.first)
        let results = try #require(run["results"] as? [[String: Any]])
        #expect(results.contains { $0["ruleId"] as? String == "range(amount)" && $0["level"] as? String == "error" })
        #expect(results.contains { $0["level"] as? String == "warning" })
        let place = try #require(
            (results.last?["locations"] as? [[String: Any]])?.first?["physicalLocation"] as? [String: Any])
        #expect((place["region"] as? [String: Any])?["startLine"] as? Int ?? 0 > 8)
        let markdown = try String(contentsOfFile: project.path("out/m.md"), encoding: .utf8)
        #expect(markdown.contains("| `range(amount)` | failed | 1 |"))
    }

    @Test("tables of the project: each with its own contract, by selector, and a check that names what it looked at")
    func tables() async throws {
        let shop = try await SampleShop.make()
        let done = await (try shop.start(["check", "-o", "json"])).finish()
        #expect(done.code == 0, "\(done)")
        let report = try read(done)
        #expect(!report.tables.isEmpty && report.engine.hasPrefix("v"))
        #expect(report.tables.allSatisfy { $0.data?.contains(" of 20") == true })
        let one = await (try shop.start(["check", "raw.*", "-o", "json"])).finish()
        #expect(try read(one).tables.allSatisfy { $0.target.hasPrefix("raw.") })
    }

    static let mistakes: [([String], String)] = [
        (["data/orders.csv"], "project.not-found"),
        (["data/none.csv", "--contract", "orders.odcs.yaml"], "source.no-files"),
        (["data/orders.csv", "--contract", "none.yaml"], "contract.not-found"),
        (["data/orders.csv", "--contract", "orders.odcs.yaml", "--rules", "notnull(id)"], "check.no-rule"),
        (["data/orders.csv", "--contract", "orders.odcs.yaml", "--by", "countri"], "check.unknown-column"),
        (["raw.orders", "--contract", "orders.odcs.yaml"], "check.no-project"),
        (["SELECT nope", "--contract", "orders.odcs.yaml", "--table", "orders"], "sql.unknown-column"),
    ]

    @Test("mistakes are told with what to do", arguments: mistakes)
    func mistake(arguments: [String], code: String) async throws {
        let folder = try files()
        try folder.remove("weir.yaml")
        let done = await (try folder.start(["check"] + arguments + ["-o", "json"])).finish()
        #expect([1, 2].contains(done.code), "\(done)")
        #expect(done.out.contains("\"\(code)\""), "\(done)")
    }
}
