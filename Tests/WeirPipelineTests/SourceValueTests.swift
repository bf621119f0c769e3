import Foundation
import Testing

@testable import WeirPipeline

@Suite("Texts of delimited files become the values that were written, or leave", .timeLimit(.minutes(10)))
struct SourceValueTests {
    @Test(
        "a declared type takes what it can hold",
        arguments: [
            ("INTEGER", ["1", "1.0", "1e3", "007", " 42 ", "+5", "-0"], ["1", "1", "1000", "7", "42", "5", "0"]),
            ("DOUBLE", ["1.5", "1e300", "inf", "-Infinity", "nan"], ["1.5", "1e+300", "inf", "-inf", "nan"]),
            ("DECIMAL(6,2)", ["1.5", "1.500", ".25", "1e2", "-3"], ["1.50", "1.50", "0.25", "100.00", "-3.00"]),
            ("DATE", ["2013-01-02", "2013-1-2", "2013-01-02 00:00:00"], ["2013-01-02", "2013-01-02", "2013-01-02"]),
            (
                "TIMESTAMP", ["2013-01-02T10:00:00Z", "2013-01-02", "2013-01-02 10:00:00.5"],
                ["2013-01-02 10:00:00", "2013-01-02 00:00:00", "2013-01-02 10:00:00.5"]
            ),
            ("TIME", ["10:00", "9:05:01.25"], ["10:00:00", "09:05:01.25"]),
            ("BOOLEAN", ["true", "f", "1"], ["true", "false", "true"]),
        ])
    func taken(type: String, texts: [String], values: [String]) async throws {
        let project = try SourceProject()
        let lines = texts.enumerated().map { "\($0),\($1)" }
        try project.write("d.csv", "id,v\n\(lines.joined(separator: "\n"))\n")
        try project.source("from: { files: d.csv }\ncolumns: { id: BIGINT, v: \"\(type)\" }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        #expect(result.balance.quarantined == 0)
        #expect(try await project.rows("SELECT v FROM raw.t ORDER BY id") == values)
    }

    @Test(
        "a text that would become another value leaves, with its line as it was written",
        arguments: [
            ("INTEGER", ["1.5", "1_000", "0x1F", "0b11", "12e", "3000000000", "1e-1", "x"]),
            ("DOUBLE", ["1e400", "1_000.5", "0x1F", "x"]), ("DECIMAL(6,2)", ["1.005", "1_0.5", "10000.001", "x"]),
            ("DATE", ["2013-01-02 10:00:00", "2013-01-02x", "2013-02-30", "2013-01-02 00:00:00+02"]),
            ("TIMESTAMP", ["2013-01-02 10:00:00+02", "2013-01-02 10:00:00.1234567", "2013-01-02 25:00"]),
            ("TIME", ["10:00:00+02", "2013-01-02 10:00:00", "10"]), ("BOOLEAN", ["2", "perhaps"]),
        ])
    func left(type: String, texts: [String]) async throws {
        let project = try SourceProject()
        let lines = texts.enumerated().map { "\($0),\($1)" }
        try project.write("d.csv", "id,v\n\(lines.joined(separator: "\n"))\n99,\n")
        try project.source("from: { files: d.csv }\ncolumns: { id: BIGINT, v: \"\(type)\" }\non_fail: quarantine")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        #expect(result.balance.quarantined == texts.count)
        #expect(try await project.rows() == ["99|NULL"])
        let held = try await project.quarantine()
        #expect(held == lines.enumerated().map { "d.csv|\($0 + 2)|type(v)|\($1)" })
    }

    @Test("several columns, several files, values over lines, blank lines and broken quotes: each row keeps its line")
    func places() async throws {
        let project = try SourceProject()
        try project.write("d/a.csv", "id,v,w\n1,\"x\ny\",1\n\n2,\"p\nq\",1.5\n3,z,3\n4,\"lone,7\n5.5,r,2.5\n6,s,6\n")
        try project.write("d/b.csv", "id,v,w\nx,t,y\n7,u,7\n")
        try project.source("from: { files: \"d/*.csv\" }\ncolumns: { id: BIGINT, v: VARCHAR, w: BIGINT }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        #expect(try await project.rows("SELECT id, w FROM raw.t ORDER BY 1") == ["1|1", "3|3", "6|6", "7|7"])
        #expect(
            try await project.quarantine() == [
                "d/a.csv|5|type(w)|2,\"p\nq\",1.5", "d/a.csv|8|malformed(unclosed quote)|4,\"lone,7",
                "d/a.csv|9|type(id)+type(w)|5.5,r,2.5", "d/b.csv|2|type(id)+type(w)|x,t,y",
            ])
    }

    @Test("a rule's failing row keeps its line when rows before it did not fit")
    func linesOfTheGate() async throws {
        let project = try SourceProject()
        try project.write("d.csv", "id,v\n1,1.5\n2,2\n3,x\n4,-4\n5,5\n")
        try project.write(
            "contracts/t.yaml",
            SourceProject.contract(
                "name: id, logicalType: integer", "name: v, logicalType: integer, logicalTypeOptions: {minimum: 0}"))
        try project.source("from: { files: d.csv }\ncontract: contracts/t.yaml\non_fail: quarantine")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        #expect(try await project.rows() == ["2|2", "5|5"])
        let lines = try await project.rows("SELECT _weir_line FROM weir_quarantine.raw__t ORDER BY ALL")
        #expect(lines == ["2", "4", "5"])
    }

    @Test("dates in the source's own format, and a replay that reads them so")
    func formats() async throws {
        let project = try SourceProject()
        try project.write("d.csv", "id,day\n1,31.12.2013\nx,01.02.2014\n3,2014-01-01\n")
        try project.source(
            "from: { files: d.csv, date_format: \"%d.%m.%Y\" }\ncolumns: { id: VARCHAR, day: DATE }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        #expect(try await project.rows() == ["1|2013-12-31", "x|2014-02-01"])
        #expect(try await project.quarantine() == ["d.csv|4|type(day)|3,2014-01-01"])
    }

    // MARK: Guesses

    private static func numbers(_ count: Int, then rest: [String]) -> String {
        "id,v\n" + (0..<count).map { "\($0),\($0)\n" }.joined()
            + rest.enumerated().map { "\(count + $0),\($1)\n" }.joined()
    }

    @Test(
        "a guess gives way to a type that holds everything",
        arguments: [
            (["1.5"], "DOUBLE"), (["99999999999999999999"], "HUGEINT"), (["1.5", "99999999999999999999"], "BIGINT"),
            (["0x1F", "1_000"], "BIGINT"), (["9007199254740993.0"], "BIGINT"), (["1e400"], "BIGINT"),
        ])
    func guesses(rest: [String], type: String) async throws {
        let project = try SourceProject()
        try project.write("d.csv", Self.numbers(30_000, then: rest))
        try project.source("from: { files: d.csv }\non_fail: quarantine")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        #expect(try await project.types() == ["id BIGINT", "v \(type)"])
        if type != "BIGINT" {
            #expect(result.balance.quarantined == 0)
            #expect(result.notices.contains { $0.contains("v looked like BIGINT") && $0.contains(type) })
        } else if rest != ["9007199254740993.0"] {
            #expect(
                try await project.rows("SELECT _weir_raw FROM weir_quarantine.raw__t ORDER BY ALL").count == rest.count)
        }
    }

    @Test("a number column does not become a binary fraction when its integers are too large for one")
    func exactIntegers() async throws {
        let project = try SourceProject()
        let large = (0..<30_000).map { "\($0),\(9_007_199_254_740_993 + $0)\n" }.joined()
        try project.write("d.csv", "id,v\n\(large)1,1.5\n")
        try project.source("from: { files: d.csv }\non_fail: quarantine")
        #expect(try await project.run().balance.quarantined == 1)
        #expect(try await project.types() == ["id BIGINT", "v BIGINT"])
        #expect(try await project.rows("SELECT min(v) FROM raw.t") == ["9007199254740993"])
    }

    @Test("dates among which times turn up are times")
    func dates() async throws {
        let project = try SourceProject()
        let days = (0..<30_000).map { "\($0),2013-01-\($0 % 9 + 10)\n" }.joined()
        try project.write("d.csv", "id,v\n\(days)30000,2013-02-01 10:30:00\n")
        try project.source("from: { files: d.csv }")
        #expect(try await project.run().balance.quarantined == 0)
        #expect(try await project.types() == ["id BIGINT", "v TIMESTAMP"])
        #expect(try await project.rows("SELECT max(v) FROM raw.t") == ["2013-02-01 10:30:00"])
    }

    // MARK: Later files

    private func twoFiles(_ first: String, _ second: String, schema: String = "evolve") async throws -> (
        SourceProject, NodeResult
    ) {
        let project = try SourceProject()
        try project.source(
            "from: { files: \"d/*.csv\" }\nload: { strategy: append, schema: \(schema) }\non_fail: quarantine")
        try project.write("d/a.csv", first)
        #expect(try await project.run().status == .published)
        try project.write("d/b.csv", second)
        return (project, try await project.run())
    }

    @Test("one word among the numbers of a later file is a bad row, not a new type")
    func oneWord() async throws {
        let rows = (0..<200).map { "\($0),\($0)\n" }.joined()
        let (project, result) = try await twoFiles("id,v\n1,1\n", "id,v\nx,unknown\n\(rows)")
        #expect(result.status == .published, "\(result.reason ?? "")")
        #expect(try await project.types().first == "id BIGINT")
        #expect(try await project.rows("SELECT count(*) FROM raw.t") == ["201"])
        #expect(try await project.quarantine() == ["d/b.csv|2|type(id)+type(v)|x,unknown"])
    }

    @Test("a later file of words makes the column text, and one of fractions makes it DOUBLE")
    func widened() async throws {
        let (words, first) = try await twoFiles("id,v\n1,1\n", "id,v\n2,two\n3,three\n")
        #expect(first.notices.contains("column v: BIGINT → VARCHAR"))
        #expect(try await words.rows() == ["1|1", "2|two", "3|three"])
        let (fractions, second) = try await twoFiles("id,v\n1,1\n", "id,v\n2,2.5\n3,3\n")
        #expect(second.notices.contains("column v: BIGINT → DOUBLE"))
        #expect(
            try await fractions.rows("SELECT id, v::DECIMAL(4, 1) FROM raw.t ORDER BY ALL") == [
                "1|1.0", "2|2.5", "3|3.0",
            ])
    }

