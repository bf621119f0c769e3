import Foundation
import Testing
import WeirCore
import WeirEngine

@testable import WeirPipeline

@Suite(
    "Sources in an object store", .enabled(if: Service.s3.isExpected, "needs WEIR_TEST_S3"), .timeLimit(.minutes(10)))
struct SourceObjectStoreTests {
    private struct Store {
        let host: String
        let bucket = ProcessInfo.processInfo.environment["WEIR_TEST_S3_BUCKET"] ?? "weir"
        let prefix = "t\(UUID().uuidString.lowercased())"

        init() throws { host = try Service.s3.required().replacing("http://", with: "") }

        var secret: String {
            "CREATE SECRET s (TYPE s3, KEY_ID 'test', SECRET 'test', REGION 'us-east-1', ENDPOINT '\(host)', URL_STYLE 'path', USE_SSL false)"
        }

        func put(_ name: String, _ select: String, _ options: String) async throws {
            var settings = Database.Options()
            settings.extensions = ["httpfs", "parquet"]
            try await Database.open(settings).withConnection { connection in
                try await connection.execute(secret)
                try await connection.execute("COPY (\(select)) TO 's3://\(bucket)/\(prefix)/\(name)' (\(options))")
            }
        }

        func project(_ pattern: String, _ load: String = "", key: String = "test") throws -> SourceProject {
            let project = try SourceProject()
            try project.write(
                "weir.yaml",
                """
                weir: 1
                name: s
                connections:
                  lake: { type: s3, key_id: \(key), secret: topsecret, region: us-east-1, endpoint: "\(host)", tls: false }
                """)
            try project.source("from: { files: \"s3://\(bucket)/\(prefix)/\(pattern)\" }\n\(load)")
            return project
        }
    }

    @Test("CSV files that a glob matches, each once")
    func csv() async throws {
        let store = try Store()
        try await store.put("a.csv", "SELECT 1 AS id, 'x' AS name", "FORMAT csv, HEADER")
        try await store.put("b.csv", "SELECT 2 AS id, NULL AS name", "FORMAT csv, HEADER")
        let project = try store.project("*.csv", "load: { strategy: append }")
        let first = try await project.run()
        #expect(first.status == .published, "\(first.reason ?? "")")
        #expect(try await project.run().status == .unchanged)
        try await store.put("c.csv", "SELECT 3 AS id, 'z' AS name", "FORMAT csv, HEADER")
        #expect(try await project.run().balance.published == 1)
        let rows = try await project.rows()
        #expect(rows == ["1|x", "2|NULL", "3|z"])
    }

    @Test("misfits keep the address they came from; packed files with broken quotes are mended")
    func misfits() async throws {
        let store = try Store()
        try await store.put(
            "a.csv.gz", "SELECT unnest(['id,name', '1,one', 'x,two', '3,\"three', '4,four']) AS l",
            "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\u{1F}', COMPRESSION gzip")
        let project = try store.project("*.csv.gz", "columns: { id: INTEGER }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        let rows = try await project.rows()
        #expect(rows == ["1|one", "4|four"])
        let held = try await project.quarantine()
        let file = "s3://\(store.bucket)/\(store.prefix)/a.csv.gz"
        #expect(held == ["\(file)|3|type(id)|x,two", "\(file)|4|malformed(unclosed quote)|3,\"three"])
    }

    @Test("a packed file that was cut is refused by its address, and nothing is published", arguments: ["gz", "zst"])
    func cut(suffix: String) async throws {
        let store = try Store()
        let project = try store.project("*.csv.\(suffix)")
        try await project.make(
            "whole.csv.\(suffix)",
            "COPY (SELECT range AS id, md5(range::VARCHAR) AS v FROM range(200000)) TO FILE (FORMAT csv)")
        let whole = try Data(contentsOf: URL(fileURLWithPath: "\(project.root)/whole.csv.\(suffix)"))
        try project.write("part.bin", whole.prefix(whole.count / 2))
        // By its suffix the engine would pack it again.
        try await store.put(
            "a.csv.\(suffix)", "SELECT content FROM read_blob('\(project.root)/part.bin')",
            "FORMAT blob, COMPRESSION none")
        let result = try await project.run()
        #expect(result.error?.code == "source.damaged-file", "\(result.reason ?? "")")
        #expect(result.error?.message.contains("s3://") == true)
    }

    @Test("a line that the reader would skip stops the load", arguments: ["csv", "csv.gz", "csv.zst"])
    func longLine(suffix: String) async throws {
        let store = try Store()
        let packing = suffix.hasSuffix("gz") ? "gzip" : suffix.hasSuffix("zst") ? "zstd" : "none"
        try await store.put(
            "a.\(suffix)", "SELECT unnest(['id,v', '1,a', '2,' || repeat('x', 40000000), '3,c']) AS l",
            "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\u{1F}', COMPRESSION \(packing)")
        let result = try await store.project("*.\(suffix)").run()
        #expect(result.error?.code == "source.line-too-long", "\(result.reason ?? "") \(result.balance)")
        #expect(result.error?.place?.line == 3)
    }

    @Test("Windows-1252 is read, and bad bytes keep the address they came from", arguments: ["csv", "csv.gz"])
    func encoding(suffix: String) async throws {
        let store = try Store()
        let project = try store.project("*.\(suffix)")
        let bytes = "id,v\n1,caf\u{E9}\u{80}\n2,\u{81}\n".unicodeScalars.map { UInt8($0.value) }
        try project.write("plain.bin", suffix == "csv" ? Data(bytes) : SourceTextTests.gzip(bytes))
        try await store.put(
            "p=1/a.\(suffix)", "SELECT content FROM read_blob('\(project.root)/plain.bin')",
            "FORMAT blob, COMPRESSION none")
        let address = "s3://\(store.bucket)/\(store.prefix)"
        try project.source(
            "from: { files: \"\(address)/*/*.\(suffix)\", encoding: windows-1252, partitions: true }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        #expect(try await project.rows() == ["1|café€|1"])
        #expect(try await project.quarantine() == ["\(address)/p=1/a.\(suffix)|3|malformed(bad encoding)|2,\\xFF"])
    }

    @Test("Parquet in folders")
    func parquet() async throws {
        let store = try Store()
        try await store.put("day=1/a.parquet", "SELECT 1 AS id", "FORMAT parquet")
        try await store.put("day=2/a.parquet", "SELECT 2 AS id", "FORMAT parquet")
        let project = try store.project("*/*.parquet")
        try project.source("from: { files: \"s3://\(store.bucket)/\(store.prefix)/*/*.parquet\", partitions: true }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        let rows = try await project.rows()
        #expect(rows == ["1|1", "2|2"])
    }

    @Test("a glob that matches nothing is an error and not an empty table")
    func nothing() async throws {
        let project = try Store().project("*.csv")
        let result = try await project.run()
        #expect(result.error?.code == "source.no-files", "\(result.reason ?? "")")
    }

    @Test("a store that does not answer: a clear error without the key")
    func down() async throws {
        let project = try SourceProject()
        try project.write(
            "weir.yaml",
            "weir: 1\nname: s\nconnections: { lake: { type: s3, key_id: k, secret: topsecret, endpoint: \"127.0.0.1:1\", tls: false } }\n"
        )
        try project.source("from: { files: \"s3://b/*.csv\" }")
        let result = try await project.run()
        #expect(result.status == .failed)
        #expect("\(String(describing: result.error))".contains("topsecret") == false)
    }
}
