import Foundation
import Testing

/// SIGKILL at any instant of a run, a backfill or a replay: the same command then ends where an undisturbed one would.
///
/// `WEIR_SOAK=1` tries 200 instants instead of a few; `WEIR_KILL_SEED=n` tries one again.
@Suite("A killed command", .serialized)
struct KillTests {
    private static var seeds: [UInt64] {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["WEIR_KILL_SEED"].flatMap(UInt64.init) { return [seed] }
        return Array(0..<(environment["WEIR_SOAK"] == "1" ? 200 : 9))
    }

    @Test("is finished by the next one, byte for byte")
    func resumes() async throws {
        var undisturbed = try await Undisturbed.record()
        var killed = 0
        for seed in Self.seeds {
            var random = Seeded(seed &* 0x5851_F42D_4C95_7F2D)
            let step = Int(seed) % KillStep.all.count
            var project = try await undisturbed.project(before: step)
            try await KillStep.all[step].prepare(project)
            var story: [String] = []
            var left = random.next() % 4 == 3 ? Int.random(in: 2...4, using: &random) : 1
            var tries = 8
            while left > 0, tries > 0 {
                tries -= 1
                // A little beyond the end, since this run may be slower than the one measured.
                let instant = Double.random(in: 0...1.05, using: &random) * undisturbed.seconds[step]
                let (code, lasted) = try await Self.kill(project, KillStep.arguments(step), after: instant)
                story.append("\(Int(instant * 1000)) ms → \(code)")
                if code == 128 + SIGKILL {
                    killed += 1
                    left -= 1
                } else if story.count == 1 {
                    // It was quicker than when it was measured: what counts is how long it takes now. Once more.
                    undisturbed.seconds[step] = lasted
                    story = []
                    project = try await undisturbed.project(before: step)
                    try await KillStep.all[step].prepare(project)
                } else {
                    left -= 1
                }
            }
            let about: Comment = "WEIR_KILL_SEED=\(seed), \(KillStep.all[step].name), \(story)"
            for next in step...(seed % 5 == 0 ? KillStep.all.count - 1 : step) {
                if next > step { try await KillStep.all[next].prepare(project) }
                let done = try await project.command(KillStep.arguments(next))
                #expect(done.code == 0, "\(about) \(done)")
                let found = try await WarehouseDump.of(project.path("warehouse.duckdb"))
                let difference = WarehouseDump.difference(undisturbed.dumps[next], found)
                #expect(difference == nil, "\(about), after \(KillStep.all[next].name): \(difference ?? "")")
            }
        }
        // A harness that always comes too late proves nothing.
        #expect(killed * 2 >= Self.seeds.count, "\(killed) of \(Self.seeds.count) runs were killed")
    }

    @Test("the project that is killed has rows to hold back in every kind of load, and rows that leave")
    func covers() async throws {
        let dumps = try await Undisturbed.record().dumps
        let held = [
            "raw__customers", "raw__events", "raw__orders", "raw__moves", "raw__tickets", "raw__products",
            "mart__stock",
            "mart__orders_merged", "mart__customer_history", "mart__daily",
        ]
        for table in held { #expect(dumps.contains { $0["weir_quarantine.\(table)"] != nil }, "\(table)") }
        func rows(_ table: String, _ step: Int) -> Set<Substring> {
            Set((dumps[step][table] ?? "").split(separator: "\n"))
        }
        let loads = KillStep.all.indices.filter { KillStep.all[$0].delivery != nil }
        let (second, third) = (loads[1], loads[2])
        for table in ["raw.products", "mart.stock"] {
            let keys = [second, third].map { Set(rows(table, $0).map { $0.prefix { $0 != "|" } }) }
            #expect(!keys[0].subtracting(keys[1]).isEmpty, "\(table): nothing is deleted")
        }
        let closed = rows("mart.customer_history", third).filter { $0.hasSuffix("|false") }
        #expect(!closed.isEmpty)
        let ranges = rows("weir_meta.intervals", second)
        #expect(rows("weir_meta.intervals", second + 1) != ranges, "the backfill builds in batches")
    }

    @Test(
        "what the killed project is compared by sees one row less, one value changed and one position moved",
        arguments: [
            "DELETE FROM mart.stock WHERE product_id = 1", "UPDATE mart.daily SET orders = orders + 1",
            "DELETE FROM weir_quarantine.raw__orders WHERE rowid = 0",
            "UPDATE weir_meta.checkpoints SET watermark = '2030-01-01' WHERE name = 'raw.orders'",
            "UPDATE weir_meta.checkpoints SET version = 'other' WHERE name = 'raw.products'",
            "DELETE FROM weir_meta.files WHERE path LIKE '%moves-1-2%'",
            "CREATE TABLE mart.__weir_new_left AS SELECT 1 AS a",
        ])
    func sees(damage: String) async throws {
        let project = try TempProject(KillProject.files)
        for number in 0..<2 {
            try await KillStep.all[number].prepare(project)
            let done = try await project.command(KillStep.arguments(number))
            try #require(done.code == 0, "\(done)")
        }
        let path = project.path("warehouse.duckdb")
        let whole = try await WarehouseDump.of(path)
        try await Scratch.execute("ATTACH '\(path)' AS w; USE w; \(damage)")
        #expect(WarehouseDump.difference(whole, try await WarehouseDump.of(path)) != nil)
    }

    /// - Returns: the exit code, and the seconds that the process lived.
    private static func kill(
        _ project: TempProject, _ arguments: [String], after seconds: Double
    ) async throws -> (code: Int32, lasted: Double) {
        try await Turns.shared.take {
            let clock = ContinuousClock.now
            // Beyond its limit a process is killed.
            let code = try await project.start(arguments).wait(limit: .seconds(seconds))
            return (code, (ContinuousClock.now - clock) / .seconds(1))
        }
    }
}
