import Foundation
import Testing

@Suite("weir check --incremental")
struct CheckIncrementalTests {
    private struct Report: Decodable {
        struct Table: Decodable {
            struct Check: Decodable, Equatable {
                let rule: String
                let status: String
                let violating: Int?
                let affected: Int?
                let measured: Double?
            }
            struct Incremental: Decodable {
                let columns: [String]
                let changes: String
                let parts: Int
                let read: Int
                let removed: Int
                let overAllRows: [String]
            }
            let target: String
            let rows: Int?
            let checks: [Check]
            let incremental: Incremental?
            let note: String?
        }
        let status: String
        let tables: [Table]
    }

    private static let contract = """
        apiVersion: v3.1.0
        kind: DataContract
        id: orders
        version: 1.0.0
        status: active
        schema:
          - name: raw.orders
            customProperties: [{ property: weir.onFail, value: warn }]
            properties:
              - { name: id, logicalType: integer, required: true, unique: true }
              - { name: day, logicalType: date, partitioned: true, partitionKeyPosition: 1 }
              - { name: amount, logicalType: number, logicalTypeOptions: { minimum: 0 } }
            quality: [{ metric: rowCount, mustBeGreaterThan: 1 }]
        """

    private func project() throws -> TempProject {
        try TempProject([
            "sources/orders.yaml": """
            name: raw.orders
            from: { files: "data/*.csv" }
            columns: { id: INTEGER, day: DATE, amount: DOUBLE }
            load: { strategy: merge, key: [id] }
            contract: contracts/orders.yaml
            """,
            "contracts/orders.yaml": Self.contract,
            "data/a.csv": "id,day,amount\n1,2026-01-01,5\n2,2026-01-01,-1\n3,2026-01-02,4\n4,,2\n",
        ])
    }

