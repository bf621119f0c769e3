import Foundation
import Testing
import WeirCore

@testable import WeirPipeline

@Suite("Model tests that give the answers of an AI step")
struct ModelTestAnswersTests {
    static let contract = """
        apiVersion: v3.1.0
        kind: DataContract
        id: invoice
        version: 1.0.0
        status: active
        schema:
          - name: invoice
            properties:
              - { name: vendor, logicalType: string, required: true }
              - { name: total, logicalType: number, physicalType: "DECIMAL(10,2)", logicalTypeOptions: { minimum: 0 } }
              - { name: day, logicalType: date }
              - { name: words, logicalType: array, items: { logicalType: string } }
        """

    static func sql(_ step: String, key: String = "key: [id]") -> String {
        "/* weir\nai: \(step)\n\(key)\n*/\nSELECT id, customer FROM raw.orders"
    }

    static let extract = sql(
        "{ task: extract, model: nobody, prompt: \"Read {{customer}}\", output: contracts/invoice.yaml }")
    static let classify = sql("{ task: classify, model: nobody, input: [customer], labels: [late, lost] }")

    static func run(_ sql: String, _ body: String) async throws -> ModelTestResult {
        try await ModelTestLab.result(sql: sql, body, files: ["contracts/invoice.yaml": contract])
    }

    private static let two = "given: { raw.orders: { rows: [{ id: 1, customer: ada }, { id: 2, customer: bob }] } }\n"

    @Test("every column can be expected, with its type, and nothing is asked of anybody")
    func columns() async throws {
        let result = try await Self.run(
            Self.extract,
            Self.two + """
                answers:
                  rows:
                    - { id: 2, vendor: Börse, total: 7.10, day: 2026-02-28, words: [a, "b c"] }
                    - { id: 1, vendor: "12" }
                expect:
                  order: true
                  rows:
                    - { id: 1, customer: ada, vendor: "12", total: null, day: null, words: null }
                    - { id: 2, customer: bob, vendor: Börse, total: 7.1, day: 2026-02-28, words: [a, "b c"] }
                """)
        #expect(result.status == .passed, "\(result)")
        let wrong = try await Self.run(
            Self.classify,
            Self.two
                + "answers: { csv: \"id,label\\n1,late\\n2,lost\\n\" }\nexpect: { rows: [{ id: 1, label: lost }, { id: 2, label: lost }], columns: subset }"
        )
        #expect(wrong.status == .failed && wrong.diff?.changedCount == 1, "\(wrong)")
    }

    @Test("a text that looks like a number is a text, as a service writes it")
    func texts() async throws {
        let result = try await Self.run(
            Self.sql("{ task: generate, model: nobody, prompt: \"Sum up {{customer}}\", column: summary }"),
            Self.two + """
                answers: { rows: [{ id: 1, summary: 42 }, { id: 2, summary: true }] }
                expect: { rows: [{ id: 1, summary: "42" }, { id: 2, summary: "true" }], columns: subset }
                """)
        #expect(result.status == .passed, "\(result)")
    }

    @Test("an answer that breaks its contract holds its row back, and the reason can be expected")
    func invalid() async throws {
        let answers = "answers: { rows: [{ id: 1, label: late }, { id: 2, label: banana }] }\n"
        let left = try await Self.run(
            Self.classify, Self.two + answers + "expect: { rows: [{ id: 1, customer: ada, label: late }] }")
        #expect(left.status == .passed, "\(left)")
        let reason = try await Self.run(Self.classify, Self.two + answers + "expect: { error: ai_invalid }")
        #expect(reason.status == .passed, "\(reason)")
        let none = try await Self.run(Self.classify, Self.two + answers + "expect: { error: ai_refused }")
        #expect(none.status == .failed && none.message?.contains("id=2: ai_invalid(label") == true, "\(none)")
        let told = try await Self.run(
            Self.classify, Self.two + answers + "expect: { rows: [{ id: 3, customer: x, label: late }] }")
        #expect(told.status == .failed && told.message?.contains("1 row held back: id=2") == true, "\(told)")
        for bad in ["total: -1", "total: 1.234", "day: 2026-02-30", "words: 3"] {
            let result = try await Self.run(
                Self.extract,
                Self.two
                    + "answers: { rows: [{ id: 1, vendor: x, \(bad) }, { id: 2, vendor: y }] }\nexpect: { rows: [{ id: 2 }], columns: subset }"
            )
            #expect(result.status == .passed, "\(bad): \(result)")
        }
    }

