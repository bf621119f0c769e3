import WeirEngine

/// An engine in memory, for making files that tests read.
enum Scratch {
    static func execute(_ sql: String) async throws {
        let database = try await Database.open()
        _ = try await database.withConnection { try await $0.execute(sql) }
    }
}
