import Foundation
import Testing

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

    @Test("UTF-16 is read when it is said, and never taken for something else")
    func utf16() async throws {
        let text = "id,v\n1,a\n2,ü\n"
        for (bytes, encoding, code) in [
            ([0xFF, 0xFE], ", encoding: utf-16", nil), ([0xFF, 0xFE], "", "source.encoding"),
            ([0xFE, 0xFF], ", encoding: utf-16", "source.encoding"), ([0xFE, 0xFF], "", "source.encoding"),
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
