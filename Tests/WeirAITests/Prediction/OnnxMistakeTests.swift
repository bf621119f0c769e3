import Foundation
import StandIn
import Testing
import WeirCore

@testable import WeirAI

@Suite(
    "ONNX files that do not fit", .timeLimit(.minutes(5)),
    .enabled(if: TestOnnxRuntime.isExpected, "scripts/venv test installs ONNX Runtime"))
struct OnnxMistakeTests {
    @Test("a file that is no model, an empty one, half of one, none at all")
    func files() async throws {
        let lab = try OnnxLab()
        let whole = OnnxModels.logistic(weights: [1], bias: 0)
        for data in [
            Data("not a model\n".utf8), Data(), whole.prefix(whole.count / 2), Data(repeating: 0xFF, count: 999),
        ] {
            let faults = try await lab.faults(of: data, [OnnxLab.numbers("x", [])])
            #expect(faults.map(\.code) == ["ai.onnx-model"] && faults[0].hint != nil, "\(faults)")
        }
        for name in ["missing.onnx", "."] {
            #expect { try OnnxFile(name, root: lab.root) } throws: { ($0 as? WeirError)?.code == "ai.onnx-missing" }
        }
    }

    @Test("names that differ are all told at once, with the column that was meant")
    func names() async throws {
        let lab = try OnnxLab()
        let model = OnnxModels.sum(of: [
            .init("tenure", .double, times: 1), .init("usage", .double, times: 1), .init("age", .int64, times: 1),
        ])
        let faults = try await lab.faults(
            of: model, [OnnxLab.numbers("tenur", []), OnnxLab.numbers("usage", []), OnnxLab.numbers("zip_code", [])])
        #expect(faults.allSatisfy { $0.code == "ai.onnx-input" } && faults.count == 4, "\(faults)")
        #expect(faults[0].message.contains("\"tenure\"") && faults[0].hint?.contains("tenur AS tenure") == true)
        #expect(faults[1].message.contains("\"age\"") && faults[1].hint?.contains("usage (double)") == true)
        #expect(faults.contains { $0.message.contains("no input \"zip_code\"") })
    }

    @Test("types that differ are told with the cast that mends them")
    func types() async throws {
        let lab = try OnnxLab()
        let model = OnnxModels.sum(of: [
            .init("a", .int64, times: 1), .init("b", .text, times: 1), .init("c", .bool, times: 1),
            .init("d", .float, times: 1),
        ])
        let faults = try await lab.faults(
            of: model,
            [
                OnnxLab.numbers("a", []), OnnxLab.integers("b", []), OnnxLab.integers("c", []), OnnxLab.texts("d", []),
            ])
        let casts = ["a::BIGINT AS a", "b::VARCHAR AS b", "c::BOOLEAN AS c", "d::DOUBLE AS d"]
        #expect(faults.count == 4)
        for (fault, cast) in zip(faults, casts) { #expect(fault.hint?.contains(cast) == true, "\(fault)") }
    }

    @Test("a matrix of another width")
    func width() async throws {
        let lab = try OnnxLab()
        let faults = try await lab.faults(
            of: OnnxModels.logistic(weights: [1, 2, 3], bias: 0),
            [OnnxLab.numbers("a", []), OnnxLab.numbers("b", [])])
        #expect(faults.map(\.message) == ["the model takes 3 columns, and `input:` names 2: a, b"])
    }

    @Test("outputs that no column holds, or not that one")
    func outputs() async throws {
        let lab = try OnnxLab()
        let x = [OnnxLab.numbers("x", [])]
        let maps = try await lab.faults(of: OnnxModels.zipMap(), x)
        #expect(
            maps.map(\.code) == ["ai.onnx-output"] && maps[0].hint?.contains("\"zipmap\": False") == true, "\(maps)")
        let model = OnnxModels.logistic(weights: [1], bias: 0)
        let cases: [(output: String, type: String?, hint: String?)] = [
            ("label", nil, "VARCHAR"), ("label", "VARCHAR", nil), ("both", nil, "DOUBLE[]"), ("both", "FLOAT[]", nil),
            ("probability", "BIGINT", "DOUBLE"), ("probability", "FLOAT", nil), ("probability", "BOOLEAN", "DOUBLE"),
        ]
        for one in cases {
            let faults = try await lab.faults(of: model, x, output: one.output, type: one.type)
            #expect(faults.isEmpty == (one.hint == nil), "\(one): \(faults)")
            if let hint = one.hint { #expect(faults.first?.hint?.contains("`type: \(hint)`") == true, "\(faults)") }
        }
    }

    @Test("the mark follows the file and the weights beside it; a file that changes under way is noticed")
    func marks() async throws {
        let lab = try OnnxLab()
        let model = OnnxModels.sum(of: [.init("d", .double, times: 2)])
        let first = try lab.file(model)
        #expect(try lab.file(model) == first)
        let weights = URL(fileURLWithPath: "\(lab.root)/model.onnx.data")
        try Data("weights".utf8).write(to: weights)
        let second = try OnnxFile("model.onnx", root: lab.root)
        #expect(second.digest != first.digest)
        try Data("weighty".utf8).write(to: weights)
        #expect(try OnnxFile("model.onnx", root: lab.root).digest != second.digest)
        try FileManager.default.removeItem(at: weights)
        // Nothing but files is read: neither folders nor pipes, nor links that lead nowhere.
        try FileManager.default.createDirectory(atPath: "\(lab.root)/model.onnx.old", withIntermediateDirectories: true)
        try #require(mkfifo("\(lab.root)/model.onnx.pipe", 0o600) == 0)
        try FileManager.default.createSymbolicLink(
            atPath: "\(lab.root)/model.onnx.link", withDestinationPath: "\(lab.root)/nowhere")
        #expect(try OnnxFile("model.onnx", root: lab.root) == first)
        try Data("weights".utf8).write(to: URL(fileURLWithPath: "\(lab.root)/nowhere"))
        #expect(try OnnxFile("model.onnx", root: lab.root) != first, "a link to a file is one")
        try FileManager.default.removeItem(atPath: "\(lab.root)/nowhere")
        let planned = OnnxPredictor(first)
        _ = try lab.file(OnnxModels.sum(of: [.init("d", .double, times: 3)]))
        await #expect { try await planned.predict([OnnxLab.numbers("d", [])], rows: 0, output: "") } throws: {
            ($0 as? WeirError)?.code == "ai.onnx-changed"
        }
    }

    @Test("the runtime is looked for where the variable says, and nowhere else then")
    func places() {
        #expect(
            OnnxRuntime.places(["WEIR_ONNXRUNTIME": "/nowhere/lib.so", "VIRTUAL_ENV": "/venv"]) == ["/nowhere/lib.so"])
        #expect(
            OnnxRuntime.places(TestOnnxRuntime.environment).first?.hasPrefix(
                "\(TestOnnxRuntime.folder)/libonnxruntime.")
                == true)
        #expect(OnnxRuntime.places(["WEIR_ONNXRUNTIME": ""]).contains { $0.hasPrefix("libonnxruntime.") })
        let environment = String(
            TestOnnxRuntime.folder.prefix(upTo: TestOnnxRuntime.folder.range(of: "/lib/python")!.lowerBound))
        #expect(OnnxRuntime.places(["VIRTUAL_ENV": environment]).contains { $0.hasPrefix(TestOnnxRuntime.folder) })
    }
}
