import Foundation
import Testing
import WeirCore

@testable import WeirStore

@Suite("What is remembered of drift")
struct DriftStorageTests {
    private let subject = DriftSubject(node: "raw.orders", scope: .batch)
    private let at = Date(timeIntervalSince1970: 1_767_582_000)

    private func alert(_ id: String) -> DriftAlertRecord {
        DriftAlertRecord(
            id: id, subject: subject, runID: nil, at: at, metric: "rows", column: "", content: "{\"id\":\"\(id)\"}")
    }

    private func batch(_ time: Date) -> DriftBatch {
        DriftBatch(runID: nil, at: time, rows: 3, isPublished: true, content: "{}")
    }

    @Test("numbers, batches and alerts come back; what is no number is left out, what is old is forgotten")
    func roundTrip() async throws {
        let store = try StateStore.inMemory()
        let old = at.addingTimeInterval(-401 * 86_400)
        let early = [DriftPoint(metric: "rows", at: old, value: 1)]
        try await store.record(batch(old), points: early, alerts: [], of: subject)
        let points = [
            DriftPoint(metric: "mean", column: "größe", at: at, value: 1.5, noise: 0.1, isPublished: false),
            DriftPoint(metric: "mean", column: "x", at: at, value: .nan),
        ]
        try await store.record(batch(at), points: points, alerts: [alert("ab12"), alert("ab34")], of: subject)
        #expect(try await store.driftPoints(of: subject, since: .distantPast) == [points[0]])
        #expect(try await store.driftBatches(of: subject, limit: 9) == [batch(at)])
        #expect(try await store.driftAlerts(of: subject).map(\.id).sorted() == ["ab12", "ab34"])
        #expect(try await store.driftSubjects() == [subject])
        let other = DriftSubject(node: "raw.orders", scope: .table)
        #expect(try await store.driftPoints(of: other, since: .distantPast).isEmpty)
    }

    @Test("what a person says is kept by the beginning of an id; a beginning that means two, or none, changes nothing")
    func decide() async throws {
        let store = try StateStore.inMemory()
        try await store.record(batch(at), points: [], alerts: [alert("ab12"), alert("ab34")], of: subject)
        for (id, code) in [("ab", "drift.ambiguous-alert"), ("ff", "drift.unknown-alert"), ("", "drift.unknown-alert")]
        {
            let error = await #expect(throws: WeirError.self) {
                _ = try await store.decide(["ab12", id], .normal, note: nil)
            }
            #expect(error?.code == code)
        }
        #expect(try await store.driftAlerts(of: subject).allSatisfy { $0.verdict == nil })
        let said = try await store.decide(["AB1"], .anomaly, note: "a broken form")
        #expect(said.map(\.id) == ["ab12"] && said.first?.verdict == .anomaly)
        let kept = try await store.driftAlerts(of: subject).first { $0.id == "ab12" }
        #expect(kept?.verdict == .anomaly && kept?.note == "a broken form")
    }
}
