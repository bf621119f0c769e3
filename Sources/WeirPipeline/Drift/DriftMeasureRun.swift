import Foundation
import WeirConnect
import WeirCore
import WeirEngine
import WeirQuality
import WeirStore

/// Measures published tables now, whether they are watched or not, and holds them against what was measured before.
///
/// The warehouse is only read; the measurement becomes a part of the tables' history.
public struct DriftMeasureRun: Sendable {
    public var project: Project
    public var environment: String?
    /// The time that counts as now; nil is the clock's.
    public var now: Date?

    public init(project: Project, environment: String? = nil, now: Date? = nil) {
        self.project = project
        self.environment = environment
        self.now = now
    }

    /// - Parameter names: none means every table that is watched.
    /// - Throws: `drift.unknown-table`, `drift.nothing`, `warehouse.missing`.
    public func run(_ names: [TableName]) async throws -> [DriftMeasured] {
        let scope = try EnvironmentScope(environment, in: project)
        let all = project.tableNames.sorted()
        for name in names { try project.requireForDrift(name) }
        let chosen =
            names.isEmpty
            ? all.filter { project.watch($0) != nil }
            : all.filter { name in names.contains { $0.key == name.key } }
        guard !chosen.isEmpty else {
            throw WeirError(
                "drift.nothing", "no table of this project is watched",
                hint:
                    "name one, or write `monitor: true` in a table's definition or under `defaults:` in weir.yaml")
        }
        let opened = try await StateStore.openOrQuarantine("\(project.stateFolder)/state.db", secrets: project.secrets)
        let warehouse = try await Warehouse.open(project.warehouse(in: environment), workers: 1, readOnly: true)
        let time = now ?? Date()
        var measured: [DriftMeasured] = []
        for name in chosen {
            try Task.checkCancellation()
            let subject = DriftSubject(node: scope.recorded(name), scope: .table)
            let settings = project.watch(name) ?? WatchSettings()
            let past = try await DriftPast.load(
                subject, ofRuns: project.driftScope(name) == .table, settings: settings, before: time,
                from: opened.store)
            let watch = DriftWatch(
                table: name.description, subject: subject, settings: settings, past: past, now: time,
                timeColumn: project.timeColumn(name))
            let report = try await warehouse.withConnection { connection in
                try await connection.perform { connection in
                    let physical = scope.physical(name)
                    guard let columns = try connection.columns(of: physical) else {
                        throw WeirError(
                            "drift.missing-table", "\(physical) is not in the warehouse",
                            hint: "`weir run \(name)` builds it", outcome: .gateFailed)
                    }
                    return try watch.examine(physical.sql, schema: columns, on: connection)
                }
            }
            try await report.record(isPublished: true, runID: nil, at: time, in: opened.store)
            measured.append(DriftMeasured(table: name.description, measuredAt: UTC.text(time), drift: report))
        }
        return measured
    }
}

/// One table that was measured; the stable JSON of `weir drift --measure`.
public struct DriftMeasured: Sendable, Encodable {
    public var table: String
    public var measuredAt: String
    public var drift: DriftReport
}
