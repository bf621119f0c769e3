import Foundation
import WeirCore

/// A report that a command writes beside what it prints.
enum ReportFile {
    /// - Throws: `system.cannot-write`.
    static func write(_ text: String, to path: String) throws {
        let url = URL(fileURLWithPath: path)
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url, options: .atomic)
        } catch {
            throw WeirError(
                "system.cannot-write", "\(path) cannot be written: \(error.localizedDescription)",
                outcome: .systemFailed)
        }
    }
}
