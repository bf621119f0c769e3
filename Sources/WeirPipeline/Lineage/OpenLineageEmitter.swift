import Foundation
import WeirConnect
import WeirCore

/// Takes events away. It never throws: lineage that cannot be delivered is a warning and stops no run.
public protocol OpenLineageEmitter: Sendable {
    /// Delivers the events in order and returns what the user should be told.
    func emit(_ events: [OpenLineageEvent]) async -> [WeirError]

    /// The run is over and a person waits: from then on no delivery is begun any more.
    func stop(after deadline: ContinuousClock.Instant) async
}

/// Appends events to a file, one on a line.
public struct OpenLineageFileEmitter: OpenLineageEmitter {
    public let path: String

    public init(path: String) { self.path = path }

    public func emit(_ events: [OpenLineageEvent]) async -> [WeirError] {
        do {
            try LineFile(path: path).append(events.map { $0.line() })
            return []
        } catch {
            return [
                WeirError(
                    "lineage.not-written", "lineage events could not be written: \(error.asText)",
                    hint: "the run goes on without them", at: Place(file: path), outcome: .systemFailed)
            ]
        }
    }
}

extension OpenLineageFileEmitter {
    /// A file is written at once.
    public func stop(after deadline: ContinuousClock.Instant) async {}
}

/// Posts events to an endpoint; those that cannot be delivered wait in a spool and go first the next time.
///
/// After one failure it stops trying for the rest of its life, one run: a dead endpoint must cost a run one time
/// limit and not one for each table.
public actor OpenLineageHTTPEmitter: OpenLineageEmitter {
    private let url: String
    private let apiKey: Secret?
    private let poster: any JSONPoster
    private let spool: OpenLineageSpool
    private var isDown = false
    private var isSpoolSent = false
    private var last: Task<[WeirError], Never>?
    private var deadline: ContinuousClock.Instant?

    /// - Parameters:
    ///   - url: the endpoint. Without a path, `/api/v1/lineage` is meant.
    ///   - spool: file for what could not be delivered, `.weir/openlineage-spool.ndjson`.
    public init(url: String, apiKey: Secret? = nil, spool: String, poster: any JSONPoster = HTTPPoster()) {
        self.url = Self.endpoint(url)
        self.apiKey = apiKey
        self.poster = poster
        self.spool = OpenLineageSpool(path: spool)
    }

    static func endpoint(_ url: String) -> String {
        guard var parts = URLComponents(string: url), ["", "/"].contains(parts.path) else { return url }
        parts.path = "/api/v1/lineage"
        return parts.string ?? url
    }

    public func emit(_ events: [OpenLineageEvent]) async -> [WeirError] {
        // An actor lets another call in while it waits for the network; the order of events must not change.
        let before = last
        let sending = Task {
            _ = await before?.value
            return await send(events)
        }
        last = sending
        return await sending.value
    }

    public func stop(after deadline: ContinuousClock.Instant) async { self.deadline = deadline }

    private func send(_ events: [OpenLineageEvent]) async -> [WeirError] {
        var lines = events.map { $0.line() }
        var warnings: [WeirError] = []
        var taken: OpenLineageSpool.Taken?
        if !isSpoolSent {
            isSpoolSent = true
            let waiting = spool.take(&warnings)
            lines = waiting.lines + lines
            taken = waiting
        }
        var sent = 0
        while !isDown, sent < lines.count {
            if let deadline, ContinuousClock.now > deadline {
                isDown = true
                warnings.append(
                    warning(
                        "lineage events wait in \(spool.path) for the next run",
                        WeirError("http.slow", "the endpoint takes them too slowly", isTransient: true)))
                break
            }
            do {
                _ = try await poster.post(
                    JSONPost(url: url, body: Array(lines[sent].utf8), apiKey: apiKey, timeout: .seconds(5)))
                sent += 1
            } catch let error as WeirError where error.code == "http.refused" {
                // The endpoint will not take this one, however often it is sent; it must not block the others.
                warnings.append(warning("one lineage event was refused and dropped", error))
                sent += 1
            } catch {
                isDown = true
                warnings.append(warning("lineage events wait in \(spool.path) for the next run", .wrapping(error)))
            }
        }
        if sent < lines.count { spool.keep(Array(lines[sent...]), &warnings) }
        if let taken { spool.release(taken) }
        return warnings
    }

    private func warning(_ what: String, _ cause: WeirError) -> WeirError {
        WeirError(
            "lineage.not-sent", "\(what): \(cause.message)", hint: cause.hint, isTransient: cause.isTransient,
            outcome: .systemFailed)
    }
}

extension Project {
    /// Where the project wants its events.
    var lineageEmitters: [any OpenLineageEmitter] {
        var emitters: [any OpenLineageEmitter] = []
        if let file = lineage.file {
            emitters.append(OpenLineageFileEmitter(path: file.hasPrefix("/") ? file : "\(root)/\(file)"))
        }
        if let url = lineage.url {
            emitters.append(
                OpenLineageHTTPEmitter(
                    url: url, apiKey: lineage.apiKey, spool: "\(stateFolder)/openlineage-spool.ndjson"))
        }
        return emitters
    }
}

extension Error {
    /// The text of an error of the system, or of Weir without its code.
    var asText: String { (self as? WeirError)?.message ?? localizedDescription }
}
