import Foundation
import Testing

/// A project with a mistake, and where it must be reported.
struct BadProject: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let files: [String: String]
    let fault: String
    var file: String?
    var line: Int?

    init(_ name: String, _ files: [String: String], _ fault: String, at file: String? = nil, line: Int? = nil) {
        testDescription = name
        self.files = files
        self.fault = fault
        self.file = file
        self.line = line
    }
}

@Suite("Bad projects")
struct BadProjectTests {
    private static let source = "name: raw.t\nfrom: { files: data/t.csv }\n"
    private static let data = "id,v\n1,a\n"

    private static func model(_ name: String, _ sql: String, _ fault: String, line: Int? = nil) -> BadProject {
        BadProject(
            name, ["sources/t.yaml": source, "data/t.csv": data, "models/mart/m.sql": sql], fault,
            at: "models/mart/m.sql", line: line)
    }

    private static func configuration(_ name: String, _ text: String, _ fault: String, line: Int? = nil) -> BadProject {
        BadProject(name, ["weir.yaml": text], fault, at: "weir.yaml", line: line)
    }

    static let projects: [BadProject] = [
        configuration("a tab in YAML", "weir: 1\nname: t\nwarehouse:\n\tpath: x\n", "yaml.", line: 4),
        configuration("duplicate keys", "weir: 1\nname: a\nname: b\n", "yaml.duplicate-key", line: 2),
        configuration("an unknown key", "weir: 1\nname: t\nwarehose: { path: x }\n", "yaml.unknown-key", line: 3),
        configuration("no version", "name: t\n", "project.no-version"),
        configuration("a version to come", "weir: 2\n", "project.version", line: 1),
        configuration("a list where keys belong", "- weir\n- 1\n", "yaml.", line: 1),
        configuration("nothing", "", "*"),
        configuration("not text", "weir: 1\nname: [t\n", "yaml."),
        configuration(
            "a missing variable",
            "weir: 1\nname: t\nconnections: { c: { type: postgres, url: \"${NOT_SET_ANYWHERE}\" } }\n",
            "project.missing-variable", line: 3),
        configuration(
            "a variable that is never closed", "weir: 1\nname: t\nwarehouse:\n  path: ${DIR/w.duckdb\n",
            "project.unclosed-variable", line: 4),
        configuration(
            "a missing variable beside a bad type",
            "weir: 1\nname: t\nconnections: { c: { type: postgre, url: \"${NOT_SET_ANYWHERE}\" } }\n",
            "project.missing-variable", line: 3),
        BadProject(
            "a line of .env without a name",
            [".env": "# mine\nA=1\nexport B = 2\njust words\n", "models/m/a.sql": "SELECT 1 AS n"],
            "project.bad-variable", at: ".env", line: 4),
        model("nothing selected", "-- why\nSELECT FROM raw.t\n", "sql.syntax", line: 2),
        model("a comment that never ends", "SELECT id /* open\nFROM raw.t\n", "sql.syntax", line: 1),
        model("a syntax error", "SELECT id,\nFROM FROM raw.t\n", "sql.syntax", line: 2),
        model("two statements", "SELECT id FROM raw.t;\nSELECT 1\n", "sql."),
        model("no statement", "-- nothing\n", "sql."),
        model("not a SELECT", "DROP TABLE raw.t\n", "sql."),
        model("a missing table", "SELECT *\nFROM raw.tt\n", "sql.unknown-table", line: 2),
        model("a missing column", "SELECT id,\n  w\nFROM raw.t\n", "sql.unknown-column", line: 2),
        model("a table without its schema", "SELECT *\nFROM t\n", "sql.unqualified-table", line: 2),
        model("a model that reads itself", "SELECT *\nFROM mart.m\n", "graph.self-reference", line: 2),
        model("two columns of one name", "SELECT id, v AS ID FROM raw.t\n", "sql.duplicate-column"),
        model("an unknown strategy", "/* weir\nstrategy: upsert\n*/\nSELECT 1 AS n\n", "yaml.unknown-value", line: 2),
        model("merge without a key", "/* weir\nstrategy: merge\n*/\nSELECT 1 AS n\n", "project.missing-key", line: 2),
        model(
            "a key that is no column", "/* weir\nstrategy: merge\nkey: [nope]\n*/\nSELECT 1 AS n\n",
            "project.unknown-column", line: 3),
        model(
            "an interval column that is none",
            "/* weir\nstrategy: interval\ninterval:\n  column: nope\n*/\nSELECT 1 AS n\n",
            "project.unknown-column", line: 4),
        model(
            "an unknown header key", "/* weir\nwhy: x\nstratgy: table\n*/\nSELECT 1 AS n\n", "yaml.unknown-key", line: 3
        ),
        BadProject(
            "a cycle",
            [
                "models/mart/a.sql": "SELECT * FROM mart.b", "models/mart/b.sql": "SELECT * FROM mart.c",
                "models/mart/c.sql": "SELECT * FROM mart.a",
            ],
            "graph.cycle", at: "models/mart/a.sql"),
        BadProject(
            "two tables of one name",
            ["sources/t.yaml": source, "data/t.csv": data, "models/raw/T.sql": "SELECT 1 AS n"],
            "project.duplicate-name", at: "models/raw/T.sql"),
        BadProject(
            "a model outside a schema", ["models/m.sql": "SELECT 1 AS n"], "project.model-path", at: "models/m.sql"),
        BadProject(
            "a source without a name", ["sources/t.yaml": "from: { files: data/t.csv }\n"], "yaml.missing-key",
            at: "sources/t.yaml"),
        BadProject(
            "a misspelt strategy", ["sources/t.yaml": source + "load: { strategy: mrege }\n"], "yaml.unknown-value",
            at: "sources/t.yaml", line: 3),
        BadProject(
            "a missing contract", ["sources/t.yaml": source + "contract: contracts/x.yaml\n", "data/t.csv": data],
            "project.missing-contract", at: "sources/t.yaml"),
        BadProject(
            "Weir's own schema", ["models/weir_meta/m.sql": "SELECT 1 AS n"], "project.reserved-name",
            at: "models/weir_meta/m.sql"),
    ]

