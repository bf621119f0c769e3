import Foundation

/// A text file that appears whole or stays as it was.
public enum WholeFile {
    /// - Parameter makesFolder: also makes the folder, where it is missing.
    /// - Throws: `system.cannot-write`.
    public static func write(_ text: String, to path: String, makesFolder: Bool = false) throws {
        let url = URL(fileURLWithPath: path)
        do {
            if makesFolder {
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            }
            try Data(text.utf8).write(to: url, options: .atomic)
        } catch {
            throw WeirError(
                "system.cannot-write", "\(path) cannot be written: \(error.localizedDescription)",
                outcome: .systemFailed)
        }
    }
}
