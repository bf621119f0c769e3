import Foundation
import WeirCore
import WeirQuality
import WeirStore

/// What is known of how a project's tables used to be, and what was unusual.
///
/// ```swift
/// let book = try await DriftBook.open(project)
/// for table in try await book.overview().tables where table.status == .drifted { print(table.table) }
/// ```
public struct DriftBook: Sendable {
    let project: Project
    let environment: EnvironmentScope
    /// Nil when the project has never been run.
    let store: StateStore?

    /// - Throws: `environment.unknown`, and the errors of the state store.
    public static func open(_ project: Project, environment: String? = nil) async throws -> DriftBook {
        DriftBook(
            project: project, environment: try EnvironmentScope(environment, in: project),
            store: try await RunBook.open(project).store)
    }

    // MARK: All tables

    public func overview() async throws -> DriftOverview {
        let measured = Set(try await store?.driftSubjects() ?? [])
        var overview = DriftOverview()
        let names = project.tableNames.sorted()
        for name in names {
            let settings = project.watch(name)
            let subjects = subjects(of: name).filter { measured.contains($0) }
            if subjects.isEmpty, settings == nil {
                overview.notWatched.append(name.description)
                continue
            }
            let known = subjects.isEmpty ? [DriftSubject(node: "", scope: project.driftScope(name))] : subjects
            for subject in known {
                overview.tables.append(try await line(name, subject, settings ?? WatchSettings()))
            }
        }
        return overview
    }

    private func subjects(of name: TableName) -> [DriftSubject] {
        DriftSubject.Scope.allCases.map { DriftSubject(node: environment.recorded(name), scope: $0) }
    }

    private func line(
        _ name: TableName, _ subject: DriftSubject, _ settings: WatchSettings
    ) async throws -> DriftOverview.Table {
        let batches = try await store?.driftBatches(of: subject, limit: 400) ?? []
        let alerts = try await store?.driftAlerts(of: subject).compactMap(DriftAlert.init) ?? []
        let open = alerts.filter { $0.verdict == nil }
        var table = DriftOverview.Table(table: name.description, scope: subject.scope, batches: batches.count)
        table.measuredAt = batches.first.map { UTC.text($0.at) }
        table.openAlerts = open.count
        guard let newest = batches.first else {
            table.learning = Forecast.Learning(have: 0, need: settings.forecast.minimum, unit: .points).words
            return table
        }
        let newestRun = UTC.text(newest.at)
        // Alerts about hours bear the hour; they belong to the run that told them.
        table.alerts = open.filter { $0.measuredAt == newestRun }
        let have = batches.count
        // The newest batch was judged by those before it.
        if have <= settings.forecast.minimum, table.alerts.isEmpty {
            table.learning =
                Forecast.Learning(
                    have: min(have, settings.forecast.minimum), need: settings.forecast.minimum, unit: .points
                ).words
        }
        return table
    }

    // MARK: One table

    /// Every measured series of a table with its newest value and band.
    ///
    /// - Throws: `drift.unknown-table`, `drift.no-history`.
    public func detail(_ name: TableName) async throws -> DriftDetail {
        try project.requireForDrift(name)
        let settings = project.watch(name) ?? WatchSettings()
        var detail = DriftDetail(table: name.description, isWatched: project.watch(name) != nil)
        guard let store else { throw noHistory(name) }
        for subject in subjects(of: name) {
            let past = try await DriftPast.load(
                subject, ofRuns: subject.scope == project.driftScope(name), settings: settings, before: nil, from: store
            )
            if past.series.values.allSatisfy(\.isEmpty) { continue }
            detail.series += Self.series(past, subject.scope, settings)
            detail.alerts += past.alerts
        }
        if detail.series.isEmpty, detail.alerts.isEmpty { throw noHistory(name) }
        return detail
    }

