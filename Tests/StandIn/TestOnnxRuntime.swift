import Foundation

/// The ONNX Runtime of the tests, as `scripts/venv test` installs it.
public enum TestOnnxRuntime {
    private static let packages = "\(root)/.deps/venv-test/lib"

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The folder of its library, whether it is there or not.
    public static let folder: String = {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: packages)) ?? []
        let folders = versions.map { "\(packages)/\($0)/site-packages/onnxruntime/capi" }
        return folders.first { FileManager.default.fileExists(atPath: $0) } ?? "\(packages)/onnxruntime"
    }()

    /// Names it to Weir.
    public static let environment = ["WEIR_ONNXRUNTIME": folder]

    /// False skips the test. Where services are required a missing runtime must fail instead.
    public static var isExpected: Bool {
        let environment = ProcessInfo.processInfo.environment
        return FileManager.default.fileExists(atPath: folder) || environment["CI"] != nil
            || environment["WEIR_REQUIRE_SERVICES"] != nil
    }
}
