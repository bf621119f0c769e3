import Foundation
import WeirCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The file of one session, that lines are added to and never taken from.
///
/// A line is written by one call into a file that is open for appending, so that a kill leaves whole lines and at most
/// one that is cut, which readers pass over. The lock is the kernel's: two processes cannot go on with one session.
public final class SessionFile: Sendable {
    public let id: String
    public let path: String
    private let descriptor: Int32

    /// - Throws: `agent.session-busy`, `system.cannot-write`.
    public init(id: String, folder: String) throws {
        self.id = id
        path = "\(folder)/\(id).jsonl"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw WeirError("system.cannot-write", "\(folder) cannot be made", outcome: .systemFailed)
        }
        // What an agent was told and saw is its person's business alone.
        let file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw WeirError("system.cannot-write", "\(path) cannot be opened", outcome: .systemFailed)
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            throw WeirError(
                "agent.session-busy", "another process is at work on the session \(id)",
                hint: "wait for it to end, or start a new session", isTransient: true, outcome: .systemFailed)
        }
        descriptor = file
        // A line that a kill cut must not swallow the next one.
        let size = lseek(file, 0, SEEK_END)
        var last: UInt8 = 0
        if size > 0, pread(file, &last, 1, size - 1) == 1, last != UInt8(ascii: "\n") { try add("\n") }
    }

    deinit { close(descriptor) }

    public func append(_ event: SessionRecord.Event) throws { try add(SessionRecord(event).line + "\n") }

    private func add(_ text: String) throws {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                buffer.baseAddress.map { write(descriptor, $0 + written, bytes.count - written) } ?? 0
            }
            if count < 0, errno != EINTR {
                throw WeirError(
                    "system.cannot-write", "\(path) cannot be written: \(String(cString: strerror(errno)))",
                    outcome: .systemFailed)
            }
            written += max(0, count)
        }
    }
}
