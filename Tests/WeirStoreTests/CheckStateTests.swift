import Foundation
import Testing
import WeirCore

@testable import WeirStore

@Suite("What is remembered of checks")
struct CheckStateTests {
    private let at = Date(timeIntervalSince1970: 1_767_582_000)

    private func state(_ part: String, _ version: String = "1") -> CheckState {
        CheckState(part: part, version: version, content: "{\"rows\":1}")
    }

    @Test("the parts of a table as they are replace those that were, of this definition only")
    func replaced() async throws {
        let store = try StateStore.inMemory()
        try await store.record([state("a"), state("ü")], of: "raw.orders", definition: "d1", at: at)
        try await store.record([state("a")], of: "raw.orders", definition: "d2", at: at)
        try await store.record([state("a")], of: "raw.other", definition: "d1", at: at)
        try await store.record([state("ü", "2"), state("b")], of: "raw.orders", definition: "d1", at: at)
        let states = try await store.checkStates(of: "raw.orders")
        #expect(Set(states["d1"] ?? []) == [state("ü", "2"), state("b")])
        #expect(states["d2"] == [state("a")])
        #expect(try await store.checkStates(of: "raw.other").keys.sorted() == ["d1"])
        #expect(try await store.checkStates(of: "raw.none").isEmpty)
    }

    @Test("definitions that nobody asked for lately are forgotten, never the newest")
    func forgotten() async throws {
        let store = try StateStore.inMemory()
        for number in 0..<20 {
            // The clock may stand still, or go back.
            let time = at.addingTimeInterval(number == 19 ? -1000 : Double(number / 2))
            try await store.record([state("a")], of: "raw.orders", definition: "d\(number)", at: time)
        }
        let kept = try await store.checkStates(of: "raw.orders").keys
        #expect(kept.count == StateStore.checkDefinitions && kept.contains("d19") && !kept.contains("d0"))
    }
}
