import WeirConnect
import WeirCore
import WeirEngine

/// Whether what `connections:` names answers.
struct ConnectionCheckup {
    let project: Project
    /// A server that does not answer may keep a client waiting for minutes.
    var patience: Duration = .seconds(10)

    func run(_ diagnosis: inout Diagnosis) async {
        for (name, settings) in project.connections.sorted(by: { $0.key < $1.key }) {
            let check = "connection \(name)"
            switch await answer(name, settings) {
            case .success(let detail): diagnosis.ok(check, "\(settings.kind): \(detail)")
            case .failure(let error): diagnosis.fail(check, Redaction.clean(error.message), error.hint)
            }
        }
    }

    /// The first of the answer and the end of patience. The engine's call cannot be stopped inside a driver; it
    /// is left to end by itself.
    private func answer(_ name: String, _ settings: ConnectionSettings) async -> Result<String, WeirError> {
        let patterns = patterns(settings)
        let (answers, box) = AsyncStream.makeStream(of: Result<String, WeirError>.self)
        Task {
            do { box.yield(.success(try await Self.ask(name, settings, patterns))) } catch {
                box.yield(.failure(WeirError.wrapping(error)))
            }
        }
        let limit = patience
        let clock = Task {
            try await Task.sleep(for: limit)
            box.yield(
                .failure(
                    WeirError(
                        "connection.silent", "no answer within \(limit.components.seconds) s",
                        hint: "is the server up, and does a firewall let this machine through?", outcome: .systemFailed)
                ))
        }
        defer { clock.cancel() }
        for await answer in answers { return answer }
        return .failure(WeirError("run.cancelled", "stopped on request", outcome: .systemFailed))
    }

    private static func ask(_ name: String, _ settings: ConnectionSettings, _ patterns: [String]) async throws -> String
    {
        let database = try await Database.open()
        return try await database.withConnection { connection in
            try await connection.perform { connection in
                try settings.open(as: name, on: connection)
                do {
                    return try look(name, settings, patterns, on: connection)
                } catch let error as WeirError {
                    throw WeirError(
                        "connection.failed", settings.wiped(error.message),
                        hint: "is connections.\(name) in weir.yaml right?", outcome: .systemFailed)
                }
            }
        }
    }

    /// Opening alone proves little: a SQLite file is only touched, and an object store only asked, when it is read.
    private static func look(
        _ name: String, _ settings: ConnectionSettings, _ patterns: [String], on connection: isolated Connection
    ) throws -> String {
        switch settings {
        case .s3, .gcs:
            for pattern in patterns { _ = try connection.query("SELECT file FROM glob(?) LIMIT 1", [.text(pattern)]) }
            return patterns.isEmpty ? "the settings are accepted; no source reads from it" : "answers"
        case .postgres, .mysql, .sqlite:
            let count =
                try connection.query(
                    "SELECT count(*) FROM duckdb_tables() WHERE database_name = ?",
                    [.text(ConnectionSettings.catalog(name))]
                ).scalar.int ?? 0
            return "answers, \(Figures.count(count, "table"))"
        }
    }

    private func patterns(_ settings: ConnectionSettings) -> [String] {
        let prefixes: [String] =
            switch settings {
            case .s3: ["s3://"]
            case .gcs: ["gs://", "gcs://"]
            default: []
            }
        return project.sources.flatMap { source -> [String] in
            guard case .files(let origin) = source.origin else { return [] }
            return origin.patterns.filter { pattern in prefixes.contains { pattern.hasPrefix($0) } }
        }
    }
}
