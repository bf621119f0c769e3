import Foundation
import Testing
import WeirConnect
import WeirCore

@testable import WeirPipeline

/// An endpoint that can be switched off.
private actor FakeEndpoint: JSONPoster {
    private(set) var received: [String] = []
    private(set) var tries = 0
    private var error: WeirError?

    func answer(with error: WeirError?) { self.error = error }

    func post(_ post: JSONPost) async throws -> HTTPReply {
        tries += 1
        // A turn for others, so that a sender that does not keep its order is found out.
        await Task.yield()
        if let error { throw error }
        received.append(String(decoding: post.body, as: UTF8.self))
        return HTTPReply(status: 200, body: [], attempts: 1)
    }
}

private func withFolder<R>(_ body: (String) async throws -> R) async throws -> R {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
}

private func event(_ number: Int) -> OpenLineageEvent {
    OpenLineageBuilder(OpenLineageSample.context).runStarted(at: Date(timeIntervalSince1970: Double(number)))
}

private func lines(_ path: String) -> [String] {
    ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
}

@Suite("Delivering OpenLineage events")
struct OpenLineageEmitterTests {
    static let down = WeirError("http.unreachable", "no route", isTransient: true, outcome: .systemFailed)

    @Test("to a file: many writers at once lose and tear nothing")
    func fileConcurrently() async throws {
        try await withFolder { (folder: String) async throws in
            let path = folder + "/deep/lineage.ndjson"
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        #expect(
                            await OpenLineageFileEmitter(path: path).emit([event(number), event(number + 100)]).isEmpty)
                    }
                }
            }
            #expect(lines(path).count == 80)
            #expect(lines(path).allSatisfy { JSONValue(parsing: $0) != nil })
        }
    }

    @Test("to a file: a line that a crash cut does not swallow the next")
    func tornLine() async throws {
        try await withFolder { (folder: String) async throws in
            let path = folder + "/lineage.ndjson"
            try Data("{\"cut".utf8).write(to: URL(fileURLWithPath: path))
            _ = await OpenLineageFileEmitter(path: path).emit([event(1)])
            #expect(lines(path) == ["{\"cut", event(1).line()])
        }
    }

    @Test("to a file that cannot be written: a warning, no failure")
    func unwritable() async throws {
        try await withFolder { (folder: String) async throws in
            let warnings = await OpenLineageFileEmitter(path: folder).emit([event(1)])
            #expect(warnings.map(\.code) == ["lineage.not-written"])
        }
    }

    @Test("to an endpoint: what could not be delivered goes first the next time, in order")
    func spooled() async throws {
        try await withFolder { (folder: String) async throws in
            let spool = folder + "/.weir/spool.ndjson"
            let endpoint = FakeEndpoint()
            await endpoint.answer(with: Self.down)
            let first = OpenLineageHTTPEmitter(url: "http://x", spool: spool, poster: endpoint)
            #expect(await first.emit([event(1), event(2)]).map(\.code) == ["lineage.not-sent"])
            #expect(await first.emit([event(3)]).isEmpty)
            #expect(await endpoint.tries == 1)
            #expect(lines(spool).count == 3)

            await endpoint.answer(with: nil)
            let second = OpenLineageHTTPEmitter(url: "http://x", spool: spool, poster: endpoint)
            #expect(await second.emit([event(4)]).isEmpty)
            #expect(await endpoint.received == (1...4).map { event($0).line() })
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/.weir").isEmpty)
        }
    }

    @Test("to an endpoint that is down for runs: everything waits, in order and once")
    func staysDown() async throws {
        try await withFolder { (folder: String) async throws in
            let spool = folder + "/spool.ndjson"
            let endpoint = FakeEndpoint()
            await endpoint.answer(with: Self.down)
            for run in 1...5 {
                _ = await OpenLineageHTTPEmitter(url: "http://x", spool: spool, poster: endpoint).emit([event(run)])
            }
            #expect(lines(spool) == (1...5).map { event($0).line() })
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["spool.ndjson"])
        }
    }

    @Test("an event that is refused is dropped with a warning and does not block the others")
    func refused() async throws {
        try await withFolder { (folder: String) async throws in
            let endpoint = FakeEndpoint()
            await endpoint.answer(with: WeirError("http.refused", "answered 422", outcome: .systemFailed))
            let emitter = OpenLineageHTTPEmitter(url: "http://x", spool: folder + "/spool.ndjson", poster: endpoint)
            #expect(await emitter.emit([event(1)]).map(\.code) == ["lineage.not-sent"])
            await endpoint.answer(with: nil)
            #expect(await emitter.emit([event(2)]).isEmpty)
            #expect(await endpoint.received == [event(2).line()])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }

    @Test("what a dead process had taken is sent, and a cut line is left out")
    func orphans() async throws {
        try await withFolder { (folder: String) async throws in
            let spool = folder + "/spool.ndjson"
            let taken = "\(spool).taken-\(0x7FFF_FFF0)-x"
            try Data("\(event(1).line())\n{\"cut".utf8).write(to: URL(fileURLWithPath: taken))
            let endpoint = FakeEndpoint()
            _ = await OpenLineageHTTPEmitter(url: "http://x", spool: spool, poster: endpoint).emit([event(2)])
            #expect(await endpoint.received == [event(1).line(), event(2).line()])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }

    @Test("calls that overlap keep their order")
    func overlapping() async throws {
        try await withFolder { (folder: String) async throws in
            let endpoint = FakeEndpoint()
            let emitter = OpenLineageHTTPEmitter(url: "http://x", spool: folder + "/spool.ndjson", poster: endpoint)
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask { _ = await emitter.emit([event(number), event(number + 1000)]) }
                }
            }
            let received = await endpoint.received
            #expect(received.count == 40)
            for number in 0..<20 {
                let at = try #require(received.firstIndex(of: event(number).line()))
                #expect(received[at + 1] == (event(number + 1000).line()))
            }
        }
    }

    @Test("a spool that grows too large drops its oldest events and says so")
    func full() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("weir-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let spool = OpenLineageSpool(path: path, limit: 100)
        var warnings: [WeirError] = []
        spool.keep((0..<30).map { "{\"n\":\($0)}" }, &warnings)
        #expect(warnings.map(\.code) == ["lineage.spool-full"])
        #expect(lines(path).last == "{\"n\":29}")
        #expect(lines(path).count == 11)
    }

    @Test(
        "the endpoint's path is added where it is missing",
        arguments: [
            ("http://h:5000", "http://h:5000/api/v1/lineage"), ("http://h/", "http://h/api/v1/lineage"),
            ("http://h/mine", "http://h/mine"), ("http://h?api=1", "http://h/api/v1/lineage?api=1"),
        ])
    func endpoint(_ url: String, _ expected: String) {
        #expect(OpenLineageHTTPEmitter.endpoint(url) == expected)
    }
}
