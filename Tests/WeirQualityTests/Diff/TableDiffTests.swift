import Testing
import WeirCore
import WeirEngine

@testable import WeirQuality

@Suite("Comparing two tables", .timeLimit(.minutes(5)))
struct TableDiffTests {
    private static func tables(_ a: String, _ b: String, _ columns: String = "id, v") -> String {
        "CREATE TABLE a AS SELECT * FROM (VALUES \(a)) t(\(columns)); CREATE TABLE b AS SELECT * FROM (VALUES \(b)) t(\(columns))"
    }

    private func texts(_ rows: [[TableDiff.Cell]]) -> [String] {
        rows.map { $0.map { $0.value ?? "NULL" }.joined(separator: "|") }
    }

    @Test("tells added, removed and changed rows, and how often each column changed")
    func kinds() async throws {
        let diff = try await DiffLab.diff(
            Self.tables(
                "(1, 'a', 1), (2, 'b', 2), (3, 'c', 3), (4, 'd', 4)",
                "(5, 'e', 5), (1, 'a', 1), (2, 'B', 2), (3, 'C', 33)",
                "id, v, w"))
        #expect(diff.rows == .init(same: 1, added: 1, removed: 1, changed: 2))
        #expect(diff.columns == [.init(name: "v", changed: 2), .init(name: "w", changed: 1)])
        #expect(texts(diff.samples.added) == ["5|e|5"])
        #expect(texts(diff.samples.removed) == ["4|d|4"])
        #expect(diff.samples.changed.map { $0.key.map(\.value) } == [["2"], ["3"]])
        #expect(diff.samples.changed.last?.changes.map(\.column) == ["v", "w"])
        #expect(diff.samples.changed.last?.changes.last == .init(column: "w", a: "3", b: "33"))
        #expect(diff.method == .join && diff.moved == nil)
    }

    @Test("the order of columns and rows, and the case of names, count for nothing")
    func order() async throws {
        let diff = try await DiffLab.diff(
            "CREATE TABLE a AS SELECT range AS id, range * 2 AS v FROM range(5000); CREATE TABLE b AS SELECT range * 2 AS \"V\", range AS \"ID\" FROM range(5000) ORDER BY 1 DESC"
        )
        #expect(diff.isSame)
        #expect(diff.rows.same == 5000)
    }

    @Test("two empty tables are the same; against an empty one every row is added or removed")
    func empty() async throws {
        let none = "CREATE TABLE a (id INTEGER, v VARCHAR); CREATE TABLE b (id INTEGER, v VARCHAR)"
        #expect(try await DiffLab.diff(none).isSame)
        let some = try await DiffLab.diff(none + "; INSERT INTO b VALUES (1, 'x'), (2, NULL)")
        #expect(some.rows == .init(same: 0, added: 2, removed: 0, changed: 0))
        #expect(texts(some.samples.added) == ["1|x", "2|NULL"])
    }

    @Test("every row differs: all are counted, few are shown")
    func all() async throws {
        let diff = try await DiffLab.diff(
            "CREATE TABLE a AS SELECT range AS id, range AS v FROM range(30000); CREATE TABLE b AS SELECT range AS id, range + 1 AS v FROM range(30000)"
        ) { $0.samples = 3 }
        #expect(diff.rows == .init(same: 0, added: 0, removed: 0, changed: 30_000))
        #expect(diff.samples.changed.map { $0.key[0].value } == ["0", "1", "2"])
        let silent = try await DiffLab.diff(Self.tables("(1, 'a')", "(1, 'b')")) { $0.samples = 0 }
        #expect(silent.samples == .init() && silent.rows.changed == 1)
    }

    @Test("a key of two columns, one of them a text, in names that need quotes")
    func composite() async throws {
        let diff = try await DiffLab.diff(
            Self.tables(
                "(1, 'ü☃', 1), (1, 'u☃', 2), (2, '''\"', 3)", "(2, '''\"', 3), (1, 'ü☃', 9), (1, 'U☃', 2)",
                "\"select\", \"a\"\"b\", \"order\""), key: ["select", "a\"b"])
        #expect(diff.rows == .init(same: 1, added: 1, removed: 1, changed: 1))
        #expect(diff.columns == [.init(name: "order", changed: 1)])
        #expect(diff.samples.changed.first?.key.map(\.value) == ["1", "ü☃"])
    }

