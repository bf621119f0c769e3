import Foundation
import WeirCore

extension FileHandle {
    /// An empty file in place of what may be there; its folder is made where it is missing.
    ///
    /// - Throws: `system.cannot-write`.
    public static func writing(anew path: String) throws -> FileHandle {
        try FileManager.default.createDirectory(
            at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else { throw WeirError("system.cannot-write", "\(path) cannot be written", outcome: .systemFailed) }
        return handle
    }
}
