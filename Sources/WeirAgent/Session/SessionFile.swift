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

    /// A new session, or one that is there.
    ///
    /// - Throws: `agent.session-busy`, `system.cannot-write`.
    public convenience init(id: String, folder: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw WeirError("system.cannot-write", "\(folder) cannot be made", outcome: .systemFailed)
        }
        try self.init(id, folder, O_CREAT)
    }

    /// A session that is there.
    ///
    /// - Throws: `agent.no-session` where it was taken away, `agent.session-busy`, `system.cannot-write`.
    public convenience init(resuming id: String, folder: String) throws { try self.init(id, folder, 0) }

    private init(_ id: String, _ folder: String, _ flags: Int32) throws {
        self.id = id
        path = "\(folder)/\(id).jsonl"
        descriptor = try Self.locked(path, O_RDWR | O_APPEND | flags, of: id)
        let file = descriptor
        // A line that a kill cut must not swallow the next one.
        let size = lseek(file, 0, SEEK_END)
        var last: UInt8 = 0
        if size > 0, pread(file, &last, 1, size - 1) == 1, last != UInt8(ascii: "\n") { try add("\n") }
    }

    /// Opens a session's file and locks it; again where another process took it away in between.
    private static func locked(_ path: String, _ flags: Int32, of id: String) throws -> Int32 {
        while true {
            // What an agent was told and saw is its person's business alone. A link would be another file's name.
            let file = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard file >= 0 else {
                if errno == ENOENT, flags & O_CREAT == 0 {
                    throw WeirError(
                        "agent.no-session", "there is no session \(id) any more",
                        hint: "`weir agent sessions` lists them")
                }
                throw WeirError("system.cannot-write", "\(path) cannot be opened", outcome: .systemFailed)
            }
            guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
                close(file)
                throw WeirError(
                    "agent.session-busy", "another process is at work on the session \(id)",
                    hint: "wait for it to end, or start a new session", isTransient: true, outcome: .systemFailed)
            }
            var found = stat()
            if fstat(file, &found) == 0, found.st_nlink > 0 { return file }
            close(file)
        }
    }

    /// Takes a session away with what lies beside it, unless somebody is at work on it.
    ///
    /// - Returns: false where it is busy or cannot be taken away.
    static func remove(id: String, folder: String) -> Bool {
        let path = "\(folder)/\(id).jsonl"
        // A folder goes with it: it must be one of its own.
        guard SessionShelf.isID(id), let file = try? locked(path, O_RDWR, of: id) else { return false }
        defer { close(file) }
        // The large results first: without the file nobody would find them again.
        try? FileManager.default.removeItem(atPath: "\(folder)/\(id)")
        return unlink(path) == 0
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