    @Test("rows with null or repeated keys are told, and compared as a whole, each as often as it is there")
    func odd() async throws {
        let diff = try await DiffLab.diff(
            Self.tables(
                "(1, 'a'), (1, 'b'), (2, 'c'), (NULL, 'n'), (NULL, 'n'), (3, 'x'), (7, 'only a'), (7, 'only a')",
                "(1, 'b'), (1, 'a'), (1, 'z'), (2, 'c'), (2, 'cc'), (NULL, 'n'), (3, 'y'), (4, 'q')"))
        #expect(diff.a.nullKeys == 2 && diff.b.nullKeys == 1)
        #expect(diff.a.duplicateKeys == 2 && diff.a.duplicateRows == 4)
        #expect(diff.b.duplicateKeys == 2 && diff.b.duplicateRows == 5)
        #expect(diff.rows == .init(same: 4, added: 3, removed: 3, changed: 1))
        #expect(texts(diff.samples.removed) == ["7|only a", "7|only a", "NULL|n"])
        #expect(texts(diff.samples.added).sorted() == ["1|z", "2|cc", "4|q"])
    }

    @Test("repeated keys among many rows are found too")
    func manyRows() async throws {
        let diff = try await DiffLab.diff(
            """
            CREATE TABLE a AS SELECT range AS id, 'v' AS v FROM range(250000) UNION ALL SELECT 17, 'twice' UNION ALL SELECT NULL, 'n';
            CREATE TABLE b AS SELECT range AS id, 'v' AS v FROM range(250000)
            """)
        #expect(diff.a.duplicateKeys == 1 && diff.a.duplicateRows == 2 && diff.a.nullKeys == 1)
        #expect(diff.rows == .init(same: 250_000, added: 0, removed: 2, changed: 0))
    }

    @Test("where, columns and exclude leave the rest out of it")
    func parts() async throws {
        let setup = Self.tables("(1, 'a', 1), (2, 'b', 2)", "(1, 'a', 1), (2, 'x', 3)", "id, v, w")
        #expect(try await DiffLab.diff(setup) { $0.filter = "id < 2 -- only the first" }.isSame)
        #expect(try await DiffLab.diff(setup) { $0.columns = ["w"] }.columns == [.init(name: "w", changed: 1)])
        #expect(try await DiffLab.diff(setup) { $0.exclude = ["V", "w"] }.isSame)
        await #expect(throws: WeirError.self) { try await DiffLab.diff(setup) { $0.filter = "nope = 1" } }
    }

    @Test("columns of one side only make a difference, and are named with their types")
    func columns() async throws {
        let setup = """
            CREATE TABLE a AS SELECT 1 AS id, 'x' AS old, 1::INTEGER AS n;
            CREATE TABLE b AS SELECT 1 AS id, 2.5 AS new, 1::BIGINT AS n
            """
        let diff = try await DiffLab.diff(setup)
        #expect(!diff.isSame)
        #expect(diff.rows == .init(same: 1, added: 0, removed: 0, changed: 0))
        #expect(diff.onlyInA.map(\.name) == ["old"])
        #expect(diff.onlyInB.map(\.type) == ["DECIMAL(2,1)"])
        #expect(diff.types.map(\.name) == ["n"])
        #expect(try await DiffLab.diff(setup) { $0.exclude = ["old", "new"] }.isSame)
    }