    private static func series(
        _ past: DriftPast, _ scope: DriftSubject.Scope, _ settings: WatchSettings
    ) -> [DriftDetail.Series] {
        past.series.filter { settings.watches($0.key.metric) && !$0.value.isEmpty }.map { key, points in
            let forecaster = Forecaster(kind: key.metric.kind, settings: settings.forecast)
            let last = points[points.count - 1]
            var line = DriftDetail.Series(
                scope: scope, metric: key.metric, column: key.column.isEmpty ? nil : key.column, value: last.value,
                at: UTC.text(last.at), points: points.count)
            line.recent = points.suffix(30).map(\.value)
            switch forecaster.forecast(points, at: last.at, noise: last.noise) {
            case .learning(let learning): line.learning = learning.words
            case .band(let band):
                (line.expected, line.lower, line.upper) = (band.expected, band.lower, band.upper)
                line.seasons = band.seasons
                line.verdict = band.contains(last.value) ? .normal : last.value > band.upper ? .high : .low
            }
            return line
        }.sorted { ($0.column ?? "", $0.metric.rawValue) < ($1.column ?? "", $1.metric.rawValue) }
    }

    // MARK: One series

    /// Every point of one series with the band that it would be held against today.
    ///
    /// - Throws: `drift.unknown-table`, `drift.no-series` with the nearest name.
    public func history(
        _ name: TableName, _ metric: DriftMetric, column: String?, scope: DriftSubject.Scope?
    ) async throws -> DriftHistory {
        try project.requireForDrift(name)
        guard let store else { throw noHistory(name) }
        let settings = project.watch(name) ?? WatchSettings()
        let scope = scope ?? project.driftScope(name)
        let subject = DriftSubject(node: environment.recorded(name), scope: scope)
        let past = try await DriftPast.load(
            subject, ofRuns: subject.scope == project.driftScope(name), settings: settings, before: nil, from: store)
        guard let points = past.series[DriftPast.Key(metric, column)], !points.isEmpty else {
            let known = past.series.keys.filter { !(past.series[$0] ?? []).isEmpty }
                .map { $0.column.isEmpty ? $0.metric.rawValue : "\($0.metric.rawValue) \($0.column)" }.sorted()
            throw WeirError(
                "drift.no-series",
                "\(name) has no history of \(metric.rawValue)\(column.map { " of \($0)" } ?? "")",
                hint: known.isEmpty
                    ? "a run measures a table that is watched (`monitor: true`); so does `weir drift --measure \(name)`"
                    : DidYouMean.hint(
                        for: "\(metric.rawValue)\(column.map { " \($0)" } ?? "")", among: known))
        }
        let judged = SeriesWatch.judge(points, Forecaster(kind: metric.kind, settings: settings.forecast))
        return DriftHistory(
            table: name.description, scope: scope, metric: metric, column: column,
            points: zip(judged, points).map { ToldPoint($0, standing: $1.standing) })
    }

    // MARK: What a person says

    /// Remembers what alerts are. Normal ones widen the band; nothing is learnt from anomalies.
    ///
    /// - Throws: `drift.unknown-alert`, `drift.ambiguous-alert`.
    public func decide(
        _ ids: [String], _ verdict: DriftAlertRecord.Verdict, note: String?
    ) async throws -> [DriftAlert] {
        guard let store else {
            throw WeirError("drift.unknown-alert", "the project has not been run yet, so there are no alerts")
        }
        return try await store.decide(ids, verdict, note: note).compactMap(DriftAlert.init)
    }

    private func noHistory(_ name: TableName) -> WeirError {
        WeirError(
            "drift.no-history", "nothing is known yet of how \(name) used to be",
            hint: "each run of it adds a point; `weir drift --measure \(name)` adds one now")
    }
}

extension Project {
    /// - Throws: `drift.unknown-table` with the nearest name.
    func requireForDrift(_ name: TableName) throws {
        guard model(name) == nil, source(name) == nil else { return }
        throw WeirError(
            "drift.unknown-table", "the project has no table \(name)",
            hint: DidYouMean.hint(for: name.description, among: tableNames.map(\.description)))
    }
}
