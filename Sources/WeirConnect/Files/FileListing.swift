import Foundation
import WeirCore
import WeirEngine

/// One input file as it was when it was listed.
public struct InputFile: Sendable, Hashable, Codable {
    /// As the engine reads it: absolute for local files, a URL for others.
    public let path: String
    /// Relative to the project where it lies inside.
    public let name: String
    public let size: Int
    /// ISO 8601, UTC, as the file system or object store tells it.
    public let modified: String

    public init(path: String, name: String, size: Int, modified: String) {
        self.path = path
        self.name = name
        self.size = size
        self.modified = modified
    }

    public var isLocal: Bool { !path.contains("://") }

    /// Whether it is compressed in a way that can be read.
    public var isPacked: Bool { [".gz", ".zst", ".zstd"].contains { path.lowercased().hasSuffix($0) } }
}

/// Finds the files that globs match, local or remote, through the engine's own file systems.
public enum FileListing {
    /// The files in the order of their names. Nothing found is an error: a misspelt glob must not look like
    /// an empty delivery.
    public static func find(
        _ patterns: [String], in root: String, on connection: isolated Connection
    ) throws -> [InputFile] {
        var files: [InputFile] = []
        for pattern in patterns {
            let glob = pattern.contains("://") || pattern.hasPrefix("/") ? pattern : "\(root)/\(pattern)"
            let rows: Rows
            do {
                // Only metadata columns are read, so no content is fetched.
                rows = try connection.query(
                    "SELECT filename, size, strftime(last_modified::TIMESTAMP, '%Y-%m-%dT%H:%M:%S.%f') FROM read_blob(?) ORDER BY 1",
                    [.text(glob)])
            } catch let error as WeirError where error.message.contains("No files found") {
                throw nothingFound(pattern)
            }
            if rows.isEmpty { throw nothingFound(pattern) }
            files += rows.map { row in
                let path = row[0].display
                let name = path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) : path
                let modified = path.contains("://") ? row[2].display : modificationTime(path) ?? row[2].display
                return InputFile(path: path, name: name, size: Int(row[1].int ?? 0), modified: modified)
            }
        }
        var seen = Set<String>()
        return files.filter { seen.insert($0.path).inserted }
    }

    /// To the nanosecond. The engine tells whole seconds, within which a file can be replaced by another of its size.
    private static func modificationTime(_ path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        let seconds = Date(timeIntervalSince1970: TimeInterval(time.tv_sec))
        let nanoseconds = String(time.tv_nsec + 1_000_000_000).dropFirst()
        return seconds.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: false)) + "."
            + nanoseconds
    }

    private static func nothingFound(_ pattern: String) -> WeirError {
        WeirError(
            "source.no-files", "no file matches \(pattern)",
            hint: "paths are relative to the folder of weir.yaml; `*` does not cross folders, `**` does",
            outcome: .wrongUsage)
    }
}
