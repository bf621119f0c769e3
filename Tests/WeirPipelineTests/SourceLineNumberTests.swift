import Foundation
import Testing

@testable import WeirPipeline

@Suite("Lines of rows that leave", .timeLimit(.minutes(10)))
struct SourceLineNumberTests {
    static let text = """
        id,v,w
        1,"a
        b
        c",1
        x,bad type,2

        2,"d ""e""
        f",-1
        3,short
        4,"g",-2
        5,h,5

        """

    static let contract = SourceProject.contract("name: w, logicalType: integer, logicalTypeOptions: { minimum: 0 }")

    @Test(
        "values over several lines and empty lines count, whoever rejects the row",
        arguments: ["a.csv", "a.csv.gz", "a.csv.zst", "utf-16"])
    func multiLine(file: String) async throws {
        let project = try SourceProject()
        try project.write("plain.txt", Self.text)
        var name = "d/\(file)"
        var options = ""
        if file == "a.csv" {
            try project.write(name, Self.text)
        } else if file == "utf-16" {
            name = "d/a.csv"
            options = ", encoding: utf-16"
            try FileManager.default.createDirectory(
                atPath: "\(project.root)/d", withIntermediateDirectories: true)
            try #require(Self.text.data(using: .utf16LittleEndian)).write(
                to: URL(fileURLWithPath: "\(project.root)/d/a.csv"))
        } else {
            try await project.make(
                name,
                "COPY (SELECT unnest(string_split(rtrim(content, chr(10)), chr(10))) FROM read_text('\(project.root)/plain.txt')) TO FILE (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\u{1F}')",
                extensions: ["parquet"])
        }
        try project.write("contracts/t.yaml", Self.contract)
        try project.source(
            "from: { files: \(name)\(options) }\ncontract: contracts/t.yaml\ncolumns: { id: INTEGER, w: INTEGER }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        #expect(try await project.rows("SELECT id FROM raw.t ORDER BY 1") == ["1", "5"])
        let lines = try await project.rows(
            "SELECT _weir_line, array_to_string(_weir_reasons, '+') FROM weir_quarantine.raw__t ORDER BY 1")
        #expect(
            lines == [
                "5|type(id)", "7|range(w)", "9|malformed(missing columns)", "10|range(w)",
            ])
    }

    @Test("of several files and with older versions left out, each row has the line of its own file")
    func superseded() async throws {
        let project = try SourceProject()
        try project.write("d/a.csv", "id,v,w\n1,\"x\ny\",1\n1,z,2\n2,q,-3\n")
        try project.write("d/b.csv", "id,v,w\n\n3,r,1\n2,s,9\n4,t,-4\n")
        try project.write("contracts/t.yaml", Self.contract)
        try project.source(
            "from: { files: \"d/*.csv\" }\ncontract: contracts/t.yaml\nload: { strategy: merge, key: [id], watermark: w }"
        )
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        #expect(result.balance.filtered == 1)
        #expect(try await project.rows("SELECT id, w FROM raw.t ORDER BY 1") == ["1|2", "2|9", "3|1"])
        let lines = try await project.rows("SELECT _weir_source, _weir_line FROM weir_quarantine.raw__t ORDER BY 1")
        #expect(lines == ["d/a.csv|5", "d/b.csv|5"])
    }

    @Test("many bad rows of one file are all found")
    func many() throws {
        var text = "a,b\n"
        var wanted = LineNumbers.Wanted()
        var lines: [Int] = []
        var line = 2
        for record in 1...5000 {
            wanted.accepted.append(record)
            lines.append(line)
            text += record.isMultiple(of: 3) ? "\(record),\"x\n\ny\"\n" : "\(record),z\n"
            line += record.isMultiple(of: 3) ? 3 : 1
        }
        let dialect = RecordWalk.Dialect(delimiter: ",", quote: "\"", escape: "\"")
        let found = Array(text.utf8).withUnsafeBytes {
            LineNumbers.find(wanted, in: $0, dialect: dialect, hasHeader: true, hasOneColumn: false)
        }
        #expect(found.accepted.map(\.line) == lines)
    }

    @Test("lines are the same wherever the text is cut for the search", arguments: ["\n", "\r\n", "\r", "mixed"])
    func windows(end: String) {
        var random = SeededLines(state: 7)
        var text: [UInt8] = []
        var expected: [Range<Int>] = []
        for number in 0..<400 {
            // Around the places where a search goes on, lines of every length; elsewhere long ones.
            let ahead = ByteSearch.step - text.count % ByteSearch.step
            let length = ahead > 40 ? min(ahead - 20, 200_000) : Int.random(in: 0...30, using: &random)
            expected.append(text.count..<text.count + length)
            text += [UInt8](repeating: UInt8(ascii: "x"), count: length)
            text += (end == "mixed" ? ["\n", "\r\n", "\n", "\r"][number % 4] : end).utf8
            // A carriage return and the feed of an empty line after it would be one end.
            if end == "mixed", number % 4 == 3 {
                text.append(UInt8(ascii: "y"))
                expected.append(text.count - 1..<text.count)
                text.append(0x0A)
            }
        }
        expected.append(text.count..<text.count + 3_000_000)
        text += [UInt8](repeating: UInt8(ascii: "z"), count: 3_000_000)
        text.withUnsafeBytes { bytes in
            var lines = LineSplitter(bytes: bytes)
            var found: [Range<Int>] = []
            while let line = lines.next() { found.append(line) }
            #expect(found == expected)
        }
    }

    @Test("a file far larger than what is kept of it is walked over to its end, quoted values and all")
    func large() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "weir-lines-\(UUID().uuidString).csv").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        var text = "a,b\n"
        var wanted = LineNumbers.Wanted()
        var lines: [Int] = []
        var line = 2
        let filling = String(repeating: "f", count: 2_000)
        for record in 1...40_000 {
            let isQuoted = record.isMultiple(of: 7_000)
            if record.isMultiple(of: 999) {
                wanted.accepted.append(record)
                lines.append(line)
            }
            text += isQuoted ? "\(record),\"x\n\(filling)\"\n" : "\(record),\(filling)\n"
            line += isQuoted ? 2 : 1
        }
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        let dialect = RecordWalk.Dialect(delimiter: ",", quote: "\"", escape: "\"")
        try MappedText.with(path) { file in
            let found = LineNumbers.find(
                wanted, in: file.bytes, dialect: dialect, hasHeader: true, hasOneColumn: false,
                passed: file.release(before:))
            #expect(found.accepted.map(\.line) == lines)
            // What was let go is read again when somebody looks at it.
            #expect(
                found.accepted.first.map { String(decoding: file.bytes[$0.first], as: UTF8.self) } == "999,\(filling)")
        }
    }
}
