import Foundation
import WeirCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Ends a wait for the keyboard from elsewhere.
final class Bell: Sendable {
    fileprivate let reader: Int32
    private let writer: Int32

    /// - Throws: `system.no-pipe`.
    init() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else {
            throw WeirError(
                "system.no-pipe", "the keyboard cannot be waited for: \(String(cString: strerror(errno)))",
                outcome: .systemFailed)
        }
        (reader, writer) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }

    deinit {
        close(reader)
        close(writer)
    }

    func ring() -> Bool {
        var byte: UInt8 = 1
        return write(writer, &byte, 1) == 1
    }
}

/// The bytes of standard input, one after the other, until there are no more or the bell rings.
final class Keyboard {
    private let bell: Bell
    private(set) var wasRung = false

    init(bell: Bell) { self.bell = bell }

    /// The next byte; nil at the end.
    func next() -> UInt8? {
        while true {
            var waits = [
                pollfd(fd: 0, events: Int16(POLLIN), revents: 0),
                pollfd(fd: bell.reader, events: Int16(POLLIN), revents: 0),
            ]
            if poll(&waits, 2, -1) < 0 {
                if errno == EINTR { continue }
                return nil
            }
            if waits[1].revents != 0 {
                wasRung = true
                return nil
            }
            var byte: UInt8 = 0
            let count = read(0, &byte, 1)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            return count == 1 ? byte : nil
        }
    }

    /// Whether more can be read at once, or within so many milliseconds.
    func hasMore(within milliseconds: Int32 = 0) -> Bool {
        var wait = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        return poll(&wait, 1, milliseconds) == 1 && wait.revents & Int16(POLLIN) != 0
    }
}
