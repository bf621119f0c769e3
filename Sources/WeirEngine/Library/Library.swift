import CDuckDB
import Foundation
import WeirCore

/// Finds and opens libduckdb and its extensions.
///
/// Looked for in this order: `DUCKDB_LIB_DIR`; beside an installed binary (`../lib/weir`); the nearest `.deps/`
/// above the binary or the current directory; the system's own library path.
enum Library {
    /// Where the library and its extensions were found.
    struct Location: Sendable {
        let library: String
        /// Laid out as DuckDB wants it: `v1.5.5/linux_amd64/NAME.duckdb_extension`.
        let extensions: String?
    }

    /// Loaded once a process. A failure is kept too: it will not heal while the process lives.
    private static let loaded: Result<Location, WeirError> = load()

    static func location() throws -> Location { try loaded.get() }

    #if os(macOS)
        static let fileName = "libduckdb.dylib"
    #else
        static let fileName = "libduckdb.so"
    #endif

    private static func load() -> Result<Location, WeirError> {
        let location = find()
        guard let missing = weir_duckdb_load(location.library) else { return .success(location) }
        return .failure(
            WeirError(
                "engine.no-library",
                "DuckDB's library cannot be loaded from \(location.library): \(String(cString: missing))",
                hint: "run `make demo` in Weir's checkout, or set DUCKDB_LIB_DIR to the folder that holds \(fileName)",
                outcome: .systemFailed))
    }

    private static func find() -> Location {
        let environment = ProcessInfo.processInfo.environment
        if let folder = environment["DUCKDB_LIB_DIR"] { return Location(folder: folder) }
        let binary = Self.binary
        let installed = binary.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "lib/weir").path
        if FileManager.default.fileExists(atPath: "\(installed)/\(fileName)") {
            return Location(library: "\(installed)/\(fileName)", extensions: "\(installed)/extensions")
        }
        for start in [binary.path, FileManager.default.currentDirectoryPath] {
            if let deps = folderAbove(start, holding: ".deps/lib/\(fileName)") {
                return Location(
                    library: "\(deps)/.deps/lib/\(fileName)", extensions: "\(deps)/.deps/lib/weir/extensions")
            }
        }
        return Location(library: fileName, extensions: nil)
    }

    static var binary: URL { URL(fileURLWithPath: Bundle.main.executablePath ?? "/").resolvingSymlinksInPath() }

    static func folderAbove(_ path: String, holding name: String) -> String? {
        var folder = URL(fileURLWithPath: path)
        while folder.path != "/" {
            if FileManager.default.fileExists(atPath: folder.appending(path: name).path) { return folder.path }
            folder = folder.deletingLastPathComponent()
        }
        return nil
    }
}

extension Library.Location {
    /// A folder the user named: extensions may lie beside the library.
    fileprivate init(folder: String) {
        let candidates = ["\(folder)/weir/extensions", "\(folder)/extensions"]
        self.init(
            library: "\(folder)/\(Library.fileName)",
            extensions: candidates.first { FileManager.default.fileExists(atPath: $0) })
    }
}
