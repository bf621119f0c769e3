import ArgumentParser
import Foundation
import WeirCore

/// `--now`: the time that counts as now.
struct NowOption: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("ISO 8601 time that counts as now, for repeatable histories.", valueName: "time"))
    var now: String?

    func validate() throws {
        if let now, UTC.date(now) == nil {
            throw ValidationError("--now takes an ISO 8601 time, like 2026-11-23T16:00:00Z, and not \"\(now)\"")
        }
    }

    /// Nil where nothing was said: the clock's.
    var date: Date? { now.flatMap(UTC.date) }
}
