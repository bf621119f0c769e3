import Foundation
import WeirCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Keeps tools to the files of the project: `..`, links and addresses lead nowhere else.
enum ProjectPath {
    /// The absolute path of a file of the project.
    ///
    /// - Throws: `path.outside`, `path.missing`.
    static func file(_ text: String, in root: String) throws -> String {
        let path = try inside(text, root)
        guard FileManager.default.fileExists(atPath: path) else {
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
            // Names are told of folders of the project only, wherever a link on the way leads.
            let isOurs = (try? inside(folder.path, root)) != nil
            let names = isOurs ? (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] : []
            let near = DidYouMean.closest(to: URL(fileURLWithPath: path).lastPathComponent, among: names.sorted())
            throw WeirError(
                "path.missing", "the project has no file \(text)", hint: near.map { "did you mean \"\($0)\"?" })
        }
        return path
    }

    /// A glob all of whose files are in the project.
    static func glob(_ text: String, in root: String) throws -> String {
        guard text.contains(where: { "*?[".contains($0) }) else { return try file(text, in: root) }
        // Folders at any depth are left out: each may be a link.
        if text.contains("**") { throw outside(text) }
        let pattern = text.hasPrefix("/") ? text : "\(root)/\(text)"
        if pattern.contains("://") || pattern.split(separator: "/").contains("..") { throw outside(text) }
        var found = glob_t()
        defer { globfree(&found) }
        guard WeirGlob.run(pattern, &found) == 0, let list = found.gl_pathv else {
            throw WeirError("path.missing", "no file of the project matches \(text)")
        }
        for index in 0..<Int(found.gl_pathc) {
            if let path = list[index] { _ = try inside(String(cString: path), root) }
        }
        return pattern
    }

    private static func inside(_ text: String, _ root: String) throws -> String {
        if text.contains("://") || text.utf8.contains(0) { throw outside(text) }
        let path = URL(fileURLWithPath: text.hasPrefix("/") ? text : "\(root)/\(text)")
        let real = path.resolvingSymlinksInPath().standardizedFileURL.path
        let home = URL(fileURLWithPath: root).resolvingSymlinksInPath().standardizedFileURL.path
        guard real == home || real.hasPrefix(home + "/") else { throw outside(text) }
        return path.standardizedFileURL.path
    }

    private static func outside(_ text: String) -> WeirError {
        WeirError(
            "path.outside", "\(text) is not in the project's folder",
            hint: "name a file below the project's folder, without `..`, `**` and addresses")
    }
}

/// The C function, whose name the type's own method hides.
private enum WeirGlob {
    static func run(_ pattern: String, _ found: inout glob_t) -> Int32 { glob(pattern, 0, nil, &found) }
}
