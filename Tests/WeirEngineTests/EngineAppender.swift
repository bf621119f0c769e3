import Testing
import WeirCore
import WeirEngine

@Suite("Adding rows")
struct EngineAppender {
    private static let table = TableName(schema: "main", table: "t")

    @Test("100,000 rows of every kind arrive as they were given", .timeLimit(.minutes(10)))
    func many() async throws {
        var options = Database.Options()
        options.extensions = ["icu", "json"]
        try await Database.open(options).withConnection { connection in
            try await connection.execute(
                """
                CREATE TYPE mood AS ENUM ('sad', 'glad');
                CREATE TABLE t (b BOOLEAN, i BIGINT, u UBIGINT, h HUGEINT, uh UHUGEINT, f FLOAT, d DOUBLE, dec DECIMAL(18,3),
                    s VARCHAR, bl BLOB, bi BIT, da DATE, ti TIME, tz TIMETZ, ts TIMESTAMP, tn TIMESTAMP_NS, tsz TIMESTAMPTZ,
                    iv INTERVAL, id UUID, l VARCHAR[], st STRUCT(a INTEGER, b VARCHAR), m MAP(VARCHAR, INTEGER), j JSON, e mood, n INTEGER)
                """)
            func row(_ i: Int64) -> [Value] {
                [
                    .bool(i % 2 == 0), .int(i), .uint(.max - UInt64(i)), .hugeint(.max - Int128(i)), .uhugeint(.max),
                    .float(0.5),
                    .double(Double(i) / 4), .decimal(unscaled: Int128(-i), scale: 3), .text("row number \(i) ü"),
                    .blob([0, 255]),
                    .bit("0101"), .date(days: Int32(i)), .time(micros: i), .timeTZ(micros: i, offsetSeconds: 3600),
                    .timestamp(micros: i), .timestampNanos(i), .timestampTZ(micros: i),
                    .interval(months: 1, days: -2, micros: i),
                    .uuid(UInt128(i)), .list(["a, b", nil, "it's"]),
                    .structure([.init("a", .int(i)), .init("b", "x'y, z")]),
                    .map([.init("k=1", .int(i))]), .text("{\"a\": \(i)}"), .text("glad"), .null,
                ]
            }
            try await connection.append(to: Self.table, rows: (0..<100_000).lazy.map { row(Int64($0)) })
            let counts = try await connection.query("SELECT count(*), count(DISTINCT i) FROM t").first
            #expect(counts == [100_000, 100_000])
            for i in [0, 2047, 2048, 99_999] as [Int64] {
                let back = try await connection.query("FROM t WHERE i = ?", [.int(i)]).first ?? []
                #expect(back == row(i))
            }
        }
    }

    @Test(
        "a row of the wrong width, or a value that does not fit, leaves nothing behind",
        arguments: [
            [[1, "a"], [2]], [[1, "a"], [2, "b", 3]], [[1, "a"], [.text("x"), "b"]], [[1, "a"], [nil, "b"]],
        ] as [[[Value]]])
    func wrong(rows: [[Value]]) async throws {
        try await Database.open(.init()).withConnection { connection in
            try await connection.execute("CREATE TABLE t (i INTEGER NOT NULL, s VARCHAR)")
            let code = await errorCode { try await connection.append(to: Self.table, rows: rows) }
            #expect(code == "engine.append")
            #expect(try await connection.query("SELECT count(*) FROM t").scalar == 0)
            try await connection.append(to: Self.table, rows: [[5, "fine"]])
            #expect(try await connection.query("SELECT count(*) FROM t").scalar == 1)
        }
    }

    @Test("empty texts and empty blobs are not NULL")
    func empty() async throws {
        try await Database.open(.init()).withConnection { connection in
            try await connection.execute("CREATE TABLE t (s VARCHAR, b BLOB, l VARCHAR[])")
            try await connection.append(to: Self.table, rows: [["", .blob([]), .list([])]])
            let row = try await connection.query("FROM t").first
            #expect(row == ["", .blob([]), .list([])])
        }
    }

    @Test("a table that does not exist is an error")
    func missing() async throws {
        try await Database.open(.init()).withConnection { connection in
            let code = await errorCode { try await connection.append(to: Self.table, rows: [[1]]) }
            #expect(code == "engine.append")
        }
    }
}
