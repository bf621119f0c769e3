import Foundation
import GRDB
import Testing
import WeirCore

@testable import WeirStore

@Suite("Audit trail")
struct AuditTests {
    private func entry(_ tool: String, session: String?, arguments: String = "{}") -> AuditEntry {
        AuditEntry(
            at: Date(timeIntervalSince1970: 1_700_000_000), session: session, actor: "data-engineer", tool: tool,
            level: "read", decision: "allowed", arguments: arguments, error: nil, microseconds: 12)
    }

    @Test("keeps every call in order, tells those of a session, and no secret")
    func keeps() async throws {
        let store = try StateStore.inMemory(secrets: [Secret("hunter2")])
        try await store.record([
            entry("query", session: "a", arguments: #"{"sql":"SELECT 'hunter2'"}"#), entry("run", session: "b"),
        ])
        try await store.record([entry("schema", session: "a", arguments: String(repeating: "é", count: 9_000))])
        #expect(try await store.audit().map(\.tool) == ["schema", "run", "query"])
        let own = try await store.audit(session: "a")
        #expect(own.map(\.tool) == ["schema", "query"])
        #expect(!own[1].arguments.contains("hunter2"))
        #expect(own[0].arguments.count < 5_000)
        #expect(own[1].at == Date(timeIntervalSince1970: 1_700_000_000))
        #expect(try await store.audit(limit: 1).count == 1)
    }

    @Test("the oldest calls go when there are too many")
    func limit() async throws {
        let store = try StateStore.inMemory()
        try await store.record([entry("first", session: nil), entry("second", session: nil)])
        // As if half a million had been made since.
        try await store.write { database in
            try database.execute(
                sql: "UPDATE audit SET id = id + ? WHERE tool = 'second'", arguments: [StateStore.auditedCalls])
        }
        try await store.record([entry("third", session: nil)])
        #expect(try await store.audit().map(\.tool) == ["third", "second"])
    }
}
