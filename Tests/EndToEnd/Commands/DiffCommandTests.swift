import Foundation
import Testing
import WeirEngine

@Suite("weir diff", .timeLimit(.minutes(10)))
struct DiffCommandTests {
    private static let old = "id,name,amount\n1,a,1.50\n2,b,2\n3,,3\n4,d,4\n"
    private static let new = "name,id,amount,extra\na,1,1.5,x\nB,2,2,x\nc,3,3,x\ne,5,5,x\n"

    @Test("two files: the verdict first, then columns and rows; one JSON object for programs")
    func files() async throws {
        let project = try TempProject(["old.csv": Self.old, "data/new.csv": Self.new])
        let text = try await project.weir("diff", "old.csv", "data/new.csv")
        #expect(text.code == 1, "\(text)")
        #expect(text.out.contains("Different: 2 changed, 1 only in A, 1 only in B, 1 same."))
        #expect(text.out.contains("key id, found in the values"))
        let json = try await project.weir("diff", "old.csv", "data/new.csv", "-o", "json").diff
        #expect(json.rows == .init(same: 1, added: 1, removed: 1, changed: 2))
        #expect(json.onlyInB.map(\.name) == ["extra"] && json.onlyInA.isEmpty)
        #expect(json.columns.first { $0.name == "name" }?.changed == 2)
        #expect(json.samples.changed.last?.changes.first?.a == nil)
        #expect(!FileManager.default.fileExists(atPath: project.path(".weir")), "looking must leave nothing behind")
        let same = try await project.weir("diff", "old.csv", "old.csv")
        #expect(same.code == 0 && same.out.contains("Same: 4 rows."), "\(same)")
    }

    @Test("lines that are no rows are told, and two such files are not the same")
    func unreadable() async throws {
        let project = try TempProject(["a.csv": Self.old + "x,broken,line,with,more\n", "b.csv": Self.old])
        let done = try await project.weir("diff", "a.csv", "b.csv", "-o", "json")
        #expect(done.code == 1)
        #expect(try done.diff.a.unreadableRows == 1)
        #expect(try done.diff.rows == .init(same: 4, added: 0, removed: 0, changed: 0))
    }

    @Test("globs, Parquet, queries, tables of the warehouse with the key of their contract, DuckDB files")
    func targets() async throws {
        let project = try TempProject([
            "data/p1.csv": "id,name,amount\n1,a,1.50\n2,b,2\n", "data/p2.csv": "id,name,amount\n3,,3\n4,d,4\n",
            "sources/o.yaml":
                "name: raw.orders\nfrom: { files: \"data/p*.csv\" }\ncontract: contracts/o.yaml\n",
            "contracts/o.yaml": Contracts.table(
                "raw.orders",
                "      - { name: name, logicalType: string }\n      - { name: id, logicalType: integer, primaryKey: true }"
            ),
        ])
        try await project.run(expect: 0)
        try await Scratch.execute(
            """
            COPY (SELECT * FROM read_csv('\(project.path("data/p*.csv"))')) TO '\(project.path("o.parquet"))';
            ATTACH '\(project.path("old.duckdb"))' AS o; CREATE SCHEMA o.raw;
            CREATE TABLE o.raw.orders AS SELECT * FROM '\(project.path("o.parquet"))'; DETACH o
            """)
        for other in [
            "data/p*.csv", "o.parquet", "old.duckdb#raw.orders", "SELECT * FROM raw.orders",
            "old.duckdb#SELECT * FROM raw.orders", "raw.orders", "warehouse.duckdb#raw.orders",
        ] {
            let done = try await project.weir("diff", "raw.orders", other, "-o", "json")
            #expect(done.code == 0, "\(other): \(done)")
            #expect(try done.diff.key.columns == ["id"] && done.diff.key.origin == "contract")
            #expect(try done.diff.rows.same == 4)
        }
    }

