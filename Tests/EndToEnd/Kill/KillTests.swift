import Foundation
import Testing

/// SIGKILL at any instant: the next run ends where an undisturbed one would.
///
/// `WEIR_SOAK=1` tries 200 instants instead of a few; `WEIR_KILL_SEED=n` tries one again.
@Suite("A killed run", .serialized)
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
            let delivery = Int(seed % 3)
            var project = try undisturbed.project(before: delivery)
            try KillProject.deliver(delivery, to: project)
            var story: [String] = []
            var left = seed % 4 == 3 ? Int.random(in: 2...4, using: &random) : 1
            var tries = 8
            while left > 0, tries > 0 {
                tries -= 1
                // A little beyond the end, since this run may be slower than the one measured.
                let instant = Double.random(in: 0...1.05, using: &random) * undisturbed.seconds[delivery]
                let (code, lasted) = try await Self.kill(
                    project, ["run", "--now", KillProject.now[delivery]], after: instant)
                story.append("\(Int(instant * 1000)) ms → \(code)")
                if code == 128 + SIGKILL {
                    killed += 1
                    left -= 1
                } else if story.count == 1 {
                    // It was quicker than when it was measured: what counts is how long it takes now. Once more.
                    undisturbed.seconds[delivery] = lasted
                    story = []
                    project = try undisturbed.project(before: delivery)
                    try KillProject.deliver(delivery, to: project)
                } else {
                    left -= 1
                }
            }
            let about: Comment = "WEIR_KILL_SEED=\(seed), delivery \(delivery + 1), \(story)"
            for next in delivery...(seed % 5 == 0 ? 2 : delivery) {
                if next > delivery { try KillProject.deliver(next, to: project) }
                let done = try await project.run("--now", KillProject.now[next])
                #expect(done.code == 0, "\(about) \(done)")
                let found = try await WarehouseDump.of(project.path("warehouse.duckdb"))
                let difference = WarehouseDump.difference(undisturbed.dumps[next], found)
                #expect(difference == nil, "\(about), after delivery \(next + 1): \(difference ?? "")")
            }
        }
        // A harness that always comes too late proves nothing.
        #expect(killed * 2 >= Self.seeds.count, "\(killed) of \(Self.seeds.count) runs were killed")
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

/// The three deliveries run in peace: what they lead to, how long they take, and the state before each.
struct Undisturbed {
    var dumps: [[String: String]] = []
    var seconds: [Double] = []
    private var snapshots: [TempProject] = []
    private static let state = ["warehouse.duckdb", "warehouse.duckdb.wal", ".weir"]

    static func record() async throws -> Undisturbed {
        var result = Undisturbed()
        let project = try TempProject(KillProject.files)
        for (number, now) in KillProject.now.enumerated() {
            let before = try TempProject(KillProject.files)
            try copyState(from: project, to: before)
            result.snapshots.append(before)
            try KillProject.deliver(number, to: project)
            let clock = ContinuousClock.now
            let done = try await project.run("--now", now)
            try #require(done.code == 0, "\(done)")
            result.seconds.append((ContinuousClock.now - clock) / .seconds(1))
            result.dumps.append(try await WarehouseDump.of(project.path("warehouse.duckdb")))
        }
        return result
    }

    /// A project of its own in the state before a delivery.
    func project(before delivery: Int) throws -> TempProject {
        let project = try TempProject(KillProject.files)
        for earlier in 0..<delivery { try KillProject.deliver(earlier, to: project) }
        try Self.copyState(from: snapshots[delivery], to: project)
        return project
    }

    private static func copyState(from: TempProject, to: TempProject) throws {
        for name in state where FileManager.default.fileExists(atPath: from.path(name)) {
            try FileManager.default.copyItem(atPath: from.path(name), toPath: to.path(name))
        }
    }
}
