import Foundation
import Testing

@testable import WeirPipeline

@Suite("Delimited sources", .timeLimit(.minutes(10)))
struct SourceDelimitedTests {
    @Test(
        "any delimiter is found, and said ones are taken",
        arguments: [
            (",", ""), (";", ""), ("\t", ""), ("|", ""), (";", ", delimiter: \";\""), ("~", ", delimiter: \"~\""),
        ])
    func delimiters(delimiter: String, said: String) async throws {
        let project = try SourceProject()
        let lines = [["id", "name", "price"], ["1", "\"a\(delimiter)b\"", "1.5"], ["2", "\"say \"\"hi\"\"\"", ""]]
        try project.write("d/a.csv", lines.map { $0.joined(separator: delimiter) }.joined(separator: "\n") + "\n")
        try project.source("from: { files: d/a.csv\(said) }")
        let result = try await project.run()
        #expect(result.status == .published)
        let rows1 = try await project.rows()
        #expect(rows1 == ["1|a\(delimiter)b|1.5", "2|say \"hi\"|NULL"])
        let types2 = try await project.types()
        #expect(types2 == ["id BIGINT", "name VARCHAR", "price DOUBLE"])
    }

    @Test("tabs, gzip and zstd are known by the file's name", arguments: ["csv", "csv.gz", "csv.zst", "tsv", "tsv.gz"])
    func compressed(suffix: String) async throws {
        let project = try SourceProject()
        let tab = suffix.hasPrefix("tsv") ? ", DELIMITER '\t'" : ""
        try await project.make(
            "d/a.\(suffix)",
            "COPY (SELECT i AS id, 'v' || i AS v FROM range(5000) t(i)) TO FILE (FORMAT csv, HEADER\(tab))",
            extensions: ["parquet"])
        try project.source("from: { files: \"d/*\" , format: \(suffix.prefix(3)) }")
        #expect(try await project.run().balance.published == 5000)
        let rows3 = try await project.rows("SELECT min(id), max(v), count(DISTINCT v) FROM raw.t")
        #expect(rows3 == ["0|v999|5000"])
    }

    @Test("broken quotes are set aside, and the other lines load", arguments: ["a.csv", "a.csv.gz", "a.csv.zst"])
    func brokenQuotes(file: String) async throws {
        let project = try SourceProject()
        let text = "id,name\n1,one\n2,\"two\n3,three\n4,\"fo\"ur\n5,\"a\nb\"\n6,six\nx,seven\n8,\"eight\"\n"
        try project.write("plain.txt", text)
        if file == "a.csv" {
            try project.write("d/a.csv", text)
        } else {
            let copy =
                "COPY (SELECT unnest(string_split(rtrim(content, chr(10)), chr(10))) FROM read_text('\(project.root)/plain.txt')) TO FILE (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\u{1F}')"
            try await project.make("d/\(file)", copy, extensions: ["parquet"])
        }
        try project.source("from: { files: d/\(file) }\ncolumns: { id: INTEGER }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        let rows4 = try await project.rows()
        #expect(rows4 == ["1|one", "3|three", "5|a\nb", "6|six", "8|eight"])
        let held5 = try await project.quarantine()
        #expect(
            held5 == [
                "d/\(file)|3|malformed(unclosed quote)|2,\"two", "d/\(file)|5|malformed(unclosed quote)|4,\"fo\"ur",
                "d/\(file)|9|type(id)|x,seven",
            ])
    }

    @Test("broken quotes in a file of one column leave no row behind, and line numbers hold")
    func oneColumn() async throws {
        let project = try SourceProject()
        try project.write("d/a.csv", "n\n1\n\"2\n3\n\"x\"y\nfour\n5\n")
        try project.source("from: { files: d/a.csv, delimiter: \",\" }\ncolumns: { n: INTEGER }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        let rows6 = try await project.rows()
        #expect(rows6 == ["1", "3", "5"])
        let held7 = try await project.quarantine()
        #expect(
            held7 == [
                "d/a.csv|3|malformed(unclosed quote)|\"2", "d/a.csv|5|malformed(unclosed quote)|\"x\"y",
                "d/a.csv|6|type(n)|four",
            ])
    }

