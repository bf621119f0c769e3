import Foundation
import Testing
import WeirCore
import WeirEngine

@testable import WeirConnect

@Suite("Files")
struct FileTests {
    @Test(
        "a name tells the format",
        arguments: [
            ("a.csv", .csv), ("A.CSV.GZ", .csv), ("a.txt.zst", .csv), ("a.tsv", .tsv), ("x/a.b.parquet", .parquet),
            ("a.jsonl.gz", .ndjson), ("a.json", .json), ("a.xlsx", .excel), ("a.avro", .avro), ("a", nil),
            ("a.gz", nil),
            ("a.doc", nil), ("", nil), ("data/*.csv", .csv),
        ] as [(String, FileFormat?)])
    func format(name: String, format: FileFormat?) { #expect(FileFormat(fileName: name) == format) }

    @Test("a glob lists files in the order of their names, once; nothing found is an error")
    func listing() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-list-\(UUID())")
        try FileManager.default.createDirectory(at: folder.appending(path: "d/e"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in ["d/b.csv", "d/a.csv", "d/e/c.csv", "d/it's.csv"] {
            try Data("id\n".utf8).write(to: folder.appending(path: name))
        }
        let root = folder.path
        func list(_ patterns: [String]) async throws -> [String] {
            try await Database.open(.init()).withConnection { connection in
                try await connection.perform { try FileListing.find(patterns, in: root, on: $0).map(\.name) }
            }
        }
        let flat = try await list(["d/*.csv", "d/a.csv"])
        #expect(flat == ["d/a.csv", "d/b.csv", "d/it's.csv"])
        let deep = try await list(["d/**/*.csv"])
        #expect(deep.contains("d/e/c.csv"))
        let one = try await list(["\(root)/d/it's.csv"])
        #expect(one == ["d/it's.csv"])
        do {
            _ = try await list(["d/*.nope"])
            Issue.record("no error")
        } catch let error as WeirError { #expect(error.code == "source.no-files") }
    }
}

@Suite("Connections")
struct ConnectionTests {
    @Test("a table of another database is quoted part by part")
    func relation() {
        let reader = DatabaseReader(engine: "postgres", connection: "shop", content: .table("public.a\"b"))
        #expect(reader.relation == "\"weir_shop\".\"public\".\"a\"\"b\"")
        let query = DatabaseReader(engine: "mysql", connection: "shop", content: .query("SELECT 'x'"))
        #expect(query.relation == "mysql_query('weir_shop', 'SELECT ''x''')")
        #expect(query.label == "shop:query")
    }

    @Test("columns read as texts are cast in the words of their database")
    func texts() throws {
        let columns = [Column(name: "a`b", type: "DECIMAL(38,9)"), Column(name: "c", type: "INTEGER")]
        let mysql = DatabaseReader(engine: "mysql", connection: "s", content: .table("d.t"))
        #expect(
            mysql.withTexts(of: ["a`b"], columns: columns)
                == "mysql_query('weir_s', 'SELECT CAST(`a``b` AS CHAR) AS `a``b`, `c` FROM `d`.`t`')")
        let postgres = DatabaseReader(engine: "postgres", connection: "s", content: .table("t"))
        #expect(
            postgres.withTexts(of: ["c"], columns: columns)
                == "postgres_query('weir_s', 'SELECT \"a`b\", CAST(\"c\" AS text) AS \"c\" FROM \"t\"')")
        #expect(postgres.withTexts(of: [], columns: columns) == nil)
    }

    @Test("a file that is no SQLite database fails without a second try")
    func noDatabase() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "weir-\(UUID()).db").path
        try Data(String(repeating: "no database ", count: 100).utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        do {
            try await Database.open(.init()).withConnection { connection in
                try await connection.perform { connection in
                    try ConnectionSettings.sqlite(path: path).open(as: "s", on: connection)
                    _ = try connection.query("SELECT * FROM \"weir_s\".sqlite_master")
                }
            }
            Issue.record("no error")
        } catch let error as WeirError { #expect(!error.message.isEmpty) }
    }
}
