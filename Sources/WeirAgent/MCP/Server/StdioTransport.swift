import Foundation
import Synchronization
import WeirCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Messages over standard input and output, one a line. Nothing else is ever written there.
public enum StdioTransport {
    /// Writes messages to a file descriptor, whole and one after the other.
    public final class Writer: Sendable {
        private let descriptor: Int32
        private let isBroken = Mutex(false)

        public init(descriptor: Int32) { self.descriptor = descriptor }

        public func send(_ message: JSONValue) {
            var bytes = message.bytes
            bytes.append(UInt8(ascii: "\n"))
            isBroken.withLock { isBroken in
                if isBroken { return }
                var written = 0
                while written < bytes.count {
                    let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                    if count > 0 {
                        written += count
                    } else if errno != EINTR {
                        // The client is gone; the end of its input will end us too.
                        isBroken = true
                        return
                    }
                }
            }
        }
    }

    /// Serves until the input ends. Calls under way are then ended.
    ///
    /// - Parameter server: made with a ``Writer``'s `send`.
    public static func serve(_ server: MCPServer, input: Int32 = 0) async {
        signal(SIGPIPE, SIG_IGN)
        let (lines, feed) = AsyncStream.makeStream(of: MessageLines.Line.self)
        // Lines that were read and not yet taken: a client that writes faster than it is served has to wait.
        let room = DispatchSemaphore(value: 64)
        let reader = Thread {
            var splitter = MessageLines()
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = buffer.withUnsafeMutableBytes { read(input, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                if count <= 0 { break }
                for line in splitter.take(buffer[..<count]) {
                    room.wait()
                    feed.yield(line)
                }
            }
            if let last = splitter.finish() { feed.yield(last) }
            feed.finish()
        }
        reader.name = "weir-mcp-input"
        reader.start()
        for await line in lines {
            await server.receive(line)
            room.signal()
        }
        // Short calls that were asked for before the end are still answered.
        if !Task.isCancelled {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await server.settle() }
                group.addTask { try? await Task.sleep(for: grace) }
                await group.next()
                group.cancelAll()
                await server.close()
            }
        }
        await server.close()
    }

    private static let grace = Duration.seconds(2)
}
