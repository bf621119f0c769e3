import Foundation
import Testing

@Suite("Source strategies")
struct SourceStrategyTests {
    private static func source(_ load: String, columns: String = "{ id: INTEGER, v: VARCHAR, at: TIMESTAMP }") -> String
    {
        """
        name: raw.t
        from: { files: "data/*.csv" }
        columns: \(columns)
        load: \(load)
        """
    }

    private static func project(_ load: String) throws -> TempProject {
        let project = try TempProject(["sources/t.yaml": source(load)])
        try project.write("data/1.csv", "id,v,at\n1,a,2026-01-01 00:00:00\n2,b,2026-01-02 00:00:00\n")
        return project
    }

    private static let all = "SELECT id, v FROM raw.t ORDER BY ALL"

    @Test("replace takes the files as they are now, and does nothing when they have not changed")
    func replace() async throws {
        let project = try Self.project("{ strategy: replace }")
        try await project.run(expect: 0)
        #expect(try await project.run(expect: 0).report["raw.t"]?.status == "unchanged")
        try project.write("data/1.csv", "id,v,at\n9,z,2026-01-01 00:00:00\n")
        try await project.run(expect: 0)
        #expect(try await project.rows(Self.all) == ["9|z"])
    }

    @Test("append loads each file once; a touched one with the same bytes is known")
    func append() async throws {
        let project = try Self.project("{ strategy: append }")
        try await project.run(expect: 0)
        try project.write("data/2.csv", "id,v,at\n1,a,2026-01-01 00:00:00\n")
        try project.touch("data/1.csv", Date(timeIntervalSince1970: 1_600_000_000))
        let second = try await project.run(expect: 0)
        #expect(try second.report["raw.t"]?.balance == .init(read: 1, published: 1, quarantined: 0, filtered: 0))
        #expect(try await project.rows(Self.all) == ["1|a", "1|a", "2|b"])
        #expect(try await project.run(expect: 0).report["raw.t"]?.status == "unchanged")
    }

    @Test("append refuses a file that changed after it was loaded, and keeps what is published")
    func appendChangedFile() async throws {
        let project = try Self.project("{ strategy: append }")
        try await project.run(expect: 0)
        try project.write("data/1.csv", "id,v,at\n1,changed,2026-01-01 00:00:00\n")
        let refused = try await project.run(expect: 1)
        #expect(refused.faults.contains { $0.code == "source.file-changed" && $0.place?.file == "sources/t.yaml" })
        #expect(try await project.rows(Self.all) == ["1|a", "2|b"])
        try await project.run("--full-refresh", expect: 0)
        #expect(try await project.rows(Self.all) == ["1|changed"])
    }

    @Test("append in batches loads every file of a long catch-up")
    func appendBatches() async throws {
        let project = try Self.project("{ strategy: append, batch: 1 }")
        for number in 2...6 { try project.write("data/\(number).csv", "id,v,at\n\(number)0,x,2026-01-01 00:00:00\n") }
        let done = try await project.run(expect: 0)
        #expect(try done.report["raw.t"]?.balance.published == 7)
        #expect(try await project.rows("SELECT count(*), count(DISTINCT id) FROM raw.t") == ["7|7"])
        #expect(try await project.run(expect: 0).report["raw.t"]?.status == "unchanged")
    }

    @Test("merge updates known keys, adds new ones and leaves the rest")
    func merge() async throws {
        let project = try Self.project("{ strategy: merge, key: [id] }")
        try await project.run(expect: 0)
        try project.write("data/2.csv", "id,v,at\n2,B,2026-01-03 00:00:00\n3,c,2026-01-03 00:00:00\n")
        let done = try await project.run(expect: 0)
        #expect(try done.report["raw.t"]?.changes == .init(inserted: 1, updated: 1, deleted: 0))
        #expect(try await project.rows(Self.all) == ["1|a", "2|B", "3|c"])
    }

