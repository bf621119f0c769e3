import Foundation
import WeirCore

/// A file of lines that several processes may append to at once.
struct LineFile: Sendable {
    let path: String

    /// Appends the lines as a whole: no other process's line comes between, and none is torn.
    ///
    /// - Parameter lines: texts without line breaks.
    func append(_ lines: [String]) throws {
        if lines.isEmpty { return }
        try locked { handle in
            let end = try handle.seekToEnd()
            var text = lines.joined(separator: "\n") + "\n"
            // A process that was killed while writing leaves a line without an end; it must not swallow ours.
            if end > 0 {
                try handle.seek(toOffset: end - 1)
                if try handle.read(upToCount: 1) != Data("\n".utf8) { text = "\n" + text }
            }
            do {
                try handle.seekToEnd()
                try handle.write(contentsOf: Data(text.utf8))
            } catch {
                // A full disk took a part; half a line is worse than none.
                try? handle.truncate(atOffset: end)
                throw error
            }
        }
    }

    /// Drops lines from the start until the file has at most `limit` bytes. Returns how many were dropped.
    func trim(to limit: Int) throws -> Int {
        try locked { handle in
            let size = Int(try handle.seekToEnd())
            if size <= limit { return 0 }
            try handle.seek(toOffset: 0)
            let bytes = try handle.readToEnd() ?? Data()
            var start = bytes.startIndex
            var dropped = 0
            while bytes.endIndex - start > limit, let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
                start = end + 1
                dropped += 1
            }
            try handle.seek(toOffset: 0)
            try handle.write(contentsOf: Data(bytes[start...]))
            try handle.truncate(atOffset: UInt64(bytes.endIndex - start))
            return dropped
        }
    }

    /// Renames the file away and returns its lines; nobody can be appending meanwhile. Nil when there is none.
    func take(as target: String) throws -> [String]? {
        if !FileManager.default.fileExists(atPath: path) { return nil }
        return try locked { handle in
            guard rename(path, target) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            try handle.seek(toOffset: 0)
            let text = String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
            return text.split(separator: "\n").map(String.init)
        }
    }

    private func locked<R>(_ body: (FileHandle) throws -> R) throws -> R {
        try FileManager.default.createDirectory(
            at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        while true {
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            // The lock goes with the descriptor, also when the process is killed.
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            defer { try? handle.close() }
            while flock(descriptor, LOCK_EX) != 0 {
                guard errno == EINTR else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            }
            // While the lock was waited for, its holder may have taken the file away.
            if Self.isSame(descriptor, path) { return try body(handle) }
        }
    }

    private static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
        var ours = stat()
        var theirs = stat()
        return fstat(descriptor, &ours) == 0 && stat(path, &theirs) == 0 && ours.st_ino == theirs.st_ino
            && ours.st_dev == theirs.st_dev
    }
}
