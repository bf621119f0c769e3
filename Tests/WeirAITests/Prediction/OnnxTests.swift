import Foundation
import StandIn
import Testing
import WeirCore

@testable import WeirAI

@Suite(
    "ONNX files in the real runtime", .timeLimit(.minutes(5)),
    .enabled(if: TestOnnxRuntime.isExpected, "scripts/venv test installs ONNX Runtime"))
struct OnnxTests {
    @Test("every type of input arrives with its value, in any order of the columns", arguments: [false, true])
    func types(isColumn: Bool) async throws {
        let lab = try OnnxLab()
        func input(_ name: String, _ element: OnnxModels.Element, _ weight: Double) -> OnnxModels.Input {
            OnnxModels.Input(name, element, times: weight, isColumn: isColumn)
        }
        let model = OnnxModels.sum(of: [
            input("f", .float, 1), input("d", .double, 10), input("l", .int64, 100), input("i", .int32, 1000),
            input("b", .bool, 10_000), input("s", .text, 100_000),
        ])
        let said = try await lab.predict(
            model,
            [
                OnnxLab.texts("s", ["3", "-1", "0.5"]),
                PredictionFeature(name: "B", datatype: .truth, values: [true, false, true]),
                OnnxLab.integers("i", [7, Int64(Int32.min), 0]), OnnxLab.integers("l", [5, -5, 1 << 40]),
                OnnxLab.numbers("d", [0.5, 0.125, -2]), OnnxLab.numbers("f", [0.25, 2, -0.125]),
            ])
        let first: Double = 0.25 + 5 + 500 + 7000 + 10_000 + 300_000
        let second: Double = 2 + 1.25 - 500 - 2_147_483_648_000 - 100_000
        let third: Double = -0.125 - 20 + 109_951_162_777_600 + 10_000 + 50_000
        #expect(said.values == [.double(first), .double(second), .double(third)])
        #expect(said.served.wholeMatch(of: /model:3@[0-9a-f]{12}/) != nil, "\(said.served)")
    }

    @Test("a matrix takes the columns in their order; 10,000 rows are as reckoned by hand")
    func matrix() async throws {
        let lab = try OnnxLab()
        let model = OnnxModels.logistic(weights: [0.5, -0.25, 2], bias: -1)
        let a = (0..<10_000).map { Double($0 % 97) / 16 }
        let b = (0..<10_000).map { Double($0 % 31) - 15 }
        let c = (0..<10_000).map { $0 % 2 == 0 }
        let said = try await lab.predict(
            model,
            [
                OnnxLab.numbers("a", a), OnnxLab.integers("b", b.map { Int64($0) }),
                PredictionFeature(name: "c", datatype: .truth, values: c.map { .bool($0) }),
            ])
        #expect(said.values.count == 10_000)
        let farthest = zip(said.values, zip(a, zip(b, c))).map { value, row in
            let sum = 0.5 * row.0 - 0.25 * row.1.0 + (row.1.1 ? 2 : 0) - 1
            return abs((value.number ?? .nan) - 1 / (1 + exp(-sum)))
        }
        #expect(farthest.allSatisfy { $0 < 1e-6 })
        #expect(said.served.hasPrefix("model@"), "a model without a version has only its mark: \(said.served)")
    }