    @Test("merge holds back rows without a key, and all but one of those with the same key")
    func mergeBadKeys() async throws {
        let project = try Self.project("{ strategy: merge, key: [id] }")
        try project.write("data/1.csv", "id,v,at\n1,a,\n,nobody,\n1,b,\n2,c,\n")
        let done = try await project.run(expect: 0)
        #expect(try done.report["raw.t"]?.balance == .init(read: 4, published: 2, quarantined: 2, filtered: 0))
        #expect(try await project.rows(Self.all) == ["1|a", "2|c"])
        #expect(
            try await project.rows(
                "SELECT v, array_to_string(_weir_reasons, ','), _weir_line FROM weir_quarantine.raw__t ORDER BY 1")
                == ["b|key_duplicate(id)|4", "nobody|key_null(id)|3"])
    }

    @Test("with a watermark the newest version of a key wins, in a batch and against the table")
    func mergeWatermark() async throws {
        let project = try Self.project("{ strategy: merge, key: [id], watermark: at }")
        try project.write(
            "data/1.csv", "id,v,at\n1,new,2026-02-02 00:00:00\n1,old,2026-02-01 00:00:00\n2,x,2026-02-01 00:00:00\n")
        let first = try await project.run(expect: 0)
        #expect(try first.report["raw.t"]?.balance == .init(read: 3, published: 2, quarantined: 0, filtered: 1))
        try project.write("data/2.csv", "id,v,at\n1,stale,2026-01-15 00:00:00\n2,y,2026-02-03 00:00:00\n")
        try await project.run(expect: 0)
        #expect(try await project.rows(Self.all) == ["1|new", "2|y"])
    }

    @Test("delete_missing deletes keys that the input no longer has, and keeps those held back")
    func deleteMissing() async throws {
        let project = try TempProject([
            "sources/t.yaml": """
            name: raw.t
            from: { files: data/t.csv }
            columns: { id: INTEGER, v: VARCHAR }
            load: { strategy: merge, key: [id], delete_missing: true }
            contract: contracts/t.yaml
            """,
            "contracts/t.yaml": Contracts.table("raw.t", "      - { name: v, required: true }"),
            "data/t.csv": "id,v\n1,a\n2,b\n3,c\n",
        ])
        try await project.run(expect: 0)
        // 2 is gone, 3 is there without its value: held back, so the published one stays.
        try project.write("data/t.csv", "id,v\n1,a\n3,\n")
        let done = try await project.run(expect: 0)
        #expect(try done.report["raw.t"]?.changes.deleted == 1)
        #expect(try await project.rows(Self.all) == ["1|a", "3|c"])
    }

    @Test(
        "delete_missing deletes nothing while a row cannot be read or has no key, and says so",
        arguments: ["2,b,not a time", ",b,2026-01-02 00:00:00", "2"])
    func deleteMissingMalformed(bad: String) async throws {
        let project = try Self.project("{ strategy: merge, key: [id], delete_missing: true }")
        try await project.run(expect: 0)
        try project.write("data/1.csv", "id,v,at\n\(bad)\n3,c,2026-01-03 00:00:00\n")
        let done = try await project.run(expect: 0)
        #expect(try done.report["raw.t"]?.balance.quarantined == 1, "\(done)")
        #expect(try done.report["raw.t"]?.notices.contains { $0.contains("taken for deleted") } == true, "\(done)")
        #expect(try await project.rows(Self.all) == ["1|a", "2|b", "3|c"])
        try project.write("data/1.csv", "id,v,at\n3,c,2026-01-03 00:00:00\n")
        try await project.run(expect: 0)
        #expect(try await project.rows(Self.all) == ["3|c"])
    }

    @Test("a table that was replaced and is to be appended to is loaded anew, without a row twice")
    func replaceToAppend() async throws {
        let project = try Self.project("{ strategy: replace }")
        try await project.run(expect: 0)
        try project.write("sources/t.yaml", Self.source("{ strategy: append }"))
        try await project.run(expect: 0)
        #expect(try await project.rows(Self.all) == ["1|a", "2|b"])
        #expect(try await project.run(expect: 0).report["raw.t"]?.status == "unchanged")
    }

    @Test("a plan that cannot read an input, or whose append refuses a file, has something to do and fails")
    func planProblem() async throws {
        let project = try Self.project("{ strategy: append }")
        try await project.run(expect: 0)
        try project.write("data/1.csv", "id,v,at\n1,changed,2026-01-01 00:00:00\n")
        let plan = try await project.weir("plan")
        #expect(plan.code == 1 && !plan.out.contains("Nothing to do") && plan.out.contains("changed since"), "\(plan)")
    }

    @Test("delete_missing counts the keys of all files, not only of those that changed")
    func deleteMissingManyFiles() async throws {
        let project = try Self.project("{ strategy: merge, key: [id], delete_missing: true }")
        try await project.run(expect: 0)
        try project.write("data/2.csv", "id,v,at\n3,c,2026-01-01 00:00:00\n")
        try await project.run(expect: 0)
        #expect(try await project.rows(Self.all) == ["1|a", "2|b", "3|c"])
    }

    @Test("a row that was held back is published when its file is mended, and leaves quarantine")
    func mended() async throws {
        let project = try Self.project("{ strategy: replace }")
        try project.write("data/1.csv", "id,v,at\n1,a,\nx,b,\n")
        let first = try await project.run(expect: 0)
        #expect(try first.report["raw.t"]?.balance.quarantined == 1)
        #expect(
            try await project.rows("SELECT _weir_line, _weir_source, _weir_raw FROM weir_quarantine.raw__t") == [
                "3|data/1.csv|x,b,"
            ])
        try project.write("data/1.csv", "id,v,at\n1,a,\n2,b,\n")
        try await project.run(expect: 0)
        #expect(try await project.rows("SELECT count(*) FROM weir_quarantine.raw__t") == ["0"])
    }
}
