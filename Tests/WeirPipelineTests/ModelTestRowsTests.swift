import Testing
import WeirCore

@testable import WeirPipeline

@Suite("A model test")
struct ModelTestRowsTests {
    static let sql = "SELECT id, customer, amount, share FROM raw.orders"

    @Test(
        "passes when the rows are those expected",
        arguments: [
            // Any order, NULL equals NULL, columns not given are NULL.
            "given: { raw.orders: { rows: [{ id: 1, customer: a }, { id: 2 }] } }\nexpect: { columns: subset, rows: [{ id: 2, customer: null }, { id: 1, customer: a }] }",
            // Rows of a subset may leave columns open, and the match is not the first that fits.
            "given: { raw.orders: { rows: [{ id: 1, customer: a }, { id: 2, customer: a }] } }\nexpect: { columns: subset, rows: [{ customer: a }, { id: 1, customer: a }] }",
            "given: { raw.orders: { rows: [{ id: 1 }, { id: 2 }] } }\nexpect: { columns: subset, order: true, rows: [{ id: 1 }, { id: 2 }] }",
            // Duplicates count.
            "given: { raw.orders: { rows: [{ id: 1 }, { id: 1 }] } }\nexpect: { columns: subset, rows: [{ id: 1 }, { id: 1 }] }",
            // An input that is not given is empty; so is one of no rows.
            "expect: { rows: [] }",
            "given: { raw.orders: { rows: [] } }\nexpect: { rows: [] }",
            "given: { RAW.Orders: { rows: [{ ID: 1 }] } }\nexpect: { columns: subset, rows: [{ Id: 1 }] }",
            // Texts stay as written.
            "given: { raw.orders: { rows: [{ customer: 007 }, { customer: 1.10 }, { customer: '${HOME}' }, { customer: yes }] } }\nexpect: { columns: subset, rows: [{ customer: '007' }, { customer: '1.10' }, { customer: '${HOME}' }, { customer: 'yes' }] }",
            "given: { raw.orders: { rows: [{ customer: \"日本 'é\\\"\\u0301\" }] } }\nexpect: { columns: subset, rows: [{ customer: \"日本 'é\\\"\\u0301\" }] }",
            "given: { raw.orders: { rows: [{ customer: '' }] } }\nexpect: { columns: subset, rows: [{ customer: '' }] }",
            // Decimals are exact, floating point numbers are not.
            "given: { raw.orders: { rows: [{ amount: 1.10, share: 0.1 }] } }\nexpect: { columns: subset, rows: [{ amount: 1.1, share: 0.10000000000001 }] }",
            "given: { raw.orders: { rows: [{ share: nan }, { share: inf }] } }\nexpect: { columns: subset, rows: [{ share: inf }, { share: nan }] }",
            "given: { raw.orders: { csv: \"id,customer\\n1,\\n2,\\\"\\\"\\n\" } }\nexpect: { columns: subset, rows: [{ id: 1, customer: null }, { id: 2, customer: '' }] }",
        ])
    func passes(_ body: String) async throws {
        let result = try await ModelTestLab.result(sql: Self.sql, body)
        #expect(result.status == .passed, "\(TestReportText.details(result, on: .plain))")
    }

    @Test("tells changed rows from missing and unexpected ones")
    func differences() async throws {
        let result = try await ModelTestLab.result(
            sql: "SELECT id, customer, amount FROM raw.orders",
            """
            given: { raw.orders: { rows: [{ id: 1, customer: a, amount: 5 }, { id: 2, customer: b, amount: 7 }, { id: 9, customer: z, amount: 1 }] } }
            expect: { rows: [{ id: 1, customer: a, amount: 5 }, { id: 2, customer: b, amount: 8 }, { id: 30, customer: y, amount: 3 }] }
            """)
        let diff = try #require(result.diff)
        #expect(result.status == .failed)
        #expect((diff.changedCount, diff.missingCount, diff.unexpectedCount) == (1, 1, 1))
        #expect(diff.changed.first?.differing == ["amount"])
        let text = TestReportText.details(result, on: .plain).joined(separator: "\n")
        #expect(text.contains("~ id=2 customer=b"))
        #expect(text.contains("amount: expected 8.00, found 7.00"))
        #expect(text.contains("1 row missing:") && text.contains("1 row not expected:"))
    }

    @Test("counts duplicates")
    func duplicates() async throws {
        let result = try await ModelTestLab.result(
            sql: "SELECT id FROM raw.orders",
            "given: { raw.orders: { rows: [{ id: 1 }, { id: 1 }, { id: 1 }] } }\nexpect: { rows: [{ id: 1 }] }")
        #expect(result.diff?.unexpectedCount == 2)
        #expect(result.diff?.unexpected.count == 2)
        #expect(result.diff?.missingCount == 0)
    }

