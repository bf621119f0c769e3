/// One command that changes the warehouse, and what happens before it.
struct KillStep: Sendable {
    let name: String
    /// Repeatable: what it leads to does not depend on how often it is begun.
    let command: [String]
    /// The files that come before it; nil for none.
    var delivery: Int?
    var files: [String: String] = [:]

    /// In this order each finds rows to work on.
    static let all: [KillStep] = [
        KillStep(name: "first load", command: ["run"], delivery: 0),
        KillStep(name: "second load", command: ["run"], delivery: 1),
        // Orders of the first days were merged away, which the look-back of a run does not reach.
        KillStep(
            name: "backfill",
            command: ["backfill", "mart.daily", "--from", "2025-12-10", "--to", "2025-12-15", "--threads", "2"]),
        KillStep(
            name: "replay of mended rows",
            command: ["quarantine", "replay", "raw.orders", "--set", "amount=abs(amount)"]),
        KillStep(
            name: "replay into a history",
            command: ["quarantine", "replay", "mart.customer_history", "--set", "city='Oslo'"]),
        KillStep(
            name: "replay under a milder contract", command: ["quarantine", "replay", "mart.daily"],
            files: ["contracts/shop.yaml": KillProject.contract(mostOrdersADay: 480)]),
        KillStep(name: "third load", command: ["run"], delivery: 2),
        KillStep(
            name: "replay of a whole input's rows",
            command: ["quarantine", "replay", "raw.products", "--set", "price=0"]),
    ]

    /// What is typed. The time that counts as now is that of the step, however often it is begun.
    static func arguments(_ number: Int) -> [String] {
        all[number].command + ["--now", "2026-01-0\(number + 1)T00:00:00Z"]
    }

    func prepare(_ project: TempProject) async throws {
        if let delivery { try await KillDelivery.write(delivery, to: project) }
        for (path, text) in files { try project.write(path, text) }
    }
}
