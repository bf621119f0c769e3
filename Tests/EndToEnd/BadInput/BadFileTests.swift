import Foundation
import Testing

/// A delimited file that is not as it should be, and what must become of it.
struct BadFile: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let content: Data
    /// Extra lines of `from:`, as flow entries.
    var from = ""
    var columns = ""
    var code: Int32 = 0
    /// Rows of the table, `|` between values; nil when it must not exist.
    var rows: [String]?
    /// `line: reason` of every row held back.
    var held: [String] = []
    /// Code of the error, for files that must not load.
    var fault: String?
    var faultLine: Int?

    init(_ name: String, _ text: String) { self.init(name, Data(text.utf8)) }

    init(_ name: String, _ content: Data) {
        testDescription = name
        self.content = content
    }

    func gives(_ rows: [String], held: [String] = []) -> BadFile {
        var copy = self
        copy.rows = rows
        copy.held = held
        return copy
    }

    func fails(_ fault: String, code: Int32 = 1, line: Int? = nil) -> BadFile {
        var copy = self
        copy.fault = fault
        copy.code = code
        copy.faultLine = line
        return copy
    }

    func with(from: String = "", columns: String = "") -> BadFile {
        var copy = self
        copy.from = from
        copy.columns = columns
        return copy
    }
}

@Suite("Bad files")
struct BadFileTests {
    private static let latin1 = Data("id,v\n1,a\n2,caf".utf8) + Data([0xE9]) + Data("\n3,c\n".utf8)

