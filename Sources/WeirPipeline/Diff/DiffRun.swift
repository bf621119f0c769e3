import Foundation
import WeirConnect
import WeirCore
import WeirEngine
import WeirQuality

/// Compares two files, tables or queries, wherever they are. It writes nothing anywhere.
///
/// ```swift
/// var run = DiffRun(a: "old.parquet", b: "postgres://host/shop#public.orders", folder: ".")
/// let diff = try await run.run()
/// print(diff.rows.changed)
/// ```
public struct DiffRun: Sendable {
    public var a: String
    public var b: String
    public var options: DiffOptions
    /// Whose warehouse and connections may be named; files and addresses need none.
    public var project: Project?
    public var environment: String?
    /// Where relative paths begin.
    public var folder: String
    public var memoryLimit: String?

    public init(
        a: String, b: String, options: DiffOptions = .init(), project: Project? = nil, environment: String? = nil,
        folder: String
    ) {
        self.a = a
        self.b = b
        self.options = options
        self.project = project
        self.environment = environment
        self.folder = folder
    }

    /// Compares the rows.
    ///
    /// - Throws: ``WeirError``; those of this command begin with `diff.`.
    public func run() async throws -> TableDiff {
        try await opened { database, a, b in
            let plan = try await database.withConnection { connection in
                try await connection.perform { try KeyFinder(a: a, b: b, options: options).plan(on: $0) }
            }
            return try await TableDiffer(a: a, b: b, plan: plan, options: options).run(on: database)
        }
    }

    /// Compares columns, types and keys only.
    public func schema() async throws -> SchemaDiff {
        try await opened { _, a, b in try SchemaDiff(a, b, options: options) }
    }

    private func opened<R: Sendable>(
        _ body: @Sendable (Database, DiffSide, DiffSide) async throws -> R
    ) async throws -> R {
        let targets = (try DiffTarget(a, in: folder), try DiffTarget(b, in: folder))
        let work = FileManager.default.temporaryDirectory
            .appending(path: "weir-diff-\(ProcessInfo.processInfo.processIdentifier)").path
        defer { try? FileManager.default.removeItem(atPath: work) }
        do {
            var opener = SideOpener(project: project, environment: environment, folder: folder, scratch: work)
            do { return try await opened(targets, opener, body) } catch let error as WeirError
                where error.code == Self.dynamicValue
            {
                opener.readsSQLiteAsTexts = true
                return try await opened(targets, opener, body)
            }
        } catch let error as WeirError {
            throw Redaction.clean(error, secrets: targets.0.secrets + targets.1.secrets + projectSecrets)
        }
    }

    private func opened<R: Sendable>(
        _ targets: (DiffTarget, DiffTarget), _ opener: SideOpener,
        _ body: @Sendable (Database, DiffSide, DiffSide) async throws -> R
    ) async throws -> R {
        let database = try await opener.engine(memoryLimit: memoryLimit)
        let (first, second) = try await database.withConnection { connection in
            try await connection.perform { connection in
                options.progress("opening \(Redaction.clean(a))")
                let first = try opener.open(targets.0, label: a, id: "a", on: connection)
                options.progress("opening \(Redaction.clean(b))")
                return (first, try opener.open(targets.1, label: b, id: "b", on: connection))
            }
        }
        do { return try await body(database, first, second) } catch let error as WeirError
            where [first.engine, second.engine].contains("sqlite") && !opener.readsSQLiteAsTexts && error.isDynamicValue
        {
            throw WeirError(Self.dynamicValue, error.message, hint: error.hint, outcome: error.outcome)
        }
    }

    // MARK: SQLite

    private static let dynamicValue = "diff.dynamic-value"

    // MARK: Secrets

    private var projectSecrets: [Secret] { project?.connections.values.flatMap(\.secrets) ?? [] }
}

extension DiffTarget {
    /// What must not be shown of it.
    var secrets: [Secret] {
        switch self {
        case .database(.postgres(let url), _), .database(.mysql(let url), _): [url]
        default: []
        }
    }
}

extension Redaction {
    /// Drivers quote their whole connection string when something fails.
    static func clean(_ error: WeirError, secrets: [Secret]) -> WeirError {
        var error = error
        error.message = clean(error.message, secrets: secrets)
        error.hint = error.hint.map { clean($0, secrets: secrets) }
        return error
    }
}
