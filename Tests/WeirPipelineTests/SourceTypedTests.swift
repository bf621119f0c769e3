import Foundation
import Testing

@testable import WeirPipeline

@Suite("Sources with types of their own", .timeLimit(.minutes(10)))
struct SourceTypedTests {
    @Test("NDJSON: lines that are no object, and values that do not fit, are set aside with their line")
    func ndjson() async throws {
        let project = try SourceProject()
        try project.write(
            "d/a.ndjson",
            """
            {"id": 1, "name": "one", "tags": ["a", "b"], "at": {"x": 1.5}}
            {"id": 2, "name": null, "tags": null, "at": null}

            {"id": 3, "name": "thr
            {"id": "four", "name": "four"}
            [1, 2]
            7
            {"id": 1.5}
            {"id": 8, "name": "ünï \\"q\\" \\u00e9", "tags": [], "at": {"x": 2}}
            """)
        try project.source(
            "from: { files: d/a.ndjson }\ncolumns: { id: BIGINT, name: VARCHAR, tags: \"VARCHAR[]\", at: \"STRUCT(x DOUBLE)\" }"
        )
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        let rows1 = try await project.rows()
        #expect(rows1 == ["1|one|[a, b]|{'x': 1.5}", "2|NULL|NULL|NULL", "8|ünï \"q\" é|[]|{'x': 2}"])
        let held2 = try await project.quarantine()
        #expect(
            held2 == [
                "d/a.ndjson|4|malformed(not a JSON object)|{\"id\": 3, \"name\": \"thr",
                "d/a.ndjson|5|type(id)|{\"id\": \"four\", \"name\": \"four\"}",
                "d/a.ndjson|6|malformed(not a JSON object)|[1, 2]", "d/a.ndjson|7|malformed(not a JSON object)|7",
                "d/a.ndjson|8|type(id)|{\"id\": 1.5}",
            ])
    }

    @Test("NDJSON of several files, packed, with folders as columns: each line keeps its file and number")
    func ndjsonFiles() async throws {
        let project = try SourceProject()
        try project.write("d/p=x/a.ndjson", "{\"id\": 1}\n{\"id\": 2}\n")
        try project.write("d/p=y/b.ndjson", "{\"id\": 3}\nbroken\n{\"id\": 4}\n")
        try project.source("from: { files: \"d/*/*.ndjson\", partitions: true }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        let rows3 = try await project.rows()
        #expect(rows3 == ["1|x", "2|x", "3|y", "4|y"])
        let held4 = try await project.quarantine()
        #expect(held4 == ["d/p=y/b.ndjson|2|malformed(not a JSON object)|broken"])
    }

    @Test(
        "clean NDJSON and arrays of objects load whole",
        arguments: [
            ("a.ndjson", "{\"id\": 1, \"a\": \"x\"}\n{\"id\": 2, \"b\": true}\n"),
            ("a.json", "[{\"id\": 1, \"a\": \"x\"}, {\"id\": 2, \"b\": true}]"),
            ("a.jsonl", "{\"id\": 1, \"a\": \"x\"}\r\n{\"id\": 2, \"b\": true}"),
        ])
    func json(file: String, text: String) async throws {
        let project = try SourceProject()
        try project.write("d/\(file)", text)
        try project.source("from: { files: d/\(file) }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        let rows5 = try await project.rows("SELECT id, a, b FROM raw.t ORDER BY id")
        #expect(rows5 == ["1|x|NULL", "2|NULL|true"])
        #expect(try await project.run().status == .unchanged)
    }

    @Test("an array of objects that is cut short fails, and nothing is published")
    func cutJSON() async throws {
        let project = try SourceProject()
        try project.write("d/a.json", "[{\"id\": 1}, {\"id\":")
        try project.source("from: { files: d/a.json }")
        let result = try await project.run()
        #expect(result.status == .failed)
        #expect(result.error != nil)
    }

    @Test("Parquet files of different columns and types are one table")
    func parquet() async throws {
        let project = try SourceProject()
        try await project.make(
            "d/a.parquet", "COPY (SELECT 1::INTEGER AS id, 'x' AS name) TO FILE", extensions: ["parquet"])
        try await project.make(
            "d/b.parquet", "COPY (SELECT 5_000_000_000 AS id, DATE '2024-02-29' AS day, [1, NULL] AS l) TO FILE",
            extensions: ["parquet"])
        try project.source("from: { files: \"d/*.parquet\" }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        let rows6 = try await project.rows("SELECT id, name, day, l FROM raw.t ORDER BY id")
        #expect(
            rows6 == [
                "1|x|NULL|NULL", "5000000000|NULL|2024-02-29|[1, NULL]",
            ])
    }

    @Test("Parquet values that do not fit the declared type are set aside")
    func parquetMisfits() async throws {
        let project = try SourceProject()
        try await project.make(
            "d/a.parquet",
            "COPY (SELECT * FROM (VALUES ('1', 1.0), ('x', 2.5), ('3', 3.0), (NULL, 4.0)) t(id, n)) TO FILE",
            extensions: ["parquet"])
        try project.source("from: { files: d/a.parquet }\ncolumns: { id: INTEGER, n: INTEGER }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        let rows7 = try await project.rows()
        #expect(rows7 == ["1|1", "3|3", "NULL|4"])
        let held = try await project.quarantine()
        #expect(held.count == 1)
        #expect(held.first?.hasPrefix("d/a.parquet|NULL|type(id)+type(n)|{\"id\":\"x\",\"n\":2.5") == true, "\(held)")
    }

    @Test("append of typed files: known files are left alone", arguments: ["parquet", "ndjson"])
    func typedAppend(suffix: String) async throws {
        let project = try SourceProject()
        let format = suffix == "ndjson" ? "json" : "parquet"
        try await project.make(
            "d/a.\(suffix)", "COPY (SELECT 1 AS id) TO FILE (FORMAT \(format))", extensions: [format])
        try project.source("from: { files: \"d/*.\(suffix)\" }\nload: { strategy: append }")
        #expect(try await project.run().balance.published == 1)
        #expect(try await project.run().status == .unchanged)
        try await project.make(
            "d/b.\(suffix)", "COPY (SELECT 2 AS id) TO FILE (FORMAT \(format))", extensions: [format])
        #expect(try await project.run().balance.published == 1)
        let rows8 = try await project.rows()
        #expect(rows8 == ["1", "2"])
    }

    @Test("a Parquet file cut in half fails the load and leaves what was published")
    func cutParquet() async throws {
        let project = try SourceProject()
        try await project.make(
            "d/a.parquet", "COPY (SELECT i AS id, md5(i::VARCHAR) AS m FROM range(10_000) t(i)) TO FILE",
            extensions: ["parquet"])
        try project.source("from: { files: \"d/*.parquet\" }")
        try await project.run()
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(project.root)/d/a.parquet"))
        try project.write("d/b.parquet", data.prefix(data.count / 2))
        let result = try await project.run()
        #expect(result.status == .failed)
        #expect(result.reason?.contains("b.parquet") == true, "\(result.reason ?? "")")
        let rows9 = try await project.rows("SELECT count(*) FROM raw.t")
        #expect(rows9 == ["10000"])
    }

    @Test("Excel: types from the cells, a sheet and a range, several files")
    func excel() async throws {
        let project = try SourceProject()
        try await project.make(
            "d/a.xlsx",
            "COPY (SELECT 1 AS id, 'x' AS name, DATE '2024-02-29' AS day, true AS ok) TO FILE (FORMAT xlsx, HEADER true, SHEET 'S')",
            extensions: ["excel"])
        try await project.make(
            "d/b.xlsx",
            "COPY (SELECT 2 AS id, NULL AS name, DATE '2024-03-01' AS day, false AS ok) TO FILE (FORMAT xlsx, HEADER true, SHEET 'S')",
            extensions: ["excel"])
        try project.source(
            "from: { files: \"d/*.xlsx\", sheet: S, range: \"A1:C9\" }\ncolumns: { id: INTEGER, name: VARCHAR }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        let rows10 = try await project.rows()
        #expect(rows10 == ["1|x|2024-02-29", "2|NULL|2024-03-01"])
    }

    @Test("Excel: a text among numbers is set aside, and so is a fraction among whole numbers")
    func excelMisfits() async throws {
        let project = try SourceProject()
        // VARCHAR cells and numeric cells in one column: two files, one of texts.
        try await project.make(
            "d/a.xlsx",
            "COPY (SELECT * FROM (VALUES (1, 'a'), (2.5, 'b'), (3, NULL)) t(id, name)) TO FILE (FORMAT xlsx, HEADER true)",
            extensions: ["excel"])
        try project.source("from: { files: d/a.xlsx }\ncolumns: { id: INTEGER }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        let rows11 = try await project.rows()
        #expect(rows11 == ["1|a", "3|NULL"])
        let held12 = try await project.quarantine()
        #expect(held12 == ["d/a.xlsx|NULL|type(id)|{\"id\":2.5,\"name\":\"b\"}"])
    }

    @Test("Excel: cells that do not fit the column's own type are set aside and the others load")
    func excelMixedCells() async throws {
        let project = try SourceProject()
        try project.write("d/a.xlsx", try #require(Data(base64Encoded: SourceSamples.mixedWorkbook)))
        try project.source("from: { files: d/a.xlsx }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        let rows13 = try await project.rows()
        #expect(rows13 == ["1|a|5", "2|b|NULL"])
        let held14 = try await project.quarantine()
        #expect(
            held14 == [
                "d/a.xlsx|NULL|type(id)|{\"id\":\"x\",\"name\":\"c\",\"n\":\"7\"}",
                "d/a.xlsx|NULL|type(n)|{\"id\":\"4\",\"name\":null,\"n\":\"n/a\"}",
            ])
    }

    @Test("Avro")
    func avro() async throws {
        let project = try SourceProject()
        try await project.make(
            "d/a.avro", "COPY (SELECT 1 AS id, 'x' AS name UNION ALL SELECT 2, NULL) TO FILE (FORMAT avro)",
            extensions: ["avro"])
        try project.source("from: { files: \"d/*.avro\" }\ncolumns: { id: BIGINT }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        let rows15 = try await project.rows()
        #expect(rows15 == ["1|x", "2|NULL"])
        try project.write("d/b.avro", "no avro at all")
        #expect(try await project.run().status == .failed)
        let rows16 = try await project.rows()
        #expect(rows16 == ["1|x", "2|NULL"])
    }
}