    /// The check in parts, which has to say what the whole one says.
    private func check(_ project: TempProject, _ words: String...) async throws -> Report.Table {
        func report(_ words: [String]) async throws -> Report.Table {
            let done = await (try project.start(["check", "raw.orders", "-o", "json"] + words)).finish()
            #expect([0, 1].contains(done.code), "\(done)")
            return try #require(
                try JSONDecoder.snake.decode(Report.self, from: Data(done.out.utf8)).tables.first, "\(done)")
        }
        let whole = try await report([])
        let parts = try await report(words.isEmpty ? ["--incremental"] : words)
        #expect(parts.checks == whole.checks && parts.rows == whole.rows)
        #expect(whole.incremental == nil)
        return parts
    }

    @Test("reads what a run added or changed, remembers it, and says the same as a whole check")
    func runs() async throws {
        let project = try project()
        try await project.run(expect: 0)
        let first = try await check(project)
        let incremental = try #require(first.incremental)
        #expect(incremental.columns == ["day"] && incremental.changes == "content")
        #expect(incremental.parts == 3 && incremental.read == 3 && incremental.overAllRows == ["unique(id)"])
        #expect(try await check(project).incremental?.read == 0)
        // One row is new, one is corrected.
        try project.write("data/b.csv", "id,day,amount\n5,2026-01-03,-7\n2,2026-01-01,1\n")
        try await project.run(expect: 0)
        let second = try await check(project)
        #expect(second.incremental?.read == 2 && second.incremental?.parts == 4)
        #expect(second.checks.first { $0.rule == "range(amount)" }?.violating == 1)
        // A row moves to another day, which leaves its own empty.
        try project.write("data/c.csv", "id,day,amount\n3,2026-01-03,4\n")
        try await project.run(expect: 0)
        let third = try await check(project)
        #expect(third.incremental?.read == 1 && third.incremental?.parts == 3 && third.incremental?.removed == 1)
    }

    @Test("for people it says what was read and what does not add up; rules that change are counted anew")
    func text() async throws {
        let project = try project()
        try await project.run(expect: 0)
        _ = try await check(project)
        let done = try await project.weir("check", "--incremental")
        #expect(done.out.contains("0 of 3 parts by day read, the others as they were when last counted"), "\(done)")
        #expect(!done.out.contains("over all rows"), "\(done)")
        try project.write("contracts/orders.yaml", Self.contract.replacing("minimum: 0", with: "minimum: -3"))
        #expect(try await check(project).incremental?.read == 3)
    }

    @Test("a table that nothing divides is checked as a whole, and says so")
    func undivided() async throws {
        let project = try project()
        try project.write(
            "contracts/orders.yaml",
            Self.contract.replacing("partitioned: true, partitionKeyPosition: 1", with: "required: false"))
        try await project.run(expect: 0)
        let table = try await check(project)
        #expect(table.incremental == nil && table.note?.contains("partitioned: true") == true)
        let named = try await check(project, "--partition", "day", "--changes", "rows")
        #expect(named.incremental?.changes == "rows" && named.incremental?.read == 3)
    }

    @Test("a state file that is damaged, or gone, costs a whole count and no more")
    func damaged() async throws {
        let project = try project()
        try await project.run(expect: 0)
        #expect(try await check(project).incremental?.read == 3)
        #expect(try await check(project).incremental?.read == 0)
        for suffix in ["-wal", "-shm"] { try? project.remove(".weir/state.db\(suffix)") }
        try project.write(".weir/state.db", "not a database at all, but long enough to be taken for one")
        let done = try await project.weir("check", "--incremental")
        #expect(done.out.contains("3 of 3 parts by day read") && done.err.contains("state.damaged"), "\(done)")
        #expect(try await check(project).incremental?.read == 0)
    }

    @Test("views, and the rows of a history that hold now, are divided as well")
    func views() async throws {
        let project = try project()
        let contract = Self.contract.replacing("raw.orders", with: "NAME")
        for (name, header) in [("v", "strategy: view"), ("h", "strategy: scd2\nkey: [id]")] {
            try project.write("contracts/\(name).yaml", contract.replacing("NAME", with: "m.\(name)"))
            try project.write(
                "models/m/\(name).sql",
                "/* weir\nwhy: test\n\(header)\ncontract: contracts/\(name).yaml\n*/\nSELECT id, day, abs(amount) AS amount FROM raw.orders"
            )
        }
        try await project.run(expect: 0)
        func parts(_ table: String) async throws -> [Int?] {
            let done = await (try project.start(["check", table, "--incremental", "-o", "json"])).finish()
            let found = try JSONDecoder.snake.decode(Report.self, from: Data(done.out.utf8)).tables.first
            return [found?.rows, found?.incremental?.parts, found?.incremental?.read]
        }
        for table in ["m.v", "m.h"] {
            #expect(try await parts(table) == [4, 3, 3])
            #expect(try await parts(table) == [4, 3, 0])
        }
        try project.write("data/b.csv", "id,day,amount\n5,2026-01-03,7\n2,2026-01-01,8\n")
        try await project.run(expect: 0)
        for table in ["m.v", "m.h"] { #expect(try await parts(table) == [5, 4, 2]) }
    }

    @Test(
        "what it cannot do is refused",
        arguments: [
            (["check", "raw.orders", "--partition", "dya"], "check.unknown-column"),
            (["check", "raw.orders", "--partition", "amount"], "check.partition-type"),
            (["check", "raw.orders", "--incremental", "--by", "day"], "check.incremental-detail"),
            (["check", "raw.orders", "--incremental", "--failed", "3"], "check.incremental-detail"),
            (
                ["check", "data/a.csv", "--contract", "contracts/orders.yaml", "--incremental"],
                "check.incremental-target"
            ),
        ])
    func refused(words: [String], code: String) async throws {
        let project = try project()
        try await project.run(expect: 0)
        let done = await (try project.start(words + ["-o", "json"])).finish()
        #expect(done.code == 2 && done.out.contains("\"\(code)\""), "\(done)")
    }
}
