import Foundation
import Testing
import WeirConnect
import WeirCore

@testable import WeirPipeline

@Suite("Text files that are not plain UTF-8", .timeLimit(.minutes(10)))
struct SourceTextTests {
    /// A text in one encoding, and what becomes of it.
    struct Written: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let encoding: String
        let bytes: [UInt8]
        var rows = ["1|a", "2|é€", "3|“q”"]
        var held: [String] = []

        static let text = "id,v\n1,a\n2,é€\n3,“q”\n"
        static func utf16(_ text: String, bigEndian: Bool = false, mark: Bool = false) -> [UInt8] {
            ((mark ? [0xFEFF] : []) + Array(text.utf16)).flatMap { unit -> [UInt8] in
                let pair = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
                return bigEndian ? pair : pair.reversed()
            }
        }
    }

    /// Every character as the byte of its number.
    private static func bytes(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8($0.value) } }

    private static let windows = bytes("id,v\n1,a\n2,\u{E9}\u{80}\n3,\u{93}q\u{94}\n")

    static let written: [Written] = [
        Written(testDescription: "Windows-1252", encoding: "windows-1252", bytes: windows),
        Written(testDescription: "Windows-1252 by another name", encoding: "CP1252", bytes: windows),
        Written(
            testDescription: "a byte that Windows-1252 does not have", encoding: "windows-1252",
            bytes: windows + bytes("4,x\u{81}y\n5,z\n"),
            rows: ["1|a", "2|é€", "3|“q”", "5|z"],
            held: ["t.csv|5|malformed(bad encoding)|4,x\\xFFy"]),
        Written(testDescription: "UTF-16, low byte first", encoding: "utf-16", bytes: Written.utf16(Written.text)),
        Written(
            testDescription: "UTF-16, high byte first", encoding: "utf-16",
            bytes: Written.utf16(Written.text, bigEndian: true)),
        Written(
            testDescription: "UTF-16 with a mark", encoding: "utf-16", bytes: Written.utf16(Written.text, mark: true)),
        Written(
            testDescription: "UTF-16, high byte first, with a mark", encoding: "utf-16",
            bytes: Written.utf16(Written.text, bigEndian: true, mark: true)),
        Written(
            testDescription: "UTF-16 with a character of two units", encoding: "utf-16",
            bytes: Written.utf16("id,v\n1,😀\n"), rows: ["1|😀"]),
        Written(
            testDescription: "UTF-16 with half a character", encoding: "utf-16",
            bytes: Written.utf16("id,v\n1,a") + [0x00, 0xD8] + Written.utf16("\n2,b\n"), rows: ["2|b"],
            held: ["t.csv|2|malformed(bad encoding)|1,a\\xFF"]),
        Written(
            testDescription: "UTF-16 with a broken quote", encoding: "utf-16",
            bytes: Written.utf16("id,v\n1,a\n2,\"b\n3,c\n"), rows: ["1|a", "3|c"],
            held: ["t.csv|3|malformed(unclosed quote)|2,\"b"]),
    ]

    @Test("is read, and what is no character is held back with its line", arguments: written)
    func encodings(_ file: Written) async throws {
        let project = try SourceProject()
        try project.write("t.csv", Data(file.bytes))
        try project.source("from: { files: t.csv, encoding: \(file.encoding) }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        #expect(try await project.rows() == file.rows)
        if !file.held.isEmpty { #expect(try await project.quarantine() == file.held) }
    }

    @Test("several files in another encoding keep their names, and append knows them again")
    func several() async throws {
        let project = try SourceProject()
        try project.write("d/p=1/a.csv", Data(Self.windows))
        try project.write("d/p=2/b.csv", Data(Self.windows + Self.bytes("4,\u{81}\n")))
        try project.source(
            "from: { files: \"d/*/*.csv\", encoding: windows-1252, partitions: true }\nload: { strategy: append }\ncolumns: { p: INTEGER }"
        )
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        #expect(
            try await project.rows("SELECT p, count(*), max(v) FROM raw.t GROUP BY p ORDER BY p") == [
                "1|3|“q”", "2|3|“q”",
            ])
        #expect(try await project.quarantine() == ["d/p=2/b.csv|5|malformed(bad encoding)|4,\\xFF"])
        #expect(try await project.run().status == .unchanged)
    }

    @Test(
        "that is not what the source says stops with the encoding to say",
        arguments: [
            ("t.csv", Data(windows), "latin-1", "windows-1252"),
            ("t.csv", Data(Written.utf16(Written.text)), "", "utf-16"),
            ("t.csv.gz", gzip(Written.utf16(Written.text, mark: true)), "", "utf-16"),
            ("t.csv.gz", gzip(Written.utf16(Written.text)), "", "utf-16"),
        ] as [(String, Data, String, String)])
    func undeclared(name: String, content: Data, said: String, hint: String) async throws {
        let project = try SourceProject()
        try project.write(name, content)
        try project.source("from: { files: \(name)\(said.isEmpty ? "" : ", encoding: \(said)") }")
        let result = try await project.run()
        #expect(result.status == .stopped)
        #expect(result.error?.code == "source.encoding", "\(result.reason ?? "")")
        #expect(result.error?.hint?.contains(hint) == true, "\(result.error?.hint ?? "")")
    }

    @Test("packed Windows-1252 is read")
    func packed() async throws {
        let project = try SourceProject()
        try project.write("t.csv.gz", Self.gzip(Self.windows))
        try project.source("from: { files: t.csv.gz, encoding: windows-1252 }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        #expect(try await project.rows() == ["1|a", "2|é€", "3|“q”"])
    }

    @Test(
        "undecodable bytes are kept as they are, and never come back as question marks",
        arguments: ["t.csv", "t.csv.gz"])
    func bytesAreKept(name: String) async throws {
        let project = try SourceProject()
        let bytes = Self.bytes("id,v\n1,a\n2,caf\u{E9}?\n3,\"x\n4,b\n")
        try project.write(name, name.hasSuffix("gz") ? Self.gzip(bytes) : Data(bytes))
        try project.source("from: { files: \(name) }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        #expect(try await project.rows() == ["1|a", "4|b"])
        let held = [
            "\(name)|3|malformed(bad encoding)|2,caf\\xE9?", "\(name)|4|malformed(unclosed quote)|3,\"x",
        ]
        #expect(try await project.quarantine() == held)
        let runner = try Runner(try ProjectLoader.load(root: project.root, environment: [:]), options: RunOptions())
        let replay = try await runner.replay(ReplayRequest(table: try #require(TableName("raw.t"))))
        #expect(replay.nodes.first?.balance.published == 0)
        #expect(try await project.rows() == ["1|a", "4|b"])
        #expect(try await project.quarantine() == held)
    }

    @Test("NDJSON lines that are no text are held back with their bytes, and the others keep their numbers")
    func ndjson() async throws {
        let project = try SourceProject()
        try project.write(
            "t.ndjson",
            Data(
                Self.bytes(
                    "{\"id\":1,\"v\":\"a\"}\n{\"id\":2,\"v\":\"caf\u{E9}\"}\n\n{\"id\":3,\"v\":\"b\"}\nbad\n{\"id\":\"x\"}\n"
                )))
        try project.source("from: { files: t.ndjson }\ncolumns: { id: INTEGER, v: VARCHAR }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        #expect(try await project.rows() == ["1|a", "3|b"])
        #expect(
            try await project.quarantine() == [
                "t.ndjson|2|malformed(bad encoding)|{\"id\":2,\"v\":\"caf\\xE9\"}",
                "t.ndjson|5|malformed(not a JSON object)|bad", "t.ndjson|6|type(id)|{\"id\":\"x\"}",
            ])
    }

    // MARK: Packing

    static func gzip(_ bytes: [UInt8]) -> Data {
        // Stored blocks (RFC 1951) need no compressor.
        var data = Data([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1])
        let length = UInt16(bytes.count)
        for value in [length, ~length] { data += [UInt8(value & 0xFF), UInt8(value >> 8)] }
        data += bytes
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        for value in [~crc, UInt32(bytes.count)] {
            data += (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        return data
    }

    @Test(
        "a file packed by something else is refused with the command that converts it",
        arguments: ["a.csv.bz2", "a.csv.xz", "a.zip", "d/a.CSV.BZ2"])
    func foreign(name: String) async throws {
        let project = try SourceProject()
        try project.write(name, "x")
        try project.source("from: { files: \"\(name)\" }")
        let error = #expect(throws: (any Error).self) { try ProjectLoader.load(root: project.root, environment: [:]) }
        #expect("\(error.map { "\($0)" } ?? "")".contains("source.unknown-compression"))
        // A glob does not tell.
        try project.source("from: { files: \"\(name.dropLast(4))*\", format: csv }")
        let result = try await project.run()
        #expect(result.error?.code == "source.unknown-compression", "\(result.reason ?? "")")
        #expect(result.error?.hint?.contains("gzip > OUT.gz") == true)
    }

    @Test(
        "a packed file whose name does not say so is refused",
        arguments: [[0x1F, 0x8B], [0x50, 0x4B, 3, 4], [0x42, 0x5A, 0x68]] as [[UInt8]])
    func wrongName(mark: [UInt8]) async throws {
        let project = try SourceProject()
        try project.write("t.csv", Data(mark + Array("9,AY&SY\nxx".utf8)))
        try project.source("from: { files: t.csv }")
        #expect(try await project.run().error?.code == "source.wrong-name")
    }

    @Test("a line of a .zst file that the reader would skip stops the load, also behind one that is no text")
    func longLine() async throws {
        let project = try SourceProject()
        try await project.make(
            "t.csv.zst",
            """
            COPY (SELECT unnest(['id,v', '1,a', '2,' || repeat('x', 40000000), '3,c']) AS l) TO FILE
            (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\u{1F}', COMPRESSION zstd)
            """)
        try project.source("from: { files: t.csv.zst }")
        let result = try await project.run()
        #expect(result.error?.code == "source.line-too-long", "\(result.reason ?? "") \(result.balance)")
        #expect(result.error?.place?.line == 3)
    }

    // MARK: The first lines

    @Test(
        "empty lines before the header are no header",
        arguments: [
            ("\n\nid,v\n1,a\n2\n3,\"x\n", "", ["1|a"], [5, 6]), ("\r\nid,v\r\n1,a\r\n2\r\n", "", ["1|a"], [4]),
            ("\n#c\n\nid,v\n1,a\n2\n", ", comment: \"#\"", ["1|a"], [6]),
            ("about\n\nid,v\n1,a\n2\n", ", skip: 1", ["1|a"], [5]),
            (String(repeating: "\n", count: 70) + "id,v\n1,a\n2\n", "", ["1|a"], [73]),
            ("\nid\n1\nx\n", "", ["1"], [4]),
        ] as [(String, String, [String], [Int])])
    func blankLines(text: String, options: String, rows: [String], held: [Int]) async throws {
        let project = try SourceProject()
        try project.write("t.csv", text)
        try project.source("from: { files: t.csv\(options) }\ncolumns: { id: INTEGER }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        #expect(try await project.rows() == rows)
        #expect(
            try await project.rows("SELECT _weir_line FROM weir_quarantine.raw__t ORDER BY 1") == held.map(String.init))
    }

    @Test("files with different numbers of empty lines before the header are one table")
    func blankLinesOfSome() async throws {
        let project = try SourceProject()
        try project.write("d/1.csv", "\n\nid,v\n1,a\n")
        try project.write("d/2.csv", "id,v\n2,b\n")
        try project.write("d/3.csv", "\n\n\n")
        try project.source("from: { files: \"d/*.csv\" }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        #expect(try await project.rows() == ["1|a", "2|b"])
        #expect(try await project.types() == ["id BIGINT", "v VARCHAR"])
    }

    @Test("a file of line ends only is an empty one", arguments: ["\n", "\n\n\r\n"])
    func onlyLineEnds(text: String) async throws {
        let project = try SourceProject()
        try project.write("t.csv", text)
        try project.source("from: { files: t.csv }")
        #expect(try await project.run().error?.code == "source.empty")
        try project.source("from: { files: t.csv }\ncolumns: { id: INTEGER }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        #expect(try await project.rows() == [])
    }

    @Test("a NUL in the header is told with its line")
    func nulInHeader() async throws {
        let project = try SourceProject()
        try project.write("t.csv", "\nid,v\0x\n1,a\n")
        try project.source("from: { files: t.csv }")
        let error = try await project.run().error
        #expect(error?.code == "source.bad-header")
        #expect(error?.place?.line == 2)
        #expect(error?.message.contains("NUL") == true)
    }

    @Test("a delimiter of several bytes", arguments: ["§", "||"])
    func wideDelimiter(delimiter: String) async throws {
        let project = try SourceProject()
        let lines = ["id§v§w", "1§a§b", "2§\"x§y", "3§\"c§d\"§e", "4§f", "5§\"§\"§g"]
        try project.write("t.csv", lines.map { $0.replacing("§", with: delimiter) + "\n" }.joined())
        try project.source("from: { files: t.csv, delimiter: \"\(delimiter)\" }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        #expect(try await project.rows() == ["1|a|b", "3|c\(delimiter)d|e", "5|\(delimiter)|g"])
        #expect(
            try await project.quarantine() == [
                "t.csv|3|malformed(unclosed quote)|2\(delimiter)\"x\(delimiter)y",
                "t.csv|5|malformed(missing columns)|4\(delimiter)f",
            ])
    }
}
