import Testing
import WeirCore

@testable import WeirPipeline

@Suite("A test file with mistakes")
struct ModelTestMistakesTests {
    @Test("names each mistake with its line and the nearest right name")
    func all() async throws {
        let mistakes = try await ModelTestLab.mistakes(
            """
            model: mart.mm
            test: 1
            tests:
              - nam: x
                given:
                  raw.orders: { rows: [], csv: "a" }
                expect: { row: [] }
              - name: y
                expect: { error: x, rows: [] }
              - name: y
                expect: { rows: [], columns: some }
              - name: z
            """)
        let found = mistakes.map { "\($0.place?.line ?? 0) \($0.code)" }
        for wanted in [
            "1 test.unknown-model", "2 yaml.unknown-key", "4 yaml.missing-key", "4 yaml.unknown-key", "6 test.no-rows",
            "7 test.no-rows",
            "7 yaml.unknown-key", "9 test.error-and-rows", "10 test.duplicate-name", "11 yaml.unknown-value",
            "12 yaml.missing-key",
        ] {
            #expect(found.contains(wanted), "\(wanted) is not among \(found)")
        }
        #expect(mistakes.first { $0.code == "test.unknown-model" }?.hint == "did you mean \"mart.m\"?")
    }

    @Test(
        "is refused with a place",
        arguments: [
            ("given: { raw.order: { rows: [] } }\nexpect: { rows: [] }", "test.unknown-input", 4, "raw.orders"),
            ("given: { raw.orders: { rows: [{ idd: 1 }] } }\nexpect: { rows: [] }", "test.unknown-column", 4, "\"id\""),
            ("given: { raw.orders: { rows: [{ id: x }] } }\nexpect: { rows: [] }", "test.bad-value", 4, ""),
            ("given: { raw.orders: { rows: [{ id: 1.5 }] } }\nexpect: { rows: [] }", "test.bad-value", 4, ""),
            ("given: { raw.orders: { rows: [{ amount: 1.005 }] } }\nexpect: { rows: [] }", "test.bad-value", 4, ""),
            ("given: { raw.orders: { rows: [{ seen: 2013-02-30 }] } }\nexpect: { rows: [] }", "test.bad-value", 4, ""),
            ("given: { raw.orders: { rows: [{ id: 99999999999 }] } }\nexpect: { rows: [] }", "test.bad-value", 4, ""),
            ("expect: { rows: [{ id: x, customer: a }] }", "test.bad-value", 4, ""),
            (
                "given: { raw.orders: { rows: [{ id: 1, ID: 2 }] } }\nexpect: { rows: [] }", "test.duplicate-column", 4,
                ""
            ),
            ("given:\n  raw.orders:\n    csv: |\n      id,customer\n      1\nexpect: { rows: [] }", "test.csv", 8, ""),
            ("given:\n  raw.orders:\n    csv: |\n      id,id\nexpect: { rows: [] }", "test.csv", 7, ""),
            (
                "given:\n  raw.orders:\n    csv: |\n      id,customer\n      x,y\nexpect: { rows: [] }",
                "test.bad-value", 8, ""
            ),
            ("given:\n  raw.orders:\n    csv: |\n      \"id\nexpect: { rows: [] }", "test.csv", 7, ""),
            ("given: { raw.orders: { file: nowhere.csv } }\nexpect: { rows: [] }", "test.missing-file", 4, ""),
            ("given: { raw.orders: { file: t.yaml } }\nexpect: { rows: [] }", "test.unknown-format", 4, ""),
            ("given: { raw.orders: { rows: } }\nexpect: { rows: [] }", "test.no-rows", 4, "rows: []"),
            ("given: { raw.orders: [] }\nexpect: { rows: [] }", "yaml.wrong-type", 4, ""),
            ("expect:", "test.no-expectation", 4, ""),
        ])
    func placed(_ body: String, _ code: String, _ line: Int, _ hint: String) async throws {
        let text =
            "model: mart.m\ntests:\n  - name: one\n"
            + body.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
        let mistakes = try await ModelTestLab.mistakes(text)
        let found = try #require(mistakes.first { $0.code == code }, "\(mistakes)")
        #expect(found.place?.file == "tests/t.yaml")
        #expect(found.place?.line == line)
        #expect(found.outcome == .wrongUsage)
        #expect(hint.isEmpty || found.hint?.contains(hint) == true)
    }

