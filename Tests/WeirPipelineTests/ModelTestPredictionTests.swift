import Testing
import WeirCore

@testable import WeirPipeline

@Suite("Model tests that give predictions")
struct ModelTestPredictionTests {
    private static func run(type: String, _ body: String) async throws -> ModelTestResult {
        try await ModelTestLab.result(
            sql: """
                /* weir
                ai: { task: predict, url: "http://127.0.0.1:9/v2/models/x/infer", input: [amount, share], type: "\(type)" }
                key: [id]
                */
                SELECT id, amount, share FROM raw.orders
                """, body)
    }

    private static let two =
        "given: { raw.orders: { rows: [{ id: 1, amount: 1, share: 0.5 }, { id: 2, amount: 2, share: 0.5 }] } }\n"

    @Test(
        "one that the column's type cannot hold leaves as in a run",
        arguments: [
            ("TINYINT", "300"), ("INTEGER", "0.73"), ("int", "0.73"), ("DECIMAL(10,2)", "NaN"),
            ("numeric(10,2)", "1.005"), ("DOUBLE", "1e400"), ("BOOLEAN", "0.5"), ("INTEGER[]", "[1, 0.73]"),
        ])
    func misfits(type: String, said: String) async throws {
        let good = type == "INTEGER[]" ? "[1]" : type == "BOOLEAN" ? "true" : "1"
        let result = try await Self.run(
            type: type,
            Self.two + """
                answers: { rows: [{ id: 1, prediction: \(good) }, { id: 2, prediction: \(said) }] }
                expect: { rows: [{ id: 1, prediction: \(good) }], columns: subset }
                """)
        #expect(result.status == .passed, "\(result)")
        let reason = try await Self.run(
            type: type,
            Self.two + """
                answers: { rows: [{ id: 1, prediction: \(good) }, { id: 2, prediction: \(said) }] }
                expect: { error: "ai_invalid(prediction" }
                """)
        #expect(reason.status == .passed, "\(reason)")
    }

    @Test("numbers that are none stay so, one value is a list of one, and nothing stays NULL")
    func values() async throws {
        let double = try await Self.run(
            type: "double",
            Self.two + """
                answers: { rows: [{ id: 1, prediction: NaN }, { id: 2, prediction: null }] }
                expect: { rows: [{ id: 1, prediction: NaN }, { id: 2, prediction: null }], columns: subset }
                """)
        #expect(double.status == .passed, "\(double)")
        let list = try await Self.run(
            type: "FLOAT[]",
            Self.two + """
                answers: { rows: [{ id: 1, prediction: 0.5 }, { id: 2, prediction: [NaN, 1.5] }] }
                expect: { rows: [{ id: 1, prediction: [0.5] }, { id: 2 }], columns: subset }
                """)
        #expect(list.status == .passed, "\(list)")
    }

    @Test("one of another kind is a mistake of the step, as in a run")
    func kinds() async throws {
        for (type, said) in [("DOUBLE", "glad"), ("BIGINT", "glad"), ("DOUBLE", "[1, 2]"), ("DATE", "{ a: 1 }")] {
            let result = try await Self.run(
                type: type,
                Self.two + """
                    answers: { rows: [{ id: 1, prediction: \(said) }, { id: 2, prediction: null }] }
                    expect: { error: ai.prediction-type }
                    """)
            #expect(result.status == .passed, "\(type) \(said): \(result)")
        }
    }

    @Test("a row with a NULL among its inputs is asked of nobody, with an answer and without one")
    func lacking() async throws {
        for answers in ["", ", { id: 2, prediction: 7 }"] {
            let given =
                "given: { raw.orders: { rows: [{ id: 1, amount: 1, share: 0.5 }, { id: 2, amount: 2, share: null }] } }\n"
                + "answers: { rows: [{ id: 1, prediction: 0.5 }\(answers)] }\n"
            let left = try await Self.run(
                type: "DOUBLE", given + "expect: { rows: [{ id: 1, prediction: 0.5 }], columns: subset }")
            #expect(left.status == .passed, "\(left)")
            let told = try await Self.run(
                type: "DOUBLE", given + "expect: { error: \"ai_refused(share is NULL\" }")
            #expect(told.status == .passed, "\(told)")
        }
    }
}
