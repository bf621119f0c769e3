import Foundation
import Testing
import WeirCore

@testable import WeirStore

@Suite("Stored results of tests")
struct TestStorageTests {
    private func record(
        _ name: String, _ status: TestRecord.Status, file: String = "tests/a.yaml", environment: String? = nil,
        second: Double = 0
    ) -> TestRecord {
        TestRecord(
            node: "mart.a", file: file, name: name, environment: environment, status: status, durationMs: 7,
            at: Date(timeIntervalSince1970: second))
    }

    @Test("the last result of a test replaces the one before, and of no other")
    func last() async throws {
        let store = try StateStore.inMemory()
        try await store.saveTests([
            record("é \"q\"", .failed), record("b", .passed), record("b", .passed, file: "tests/b.yaml"),
        ])
        try await store.saveTests([record("é \"q\"", .passed, second: 5), record("c", .invalid, second: 5)])
        try await store.saveTests([])
        #expect(
            try await store.lastTests() == [
                record("b", .passed), record("c", .invalid, second: 5), record("é \"q\"", .passed, second: 5),
                record("b", .passed, file: "tests/b.yaml"),
            ])
    }

    @Test("an environment has results of its own")
    func environments() async throws {
        let store = try StateStore.inMemory()
        try await store.saveTests([record("rows", .passed), record("rows", .failed, environment: "dev")])
        #expect(try await store.lastTests().map(\.status) == [.passed])
        #expect(try await store.lastTests(environment: "dev").map(\.environment) == [nil, "dev"])
        #expect(try await store.lastTests(environment: "other").map(\.status) == [.passed])
    }

    @Test("a file of the version before gets the table, and keeps what is in it")
    func upgrade() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "state.db").path
        try OldStateFile.write(to: path)
        let store = try await StateStore.open(path)
        #expect(try await store.metrics("rows").map(\.value) == [4])
        try await store.saveTests([record("a", .passed)])
        #expect(try await store.lastTests().count == 1)
    }
}