    @Test("the output is the one of the column's name, else the first: numbers, texts, lists")
    func outputs() async throws {
        let lab = try OnnxLab()
        let rows = [OnnxLab.numbers("x", [0, 3, -3])]
        let model = OnnxModels.logistic(weights: [1], bias: 0)
        #expect(try await lab.predict(model, rows, output: "LABEL", type: "VARCHAR").values == ["no", "yes", "no"])
        let first = OnnxModels.logistic(weights: [1], bias: 0, first: "label")
        #expect(
            try await lab.predict(first, rows, output: "prediction", type: "VARCHAR").values == ["no", "yes", "no"])
        let both = try await lab.predict(model, rows, output: "both", type: "DOUBLE[]").values
        #expect(both[0] == [.double(0.5), .double(0.5)])
        let sums = both.map { row in row.items.compactMap(\.number).reduce(0, +) }
        #expect(both.allSatisfy { $0.items.count == 2 } && sums.allSatisfy { abs($0 - 1) < 1e-6 })
    }

    @Test("a model of one row at a time is asked row by row, one of exactly three rows is refused")
    func fixedRows() async throws {
        let lab = try OnnxLab()
        let rows = [OnnxLab.numbers("x", [0, 40, -40])]
        let one = try await lab.predict(OnnxModels.logistic(weights: [1], bias: 0, rows: 1), rows)
        #expect(one.values.compactMap(\.number).map { ($0 * 1000).rounded() } == [500, 1000, 0])
        let faults = try await lab.faults(of: OnnxModels.logistic(weights: [1], bias: 0, rows: 3), rows)
        #expect(faults.map(\.code) == ["ai.onnx-input"] && faults[0].message.contains("exactly 3 rows"))
    }

    @Test(
        "rows of different lengths are told: the values of one would be taken for another's",
        arguments: [[1, 3], [3, 1], [2, 2, 5]])
    func ragged(lengths: [Int64]) async throws {
        let lab = try OnnxLab()
        await #expect {
            try await lab.predict(OnnxModels.ragged(), [OnnxLab.integers("length", lengths)], type: "DOUBLE[]")
        } throws: {
            ($0 as? WeirError)?.code == "ai.onnx-output"
                && ($0 as? WeirError)?.message.contains("for row \(lengths.count)") == true
        }
        let same = try await lab.predict(OnnxModels.ragged(), [OnnxLab.integers("length", [2, 2])], type: "DOUBLE[]")
        #expect(same.values == [[.double(0.5), .double(0.5)], [.double(0.5), .double(0.5)]])
    }

    @Test("numbers that are none go in and come out as such; a value that does not fit is told with its column")
    func values() async throws {
        let lab = try OnnxLab()
        let model = OnnxModels.sum(of: [.init("d", .double, times: 1)])
        let said = try await lab.predict(
            model, [OnnxLab.numbers("d", [.nan, .infinity, -.infinity, .leastNonzeroMagnitude])])
        #expect(said.values == ["NaN", "Infinity", "-Infinity", .double(.leastNonzeroMagnitude)])
        let small = OnnxModels.sum(of: [.init("age", .int32, times: 1)])
        await #expect { try await lab.predict(small, [OnnxLab.integers("age", [1, 3_000_000_000])]) } throws: {
            ($0 as? WeirError)?.code == "ai.onnx-value"
                && ($0 as? WeirError)?.message.contains("age is 3000000000") == true
        }
        let text = OnnxModels.sum(of: [.init("s", .text, times: 1)])
        await #expect { try await lab.predict(text, [OnnxLab.texts("s", ["1\u{0}2"])]) } throws: {
            ($0 as? WeirError)?.code == "ai.onnx-value"
        }
    }

    @Test("texts of every script pass through the runtime unharmed")
    func unicode() async throws {
        let lab = try OnnxLab()
        let model = OnnxModels.echo()
        let texts = ["", "æøå", "日本語", "👩‍👩‍👧‍👦", String(repeating: "x", count: 100_000), "a\nb"]
        #expect(
            try await lab.predict(model, [OnnxLab.texts("s", texts)], type: "VARCHAR").values
                == texts.map { .string($0) })
    }

    @Test("what the runtime refuses at one row is told as the model's fault")
    func fails() async throws {
        let lab = try OnnxLab()
        let good = try await lab.predict(OnnxModels.pick(), [OnnxLab.integers("place", [2, 0])])
        #expect(good.values == [.double(30), .double(10)])
        await #expect { try await lab.predict(OnnxModels.pick(), [OnnxLab.integers("place", [2, 7])]) } throws: {
            ($0 as? WeirError)?.code == "ai.onnx-run"
        }
    }

    @Test("one number for all rows is no prediction")
    func shape() async throws {
        let lab = try OnnxLab()
        await #expect { try await lab.predict(OnnxModels.total(), [OnnxLab.numbers("x", [1, 2])]) } throws: {
            ($0 as? WeirError)?.code == "ai.onnx-output"
                && ($0 as? WeirError)?.message.contains("2 rows went in") == true
        }
        #expect(try await lab.predict(OnnxModels.total(), [OnnxLab.numbers("x", [4])]).values == [.double(4)])
    }

    @Test("many at once, by one predictor and by several, give each its own rows")
    func concurrent() async throws {
        let lab = try OnnxLab()
        let model = OnnxModels.sum(of: [.init("d", .double, times: 2)])
        let shared = OnnxPredictor(try lab.file(model, "shared.onnx"))
        let own = try lab.file(model, "own.onnx")
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<64 {
                group.addTask {
                    let predictor = number % 4 == 0 ? OnnxPredictor(own) : shared
                    let said = try await predictor.predict(
                        [OnnxLab.numbers("d", (0..<50).map { Double(number * 100 + $0) })], rows: 50, output: "")
                    return said.values == (0..<50).map { .double(Double(number * 100 + $0) * 2) }
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }
}
