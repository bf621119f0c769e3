import Testing
import WeirCore
import WeirEngine

@Suite("Values of every type")
struct EngineValues {
    static func rows(_ sql: String, _ values: [Value] = []) async throws -> Rows {
        var options = Database.Options()
        options.extensions = ["icu", "json"]
        return try await Database.open(options).withConnection { try await $0.query(sql, values) }
    }

    /// An expression, its type and its value.
    static let scalars: [(String, String, Value)] = [
        ("true", "BOOLEAN", .bool(true)),
        ("(-128)::TINYINT", "TINYINT", .int(-128)),
        ("(-32768)::SMALLINT", "SMALLINT", .int(-32768)),
        ("(-2147483648)::INTEGER", "INTEGER", .int(-2_147_483_648)),
        ("(-9223372036854775808)::BIGINT", "BIGINT", .int(.min)),
        ("9223372036854775807", "BIGINT", .int(.max)),
        ("255::UTINYINT", "UTINYINT", .uint(255)),
        ("65535::USMALLINT", "USMALLINT", .uint(65535)),
        ("4294967295::UINTEGER", "UINTEGER", .uint(4_294_967_295)),
        ("18446744073709551615::UBIGINT", "UBIGINT", .uint(.max)),
        ("170141183460469231731687303715884105727::HUGEINT", "HUGEINT", .hugeint(.max)),
        ("'-170141183460469231731687303715884105728'::HUGEINT", "HUGEINT", .hugeint(.min)),
        ("(-1)::HUGEINT", "HUGEINT", .hugeint(-1)),
        ("340282366920938463463374607431768211455::UHUGEINT", "UHUGEINT", .uhugeint(.max)),
        ("1.5::FLOAT", "FLOAT", .float(1.5)),
        ("'inf'::DOUBLE", "DOUBLE", .double(.infinity)),
        ("'-inf'::FLOAT", "FLOAT", .float(-.infinity)),
        ("5e-324::DOUBLE", "DOUBLE", .double(.leastNonzeroMagnitude)),
        ("(-9.99)::DECIMAL(3,2)", "DECIMAL(3,2)", .decimal(unscaled: -999, scale: 2)),
        ("1234567.89::DECIMAL(9,2)", "DECIMAL(9,2)", .decimal(unscaled: 123_456_789, scale: 2)),
        ("0.000000000000000001::DECIMAL(18,18)", "DECIMAL(18,18)", .decimal(unscaled: 1, scale: 18)),
        (
            "'-99999999999999999999999999999999999999'::DECIMAL(38,0)", "DECIMAL(38,0)",
            .decimal(unscaled: -99_999_999_999_999_999_999_999_999_999_999_999_999, scale: 0)
        ),
        ("''", "VARCHAR", .text("")),
        ("'twelve bytes'", "VARCHAR", .text("twelve bytes")),
        ("'thirteen byte'", "VARCHAR", .text("thirteen byte")),
        ("'ünï' || chr(0) || '🦆'", "VARCHAR", .text("ünï\u{0}🦆")),
        ("'{\"a\": 1}'::JSON", "JSON", .text("{\"a\": 1}")),
        ("''::BLOB", "BLOB", .blob([])),
        ("'\\x00\\xFFabc'::BLOB", "BLOB", .blob([0, 255, 97, 98, 99])),
        ("'0000000000000000000001'::BIT", "BIT", .bit("0000000000000000000001")),
        ("'1'::BIT", "BIT", .bit("1")),
        ("'ffffffff-ffff-ffff-ffff-ffffffffffff'::UUID", "UUID", .uuid(.max)),
        ("'00000000-0000-0000-0000-000000000000'::UUID", "UUID", .uuid(0)),
        ("DATE '1970-01-01'", "DATE", .date(days: 0)),
        ("DATE '0044-03-15 (BC)'", "DATE", .date(days: -735_160)),
        ("'infinity'::DATE", "DATE", .date(days: .max)),
        ("TIME '24:00:00'", "TIME", .time(micros: 86_400_000_000)),
        (
            "'12:00:00.000001+05:30'::TIMETZ", "TIME WITH TIME ZONE",
            .timeTZ(micros: 43_200_000_001, offsetSeconds: 19800)
        ),
        ("'00:00:00-15:59:59'::TIMETZ", "TIME WITH TIME ZONE", .timeTZ(micros: 0, offsetSeconds: -57599)),
        ("'12:00:00.000001'::TIME_NS", "TIME_NS", .time(micros: 43_200_000_001)),
        ("TIMESTAMP '1969-12-31 23:59:59.999999'", "TIMESTAMP", .timestamp(micros: -1)),
        ("'infinity'::TIMESTAMP", "TIMESTAMP", .timestamp(micros: .max)),
        ("'-infinity'::TIMESTAMP", "TIMESTAMP", .timestamp(micros: -.max)),
        ("'infinity'::TIMESTAMP_S", "TIMESTAMP_S", .timestamp(micros: .max)),
        ("'-infinity'::TIMESTAMP_MS", "TIMESTAMP_MS", .timestamp(micros: -.max)),
        ("'1970-01-01 00:00:01'::TIMESTAMP_S", "TIMESTAMP_S", .timestamp(micros: 1_000_000)),
        ("'1970-01-01 00:00:00.001'::TIMESTAMP_MS", "TIMESTAMP_MS", .timestamp(micros: 1000)),
        ("'1970-01-01 00:00:00.000000001'::TIMESTAMP_NS", "TIMESTAMP_NS", .timestampNanos(1)),
        ("'1970-01-01 01:00:00+01'::TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE", .timestampTZ(micros: 0)),
        ("INTERVAL '-14 months 3 days'", "INTERVAL", .interval(months: -14, days: 3, micros: 0)),
        ("'b'::ENUM('a', 'b')", "ENUM('a', 'b')", .text("b")),
        ("NULL", "INTEGER", .null),
        (
            "'123456789012345678901234567890123456789012345678901'::BIGNUM", "BIGNUM",
            .text("123456789012345678901234567890123456789012345678901")
        ),
        ("(-256)::BIGNUM", "BIGNUM", .text("-256")),
        ("0::BIGNUM", "BIGNUM", .text("0")),
        ("1000000000::BIGNUM", "BIGNUM", .text("1000000000")),
    ]