    @Test("mistakes in the answers name the row, and say nothing about the model")
    func mistakes() async throws {
        func codes(_ answers: String, _ sql: String = Self.classify, expect: String = "label: late") async throws
            -> [WeirError]
        {
            let result = try await Self.run(
                sql, Self.two + answers + "\nexpect: { rows: [{ \(expect) }], columns: subset }")
            #expect(result.status == .invalid, "\(answers): \(result)")
            return result.errors
        }
        let missing = try await codes("answers: { rows: [{ id: 1, label: late }] }")
        #expect(missing.map(\.code) == ["test.missing-answer"] && missing[0].message.contains("id=2"), "\(missing)")
        let none = try await codes("answers: { rows: [] }")
        #expect(none.map(\.code) == ["test.missing-answer", "test.missing-answer"], "\(none)")
        let unused = try await codes(
            "answers: { rows: [{ id: 1, label: late }, { id: 2, label: late }, { id: 9, label: late }] }")
        #expect(unused.map(\.code) == ["test.unused-answer"] && unused[0].place?.line != nil, "\(unused)")
        let twice = try await codes(
            "answers: { rows: [{ id: 1, label: late }, { id: 1, label: lost }, { id: 2, label: lost }] }")
        #expect(twice.map(\.code) == ["test.two-answers"], "\(twice)")
        let unknown = try await codes("answers: { rows: [{ id: 1, lable: late }] }")
        #expect(unknown.map(\.code) == ["test.unknown-column"] && unknown[0].hint?.contains("label") == true)
        #expect(try await codes("answers: { rows: [{ label: late }] }").map(\.code) == ["test.no-key"])
        #expect(try await codes("answers: { rows: [{ id: x, label: late }] }").map(\.code) == ["test.bad-value"])
        #expect(try await codes("").map(\.code) == ["test.no-answers"])
        let plain = try await codes(
            "answers: { rows: [{ id: 1, label: late }] }", "SELECT id, customer FROM raw.orders", expect: "id: 1")
        #expect(plain.map(\.code) == ["test.no-step"])
    }

    @Test("without answers the SELECT alone is tested; rows with nothing to ask about need none; equal ones share one")
    func blank() async throws {
        let plain = try await Self.run(
            Self.classify, Self.two + "expect: { rows: [{ id: 1, customer: ada }, { id: 2, customer: bob }] }")
        #expect(plain.status == .passed, "\(plain)")
        let blank = try await Self.run(
            Self.classify,
            """
            given: { raw.orders: { rows: [{ id: 1, customer: ada }, { id: 2, customer: " " }, { id: 3, customer: null }, { id: 4, customer: ada }] } }
            answers: { rows: [{ customer: ada, label: late }] }
            expect: { rows: [{ id: 1, label: late }, { id: 2, label: null }, { id: 3, label: null }, { id: 4, label: late }], columns: subset }
            """)
        #expect(blank.status == .passed, "\(blank)")
        let empty = try await Self.run(
            Self.classify, "answers: { rows: [] }\nexpect: { rows: [], columns: subset }")
        #expect(empty.status == .passed, "\(empty)")
    }

    @Test("chunks and built-in vectors are made when a test expects them; other vectors are given")
    func local() async throws {
        let chunks = try await Self.run(
            Self.sql("{ task: chunk, input: [customer] }"),
            Self.two
                + "expect: { columns: subset, rows: [{ id: 2, chunks: [{ chunk: 0, text: bob, headings: [], tokens: 2 }] }, { id: 1 }] }"
        )
        #expect(chunks.status == .passed, "\(chunks)")
        let other = try await Self.run(
            Self.sql("{ task: chunk, input: [customer] }"),
            Self.two + "expect: { columns: subset, rows: [{ id: 2, chunks: [] }, { id: 1 }] }")
        #expect(other.diff?.changed.first?.actual.last?.value?.contains("bob") == true, "\(other)")
        let vectors = try await ModelTestLab.result(
            sql: Self.sql("{ task: embed, input: [customer], column: v }"),
            Self.two + "expect: { columns: subset, rows: [{ v: [1, 2] }, { id: 2 }] }")
        #expect(
            vectors.status == .invalid && vectors.errors.first?.message.contains("FLOAT[256]") == true, "\(vectors)")
        let given = try await Self.run(
            Self.sql("{ task: embed, model: nobody/vectors, input: [customer], dimensions: 2 }"),
            Self.two
                + "answers: { rows: [{ id: 1, embedding: [0.5, 1] }, { id: 2, embedding: [1] }] }\nexpect: { rows: [{ id: 1, customer: ada, embedding: [0.5, 1] }] }"
        )
        #expect(given.status == .passed, "\(given)")
    }
}
