import Foundation
import Testing
import WeirCore

@testable import WeirPipeline

@Suite("Files that do not have the same columns", .timeLimit(.minutes(10)))
struct SourceColumnsTests {
    private func make(_ project: SourceProject, _ name: String, _ select: String) async throws {
        let format = name.hasSuffix("parquet") ? "parquet" : name.hasSuffix("csv") ? "csv, HEADER" : "json"
        try await project.make(name, "COPY (\(select)) TO FILE (FORMAT \(format))", extensions: ["parquet", "json"])
    }

    static let formats = ["csv", "parquet", "ndjson"]

    @Test("a file of a later load that lacks a column stops it, whatever the other files have", arguments: formats)
    func renamed(format: String) async throws {
        let project = try SourceProject()
        try await make(project, "d/1.\(format)", "SELECT 1 AS id, 'a' AS v")
        try project.source("from: { files: \"d/*\", format: \(format) }\nload: { strategy: append }")
        #expect(try await project.run().status == .published)
        try await make(project, "d/2.\(format)", "SELECT 2 AS id, 'b' AS v")
        try await make(project, "d/3.\(format)", "SELECT 3 AS id, 'c' AS vv")
        let result = try await project.run()
        #expect(result.status == .stopped)
        #expect(result.error?.code == "schema.missing-column", "\(result.reason ?? "")")
        #expect(result.error?.message.contains("3.\(format)") == true)
        #expect(try await project.rows() == ["1|a"])
    }

    @Test("a first load says so; frozen, it stops; what may be absent is not told", arguments: formats)
    func first(format: String) async throws {
        for (load, status, notices) in [
            ("{ strategy: replace }", NodeResult.Status.published, 2),
            ("{ strategy: replace, schema: freeze }", .stopped, 0),
            ("{ strategy: replace, schema: freeze, optional: [v, w] }", .published, 0),
        ] {
            let project = try SourceProject()
            try await make(project, "d/1.\(format)", "SELECT 1 AS id, 'a' AS v")
            try await make(project, "d/2.\(format)", "SELECT 2 AS id, 'b' AS w")
            try project.source("from: { files: \"d/*\", format: \(format) }\nload: \(load)")
            let result = try await project.run()
            #expect(result.status == status, "\(load): \(result.reason ?? "")")
            #expect(result.notices.count { $0.contains("NULL there") } == notices, "\(load): \(result.notices)")
        }
    }

