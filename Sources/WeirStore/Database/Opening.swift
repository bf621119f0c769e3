import Dispatch
import Foundation
internal import GRDB

/// Opens connections to a state file.
enum Opening {
    /// Settings that every connection gets.
    static var configuration: Configuration {
        var configuration = Configuration()
        // Another process writes for milliseconds; ten seconds mean that it hangs.
        configuration.busyMode = .timeout(10)
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = 4
        configuration.label = "weir.state"
        configuration.prepareDatabase { database in
            // With WAL this survives a crash of the process; a power cut may lose the newest history only.
            try database.execute(sql: "PRAGMA synchronous = NORMAL")
        }
        return configuration
    }

    /// A pool on the file, at this program's version.
    static func pool(at path: String) async throws -> DatabasePool {
        try FileManager.default.createDirectory(
            at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        var attempt = 1
        while true {
            do {
                return try await blocking {
                    let pool = try DatabasePool(path: path, configuration: configuration)
                    try Migration.run(on: pool)
                    return pool
                }
            } catch let error as DatabaseError where isContended(error) && attempt < 50 {
                // Switching a new file to WAL does not wait for the busy timeout when two processes do it at once.
                attempt += 1
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    private static func isContended(_ error: DatabaseError) -> Bool {
        [.SQLITE_BUSY, .SQLITE_LOCKED].contains(error.resultCode.primaryResultCode)
    }

    /// Runs what blocks on a thread that may be blocked, which those of Swift's own pool may not.
    private static func blocking<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: .userInitiated).async {
                continuation.resume(with: Result(catching: body))
            }
        }
    }
}
