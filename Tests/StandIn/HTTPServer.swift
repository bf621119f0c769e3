import NIOCore
import NIOHTTP1
import NIOPosix

/// What a client sent.
public struct Received: Sendable {
    public var method: String
    /// Without the query.
    public var path: String
    public var query: String
    /// Names in lower case.
    public var headers: [String: String]
    public var body: [UInt8]

    public var text: String { String(decoding: body, as: UTF8.self) }
}

/// What the server answers, piece by piece.
public struct Reply: Sendable {
    public var status: Int
    public var headers: [String: String]
    /// Sent one after the other, each in a packet of its own where there are few.
    public var pieces: [[UInt8]]
    /// Closes the connection before the answer is whole.
    public var isCut = false
    /// Waits before the first byte, and between pieces.
    public var delay = Duration.zero
    /// Waits between pieces alone, in place of the delay.
    public var gap: Duration?

    public init(_ status: Int = 200, headers: [String: String] = [:], pieces: [[UInt8]]) {
        self.status = status
        self.headers = headers
        self.pieces = pieces
    }

    public init(_ status: Int = 200, json: String, headers: [String: String] = [:]) {
        self.init(
            status, headers: ["content-type": "application/json"].merging(headers) { $1 }, pieces: [Array(json.utf8)])
    }
}

/// An HTTP/1.1 server on a free port of the loopback address.
final class HTTPServer: Sendable {
    private let channel: any Channel
    let port: Int

    init(port: Int = 0, answer: @escaping @Sendable (Received) async -> Reply) async throws {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(ChannelOptions.backlog, value: 1024)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.pipeline.configureHTTPServerPipeline().flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(RequestHandler(answer: answer))
                }
            }
            .childChannelOption(ChannelOptions.tcpOption(.tcp_nodelay), value: 1)
            .bind(host: "127.0.0.1", port: port).get()
        self.channel = channel
        self.port = channel.localAddress?.port ?? 0
    }

    func stop() async { try? await channel.close().get() }
}

/// Collects one request after the other and writes their answers.
private final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answer: @Sendable (Received) async -> Reply
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(answer: @escaping @Sendable (Received) async -> Reply) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let found):
            head = found
            body = []
        case .body(let bytes):
            body += bytes.readableBytesView
        case .end:
            guard let head else { return }
            let parts = head.uri.split(separator: "?", maxSplits: 1).map(String.init)
            let received = Received(
                method: head.method.rawValue, path: parts.first ?? "/", query: parts.count > 1 ? parts[1] : "",
                headers: Dictionary(
                    head.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first }),
                body: body)
            let channel = context.channel
            let answer = answer
            Task {
                let reply = await answer(received)
                await ReplyWriter.write(reply, to: channel)
            }
        }
    }

}

private enum ReplyWriter {
    static func write(_ reply: Reply, to channel: any Channel) async {
        do {
            if reply.delay > .zero { try await Task.sleep(for: reply.delay) }
            var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: reply.status))
            for (name, value) in reply.headers { head.headers.add(name: name, value: value) }
            let length = reply.pieces.reduce(0) { $0 + $1.count }
            if !reply.isCut, reply.pieces.count == 1 { head.headers.add(name: "content-length", value: "\(length)") }
            if reply.pieces.count == 1, reply.delay == .zero, !reply.isCut {
                channel.write(HTTPServerResponsePart.head(head), promise: nil)
                channel.write(
                    HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: reply.pieces[0]))), promise: nil)
                try await channel.writeAndFlush(HTTPServerResponsePart.end(nil)).get()
                return
            }
            try await channel.writeAndFlush(HTTPServerResponsePart.head(head)).get()
            for (index, piece) in reply.pieces.enumerated() {
                let wait = index == 0 ? (reply.gap == nil ? reply.delay : .zero) : reply.gap ?? reply.delay
                if wait > .zero { try await Task.sleep(for: wait) }
                try await channel.writeAndFlush(
                    HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: piece)))
                ).get()
            }
            if reply.isCut {
                try await channel.close().get()
            } else {
                try await channel.writeAndFlush(HTTPServerResponsePart.end(nil)).get()
            }
        } catch {
            // The client went away; the test looks at what it did instead.
        }
    }
}