    @Test("is refused with the place of the mistake, before anything runs", arguments: projects)
    func refused(_ bad: BadProject) async throws {
        let project = try TempProject(bad.files)
        let done = try await project.run(expect: 2)
        if bad.fault == "*" { return }
        let found = done.faults.filter { $0.code.hasPrefix(bad.fault) }
        #expect(!found.isEmpty, "\(done)")
        if let file = bad.file { #expect(found.contains { $0.place?.file == file }, "\(done)") }
        if let line = bad.line { #expect(found.contains { $0.place?.line == line }, "\(done)") }
        // A person sees the same.
        let text = try await project.weir("plan")
        #expect(text.code == 2 && text.err.contains("error"), "\(text)")
    }

    @Test("every unknown column of a model is told, each with its place")
    func unknownColumns() async throws {
        let project = try TempProject([
            "sources/t.yaml": Self.source, "data/t.csv": Self.data,
            "models/mart/m.sql": "-- é\nSELECT idd, lower(vv) AS v\nFROM raw.t\nWHERE ww > 1",
        ])
        let done = try await project.run(expect: 2)
        let places = done.faults.filter { $0.code == "sql.unknown-column" }.compactMap { fault in
            fault.place.map { "\($0.line ?? 0):\($0.column ?? 0)" }
        }
        #expect(places.sorted() == ["2:19", "2:8", "4:7"], "\(done)")
    }

    @Test("all mistakes are told at once")
    func allAtOnce() async throws {
        let project = try TempProject([
            "weir.yaml": "weir: 1\nnam: t\n", "sources/a.yaml": "nme: x\n", "sources/b.yaml": "name: x\n",
            "models/mart/m.sql": "/* weir\nstrategy: nope\n*/\nSELECT 1 AS n", "models/mart/s.sql": "SELECT 1 AS",
        ])
        let done = try await project.run(expect: 2)
        #expect(Set(done.faults.compactMap(\.place?.file)).count == 5, "\(done)")
    }

    @Test("every name in a header that is no column is told, and a table that is missing once only")
    func namesOfOneModel() async throws {
        let project = try TempProject([
            "models/mart/a.sql": "/* weir\nstrategy: merge\nkey: [x, y]\nwatermark: z\n*/\nSELECT 1 AS n",
            "models/mart/b.sql": "SELECT * FROM raw.nothing",
        ])
        let faults = try await project.run(expect: 2).faults
        #expect(faults.count { $0.code == "project.unknown-column" } == 3, "\(faults)")
        #expect(faults.count { $0.code == "sql.unknown-table" } == 1, "\(faults)")
    }

    @Test(
        "a key or watermark that its source has no column for is told by the plan, with its place",
        arguments: ["{ strategy: merge, key: [idd] }", "{ strategy: append, watermark: idd }"])
    func sourceColumns(load: String) async throws {
        let project = try TempProject(["sources/t.yaml": Self.source + "load: \(load)\n", "data/t.csv": Self.data])
        let plan = try await project.weir("plan")
        #expect(plan.code == 2 && plan.out.contains("did you mean \"id\"?"), "\(plan)")
        let done = try await project.run(expect: 2)
        #expect(done.faults.contains { $0.code == "project.unknown-column" && $0.place?.line == 3 }, "\(done)")
    }

    @Test("a value that cannot be cast when the model runs is told with the line of the cast")
    func runtimeCast() async throws {
        let project = try TempProject([
            "sources/t.yaml": Self.source, "data/t.csv": Self.data,
            "models/mart/m.sql": "/* weir\nwhy: x\n*/\nSELECT id,\n  CAST(v AS INTEGER) AS n\nFROM raw.t\n",
        ])
        let done = try await project.run()
        #expect(done.code != 0 && done.faults.contains { $0.place?.line == 5 }, "\(done)")
    }

    @Test("a merge key in YAML brings the keys of its base; the mapping's own win")
    func mergeKeys() async throws {
        let project = try TempProject([
            "sources/t.yaml":
                """
            sources:
              - name: raw.t
                from: &csv { files: data/t.csv, delimiter: "," }
              - name: raw.u
                from: { <<: *csv, files: data/u.csv }
            """, "data/t.csv": Self.data, "data/u.csv": "w\n7\n",
        ])
        try await project.run(expect: 0)
        #expect(try await project.rows("SELECT w FROM raw.u") == ["7"])
    }

    @Test("a run that could not be planned is remembered with its error")
    func unplanned() async throws {
        let project = try TempProject(["models/mart/b.sql": "SELECT * FROM raw.nothing"])
        try await project.run(expect: 2)
        let runs = try await project.weir("runs", "-o", "json")
        #expect(runs.out.contains("failed") && runs.out.contains("sql.unknown-table"), "\(runs)")
    }

    @Test(
        "what is unusual and right goes through",
        arguments: [
            "SELECT id FROM raw.t;", "SELECT id FROM raw.t; -- the end", "SELECT id FROM raw.t -- the end",
            "SELECT id FROM raw.t /* end */ ;\n\n",
            "WITH t AS (SELECT id FROM raw.t) SELECT * FROM t", "FROM raw.t SELECT id",
            "(SELECT id FROM raw.t) UNION ALL (SELECT id + 1 FROM raw.t WHERE false)",
        ])
    func unusual(sql: String) async throws {
        let project = try TempProject(["sources/t.yaml": Self.source, "data/t.csv": Self.data])
        for strategy in ["table", "view", "merge\nkey: [id]"] {
            try project.write("models/mart/m.sql", "/* weir\nstrategy: \(strategy)\n*/\n\(sql)")
            try await project.run(expect: 0)
            #expect(try await project.rows("SELECT id FROM mart.m") == ["1"])
        }
    }

    @Test("anchors in YAML are read or refused, never misread")
    func anchors() async throws {
        let project = try TempProject([
            "weir.yaml": "weir: 1\nname: &n t\nwarehouse: { path: *n }\n", "models/mart/m.sql": "SELECT 1 AS n",
        ])
        let done = try await project.run()
        #expect(done.code == 0 || done.faults.contains { $0.place?.line != nil }, "\(done)")
    }

    @Test(
        "aliases that multiply and nesting without end are refused in time",
        arguments: ["bomb", "nesting", "flow nesting"])
    func bombs(kind: String) async throws {
        let text: String
        switch kind {
        case "bomb":
            text =
                "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
                + zip("bcdefghi", "abcdefgh").map {
                    "\($0): &\($0) [\(Array(repeating: "*\($1)", count: 10).joined(separator: ","))]\n"
                }.joined()
        case "nesting": text = "weir: " + String(repeating: "[", count: 10 << 20)
        default: text = "weir: " + String(repeating: "{a: ", count: 3 << 20)
        }
        let project = try TempProject(["weir.yaml": text])
        let done = try await project.weir("plan", "-o", "json", limit: .seconds(60))
        #expect(done.code == 2, "exit \(done.code) \(done.err.prefix(300))")
        #expect(done.failure != nil)
    }

    @Test("a watermark that goes backwards in a database is told, and nothing is loaded")
    func watermarkBackwards() async throws {
        let project = try TempProject([
            "weir.yaml": "weir: 1\nname: t\nconnections: { shop: { type: sqlite, path: shop.db } }\n",
            "sources/t.yaml":
                "name: raw.t\nfrom: { sqlite: shop, table: t }\nload: { strategy: merge, key: [id], watermark: stamp }\n",
        ])
        let attach = "LOAD sqlite_scanner; ATTACH '\(project.path("shop.db"))' AS s (TYPE sqlite);"
        try await Scratch.execute(
            "\(attach) CREATE TABLE s.t (id INTEGER, stamp INTEGER); INSERT INTO s.t VALUES (1, 10), (2, 20)")
        try await project.run(expect: 0)
        try await Scratch.execute("\(attach) DELETE FROM s.t WHERE id = 2; INSERT INTO s.t VALUES (3, 5)")
        let stopped = try await project.run(expect: 1)
        #expect(stopped.faults.contains { $0.code == "load.watermark-backwards" && $0.hint != nil }, "\(stopped)")
        #expect(try await project.rows("SELECT id FROM raw.t ORDER BY 1") == ["1", "2"])
    }
}
