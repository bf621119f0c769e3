import Foundation
import WeirCore

extension StateStore {
    /// A store that is there whatever happened to the file, and what the user should be told about it.
    public struct Opened: Sendable {
        public let store: StateStore
        public let warnings: [WeirError]
    }

    /// Opens the file; where that fails, goes on without what it held.
    ///
    /// - A damaged file is renamed to `state.db.damaged-20261123-160102` with its companions and a new one begun.
    /// - A file of a newer Weir, or one that is not Weir's, stays untouched; history goes to `state-1.db` beside
    ///   it, the number being the version that this program writes.
    /// - Where no file can be used at all, history is kept in memory and forgotten with the process.
    public static func openOrQuarantine(
        _ path: String, secrets: [Secret] = [], now: Date = Date()
    ) async throws -> Opened {
        var warnings: [WeirError] = []
        do {
            return Opened(store: try await open(path, secrets: secrets), warnings: [])
        } catch let error as WeirError {
            warnings.append(error)
        }
        let next = warnings[0].code == "state.damaged" ? setAside(path, now: now, &warnings) : besides(path, &warnings)
        if let next {
            do {
                return Opened(store: try await open(next, secrets: secrets), warnings: warnings)
            } catch let error as WeirError {
                warnings.append(error)
            }
        }
        warnings[0].hint = "this run's history is kept in memory only; \(warnings[0].hint ?? "the data is not touched")"
        return Opened(store: try inMemory(secrets: secrets), warnings: warnings)
    }

    /// Renames the damaged file and its companions. Returns the path that is now free, or nil.
    private static func setAside(_ path: String, now: Date, _ warnings: inout [WeirError]) -> String? {
        let files = FileManager.default
        var target = "\(path).damaged-\(UTC.compact(now))"
        var number = 1
        while files.fileExists(atPath: target) {
            number += 1
            target = "\(path).damaged-\(UTC.compact(now))-\(number)"
        }
        do {
            try files.moveItem(atPath: path, toPath: target)
            // A log or an index left behind would be replayed into the new file.
            for suffix in ["-wal", "-shm", "-journal"] where files.fileExists(atPath: path + suffix) {
                try files.moveItem(atPath: path + suffix, toPath: target + suffix)
            }
        } catch {
            warnings.append(StateFault.unusable(error.localizedDescription).error(path: path))
            return nil
        }
        warnings[0].hint =
            "it was renamed to \(target) and a new one begun; only history, memories and tasks were in it"
        return path
    }

    private static func besides(_ path: String, _ warnings: inout [WeirError]) -> String? {
        guard ["state.newer", "state.foreign"].contains(warnings[0].code) else { return nil }
        let url = URL(fileURLWithPath: path)
        let name = url.deletingPathExtension().lastPathComponent
        let next = url.deletingLastPathComponent().appendingPathComponent("\(name)-\(Migration.all.count).db").path
        let advice = warnings[0].hint.map { "; \($0)" } ?? ""
        warnings[0].hint = "it is left as it is, and this program's history goes to \(next)\(advice)"
        return next
    }
}