    @Test("does not take NULL for an empty text, nor two spellings of é for one")
    func lookalikes() async throws {
        let sql = "SELECT id, customer FROM raw.orders"
        let null = try await ModelTestLab.result(
            sql: sql, "given: { raw.orders: { rows: [{ id: 1 }] } }\nexpect: { rows: [{ id: 1, customer: '' }] }")
        #expect(TestReportText.details(null, on: .plain).contains { $0.contains("expected \"\", found NULL") })
        let accents = try await ModelTestLab.result(
            sql: sql,
            "given: { raw.orders: { rows: [{ id: 1, customer: \"\\u00E9\" }] } }\nexpect: { rows: [{ id: 1, customer: \"e\\u0301\" }] }"
        )
        #expect(accents.status == .failed)
        #expect(
            TestReportText.details(accents, on: .plain).contains { $0.contains("u{0301}") && $0.contains("u{00E9}") })
    }

    @Test("says which row comes in another place, when order counts")
    func order() async throws {
        let result = try await ModelTestLab.result(
            sql: "SELECT id FROM raw.orders ORDER BY id DESC",
            "given: { raw.orders: { rows: [{ id: 1 }, { id: 2 }, { id: 3 }] } }\nexpect: { order: true, rows: [{ id: 3 }, { id: 1 }, { id: 2 }] }"
        )
        #expect(result.diff?.firstOutOfOrder == 2)
        #expect(result.diff?.missingCount == 0)
    }

    @Test("that names all columns fails when the model returns another")
    func extraColumns() async throws {
        let result = try await ModelTestLab.result(
            sql: "SELECT id, customer FROM raw.orders",
            "given: { raw.orders: { rows: [{ id: 1 }] } }\nexpect: { rows: [{ id: 1 }] }")
        #expect(result.diff?.extraColumns == ["customer"])
        #expect(result.status == .failed)
    }

    @Test("expects a column that the model does not return: it fails, with the nearest name")
    func unknownExpected() async throws {
        let result = try await ModelTestLab.result(
            sql: Self.sql, "expect: { columns: subset, rows: [{ custmer: a }] }")
        #expect(result.status == .failed)
        #expect(result.errors.first?.hint == "did you mean \"customer\"?")
        #expect(result.errors.first?.place?.line == 4)
    }

    @Test("carries lists and mappings, and a nested value that differs")
    func nested() async throws {
        let sql = "SELECT id, tags, {'n': len(tags)} AS s FROM raw.orders"
        let body =
            "given: { raw.orders: { rows: [{ id: 1, tags: [a, 'b\"', null] }] } }\nexpect: { rows: [{ id: 1, tags: [a, 'b\"', null], s: { n: %d } }] }"
        #expect(try await ModelTestLab.result(sql: sql, body.replacing("%d", with: "3")).status == .passed)
        let result = try await ModelTestLab.result(sql: sql, body.replacing("%d", with: "4"))
        #expect(result.diff?.changed.first?.differing == ["s"])
    }

    @Test(
        "runs what a merge, interval or history model selects",
        arguments: [
            "/* weir\nstrategy: merge\nkey: [id]\n*/\n", "/* weir\nstrategy: scd2\nkey: [id]\n*/\n",
            "/* weir\nstrategy: interval\ninterval: { column: seen, grain: day }\n*/\n",
            "/* weir\nstrategy: view\n*/\n",
        ])
    func strategies(_ header: String) async throws {
        let result = try await ModelTestLab.result(
            sql: header + "SELECT id, seen FROM raw.orders",
            "given: { raw.orders: { rows: [{ id: 1, seen: 2020-01-01 }] } }\nexpect: { rows: [{ id: 1, seen: '2020-01-01 00:00:00' }] }"
        )
        #expect(result.status == .passed, "\(result)")
    }

    @Test("reads rows from CSV and Parquet files beside it")
    func files() async throws {
        let result = try await ModelTestLab.with(
            sql: "SELECT id, customer FROM raw.orders",
            files: [
                "tests/mart/m.yaml": """
                model: mart.m
                tests:
                  - name: files
                    given: { raw.orders: { file: fixtures/in.csv } }
                    expect: { file: fixtures/out.parquet }
                """,
                "tests/mart/fixtures/in.csv": "id,customer\r\n1,\"a,\nb\"\r\n2,\r\n",
            ]
        ) { lab in
            let path = "\(lab.root)/tests/mart/fixtures/out.parquet"
            _ = try await TestScratch.open().use { connection in
                try connection.execute(
                    "COPY (SELECT i AS id, c AS customer FROM (VALUES (2::BIGINT, NULL), (1, E'a,\\nb')) t(i, c)) TO \(SQL.literal(path)) (FORMAT parquet)"
                )
            }
            return try await lab.report()
        }
        #expect(result.outcome == .done, "\(result.tests)")
    }

    @Test("takes types from the given rows where nothing else tells them")
    func unknownInput() async throws {
        let files = [
            "sources/far.yaml": "name: raw.far\nfrom: { files: \"data/none-*.csv\" }\n",
            "tests/t.yaml": """
            model: mart.m
            tests:
              - name: guessed
                given: { raw.far: { rows: [{ a: 1, b: '1', c: 2020-01-01, d: true, e: \"2020-01-01 10:00:00\" }] } }
                expect: { rows: [{ a: BIGINT, b: VARCHAR, c: DATE, d: BOOLEAN, e: TIMESTAMP }] }
              - name: unknown
                expect: { rows: [] }
            """,
        ]
        let report = try await ModelTestLab.with(
            sql: "SELECT typeof(a) AS a, typeof(b) AS b, typeof(c) AS c, typeof(d) AS d, typeof(e) AS e FROM raw.far",
            files: files
        ) { try await $0.report() }
        #expect(report.tests.map(\.status) == [.passed, .invalid], "\(report.tests)")
        #expect(report.tests.last?.errors.first?.code == "test.unknown-shape")
    }

    @Test("finds a misspelt column of an input made from data that is not there, unless a star may pass it on")
    func withoutData() async throws {
        let files = [
            "sources/far.yaml": "name: raw.far\nfrom: { files: \"data/none-*.csv\" }\ncolumns: { a: INTEGER }\n",
            "models/mart/named.sql": "SELECT a, 1 AS b FROM raw.far",
            "models/mart/star.sql": "SELECT *, 1 AS b FROM raw.far",
            "tests/t.yaml": """
            model: mart.m
            tests:
              - name: typo
                given: { mart.named: { rows: [{ aa: 1 }] }, mart.star: { rows: [{ other: x }] } }
                expect: { columns: subset, rows: [] }
            """,
        ]
        let report = try await ModelTestLab.with(
            sql: "SELECT n.a FROM mart.named n JOIN mart.star s ON s.a = n.a", files: files
        ) { try await $0.report() }
        #expect(report.tests.first?.errors.map(\.message) == ["mart.named has no column \"aa\""])
        #expect(report.tests.first?.errors.first?.hint == "did you mean \"a\"?")
    }

    @Test(
        "that expects an error passes when the model fails with it",
        arguments: [
            ("could not convert", ModelTestResult.Status.passed), ("sql.", .passed), ("no such thing", .failed),
        ])
    func errors(_ text: String, _ status: ModelTestResult.Status) async throws {
        let result = try await ModelTestLab.result(
            sql: "SELECT CAST(customer AS INTEGER) AS n\nFROM raw.orders",
            "given: { raw.orders: { rows: [{ customer: x }] } }\nexpect: { error: \"\(text)\" }")
        #expect(result.status == status, "\(result.errors)")
    }

    @Test("that expects an error fails when rows come, and an error that nobody expected is placed in the model")
    func errorsAndRows() async throws {
        let none = try await ModelTestLab.result(sql: Self.sql, "expect: { error: \"cast\" }")
        #expect(none.status == .failed)
        #expect(none.message?.contains("returned 0 rows") == true)
        let unexpected = try await ModelTestLab.result(
            sql: "SELECT\n  idd\nFROM raw.orders", "expect: { rows: [] }")
        #expect(unexpected.errors.first?.place?.file == "models/mart/m.sql")
        #expect(unexpected.errors.first?.place?.line == 2)
    }

    @Test("many run side by side, each with rows of its own")
    func parallel() async throws {
        let tests = (0..<40).map {
            "  - name: t\($0)\n    given: { raw.orders: { rows: [{ id: \($0) }] } }\n    expect: { columns: subset, rows: [{ id: \($0) }] }\n"
        }
        let report = try await ModelTestLab.with(
            sql: Self.sql, files: ["tests/t.yaml": "model: mart.m\ntests:\n" + tests.joined()]
        ) { try await $0.report { $0.workers = 4 } }
        #expect(report.passed == 40)
        #expect(report.tests.map(\.name) == (0..<40).map { "t\($0)" })
    }
}
