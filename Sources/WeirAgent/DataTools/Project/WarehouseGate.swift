/// Keeps openings of warehouses apart that must not be at the same time.
///
/// DuckDB guards its file against other processes by a lock that belongs to the whole process: inside of one process
/// nothing keeps a second opening from reading half-written pages, and its closing would give the first one's lock
/// away. All tools of a process therefore go through one gate.
enum WarehouseGate {
    static let shared = TurnGate()
}