    @Test("an unknown column is told with the nearest one")
    func unknown() async throws {
        let setup = Self.tables("(1, 'a')", "(1, 'a')")
        for change: @Sendable (inout DiffOptions) -> Void in [
            { $0.key = ["idd"] }, { $0.columns = ["idd"] }, { $0.exclude = ["idd"] },
        ] {
            let error = await #expect(throws: WeirError.self) { try await DiffLab.diff(setup, change) }
            #expect(error?.code == "diff.unknown-column")
            #expect(error?.hint == "did you mean \"id\"?")
        }
        let nothing = await #expect(throws: WeirError.self) {
            try await DiffLab.diff("CREATE TABLE a AS SELECT 1 AS x; CREATE TABLE b AS SELECT 1 AS y", key: [])
        }
        #expect(nothing?.code == "diff.nothing-in-common")
    }

    @Test("a long text is shown where it begins to differ")
    func long() async throws {
        let diff = try await DiffLab.diff(
            """
            CREATE TABLE a AS SELECT 1 AS id, repeat('ä', 1000000) || 'old' || repeat('b', 1000) AS v;
            CREATE TABLE b AS SELECT 1 AS id, repeat('ä', 1000000) || 'new' || repeat('b', 1000) AS v
            """)
        let change = try #require(diff.samples.changed.first?.changes.first)
        let old = try #require(change.a)
        #expect(old.count < 600)
        #expect(old.contains("äold") && change.b?.contains("änew") == true)
        #expect(old.hasPrefix("…") && old.hasSuffix("…"))
    }

    @Test("two thousand columns")
    func wide() async throws {
        let columns = (0..<2000).map { "\($0) AS c\($0)" }.joined(separator: ", ")
        let diff = try await DiffLab.diff(
            "CREATE TABLE a AS SELECT 1 AS id, \(columns); CREATE TABLE b AS SELECT * REPLACE (-1 AS c1999) FROM a")
        #expect(diff.columns.filter { $0.changed > 0 }.map(\.name) == ["c1999"])
    }

    // MARK: Keys

    @Test("a key is found in the values of both sides")
    func foundKey() async throws {
        let rows =
            "SELECT range AS n, 'c' || range AS order_code, range % 3 AS kind, range / 2 AS price FROM range(500)"
        let diff = try await DiffLab.diff("CREATE TABLE a AS \(rows); CREATE TABLE b AS \(rows)", key: [])
        #expect(diff.key == .init(columns: ["order_code"], origin: .values))
        #expect(diff.isSame)
    }

    @Test("a column that is unique on one side only is no key; without any, rows are compared as a whole")
    func noKey() async throws {
        let diff = try await DiffLab.diff(
            Self.tables("(1, 'a'), (2, 'b'), (3, 'b')", "(1, 'a'), (1, 'a'), (2, 'x')"), key: [])
        #expect(diff.key == .init(columns: [], origin: .none))
        #expect(diff.rows == .init(same: 1, added: 2, removed: 2, changed: 0))
        #expect(texts(diff.samples.added) == ["1|a", "2|x"])
    }

    @Test("what is declared goes before what values say")
    func declared() throws {
        func side(_ change: (inout DiffSide) -> Void) -> DiffSide {
            var side = DiffLab.side("a", [Column(name: "id", type: "INTEGER"), Column(name: "code", type: "VARCHAR")])
            change(&side)
            return side
        }
        let finder = KeyFinder(
            a: side { $0.primaryKey = ["id"] }, b: side { $0.declaredKey = ["code"] }, options: DiffOptions())
        #expect(finder.declared()?.key == ["code"])
        #expect(finder.declared()?.origin == .contract)
        let other = KeyFinder(
            a: side { $0.primaryKey = ["gone"] }, b: side { $0.uniqueKeys = [["Code"]] }, options: DiffOptions())
        #expect(other.declared()?.origin == .uniqueIndex)
    }

    @Test("schemas: columns, types and keys, without a look at the rows")
    func schema() throws {
        let a = DiffLab.side("a", [Column(name: "id", type: "INTEGER"), Column(name: "v", type: "DECIMAL(9,2)")])
        var b = DiffLab.side("b", [Column(name: "V", type: "DECIMAL(9,2)"), Column(name: "ID", type: "INTEGER")])
        let same = try SchemaDiff(a, b, options: DiffOptions())
        #expect(same.isSame && same.isReordered)
        b.columns[0] = DiffColumn(name: "v", type: "numeric(9,2)", family: DiffFamily(postgres: "numeric(9,2)"))
        b.engine = "postgres"
        #expect(try SchemaDiff(a, b, options: DiffOptions()).isSame)
        b.columns[0] = DiffColumn(name: "v", type: "numeric", family: DiffFamily(postgres: "numeric"))
        #expect(try SchemaDiff(a, b, options: DiffOptions()).types.map(\.b) == ["numeric"])
        var keyed = a
        keyed.primaryKey = ["id"]
        keyed.isTable = true
        var other = a
        other.isTable = true
        #expect(try SchemaDiff(keyed, other, options: DiffOptions()).keysDiffer)
        #expect(try !SchemaDiff(keyed, a, options: DiffOptions()).keysDiffer)
    }
}
