import Foundation
import WeirCore

/// A file in the address space, for a walk from its begin to its end that does not keep it in memory.
final class MappedText {
    let bytes: UnsafeRawBufferPointer
    /// Pages before it have been let go.
    private var released = 0

    /// How many bytes are let go at a time: a call of the system for every page would cost more than the walk.
    private static let window = 16 << 20

    private init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Calls `body` with the bytes of a file, which are valid until it returns.
    ///
    /// - Throws: `source.unreadable` when it cannot be opened.
    static func with<R>(_ path: String, _ body: (MappedText) throws -> R) throws -> R {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw unreadable(path) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw unreadable(path) }
        let size = Int(status.st_size)
        // An empty mapping is an error of the system, and an empty file is none.
        if size == 0 { return try body(MappedText(UnsafeRawBufferPointer(start: nil, count: 0))) }
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED else {
            throw unreadable(path)
        }
        defer { munmap(start, size) }
        return try body(MappedText(UnsafeRawBufferPointer(start: start, count: size)))
    }

    /// Lets the pages before a place go; whoever looks at them again has them read from the file again.
    func release(before place: Int) {
        guard place - released >= Self.window, let start = bytes.baseAddress else { return }
        let end = place / Self.window * Self.window
        // The mapping is of a file and never written to, so there is nothing that this could lose.
        madvise(UnsafeMutableRawPointer(mutating: start + released), end - released, MADV_DONTNEED)
        released = end
    }

    private static func unreadable(_ path: String) -> WeirError {
        WeirError(
            "source.unreadable", "\(path) cannot be read: \(String(cString: strerror(errno)))",
            hint: "see that the file is still there and may be read", outcome: .systemFailed)
    }
}