    @Test("a new column of some files of a later load is told as NULL in the others", arguments: formats + ["broken"])
    func laterColumn(format: String) async throws {
        // A line that is no JSON changes how NDJSON is read, and nothing else.
        let isBroken = format == "broken"
        let suffix = isBroken ? "ndjson" : format
        let project = try SourceProject()
        try await make(project, "d/1.\(suffix)", "SELECT 1 AS id, 'a' AS v")
        try project.source("from: { files: \"d/*\", format: \(suffix) }\nload: { strategy: append }")
        #expect(try await project.run().status == .published)
        try await make(project, "d/2.\(suffix)", "SELECT 2 AS id, 'b' AS v, 5 AS n")
        try await make(project, "d/3.\(suffix)", "SELECT 3 AS id, 'c' AS v")
        if isBroken { try project.write("d/2.ndjson", "{\"id\":2,\"v\":\"b\",\"n\":5}\nbad\n") }
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        #expect(
            result.notices.contains { $0.contains("3.\(suffix) has no n") && $0.contains("NULL there") },
            "\(result.notices)")
        #expect(try await project.rows() == ["1|a|NULL", "2|b|5", "3|c|NULL"])
    }

    @Test("NDJSON with a bad line: a file that lost a column stops the load, and on a first load it is told")
    func brokenLines() async throws {
        let project = try SourceProject()
        try project.write("d/1.ndjson", "{\"id\":1,\"v\":\"a\"}\nbad\n")
        try project.write("d/2.ndjson", "{\"id\":2}\n")
        try project.source("from: { files: \"d/*\", format: ndjson }\nload: { strategy: append }")
        let first = try await project.run()
        #expect(first.notices.contains { $0.contains("2.ndjson has no v") }, "\(first.notices)")
        try project.write("d/3.ndjson", "{\"id\":3,\"v\":\"c\"}\nbad\n")
        try project.write("d/4.ndjson", "{\"id\":4,\"w\":\"d\"}\n")
        let second = try await project.run()
        #expect(second.error?.code == "schema.missing-column", "\(second.reason ?? "")")
        #expect(second.error?.message.contains("4.ndjson") == true)
    }

    @Test("a declared column that no file has is told with its place and the nearest name", arguments: formats)
    func declaredNowhere(format: String) async throws {
        let project = try SourceProject()
        try await make(project, "d/1.\(format)", "SELECT 1 AS id, 2.5 AS amount")
        try project.source("from: { files: \"d/*\", format: \(format) }\ncolumns:\n  id: INTEGER\n  amuont: DOUBLE")
        let error = try await project.run().error
        #expect(error?.code == "source.unknown-column")
        #expect(error?.hint?.contains("amount") == true)
        #expect(error?.place?.line == 5)
        try project.source(
            "from: { files: \"d/*\", format: \(format) }\ncolumns: { amuont: DOUBLE }\nload: { optional: [amuont] }")
        #expect(try await project.run().status == .published)
    }

    @Test(
        "an option that means nothing for the format is told with its line",
        arguments: [
            ("a.parquet", "sheet: x"), ("a.parquet", "delimiter: \";\""), ("a.xlsx", "encoding: latin-1"),
            ("a.csv", "range: A1"), ("a.avro", "partitions: true"), ("a.json", "skip: 1"),
        ])
    func uselessOption(file: String, option: String) throws {
        let project = try SourceProject()
        try project.source("from:\n  files: \(file)\n  \(option)")
        let error = #expect(throws: WeirError.self) { try ProjectLoader.load(root: project.root, environment: [:]) }
        #expect(error?.code == "project.useless-option", "\(String(describing: error))")
        #expect(error?.place?.line == 4)
    }

    @Test("an encoding that nobody reads is told with the nearest")
    func unknownEncoding() throws {
        let project = try SourceProject()
        try project.source("from: { files: a.csv, encoding: latin1252 }")
        let error = #expect(throws: WeirError.self) { try ProjectLoader.load(root: project.root, environment: [:]) }
        #expect(error?.code == "yaml.unknown-value")
    }

    @Test("a damaged file among good ones is named", arguments: ["xlsx", "avro", "parquet"])
    func damaged(format: String) async throws {
        let project = try SourceProject()
        if format == "avro" {
            try project.write("d/1.avro", "Obj\u{1}")
        } else {
            try await project.make(
                "d/1.\(format)", "COPY (SELECT 1 AS id) TO FILE (FORMAT \(format))", extensions: ["excel", "parquet"])
        }
        try project.write("d/2.\(format)", String(repeating: "no such thing ", count: 100))
        try project.source("from: { files: \"d/*.\(format)\" }")
        let result = try await project.run()
        #expect(result.error?.code == "source.unreadable", "\(result.reason ?? "")")
        let name = format == "avro" ? "d/" : "d/2.\(format)"
        #expect(result.error?.message.contains(name) == true, "\(result.error?.message ?? "")")
    }

    @Test("cells of Excel below no name are told; a range reads them")
    func namelessColumns() async throws {
        let project = try SourceProject()
        let select = "SELECT * FROM (VALUES ('id', 'v', NULL), ('1', 'a', 'more'), ('2', 'b', NULL)) t(x, y, z)"
        try await project.make("a.xlsx", "COPY (\(select)) TO FILE (FORMAT xlsx, HEADER false)", extensions: ["excel"])
        try project.source("from: { files: a.xlsx }")
        let result = try await project.run()
        #expect(result.notices.count { $0.contains("cells in C") } == 1, "\(result.notices)")
        try project.source("from: { files: a.xlsx, range: \"A1:C3\" }")
        let whole = try await project.run()
        #expect(!whole.notices.contains { $0.contains("cells in") }, "\(whole.notices)")
        #expect(
            try await project.rows("SELECT COLUMNS(*)::VARCHAR FROM raw.t WHERE id = '1'").first?.hasSuffix("more")
                == true)
    }

    @Test("UTF-16 is read when it is said, and never taken for something else")
    func utf16() async throws {
        let text = "id,v\n1,a\n2,ü\n"
        for (bytes, encoding, code) in [
            ([0xFF, 0xFE], ", encoding: utf-16", nil), ([0xFF, 0xFE], "", "source.encoding"),
            ([0xFE, 0xFF], ", encoding: utf-16", nil), ([0xFE, 0xFF], "", "source.encoding"),
        ] as [([UInt8], String, String?)] {
            let project = try SourceProject()
            let isLittle = bytes[0] == 0xFF
            let body = try #require(text.data(using: isLittle ? .utf16LittleEndian : .utf16BigEndian))
            try project.write("t.csv", Data(bytes) + body)
            try project.source("from: { files: t.csv\(encoding) }")
            let result = try await project.run()
            #expect(result.error?.code == code, "\(bytes) \(encoding): \(result.reason ?? "")")
            if code == nil { #expect(try await project.rows() == ["1|a", "2|ü"]) }
        }
    }

    @Test("types are compared in the engine's words, and a misspelt one is told")
    func declared() async throws {
        let project = try SourceProject()
        try project.write("d/1.csv", "id,v\n1,a\n")
        try project.source(
            "from: { files: \"d/*.csv\" }\ncolumns: { id: int, v: text }\nload: { strategy: append, schema: freeze }")
        #expect(try await project.run().status == .published)
        try project.write("d/2.csv", "id,v\n2,b\n")
        let second = try await project.run()
        #expect(second.status == .published, "\(second.reason ?? "")")
        #expect(second.notices == [])
        try project.write("d/3.csv", "id,v\n3,c\n")
        try project.source("from: { files: \"d/*.csv\" }\ncolumns: { id: INTEGR }\nload: { strategy: append }")
        let wrong = try await project.run()
        #expect(wrong.error?.code == "source.unknown-type")
        #expect(wrong.error?.hint?.contains("INTEGER") == true)
    }

    @Test("a file that was renamed is not loaded twice; a second file of the same content is")
    func renamedFile() async throws {
        let project = try SourceProject()
        try project.write("d/1.csv", "id\n1\n")
        try project.source("from: { files: \"d/*.csv\" }\nload: { strategy: append }")
        try await project.run()
        try FileManager.default.moveItem(atPath: "\(project.root)/d/1.csv", toPath: "\(project.root)/d/one.csv")
        #expect(try await project.run().status == .unchanged)
        #expect(try await project.rows() == ["1"])
        try project.write("d/two.csv", "id\n2\n")
        try project.write("d/three.csv", "id\n2\n")
        #expect(try await project.run().balance.published == 2)
        #expect(try await project.rows() == ["1", "2", "2"])
    }

    @Test("folders stay columns when a file has a broken quote")
    func brokenQuoteInFolder() async throws {
        let project = try SourceProject()
        try project.write("y=2023/a.csv", "id,v\n1,a\n2,\"b\n3,c\n")
        try project.write("y=2024/a.csv", "id,v\n4,d\n")
        try project.source("from: { files: \"y=*/*.csv\", partitions: true }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        #expect(try await project.rows("SELECT id, y FROM raw.t ORDER BY id") == ["1|2023", "3|2023", "4|2024"])
        #expect(try await project.quarantine() == ["y=2023/a.csv|3|malformed(unclosed quote)|2,\"b"])
    }

    @Test("a line of a packed file that the reader would skip stops the load, with its number")
    func longLine() async throws {
        let project = try SourceProject()
        try project.write("plain.csv", "id,v\n1,a\n2,\(String(repeating: "x", count: 40_000_000))\n3,c\n")
        try await project.make(
            "t.csv.gz",
            "COPY (SELECT unnest(string_split(rtrim(content, chr(10)), chr(10))) FROM read_text('\(project.root)/plain.csv')) TO FILE (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\u{1F}', COMPRESSION gzip)"
        )
        try project.source("from: { files: t.csv.gz }")
        let result = try await project.run()
        #expect(result.error?.code == "source.line-too-long", "\(result.reason ?? "") \(result.balance)")
        #expect(result.error?.place?.line == 3)
    }
}
