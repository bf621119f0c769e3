import Foundation
import StandIn
import WeirCore

@testable import WeirAI

/// A model in a file that is gone after the test, and what it makes of rows.
final class OnnxLab: Sendable {
    let root: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-onnx-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        root = folder.path
        try OnnxRuntime.shared(environment: TestOnnxRuntime.environment)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func file(_ data: Data, _ name: String = "model.onnx") throws -> OnnxFile {
        try data.write(to: URL(fileURLWithPath: "\(root)/\(name)"))
        return try OnnxFile(name, root: root)
    }

    func predict(
        _ model: Data, _ features: [PredictionFeature], output: String = "prediction", type: String? = nil
    ) async throws -> Predictions {
        try await OnnxPredictor(try file(model), type: type).predict(
            features, rows: features.first?.values.count ?? 0, output: output)
    }

    /// The errors of holding a model against columns, the parts of one that has several.
    func faults(
        of model: Data, _ features: [PredictionFeature], output: String = "prediction", type: String? = nil
    ) async throws -> [WeirError] {
        do {
            _ = try await OnnxPredictor(try file(model), type: type).predict(features, rows: 0, output: output)
            return []
        } catch let error as WeirError { return error.causes.isEmpty ? [error] : error.causes }
    }

    static func numbers(_ name: String, _ values: [Double]) -> PredictionFeature {
        PredictionFeature(name: name, datatype: .number, values: values.map { .double($0) })
    }

    static func integers(_ name: String, _ values: [Int64]) -> PredictionFeature {
        PredictionFeature(name: name, datatype: .integer, values: values.map { .int($0) })
    }

    static func texts(_ name: String, _ values: [String]) -> PredictionFeature {
        PredictionFeature(name: name, datatype: .text, values: values.map { .string($0) })
    }
}
