import Foundation
import WeirCore

/// A model in a file, with a mark of what is in it: a changed file is another model.
public struct OnnxFile: Sendable, Hashable {
    /// As the project names it.
    public let path: String
    /// Of the file and of the weights beside it.
    public let digest: String
    let fullPath: String

    /// - Throws: `ai.onnx-missing` where there is no such file.
    public init(_ path: String, root: String) throws {
        self.path = path
        fullPath = path.hasPrefix("/") ? path : "\(root)/\(path)"
        digest = try Self.digest(fullPath, shown: path)
    }

    /// Whether a path names such a file.
    public static func isOne(_ path: String) -> Bool { path.lowercased().hasSuffix(".onnx") }

    /// - Throws: `ai.onnx-changed` where the file is no longer the one that the step was planned with.
    func checkUnchanged() throws {
        guard try Self.digest(fullPath, shown: path) != digest else { return }
        throw WeirError(
            "ai.onnx-changed", "\(path) changed while the run was under way",
            hint: "run again: the rows are then scored with the new file", outcome: .systemFailed)
    }

    private static func digest(_ fullPath: String, shown path: String) throws -> String {
        let file = URL(fileURLWithPath: fullPath)
        guard isPlain(fullPath) else {
            throw WeirError("ai.onnx-missing", "the model \(path) does not exist")
        }
        // Large weights are kept beside the file, under names that begin with its own.
        let folder = file.deletingLastPathComponent().path
        let beside = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter {
                $0.hasPrefix(file.lastPathComponent) && $0 != file.lastPathComponent && isPlain("\(folder)/\($0)")
            }.sorted()
        let main = try Fingerprint.ofFile(at: fullPath)
        if beside.isEmpty { return main }
        return Fingerprint.of(try [main] + beside.flatMap { [$0, try Fingerprint.ofFile(at: "\(folder)/\($0)")] })
    }

    /// Whether something can be read to its end: neither a folder nor a pipe; also at the end of a link.
    private static func isPlain(_ path: String) -> Bool {
        var found = stat()
        return stat(path, &found) == 0 && found.st_mode & S_IFMT == S_IFREG
    }
}
