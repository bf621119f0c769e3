import WeirCore
import WeirEngine

@testable import WeirQuality

/// Profiles in a database of their own.
enum ProfileLab {
    static func database() async throws -> Database {
        var settings = Database.Options()
        settings.extensions = ["icu", "json"]
        settings.sessionSetup = ["SET TimeZone = 'UTC'"]
        return try await Database.open(settings)
    }

    static func profile(
        _ setup: String = "", of relation: String, isTable: Bool = false,
        _ change: (inout Profiler.Options) -> Void = { _ in }
    ) async throws -> DataProfile {
        var options = Profiler.Options()
        change(&options)
        let profiler = Profiler(target: "t", options: options)
        return try await database().withConnection { connection in
            if !setup.isEmpty { try await connection.execute(setup) }
            return try await connection.perform { try profiler.profile(relation, isTable: isTable, on: $0) }
        }
    }
}
