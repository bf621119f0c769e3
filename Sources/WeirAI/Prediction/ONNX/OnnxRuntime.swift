import CONNX
import Foundation
import Synchronization
import WeirCore
import WeirEngine

/// The ONNX Runtime of this machine, opened when the first file is scored. Weir has none of its own.
///
/// Looked for in this order: `WEIR_ONNXRUNTIME` (the library, or the folder that holds it); `lib/weir/onnxruntime` where
/// Weir is installed; the active Python environment, where `pip install onnxruntime` puts it; the system's own libraries.
public struct OnnxRuntime: Sendable, Hashable {
    public let path: String
    public let version: String

    /// The variable that names the library or its folder.
    public static let variable = "WEIR_ONNXRUNTIME"

    /// Runtimes since 1.12 (July 2022) have it; what is called is older still.
    private static let tableVersion: UInt32 = 12

    /// The first that could be opened; a process has no other afterwards.
    private static let opened = Mutex<OnnxRuntime?>(nil)

    /// - Throws: `ai.onnx-runtime` where there is none, `ai.onnx-old` where it is too old.
    @discardableResult
    public static func shared(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> OnnxRuntime {
        try opened.withLock { opened in
            if let opened { return opened }
            let runtime = try open(places(environment))
            opened = runtime
            return runtime
        }
    }

    // MARK: Places

    #if os(macOS)
        private static let systemNames = ["libonnxruntime.dylib"]
    #else
        private static let systemNames = ["libonnxruntime.so.1", "libonnxruntime.so"]
    #endif

    static func places(_ environment: [String: String]) -> [String] {
        if let said = environment[variable], !said.isEmpty { return [library(in: said) ?? said] }
        var folders: [String] = []
        if let folder = SupportFiles.folder("onnxruntime") { folders.append(folder) }
        if let python = environment["VIRTUAL_ENV"] {
            let versions = (try? FileManager.default.contentsOfDirectory(atPath: "\(python)/lib")) ?? []
            folders += versions.sorted().map { "\(python)/lib/\($0)/site-packages/onnxruntime/capi" }
        }
        return folders.compactMap(library) + systemNames
    }

    /// The library in a folder: wheels have its version in its name.
    private static func library(in folder: String) -> String? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().first { name in
            name.hasPrefix("libonnxruntime.") && (name.contains(".so") || name.hasSuffix(".dylib"))
        }.map { "\(folder)/\($0)" }
    }

    // MARK: Opening

    private static func open(_ places: [String]) throws -> OnnxRuntime {
        var tried: [String] = []
        for place in places {
            var said: UnsafePointer<CChar>?
            let outcome = Int(weir_onnx_load(place, tableVersion, &said))
            let words = said.map { String(cString: $0) } ?? ""
            switch outcome {
            case WEIR_ONNX_LOADED: return OnnxRuntime(path: place, version: words)
            case WEIR_ONNX_TOO_OLD:
                throw WeirError(
                    "ai.onnx-old", "the ONNX Runtime at \(place) is version \(words), and 1.\(tableVersion) is needed",
                    hint: "pip install --upgrade onnxruntime, or name a newer one in \(variable)",
                    outcome: .systemFailed)
            case WEIR_ONNX_NO_RUNTIME: tried.append("\(place) is no ONNX Runtime")
            default: tried.append(words.contains(place) ? words : "\(place): \(words)")
            }
        }
        throw WeirError(
            "ai.onnx-runtime", "no ONNX Runtime can be opened (\(tried.joined(separator: "; ")))",
            hint:
                "pip install onnxruntime, and set \(variable) to the folder onnxruntime/capi of that installation, or to the library in it",
            outcome: .systemFailed)
    }
}
