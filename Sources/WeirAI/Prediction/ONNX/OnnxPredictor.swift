import Foundation
import WeirCore
import WeirEngine

/// Scores rows with an ONNX file, in this process and on a thread of its own.
public actor OnnxPredictor: Predictor {
    private let executor = ThreadExecutor(name: "weir-onnx")
    private let file: OnnxFile
    private let type: String?
    private var session: OnnxSession?

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens nothing yet.
    ///
    /// - Parameter type: of the column that the answers go to; nil where nobody said one, and it is DOUBLE.
    public init(_ file: OnnxFile, type: String? = nil) {
        self.file = file
        self.type = type
    }

    deinit { executor.stop() }

    /// What the model takes and gives is held against what is wanted before any row is scored.
    ///
    /// - Throws: `ai.onnx-value` or `ai.onnx-run` where it is a row's fault, perhaps; `ai.onnx-…` where it is no row's.
    public func predict(_ features: [PredictionFeature], rows: Int, output: String) throws -> Predictions {
        let session = try opened()
        let binding = try OnnxBinding(session.inputs, to: features)
        let chosen = try OnnxOutput(session.outputs, named: output)
        try chosen.check(type: type)
        var flat: [JSONValue] = []
        var width: Int?
        let size = binding.takesOneRow ? 1 : max(1, rows)
        for start in stride(from: 0, to: rows, by: size) {
            try Task.checkCancellation()
            let some = start..<min(start + size, rows)
            let inputs = try binding.tensors(features, rows: some)
            let tensor: OnnxTensor
            do { tensor = try session.run(inputs, output: chosen.port.name) } catch let fault as OnnxFault {
                throw WeirError("ai.onnx-run", "\(file.path) fails: \(fault.message)", outcome: .systemFailed)
            }
            let values = try chosen.values(of: tensor, rows: some.count)
            // Values side by side do not tell where a row ends: that rests on all rows being of one length.
            let found = values.count / some.count
            guard width ?? found == found else {
                throw WeirError(
                    "ai.onnx-output",
                    "\(file.path) gives rows of different lengths: \(width ?? 0) values, and \(found) for row \(start + 1)",
                    hint: "export it for one length")
            }
            width = found
            flat += values
        }
        return Predictions(served: served(session), flat: flat, rows: rows)
    }

    private func opened() throws -> OnnxSession {
        if let session { return session }
        let runtime = try OnnxRuntime.shared()
        let opened: OnnxSession
        do { opened = try OnnxSession(file, runtime: runtime) } catch let fault as OnnxFault {
            throw WeirError("ai.onnx-model", "\(file.path) cannot be used: \(fault.message)")
        }
        try file.checkUnchanged()
        session = opened
        return opened
    }

    /// `churn:3@1f2e3d4c5b6a`: the file's name, the version in it, and a mark of what is in it.
    private func served(_ session: OnnxSession) -> String {
        let name = URL(fileURLWithPath: file.path).deletingPathExtension().lastPathComponent
        return "\(name)\(session.version.map { ":\($0)" } ?? "")@\(file.digest.prefix(12))"
    }
}
