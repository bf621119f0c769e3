import Foundation
import Testing
import WeirCore

@testable import WeirPipeline

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("The documentation site")
struct DocsSiteTests {
    static let hostile = "<script>alert(1)</script>\"'&\u{1}\u{202E}</style>]]>-->"

    static var model: DocsModel {
        let start = Date(timeIntervalSince1970: 1_795_449_662)
        return DocsModel(
            project: "flights & co", weirVersion: "0.1.0", environment: "dev", updatedAt: start,
            tables: [
                DocsTable(
                    name: "raw.flights", kind: .source, strategy: "merge", origin: "data/flights-*.csv.gz",
                    contract: "contracts/flights.yaml", columns: [.init(name: "dep_time", type: "INTEGER")]),
                DocsTable(
                    name: "mart.delays", kind: .model, strategy: "table", why: "passengers feel a delay\nat the gate",
                    owner: "data-team", tags: ["daily", "pii"], decisions: ["counted at arrival"],
                    file: "models/mart/delays.sql",
                    columns: [
                        .init(
                            name: "a\"b", type: "DECIMAL(10,2)", description: "minutes", rules: ["not null", "≥ 0"],
                            madeOf: ["raw.flights.dep_time"])
                    ], rules: ["between 1 and 400,000 rows"], sql: "SELECT a < b && c FROM raw.flights",
                    inputs: ["raw.flights", "outside.airports"],
                    tests: [
                        .init(name: "late", file: "tests/a.yaml", passed: true), .init(name: "x", passed: false),
                        .init(name: "y"),
                    ],
                    runs: [
                        .init(
                            id: "20261123-160102-4f2a", startedAt: start, durationMs: 2_549, status: "published",
                            rowsIn: 336_776, rowsPublished: 336_700, rowsQuarantined: 70, rowsFiltered: 6)
                    ]),
            ])
    }

    static var hostileModel: DocsModel {
        let bad = hostile
        return DocsModel(
            project: bad, weirVersion: bad, environment: bad,
            tables: [
                bad, "../../etc/passwd", "javascript:alert(1)", "", ".", "A.b", "a.b", "日本.表",
                String(repeating: "x", count: 5000),
            ].map {
                DocsTable(
                    name: $0, kind: .model, strategy: bad, why: bad, owner: bad, tags: [bad], decisions: [bad],
                    file: bad,
                    origin: bad, contract: bad,
                    columns: [.init(name: bad, type: bad, description: bad, rules: [bad], madeOf: [bad])], rules: [bad],
                    sql: bad, inputs: [bad, "elsewhere\(bad)"], tests: [.init(name: bad, file: bad)],
                    runs: [
                        .init(
                            id: bad, startedAt: .init(timeIntervalSince1970: 0), durationMs: .max, status: bad,
                            reason: bad, rowsIn: .min)
                    ])
            })
    }

    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    @Test("shows all that is known of a table")
    func content() throws {
        let page = try #require(DocsSite.pages(of: Self.model)["tables/mart.delays.html"])
        for text in [
            "passengers feel a delay\nat the gate", "data-team", "daily", "counted at arrival",
            "models/mart/delays.sql",
            "a&quot;b", "DECIMAL(10,2)", "minutes", "<li>not null</li>", "<li>raw.flights.dep_time</li>",
            "between 1 and 400,000 rows",
            "SELECT a &lt; b &amp;&amp; c FROM raw.flights", "✓ passed", "✗ failed", "20261123-160102-4f2a",
            "2026-11-23 16:01 UTC", "2.5 s", "336,776", "336,700", "<a href=\"raw.flights.html\">raw.flights</a>",
            "outside.airports",
            "<svg role=\"group\" aria-label=\"Lineage of mart.delays: 3 tables, 2 links",
        ] { #expect(page.contains(text), "\(text)") }
        let source = try #require(DocsSite.pages(of: Self.model)["tables/raw.flights.html"])
        #expect(source.contains("Read by: <a href=\"mart.delays.html\">mart.delays</a>"))
        let index = try #require(DocsSite.pages(of: Self.model)["index.html"])
        #expect(index.contains("flights &amp; co") && index.contains("href=\"tables/mart.delays.html\""))
        #expect(index.contains("data-find=\"mart.delays model passengers"))
    }

    @Test("names and texts of any content stay texts", arguments: [model, hostileModel])
    func escaping(_ model: DocsModel) throws {
        for (path, page) in DocsSite.pages(of: model) {
            let scripts = page.components(separatedBy: "<script").count - 1
            #expect(scripts == (path == "index.html" ? 1 : 0), "\(path)")
            #expect(!page.contains("<script>alert") && !page.contains("href=\"javascript:"))
            #expect(
                page.unicodeScalars.allSatisfy { ($0.value >= 0x20 || $0 == "\n" || $0 == "\t") && $0.value != 0x202E })
            #expect(!page.contains("&lt;li&gt;") && !page.contains("Optional("))
        }
    }