    @Test("SQLite's values of any type in any column are compared as texts")
    func sqlite() async throws {
        let project = try TempProject()
        let made = Process()
        made.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        made.arguments = [
            "python3", "-c",
            """
            import sqlite3, sys
            d = sqlite3.connect(sys.argv[1])
            for name, last in (('a', 'z'), ('b', 'y')):
                d.execute('create table %s (id integer primary key, day date, x real)' % name)
                d.executemany('insert into %s values (?, ?, ?)' % name, [
                    (1, '2020-01-02', 1.5), (2, '2013-02-30', 'text'), (3, None, None), (4, 'no day', last)])
            d.commit()
            """, project.path("s.db"),
        ]
        try made.run()
        made.waitUntilExit()
        let done = try await project.weir("diff", "s.db#a", "s.db#b", "-o", "json")
        #expect(try done.diff.rows == .init(same: 3, added: 0, removed: 0, changed: 1), "\(done)")
        #expect(try done.diff.key.columns == ["id"])
    }

    @Test("options change what counts")
    func options() async throws {
        let project = try TempProject([
            "a.csv": "id,name,amount\n1,Ann ,1.00\n2,Bob,2.00\n", "b.csv": "id,name,amount\n1,ann,1.01\n2,bob,2.00\n",
        ])
        #expect(try await project.weir("diff", "a.csv", "b.csv").code == 1)
        #expect(try await project.weir("diff", "a.csv", "b.csv", "--exclude", "name,amount").code == 0)
        #expect(
            try await project.weir("diff", "a.csv", "b.csv", "--columns", "amount", "--tolerance", "0.01").code == 0)
        #expect(
            try await project.weir(
                "diff", "a.csv", "b.csv", "--ignore-case", "--ignore-blanks", "--relative-tolerance", "0.011"
            ).code == 0)
        #expect(try await project.weir("diff", "a.csv", "b.csv", "--where", "id = 2", "--ignore-case").code == 0)
        #expect(try await project.weir("diff", "--schema", "a.csv", "b.csv").code == 0)
        let few = try await project.weir("diff", "a.csv", "b.csv", "--limit", "1", "-o", "json").diff
        #expect(few.rows.changed == 2 && few.samples.changed.count == 1)
    }

    static let mistakes: [([String], String, Int32)] = [
        (["a.csv", "none.csv"], "source.no-files", 2), (["a.csv", "raw.nothing"], "warehouse.missing", 2),
        (["a.csv", "hello"], "diff.unknown-target", 2), (["a.csv", "SELEC x"], "diff.unknown-target", 2),
        (["a.csv", "SELECT nope FROM a"], "sql.unknown-table", 2),
        (["a.csv", "a.csv", "--key", "idd"], "diff.unknown-column", 2),
        (["a.csv", "a.csv", "--where", "nope > 1"], "diff.bad-where", 2), (["a.csv", "none.db#t"], "diff.no-file", 2),
        (["a.csv", "a.csv#t"], "diff.no-file", 2), (["a.csv", "w.duckdb"], "diff.no-table", 2),
        (["a.csv", "w.duckdb#nothin"], "diff.unknown-table", 2), (["a.csv", "shop#t"], "diff.unknown-connection", 2),
        (["a.csv", "a.csv", "--tolerance", "-1"], "usage", 2), (["a.csv"], "usage", 2),
        (["a.csv", "postgres://u:hunter22@127.0.0.1:1/d"], "diff.no-table", 2),
    ]

    @Test("mistakes are told with what to do", arguments: mistakes)
    func mistake(words: [String], code: String, exit: Int32) async throws {
        let project = try TempProject(["a.csv": Self.old])
        try await Scratch.execute(
            "ATTACH '\(project.path("w.duckdb"))' AS w; CREATE TABLE w.nothing AS SELECT 1 AS id; DETACH w")
        let done = try await Turns.shared.take { try await project.start(["diff"] + words + ["-o", "json"]).finish() }
        #expect(done.code == exit, "\(done)")
        #expect(done.failure?.code == code, "\(done)")
        #expect(!done.out.contains("hunter22"))
    }
}
