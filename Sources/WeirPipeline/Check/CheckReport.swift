import Foundation
import WeirCore
import WeirQuality

/// What `weir check` found; the stable JSON of `--output json`.
public struct CheckReport: Sendable, Encodable {
    /// DuckDB's version, as in `v1.5.5`.
    public var engine: String
    public var weir: String
    public var tables: [CheckedTable] = []

    public enum Status: String, Sendable, Encodable {
        /// Every rule holds, or allows what was found.
        case passed
        /// A rule that only reports does not hold.
        case warned
        /// A rule does not hold, or a table could not be checked.
        case failed
    }

    public var status: Status {
        let all = tables.map(\.status)
        return all.contains(.failed) ? .failed : all.contains(.warned) ? .warned : .passed
    }

    /// What the command ends with.
    public var outcome: Outcome {
        let errors = tables.compactMap { $0.error?.outcome }
        if let worst = [Outcome.systemFailed, .wrongUsage].first(where: errors.contains) { return worst }
        return status == .failed ? .gateFailed : .done
    }

    private enum Key: String, CodingKey { case status, engine, weir, tables }

    public func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        try box.encode(status, forKey: .status)
        try box.encode(engine, forKey: .engine)
        try box.encode(weir, forKey: .weir)
        try box.encode(tables, forKey: .tables)
    }
}

/// One table, file or query held against its contract.
public struct CheckedTable: Sendable, Encodable {
    /// As it was asked for, or the table's name.
    public var target: String
    public var contract: ContractMark
    /// The database that was asked, and its version: `duckdb 1.5.5`, `postgres 15.4`.
    public var engine: String
    /// Another database than the one that Weir brings, where one was asked.
    var otherEngine: String? { engine.hasPrefix("duckdb") ? nil : engine }

    /// A mark of the data that was looked at: of the table's last publication, or of the files' names, sizes and
    /// times. Nil where there is none.
    public var data: String?
    public var rows: Int?
    /// Lines of files that are no rows, or hold a value of another type.
    public var unreadableRows = 0
    /// Why they are not.
    public var unreadable: [Unreadable] = []
    public var checks: [CheckOutcome] = []
    public var segments: [CheckSegment] = []
    public var failing: [FailingRow] = []
    /// How it was done, where only what changed was read.
    public var incremental: IncrementalReport?
    /// Whether a watched table is as it used to be.
    public var drift: DriftReport?
    /// What else there is to say, in one sentence.
    public var note: String?
    public var milliseconds = 0
    /// Why the table could not be checked.
    public var error: WeirError?
    /// The table of the project that it is; nil for everything else.
    var table: TableName?
    let startedAt = Date()
    /// What was last published there.
    var publication: Publication?

    struct Publication: Sendable {
        let version: String
        let runID: String
        /// ISO 8601.
        let at: String
        var text: String { "\(version) of \(at)" }
    }

    public struct Unreadable: Sendable, Hashable, Encodable {
        /// As in quarantine: `type(amount)`, `malformed(bad quote)`.
        public var reason: String
        public var rows: Int
    }

    /// Which contract it was, to the letter.
    public struct ContractMark: Sendable, Hashable, Encodable {
        public var file: String
        public var id: String
        public var version: String
        /// SHA-256 of the file.
        public var hash: String
    }

    init(target: String, contract: ContractMark, engine: String) {
        self.target = target
        self.contract = contract
        self.engine = engine
    }

    public var status: CheckReport.Status {
        if error != nil || unreadableRows > 0 || checks.contains(where: \.fails) { return .failed }
        return drift?.status == .drifted || checks.contains { $0.status == .warned } ? .warned : .passed
    }

    private enum Key: String, CodingKey {
        case target, status, contract, engine, data, rows, unreadableRows, unreadable, milliseconds, checks, segments,
            failing, incremental, drift, note, error
    }

    public func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        try box.encode(target, forKey: .target)
        try box.encode(status, forKey: .status)
        try box.encode(contract, forKey: .contract)
        try box.encode(engine, forKey: .engine)
        try box.encode(data, forKey: .data)
        try box.encode(rows, forKey: .rows)
        try box.encode(unreadableRows, forKey: .unreadableRows)
        try box.encode(unreadable, forKey: .unreadable)
        try box.encode(milliseconds, forKey: .milliseconds)
        try box.encode(checks, forKey: .checks)
        try box.encode(segments, forKey: .segments)
        try box.encode(failing, forKey: .failing)
        try box.encode(incremental, forKey: .incremental)
        try box.encode(drift, forKey: .drift)
        try box.encode(note, forKey: .note)
        try box.encode(error, forKey: .error)
    }
}