    @Test("every page is well formed, tag for tag", arguments: [model, hostileModel])
    func wellFormed(_ model: DocsModel) throws {
        for (path, page) in DocsSite.pages(of: model) {
            // HTML lets a few tags stand alone that XML wants closed; the script holds bare signs.
            var text = page.replacing(/<!DOCTYPE html>/, with: "").replacing(/<script>.*<\/script>/, with: "")
            text = text.replacing(/<(meta|input)([^>]*)>/) { "<\($0.output.1)\($0.output.2)/>" }
            text = text.replacing(" hidden>", with: " hidden=\"\">")
            let parser = XMLParser(data: Data(text.utf8))
            #expect(parser.parse(), "\(path): \(parser.parserError.map { "\($0)" } ?? "") line \(parser.lineNumber)")
        }
    }

    @Test("loads nothing from anywhere", arguments: [model, hostileModel])
    func offline(_ model: DocsModel) throws {
        for page in DocsSite.pages(of: model).values {
            #expect(
                !page.contains("http://") && !page.contains("https://") && !page.contains("url(")
                    && !page.contains("@import"))
            #expect(!page.contains("<link") && !page.contains("<img") && !page.contains(" src="))
            #expect(page.contains("default-src 'none'"))
            for match in page.matches(of: /href="([^"]*)"/) {
                #expect(
                    match.output.1 == "#main"
                        || match.output.1.wholeMatch(of: /(\.\.\/|tables\/)?[a-z0-9._\-]+\.html/) != nil)
            }
        }
    }

    @Test("can be used without seeing it and on a phone")
    func accessible() throws {
        for (path, page) in DocsSite.pages(of: Self.model) {
            #expect(
                page.contains("<html lang=\"en\">") && page.contains("width=device-width")
                    && page.contains("prefers-color-scheme:dark"))
            #expect(page.components(separatedBy: "<h1>").count == 2 && page.contains("<main id=\"main\">"), "\(path)")
            #expect(page.components(separatedBy: "<th ").count == page.components(separatedBy: "<th scope=").count)
        }
        #expect(DocsSite.pages(of: Self.model)["index.html"]?.contains("<label for=\"search\">") == true)
    }

    @Test("is the same for the same project, in whatever order the tables come")
    func deterministic() throws {
        var turned = Self.model
        turned.tables.reverse()
        #expect(DocsSite.pages(of: Self.model) == DocsSite.pages(of: turned))
        #expect(DocsSite.pages(of: Self.hostileModel) == DocsSite.pages(of: Self.hostileModel))
    }

    @Test("pages of tables that are gone are removed, and the user's own files are not")
    func stale() throws {
        try withFolder { folder in
            try DocsSite.write(to: folder.path, model: Self.model)
            try Data("mine".utf8).write(to: folder.appendingPathComponent("tables/mine.html"))
            var less = Self.model
            less.tables.removeFirst()
            let index = try DocsSite.write(to: folder.path, model: less)
            #expect(FileManager.default.fileExists(atPath: index))
            let files = try FileManager.default.contentsOfDirectory(
                atPath: folder.appendingPathComponent("tables").path)
            #expect(Set(files) == ["mart.delays.html", "mine.html"])
        }
    }

    @Test("hostile names are written inside the folder, one file each")
    func fileNames() throws {
        try withFolder { folder in
            try DocsSite.write(to: folder.path, model: Self.hostileModel)
            let files = try FileManager.default.contentsOfDirectory(
                atPath: folder.appendingPathComponent("tables").path)
            #expect(files.count == Self.hostileModel.tables.count)
            #expect(Set(files.map { $0.lowercased() }).count == files.count)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["index.html", "tables"])
        }
    }

    @Test("a folder that cannot be written is an error that names it")
    func unwritable() throws {
        #expect { try DocsSite.write(to: "/dev/null/site", model: Self.model) } throws: {
            ($0 as? WeirError)?.code == "docs.not-written"
        }
    }

    @Test("an empty project has a page, and one of 1,000 tables has all of theirs")
    func sizes() {
        #expect(
            DocsSite.pages(of: DocsModel(project: "p", weirVersion: "1", tables: [])).keys.sorted() == ["index.html"])
        let many = (0..<1_000).map { number in
            DocsTable(
                name: "m.t\(number)", kind: .model, inputs: number == 0 ? [] : ["m.t\(number / 2)", "m.t\(number - 1)"])
        }
        let pages = DocsSite.pages(of: DocsModel(project: "p", weirVersion: "1", tables: many))
        #expect(pages.count == 1_001)
        #expect(pages["tables/m.t500.html"]?.contains("tables further away are not drawn") == true)
    }
}

