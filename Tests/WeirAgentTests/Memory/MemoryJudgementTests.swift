import Foundation
import Testing
import WeirStore

@testable import WeirAgent

@Suite("What becomes of a memory beside others")
struct MemoryJudgementTests {
    private func compare(_ new: String, _ old: String, likeness: Float? = nil) -> MemoryJudgement.Comparison {
        MemoryJudgement.comparison(MemoryGist(new), MemoryGist(old), likeness: likeness)
    }

    private func contradicts(_ new: String, _ old: String) -> Bool {
        MemoryJudgement.contradiction(MemoryGist(new), MemoryGist(old)) != nil
    }

    @Test(
        "the same in other forms of its words is one",
        arguments: [
            ("Use composite indexes for multi-column queries", "For multi-column queries, use a composite index"),
            ("Always validate the e-mail before loading customers", "Validate e-mails before loading customers"),
            ("Partition orders by day", "partition the orders by day!"),
        ])
    func same(new: String, old: String) { #expect(compare(new, old) == .saysSame) }

    @Test("of one that says more and one that says less the one that says more stays")
    func more() {
        let long = "Load customers before orders, and check row counts"
        let short = "Load customers before orders, check row"
        #expect(compare(long, short) == .saysMore)
        #expect(compare(short, long) == .saysLess)
        #expect(compare("Use an index", long) == .apart)
    }

    @Test(
        "what is only alike stays apart",
        arguments: [
            ("Validate e-mail before loading customers", "Validate e-mail before loading suppliers"),
            ("orders.id is unique", "orders.customer_id is unique"),
            ("Partition 7 of orders is broken", "Partition 8 of orders is broken"),
            ("Figures of 2024 are restated", "Figures of 2025 are restated"),
            ("Copy orders from shop to mart", "Copy orders from mart to shop"),
            ("Load orders into customers", "Load customers into orders"),
            ("Use views for staging", "Use tables for the mart"), ("Retry on error 429", "Retry on error 503"),
        ])
    func apart(new: String, old: String) {
        #expect(compare(new, old) == .apart)
        #expect(!contradicts(new, old))
    }

    @Test(
        "what cannot both be right is told, whichever came first",
        arguments: [
            ("Set the pool size to 20", "Set the pool size to 10"),
            ("Timeout of the shop is 30s", "Timeout of the shop is 60s"),
            ("Do not use views for staging", "Use views for staging"),
            ("Never partition by day", "Always partition by day"),
            ("Avoid SELECT *", "Use SELECT *"),
            ("The warehouse time zone is UTC", "The warehouse time zone is Europe/Oslo"),
            ("Primary key of orders is order_id", "Primary key of orders is id"),
            ("Prefer views over tables", "Prefer tables over views"),
            ("batch_size=500 is best", "batch_size=100 is best"),
            ("Load customers before orders", "Load orders before customers"),
            ("Keep logs for 90 days", "Keep logs for 30 days"),
        ])
    func contrary(new: String, old: String) {
        #expect(contradicts(new, old))
        #expect(contradicts(old, new))
        #expect(compare(new, old) == .apart)
    }

    @Test(
        "what may both be right is not taken for a contradiction",
        arguments: [
            ("orders.status is text", "orders.status is not null"),
            ("The schema is wide", "The schema is wide and old"),
            ("Column 3 of the export is empty", "Column 4 of the export is empty"),
            ("Use views for staging", "Do not use views for the big mart of orders"),
            ("Release 2.1 of the API is out", "Release 2.2 of the API is out"),
        ])
    func both(new: String, old: String) { #expect(!contradicts(new, old)) }

    @Test("likeness in meaning merges only what has half of the words too")
    func likeness() {
        let (a, b) = ("Rebuild the customer mart nightly", "Rebuild the customer mart every night")
        #expect(compare(a, b) == .apart)
        #expect(compare(a, b, likeness: 0.97) == .saysSame)
        #expect(compare(a, b, likeness: 0.9) == .apart)
        #expect(compare("Ship parcels early", b, likeness: 0.99) == .apart)
        #expect(compare(a + " 7", b + " 8", likeness: 0.99) == .apart)
    }
}
