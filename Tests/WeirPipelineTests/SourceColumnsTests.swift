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
}
