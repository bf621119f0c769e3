import Foundation
import WeirCore

/// A file that `weir init` wants to write.
struct NewFile: Sendable, Hashable {
    enum IfThere: Sendable, Hashable {
        /// The whole command is refused.
        case refuse
        /// The file stays as it is.
        case keep
        /// Lines that it lacks are added at its end.
        case addLines
    }

    /// Relative to the project.
    let path: String
    let text: String
    var ifThere = IfThere.refuse

    init(_ path: String, _ text: String, ifThere: IfThere = .refuse) {
        self.path = path
        self.text = text
        self.ifThere = ifThere
    }
}

/// Writes the files of a new project: all of them, or none.
struct NewFiles {
    let root: String

    /// Call before long work, so that a refusal comes at once.
    ///
    /// - Throws: `init.exists`, naming every file that is in the way.
    func checkFree(_ files: [NewFile]) throws {
        let taken = files.filter { $0.ifThere == .refuse && FileManager.default.fileExists(atPath: full($0.path)) }
        guard !taken.isEmpty else { return }
        let names = taken.map(\.path).joined(separator: ", ")
        throw WeirError(
            "init.exists",
            "\(Figures.count(Int64(taken.count), "file")) would be overwritten, so nothing was written: \(names)",
            hint: "name another folder, or move these files away", at: Place(file: root))
    }

    /// - Returns: the files written, and those left as they were.
    func write(_ files: [NewFile]) throws -> (written: [String], kept: [String]) {
        try checkFree(files)
        var written: [String] = []
        var kept: [String] = []
        for file in files {
            guard let text = try textToWrite(file) else {
                kept.append(file.path)
                continue
            }
            do {
                try FileManager.default.createDirectory(
                    at: URL(fileURLWithPath: full(file.path)).deletingLastPathComponent(),
                    withIntermediateDirectories: true)
                try Data(text.utf8).write(to: URL(fileURLWithPath: full(file.path)), options: .atomic)
            } catch {
                throw WeirError(
                    "system.cannot-write", "\(full(file.path)) cannot be written: \(error.localizedDescription)",
                    outcome: .systemFailed)
            }
            written.append(file.path)
        }
        return (written, kept)
    }

    /// Nil when the file stays as it is.
    private func textToWrite(_ file: NewFile) throws -> String? {
        guard FileManager.default.fileExists(atPath: full(file.path)) else { return file.text }
        guard file.ifThere == .addLines else { return nil }
        let there = try ProjectFiles.text(file.path, root: root)
        let known = Set(there.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) })
        let missing = file.text.split(separator: "\n").map(String.init).filter { !known.contains($0) }
        if missing.isEmpty { return nil }
        return there + (there.isEmpty || there.hasSuffix("\n") ? "" : "\n") + missing.joined(separator: "\n") + "\n"
    }

    private func full(_ path: String) -> String { "\(root)/\(path)" }
}