    static let files: [BadFile] = [
        BadFile("empty", "").fails("source.empty"),
        BadFile("empty, with declared columns", "").with(columns: "{ id: INTEGER, v: VARCHAR }").gives([]),
        BadFile("header only", "id,v\n").gives([]),
        BadFile("header without a line end", "id,v").gives([]),
        BadFile("BOM", "\u{FEFF}id,v\n1,a\n").gives(["1|a"]),
        BadFile("BOM before a quoted name", "\u{FEFF}\"id\",v\n1,a\n").gives(["1|a"]),
        BadFile("CRLF", "id,v\r\n1,a\r\n2,b\r\n").gives(["1|a", "2|b"]),
        BadFile("CRLF header, LF rows", "id,v\r\n1,a\n2,b\n").gives(["1|a", "2|b"]),
        BadFile("LF header, CRLF rows", "id,v\n1,a\r\n2,b\r\n3,c\n").gives(["1|a", "2|b", "3|c"]),
        BadFile("no line end after the last row", "id,v\n1,a\n2,b").gives(["1|a", "2|b"]),
        BadFile("line break inside quotes", "id,v\n1,\"a\nb\"\n2,c\n").gives(["1|a\nb", "2|c"]),
        BadFile("lone quote at the start of a field", "id,v\n1,a\n2,\"b\n3,c\n4,d\n")
            .gives(["1|a", "3|c", "4|d"], held: ["3: malformed(unclosed quote)"]),
        BadFile("lone quote and proper quotes after it", "id,v\n1,a\n2,\"b\n3,\"c\"\n4,\"d, e\"\n")
            .gives(["1|a", "3|c", "4|d, e"], held: ["3: malformed(unclosed quote)"]),
        BadFile("text after a closing quote", "id,v\n1,a\n2,\"b\"x\n3,c\n")
            .gives(["1|a", "3|c"], held: ["3: malformed(unclosed quote)"]),
        BadFile("quote in the middle of a field", "id,v\n1,a\n2,5\" pipe\n3,c\n").gives(["1|a", "2|5\" pipe", "3|c"]),
        BadFile("too few and too many fields", "id,v\n1,a\n2\n3,c,d\n4,e\n")
            .gives(["1|a", "4|e"], held: ["3: malformed(missing columns)", "4: malformed(too many columns)"]),
        BadFile("latin-1 bytes", latin1).gives(["1|a", "3|c"], held: ["3: malformed(bad encoding)"]),
        BadFile("latin-1, declared", latin1).with(from: "encoding: latin-1").gives(["1|a", "2|café", "3|c"]),
        BadFile("latin-1 in the header", Data("id,caf".utf8) + Data([0xE9]) + Data("\n1,a\n".utf8)).fails(
            "source.bad-header", line: 1),
        BadFile("NUL bytes", "id,v\n1,a\u{0}b\n2,c\n").gives(["1|a\u{0}b", "2|c"]),
        BadFile("dates that do not exist", "id,v\n1,2013-02-28\n2,2013-02-30\n3,2013-13-01\n").with(
            columns: "{ v: DATE }"
        )
        .gives(["1|2013-02-28"], held: ["3: type(v)", "4: type(v)"]),
        BadFile("numbers beyond 64 bits", "id,v\n1,9223372036854775807\n2,9223372036854775808\n").with(
            columns: "{ v: BIGINT }"
        )
        .gives(["1|9223372036854775807"], held: ["3: type(v)"]),
        BadFile("numbers beyond 64 bits, type not said", "id,v\n1,1\n2,92233720368547758079\n").gives([
            "1|1", "2|92233720368547758079",
        ]),
        BadFile("duplicate names", "id,v,ID\n1,a,2\n").fails("source.duplicate-column", line: 1),
        BadFile("duplicate empty names", "id,,\n1,a,b\n").gives(["1|a|b"]),
        BadFile("names that SQL knows", "select,\"a\"\"b\",Ünï,with space\n1,2,3,4\n").gives(["1|2|3|4"]),
        BadFile("blank line in the middle", "id,v\n1,a\n\n2,b\n").gives(["1|a", "2|b"], held: []),
        BadFile("one column", "id\n1\n2\n").gives(["1", "2"]),
        BadFile("semicolons", "id;v\n1;a,b\n2;c\n").gives(["1|a,b", "2|c"]),
        BadFile(
            "a value of the wrong type among thousands", "id,v\n" + (1...3000).map { "\($0),1\n" }.joined() + "3001,x\n"
        )
        .with(columns: "{ v: INTEGER }").gives((1...3000).map { "\($0)|1" }.sorted(), held: ["3002: type(v)"]),
        BadFile("only broken lines", "id,v\n1\n2\n").gives(
            [], held: ["2: malformed(missing columns)", "3: malformed(missing columns)"]),
        BadFile("binary", Data((0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 7919) })).fails("*"),
    ]

    @Test("is loaded, held back or refused, and nothing good is lost", arguments: files)
    func load(_ file: BadFile) async throws {
        let columns = file.columns.isEmpty ? "" : "columns: \(file.columns)\n"
        let extra = file.from.isEmpty ? "" : ", \(file.from)"
        let project = try TempProject(["sources/t.yaml": "name: raw.t\nfrom: { files: data/t.csv\(extra) }\n\(columns)"]
        )
        try project.write("data/t.csv", file.content)
        let done = try await project.run()
        #expect([0, 1, 2, 3].contains(done.code), "\(done)")
        if let fault = file.fault {
            #expect(done.code != 0, "\(done)")
            if fault == "*" { return }
            #expect(done.code == file.code, "\(done)")
            let found = done.faults.first { $0.code == fault }
            #expect(found?.place?.file != nil, "\(done)")
            if let line = file.faultLine { #expect(found?.place?.line == line, "\(done)") }
            return
        }
        #expect(done.code == 0, "\(done)")
        guard done.code == 0, let rows = file.rows else { return }
        #expect(try await project.rows("SELECT * FROM raw.t").sorted() == rows)
        let exists =
            try await project.rows("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'weir_quarantine'") != [
                "0"
            ]
        let held =
            exists
            ? try await project.rows(
                "SELECT _weir_line || ': ' || array_to_string(_weir_reasons, ' + ') FROM weir_quarantine.raw__t ORDER BY _weir_line"
            ) : []
        #expect(held == file.held)
    }

    @Test("a glob that matches nothing is exit 2 and names the source's file")
    func emptyGlob() async throws {
        let project = try TempProject(["sources/t.yaml": "name: raw.t\nfrom: { files: \"data/*.csv\" }\n"])
        let done = try await project.run(expect: 2)
        #expect(done.faults.contains { $0.code == "source.no-files" && $0.place?.file == "sources/t.yaml" }, "\(done)")
    }

    @Test("10,000 columns")
    func wide() async throws {
        let count = 10_000
        let header = (0..<count).map { "c\($0)" }.joined(separator: ",")
        let row = (0..<count).map(String.init).joined(separator: ",")
        let project = try TempProject(["sources/t.yaml": "name: raw.t\nfrom: { files: data/t.csv }\n"])
        try project.write("data/t.csv", "\(header)\n\(row)\n\(row)\n1,2\n")
        let done = try await project.run(expect: 0)
        #expect(try done.report["raw.t"]?.balance == .init(read: 3, published: 2, quarantined: 1, filtered: 0))
    }

    @Test("a field of 5 MB is held back, one of 50 MB refused; with max_line_size they are loaded")
    func hugeField() async throws {
        let project = try TempProject([
            "sources/t.yaml": "name: raw.t\nfrom: { files: data/t.csv }\ncolumns: { id: INTEGER, v: VARCHAR }\n"
        ])
        try project.write("data/t.csv", "id,v\n1,a\n2,\(String(repeating: "x", count: 5 << 20))\n3,c\n")
        let held = try await project.run(expect: 0)
        #expect(try held.report["raw.t"]?.balance == .init(read: 3, published: 2, quarantined: 1, filtered: 0))
        try project.write("data/t.csv", "id,v\n1,a\n2,\(String(repeating: "x", count: 50 << 20))\n3,c\n")
        let refused = try await project.run(expect: 1)
        #expect(refused.faults.contains { $0.code == "source.line-too-long" && $0.place?.line == 3 }, "\(refused)")
        try project.write(
            "sources/t.yaml",
            "name: raw.t\nfrom: { files: data/t.csv, max_line_size: 60000000 }\ncolumns: { id: INTEGER, v: VARCHAR }\n")
        try await project.run(expect: 0)
        #expect(
            try await project.rows("SELECT id, length(v) FROM raw.t ORDER BY 1") == ["1|1", "2|\(50 << 20)", "3|1"])
    }

    @Test("a Parquet file cut in half is refused by name")
    func halfParquet() async throws {
        let project = try TempProject([
            "sources/t.yaml": "name: raw.t\nfrom: { files: data/t.parquet }\n", "data/x": "",
        ])
        try await Scratch.execute("COPY (SELECT range AS id FROM range(10000)) TO '\(project.path("data/t.parquet"))'")
        let whole = try Data(contentsOf: URL(fileURLWithPath: project.path("data/t.parquet")))
        try project.write("data/t.parquet", whole.prefix(whole.count / 2))
        let done = try await project.run(expect: 3)
        #expect(done.faults.contains { $0.code == "source.unreadable" && $0.message.contains("t.parquet") }, "\(done)")
    }

    @Test("lines of NDJSON that are no JSON are held back with their number")
    func badJSON() async throws {
        let project = try TempProject([
            "sources/t.yaml": "name: raw.t\nfrom: { files: data/t.ndjson }\ncolumns: { id: INTEGER, v: VARCHAR }\n",
            "data/t.ndjson":
                "{\"id\": 1, \"v\": \"a\"}\n{\"id\": 2, \"v\": \n{\"id\": 3, \"v\": \"c\"}\n{\"id\": \"x\", \"v\": \"d\"}\n",
        ])
        let done = try await project.run(expect: 0)
        #expect(try done.report["raw.t"]?.balance == .init(read: 4, published: 2, quarantined: 2, filtered: 0))
        #expect(try await project.rows("SELECT id, v FROM raw.t ORDER BY 1") == ["1|a", "3|c"])
        #expect(try await project.rows("SELECT _weir_line FROM weir_quarantine.raw__t ORDER BY 1") == ["2", "4"])
    }
}
