import Synchronization

/// Keeps openings of warehouses apart that must not be at the same time.
///
/// DuckDB guards its file against other processes by a lock that belongs to the whole process: inside of one process
/// nothing keeps a second opening from reading half-written pages, and its closing would give the first one's lock
/// away. All tools of a process therefore go through one gate.
enum WarehouseGate {
    private static let gates = Mutex<[String: TurnGate]>([:])

    /// The gate of a project's warehouses.
    static func of(_ context: ToolContext) -> TurnGate {
        gates.withLock { gates in
            if let gate = gates[context.root] { return gate }
            let gate = TurnGate()
            gates[context.root] = gate
            return gate
        }
    }
}