    @Test("a scalar arrives as it is stored", arguments: scalars)
    func scalar(expression: String, type: String, value: Value) async throws {
        let rows = try await Self.rows("SELECT \(expression) AS v")
        #expect(rows.columns.first?.type == type || expression == "NULL")
        #expect(rows.scalar == value)
    }

    static let nested: [(String, Value)] = [
        ("[]::INTEGER[]", .list([])),
        ("[1, NULL, 3]", .list([1, nil, 3])),
        ("[[1], NULL, []]", .list([.list([1]), nil, .list([])])),
        ("[1, 2]::INTEGER[2]", .list([1, 2])),
        (
            "[['a', NULL], [NULL, 'thirteen byte']]::VARCHAR[2][2]",
            .list([.list(["a", nil]), .list([nil, "thirteen byte"])])
        ),
        ("{'a': 1, 'b c': NULL}", .structure([.init("a", 1), .init("b c", nil)])),
        (
            "{'a': {'b': [{'c': 'x'}]}}",
            .structure([.init("a", .structure([.init("b", .list([.structure([.init("c", "x")])]))]))])
        ),
        ("MAP {'k': 1, 'l': NULL}", .map([.init("k", 1), .init("l", nil)])),
        ("MAP {}::MAP(VARCHAR, INTEGER)", .map([])),
        ("MAP {[1]: {'a': 2}}", .map([.init(.list([1]), .structure([.init("a", 2)]))])),
        ("union_value(text := 'x')::UNION(number INTEGER, text VARCHAR)", "x"),
        ("NULL::INTEGER[]", nil), ("NULL::STRUCT(a INTEGER)", nil), ("NULL::MAP(INTEGER, INTEGER)", nil),
    ]

    @Test("lists, structs, maps and unions arrive whole, empty ones and nulls too", arguments: nested)
    func nestedValue(expression: String, value: Value) async throws {
        #expect(try await Self.rows("SELECT \(expression)").scalar == value)
    }

    @Test("every value of DuckDB's own collection of types reads back from its display", .timeLimit(.minutes(10)))
    func displayReadsBack() async throws {
        let database = try await Database.open(
            {
                var o = Database.Options()
                o.extensions = ["icu", "json"]
                return o
            }())
        try await database.withConnection { connection in
            // GEOMETRY has no Swift value; nanoseconds of TIME_NS are cut to microseconds; the rest must survive.
            let all = try await connection.query("SELECT * EXCLUDE (time_ns, geometry) FROM test_all_types()")
            try #require(all.count == 3)
            for (index, column) in all.columns.enumerated() {
                for row in 0..<all.count where !all[row, index].isNull {
                    let type = column.type.hasPrefix("ENUM") || column.type.hasPrefix("UNION") ? "VARCHAR" : column.type
                    let text = all[row, index].display
                    let back = try await connection.query("SELECT CAST(? AS \(type))", [.text(text)]).scalar
                    #expect(back == all[row, index] || back.display == text, "\(column.name) \(column.type): \(text)")
                }
            }
        }
    }

