import Foundation
import WeirCore

/// Events that wait for their endpoint.
///
/// Taking them renames the file first, so that two processes never send the same ones; what a process that died
/// had taken is found by its name and taken by the next. An event may be sent twice that way, never be lost; the
/// endpoint knows it by its run id.
struct OpenLineageSpool: Sendable {
    let path: String
    /// Bytes beyond which the oldest events are dropped.
    var limit = 16 << 20

    /// What was taken, and the files that hold it until it is delivered or kept again.
    struct Taken: Sendable {
        var lines: [String] = []
        fileprivate var files: [String] = []
    }

    /// Everything that waits, oldest first. To be given to ``release(_:)`` when it is delivered or kept again.
    func take(_ warnings: inout [WeirError]) -> Taken {
        let url = URL(fileURLWithPath: path)
        let folder = url.deletingLastPathComponent()
        let prefix = url.lastPathComponent + ".taken-"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        var waiting = names.filter { $0.hasPrefix(prefix) && isOrphan($0.dropFirst(prefix.count)) }.sorted()
        waiting.append(url.lastPathComponent)
        var taken = Taken()
        for name in waiting {
            let mine = folder.appendingPathComponent("\(prefix)\(ProcessIdentity.current)-\(UUID().uuidString)").path
            do {
                guard let lines = try LineFile(path: folder.appendingPathComponent(name).path).take(as: mine) else {
                    continue
                }
                // A line that a crash cut is no JSON and would be refused for ever.
                taken.lines += lines.filter { JSONValue(parsing: $0) != nil }
                taken.files.append(mine)
            } catch {
                warnings.append(failure("be read", error))
            }
        }
        return taken
    }

    func release(_ taken: Taken) {
        for file in taken.files { try? FileManager.default.removeItem(atPath: file) }
    }

    /// Appends the lines; when the spool is full the oldest of all go.
    func keep(_ lines: [String], _ warnings: inout [WeirError]) {
        do {
            let file = LineFile(path: path)
            try file.append(lines)
            let dropped = try file.trim(to: limit)
            if dropped > 0 {
                warnings.append(
                    WeirError(
                        "lineage.spool-full", "\(dropped) of the oldest lineage events were dropped",
                        hint: "the endpoint has been away for long; check lineage.url", at: Place(file: path),
                        outcome: .systemFailed))
            }
        } catch {
            warnings.append(failure("be kept", error))
        }
    }

    private func isOrphan(_ rest: Substring) -> Bool {
        guard let pid = rest.split(separator: "-").first.flatMap({ Int32($0) }) else { return false }
        return pid != ProcessIdentity.current && !ProcessIdentity.isAlive(pid, since: Date())
    }

    private func failure(_ what: String, _ error: any Error) -> WeirError {
        WeirError(
            "lineage.spool", "lineage events could not \(what): \(error.asText)", at: Place(file: path),
            outcome: .systemFailed)
    }
}