    @Test(
        "latin-1 and UTF-16 are read as the text they are",
        arguments: [
            ("latin-1", String.Encoding.isoLatin1), ("utf-16", .utf16LittleEndian),
        ])
    func encodings(name: String, encoding: String.Encoding) async throws {
        let project = try SourceProject()
        let text = "id,name\n1,Zürich\n2,\"ä\"\"ö\"\n"
        let mark = encoding == .utf16LittleEndian ? Data([0xFF, 0xFE]) : Data()
        try project.write("d/a.csv", mark + (try #require(text.data(using: encoding))))
        try project.source("from: { files: d/a.csv, encoding: \(name) }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        let rows8 = try await project.rows()
        #expect(rows8 == ["1|Zürich", "2|ä\"ö"])
    }

    @Test("broken quotes in a latin-1 file")
    func brokenLatin() async throws {
        let project = try SourceProject()
        try project.write("d/a.csv", try #require("id,name\n1,Zürich\n2,\"ä\n3,ö\n".data(using: .isoLatin1)))
        try project.source("from: { files: d/a.csv, encoding: latin-1 }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        let rows9 = try await project.rows()
        #expect(rows9 == ["1|Zürich", "3|ö"])
        let held10 = try await project.quarantine()
        #expect(held10 == ["d/a.csv|3|malformed(unclosed quote)|2,\"ä"])
    }

    @Test("files with columns in another order, and more of them, are one table")
    func headers() async throws {
        let project = try SourceProject()
        try project.write("d/a.csv", "id,name\n1,one\n")
        try project.write("d/b.csv", "name,id,extra\ntwo,2,x\n")
        try project.source("from: { files: \"d/*.csv\" }")
        #expect(try await project.run().status == .published)
        let rows11 = try await project.rows()
        #expect(rows11 == ["1|one|NULL", "2|two|x"])
    }

    @Test("a column that disappears stops the load unless it is optional")
    func optional() async throws {
        let project = try SourceProject()
        try project.write("d/a.csv", "id,name\n1,one\n")
        try project.source("from: { files: \"d/*.csv\" }\nload: { strategy: append }")
        try await project.run()
        try project.write("d/b.csv", "id\n2\n")
        let stopped = try await project.run()
        #expect(stopped.error?.code == "schema.missing-column")
        #expect(stopped.status == .stopped)
        let rows12 = try await project.rows()
        #expect(rows12 == ["1|one"])
        try project.source("from: { files: \"d/*.csv\" }\nload: { strategy: append, optional: [name] }")
        #expect(try await project.run().status == .published)
        let rows13 = try await project.rows()
        #expect(rows13 == ["1|one", "2|NULL"])
    }

    @Test("folders named key=value are columns")
    func partitions() async throws {
        let project = try SourceProject()
        try project.write("d/day=2024-01-01/a.csv", "id\n1\n")
        try project.write("d/day=2024-01-02/a.csv", "id\n2\nx\n")
        try project.source("from: { files: \"d/*/*.csv\", partitions: true }\ncolumns: { id: INTEGER }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        let rows14 = try await project.rows("SELECT id, day::VARCHAR FROM raw.t ORDER BY ALL")
        #expect(
            rows14 == [
                "1|2024-01-01", "2|2024-01-02",
            ])
        let held15 = try await project.quarantine()
        #expect(held15 == ["d/day=2024-01-02/a.csv|3|type(id)|x"])
    }

    @Test("append loads each file once; batches publish every file of every batch", arguments: ["", ", batch: 1"])
    func appendOnce(batch: String) async throws {
        let project = try SourceProject()
        for number in 1...5 { try project.write("d/\(number).csv", "id\n\(number)\n") }
        try project.source("from: { files: \"d/*.csv\" }\nload: { strategy: append\(batch) }")
        let first = try await project.run()
        #expect(first.status == .published, "\(first.reason ?? "")")
        #expect(first.balance.published == 5)
        let rows16 = try await project.rows()
        #expect(rows16 == ["1", "2", "3", "4", "5"])
        #expect(try await project.run().status == .unchanged)
        try project.write("d/6.csv", "id\n6\n")
        #expect(try await project.run().balance.published == 1)
        #expect(try await project.run { $0.fullRefresh = true }.balance.published == 6)
        let rows17 = try await project.rows()
        #expect(rows17 == ["1", "2", "3", "4", "5", "6"])
    }

    @Test(
        "settings without effect are errors when the project is loaded",
        arguments: [
            "load: { strategy: replace, batch: 10 }", "load: { strategy: append, batch: 0 }",
        ])
    func useless(load: String) async throws {
        let project = try SourceProject()
        try project.write("d/a.csv", "id\n1\n")
        try project.source("from: { files: d/a.csv }\n\(load)")
        #expect(throws: (any Error).self) { try ProjectLoader.load(root: project.root, environment: [:]) }
    }
}