    @Test(
        "texts in nested values are quoted where they would be misread",
        arguments: [
            "a, b", "", "x'y", "NULL", " s ", "a:b", "k=v", "(x)", "{", "\"", "p\\q", "[", "\\'", "ü\n",
        ])
    func quoting(text: String) async throws {
        let list = Value.list([.text(text), nil, "plain"])
        #expect(try await Self.rows("SELECT CAST(? AS VARCHAR[])", [.text(list.display)]).scalar == list)
        let structure = Value.structure([.init("a'b", .text(text)), .init("c", nil)])
        #expect(
            try await Self.rows("SELECT CAST(? AS STRUCT(\"a'b\" VARCHAR, c VARCHAR))", [.text(structure.display)])
                .scalar == structure)
    }

    @Test("values bound to a statement come back as they were", arguments: scalars.map(\.2) + nested.map(\.1))
    func binding(value: Value) async throws {
        let back = try await Self.rows("SELECT ?", [value]).scalar
        switch value {
        // Texts; DuckDB casts them where another type is wanted.
        case .list: #expect(back.list?.count == value.list?.count)
        case .structure, .map, .timeTZ, .timestampNanos, .uuid, .bit: #expect(back.display == value.display)
        case .decimal(let unscaled, let scale): #expect(back == .decimal(unscaled: unscaled, scale: scale))
        default: #expect(back == value)
        }
    }

    @Test("a NULL in a bound list stays a NULL")
    func nullInList() async throws {
        #expect(try await Self.rows("SELECT ?::INTEGER[]", [.list([1, nil])]).scalar == .list([1, nil]))
    }

    @Test("the number of values must be that of the parameters")
    func bindCount() async throws {
        await #expect(throws: WeirError.self) { _ = try await Self.rows("SELECT ?, ?", [1]) }
        await #expect(throws: WeirError.self) { _ = try await Self.rows("SELECT 1", [1]) }
        await #expect(throws: WeirError.self) { _ = try await Self.rows("SELECT 1; SELECT ?", [1]) }
    }

    @Test("rows beyond one chunk keep their order and their nulls")
    func chunks() async throws {
        let rows = try await Self.rows(
            """
            SELECT i, CASE WHEN i % 7 = 0 THEN NULL ELSE 'text number ' || i END, [i, NULL, i + 1], range(i % 3)
            FROM range(10_001) t(i) ORDER BY i
            """)
        #expect(rows.count == 10_001)
        #expect(rows.chunks.count > 4)
        for i in [0, 2047, 2048, 2049, 4095, 4096, 10_000] {
            let n = Int64(i)
            #expect(rows[i, 0] == .int(n))
            #expect(rows[i, 1] == (i % 7 == 0 ? .null : .text("text number \(i)")))
            #expect(rows[i, 2] == .list([.int(n), nil, .int(n + 1)]))
            #expect(rows[i, 3] == .list((0..<(n % 3)).map { .int($0) }))
        }
    }

    @Test("a type without a Swift value is refused by name and not misread")
    func unreadable() async throws {
        #expect(await errorCode { _ = try await Self.rows("SELECT [1::VARIANT] AS v") } == "engine.unreadable-type")
        #expect(try await Self.rows("SELECT 1::VARIANT::VARCHAR").scalar == "1")
    }

    @Test("a statement with a NUL character is refused and not cut short")
    func nul() async throws {
        #expect(await errorCode { _ = try await Self.rows("SELECT 1 /* \u{0} */; SELECT 2") } == "sql.nul")
    }

    @Test("an interval at its limits can be shown")
    func extremeInterval() {
        #expect(Value.interval(months: .min, days: .min, micros: .min).display.contains("-2147483648 days"))
        #expect(Value.timestamp(micros: .min).display.contains("BC"))
        #expect(Value.decimal(unscaled: .min, scale: 38).display == "-1.70141183460469231731687303715884105728")
    }
}