    @Test(
        "that is no test file at all is refused",
        arguments: [
            "", "[]", "tests: {}", "model: mart.m", "\t- x", "model: mart.m\ntests: []\n",
            "model: raw.orders\ntests: []",
        ])
    func hopeless(_ text: String) async throws {
        let mistakes = try await ModelTestLab.mistakes(text)
        #expect(!mistakes.isEmpty)
        #expect(mistakes.allSatisfy { $0.outcome == .wrongUsage && $0.place?.file == "tests/t.yaml" }, "\(mistakes)")
    }

    @Test("ends the command with 2 although other tests fail")
    func outcome() async throws {
        let report = try await ModelTestLab.with(
            sql: "SELECT id FROM raw.orders",
            files: [
                "tests/t.yaml": """
                model: mart.m
                tests:
                  - name: fails
                    expect: { rows: [{ id: 1 }] }
                  - name: is wrong
                    expect: { rows: [{ id: x }] }
                """
            ]
        ) { try await $0.report() }
        #expect(report.tests.map(\.status) == [.failed, .invalid])
        #expect(report.outcome == .wrongUsage)
    }

    @Test("is a test that is no good, and the tests of other files run")
    func others() async throws {
        let good = """
            model: mart.m
            tests:
              - name: passes
                expect: { rows: [] }
            """
        let report = try await ModelTestLab.with(
            sql: "SELECT id FROM raw.orders",
            files: ["tests/a.yaml": good, "tests/b.yaml": "model: mart.mm\ntests: 1\n", "tests/c.yaml": good]
        ) { try await $0.report() }
        #expect(report.tests.map(\.status) == [.passed, .invalid, .passed])
        #expect(report.tests.map(\.file) == ["tests/a.yaml", "tests/b.yaml", "tests/c.yaml"])
        #expect(report.tests[1].errors.map(\.code) == ["test.unknown-model", "yaml.wrong-type"])
        #expect(report.outcome == .wrongUsage)
        #expect(TestReportText.render(report, on: .plain).contains("2 passed, 1 with a mistake in the test"))
        #expect(JUnitReport.xml(report).contains("did you mean &quot;mart.m&quot;?"))
    }

    @Test("random bytes never crash the reader")
    func fuzz() async throws {
        var state: UInt64 = 42
        func next() -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33)
        }
        let seed = Array(
            "model: mart.m\ntests:\n  - name: a\n    given: { raw.orders: { csv: \"id\\n1\" } }\n    expect: { rows: [{ id: 1, customer: null }] }\n"
        )
        let pieces = Array("{}[]:,\"'\n -&*!|>#%@`\t\u{0}é日1a~")
        let files = (0..<150).map { number -> (String, String) in
            var text = seed
            for _ in 0...(next() % 6) {
                let at = next() % text.count
                if next() % 3 == 0 { text.remove(at: at) } else { text.insert(pieces[next() % pieces.count], at: at) }
            }
            return ("tests/f\(number).yaml", String(text))
        }
        try await ModelTestLab.with(
            sql: "SELECT id, customer FROM raw.orders", files: Dictionary(files, uniquingKeysWith: { a, _ in a })
        ) { lab in
            let graph = try await TestCatalog.graph(of: try lab.project())
            for (path, _) in files {
                let problems = Problems()
                let read = TestFileReader(problems: problems, graph: graph).read(
                    path: path, absolute: "\(lab.root)/\(path)")
                #expect((read == nil) == !problems.isEmpty)
            }
        }
    }
}