@Suite("The layout of lineage")
struct DocsLineageLayoutTests {
    private func around(_ center: String, _ inputs: [String: [String]], limit: Int = 60) -> LineageLayout {
        .around(center, inputs: inputs, readers: LineageLayout.readers(inputs), limit: limit)
    }

    @Test("each table stands right of all that it reads, and no two in one place")
    func layers() {
        let inputs = ["d": ["b", "c"], "c": ["a"], "b": ["a"], "e": ["d", "a"], "x": ["y"]]
        let layout = around("c", inputs)
        let layer = Dictionary(uniqueKeysWithValues: layout.nodes.map { ($0.name, $0.layer) })
        #expect(layer == ["a": 0, "c": 1, "d": 2, "e": 3])
        let all = LineageLayout.all(inputs)
        for edge in all?.edges ?? [] {
            let from = all?.nodes.first { $0.name == edge.from }
            let to = all?.nodes.first { $0.name == edge.to }
            #expect((from?.layer ?? 9) < (to?.layer ?? 0))
        }
        #expect(Set((all?.nodes ?? []).map { "\($0.layer)/\($0.row)" }).count == 7)
    }

    @Test("a cycle, a table that reads itself, an unknown one and none at all end")
    func odd() {
        #expect(around("a", ["a": ["b"], "b": ["c"], "c": ["a"]]).nodes.count == 3)
        #expect(around("a", ["a": ["a"]]).edges.isEmpty)
        #expect(around("z", [:]).nodes.map(\.name) == ["z"])
        #expect(LineageLayout.all([:]) == nil)
    }

    @Test("of very many tables the nearest are shown, and the rest counted")
    func limit() {
        let inputs = Dictionary(uniqueKeysWithValues: (1..<500).map { ("t\($0)", ["t\($0 - 1)"]) })
        let layout = around("t250", inputs, limit: 11)
        #expect(layout.nodes.count == 11 && layout.hidden == 489)
        #expect(Set(layout.nodes.map(\.name)) == Set((245...255).map { "t\($0)" }))
    }

    @Test("random graphs always give every table its own place, the same each time", arguments: 0..<20)
    func random(_ seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        var inputs: [String: [String]] = [:]
        for number in 0..<40 { inputs["t\(number)"] = (0..<next(4)).map { _ in "t\(next(45))" } }
        let layout = LineageLayout.all(inputs)
        let places = (layout?.nodes ?? []).map { "\($0.layer)/\($0.row)" }
        #expect(Set(places).count == places.count)
        #expect(LineageLayout.all(inputs) == layout)
    }
}
