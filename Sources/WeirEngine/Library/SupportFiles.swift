import Foundation

/// Finds the files that belong to Weir beside its binary.
///
/// Looked for as DuckDB's library is: `DUCKDB_LIB_DIR`; beside an installed binary (`../lib/weir`); the nearest `.deps/`
/// above the binary or the current directory.
public enum SupportFiles {
    /// The folder of that name, as `embedder`; nil where it is nowhere.
    public static func folder(_ name: String) -> String? {
        roots().lazy.map { "\($0)/\(name)" }.first { FileManager.default.fileExists(atPath: $0) }
    }

    private static func roots() -> [String] {
        var roots: [String] = []
        if let folder = ProcessInfo.processInfo.environment["DUCKDB_LIB_DIR"] {
            roots += ["\(folder)/weir", folder]
        }
        let binary = Library.binary
        roots.append(binary.deletingLastPathComponent().deletingLastPathComponent().appending(path: "lib/weir").path)
        for start in [binary.path, FileManager.default.currentDirectoryPath] {
            if let above = Library.folderAbove(start, holding: ".deps/lib/weir") {
                roots.append("\(above)/.deps/lib/weir")
            }
        }
        return roots
    }
}