    @Test("published integers beyond 2^53 never become binary fractions")
    func publishedDigits() async throws {
        let (project, result) = try await twoFiles("id,v\n1,9007199254740993\n", "id,v\n2,2.5\n3,3\n")
        #expect(result.status == .published, "\(result.reason ?? "")")
        #expect(try await project.rows() == ["1|9007199254740993", "2|2.5", "3|3"])
        #expect(try await project.types() == ["id BIGINT", "v VARCHAR"])
    }

    @Test("with settled types what does not fit is a bad row", arguments: ["freeze", "ignore"])
    func settled(schema: String) async throws {
        let (project, result) = try await twoFiles("id,v\n1,1\n", "id,v\n2,2.5\n3,3\n", schema: schema)
        #expect(result.status == .published, "\(result.reason ?? "")")
        #expect(try await project.rows() == ["1|1", "3|3"])
        #expect(try await project.quarantine() == ["d/b.csv|2|type(v)|2,2.5"])
    }

    @Test("packed files, and files of 2,000 columns")
    func packedAndWide() async throws {
        let project = try SourceProject()
        try await project.make(
            "d/a.csv.gz",
            "COPY (SELECT i AS id, CASE i WHEN 7 THEN '1.5' ELSE i::VARCHAR END AS v FROM range(10) t(i)) TO FILE")
        try project.source("from: { files: d/a.csv.gz }\ncolumns: { id: BIGINT, v: BIGINT }")
        #expect(try await project.run().balance.quarantined == 1)
        #expect(try await project.quarantine() == ["d/a.csv.gz|9|type(v)|7,1.5"])
        let wide = try SourceProject()
        let names = (0..<2000).map { "c\($0)" }.joined(separator: ",")
        let values = (0..<2000).map(String.init).joined(separator: ",")
        try wide.write("d.csv", "\(names)\n\(values)\n\(values)\n")
        try wide.source("from: { files: d.csv }")
        #expect(try await wide.run().balance.published == 2)
    }
}
