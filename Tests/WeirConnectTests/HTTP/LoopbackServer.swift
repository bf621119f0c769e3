import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A web server of a few lines: it answers each connection with the next of the given replies, byte for byte.
///
/// - Note: `@unchecked Sendable`: `requests` is only touched under `lock`, the rest never changes.
final class LoopbackServer: @unchecked Sendable {
    enum Reply: Sendable {
        case bytes(String)
        /// Closes the connection without a word.
        case hangUp
        /// Sends this and then nothing more until the other side goes away.
        case stall(String)

        static func status(_ status: String, headers: String = "", body: String = "") -> Reply {
            .bytes(
                "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\(headers)\r\n\(body)"
            )
        }
    }

    private let listener: Int32
    private let lock = NSLock()
    private var received: [String] = []
    let port: UInt16

    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [String] { lock.withLock { received } }

    init(_ replies: [Reply]) throws {
        #if canImport(Glibc)
            let stream = Int32(SOCK_STREAM.rawValue)
        #else
            let stream = SOCK_STREAM
        #endif
        listener = socket(AF_INET, stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, pointer, &size) == 0
            }
        }
        guard bound else { throw POSIXError(.EADDRINUSE) }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in
            for reply in replies { serve(reply) }
        }
    }

    deinit { close(listener) }

    private func serve(_ reply: Reply) {
        let connection = accept(listener, nil, nil)
        if connection < 0 { return }
        defer { close(connection) }
        if case .hangUp = reply { return }
        let request = read(from: connection)
        lock.withLock { received.append(request) }
        switch reply {
        case .hangUp: break
        case .bytes(let text): send(text, to: connection)
        case .stall(let text):
            send(text, to: connection)
            var byte: UInt8 = 0
            _ = recv(connection, &byte, 1, 0)
        }
    }

    private func send(_ text: String, to connection: Int32) {
        let bytes = Array(text.utf8)
        #if canImport(Glibc)
            _ = Glibc.send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        #else
            _ = write(connection, bytes, bytes.count)
        #endif
    }

    /// Reads a head and as much of a body as the head announces.
    private func read(from connection: Int32) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                let length =
                    text[..<end.lowerBound].split(separator: "\r\n")
                    .first { $0.lowercased().hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
                if text[end.upperBound...].utf8.count >= length { return text }
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            if count <= 0 { return text }
            bytes += buffer.prefix(count)
        }
    }
}
