import Foundation
import WeirCore
import WeirQuality
import WeirStore

extension Project {
    /// How closely a table is watched for drift; nil when it is not. The contract's word counts before the table's own,
    /// and that before `defaults:`.
    public func watch(_ name: TableName) -> WatchSettings? {
        if let said = tableContract(for: name)?.anomaly { return said.isOn ? said : nil }
        let own = model(name)?.monitor ?? source(name)?.monitor
        return own ?? defaults.monitor ? WatchSettings() : nil
    }

    /// The column that tells how new a row is.
    func timeColumn(_ name: TableName) -> String? {
        let load = model(name)?.load ?? source(name)?.load
        return load?.watermark ?? load?.interval?.column ?? load?.scd2.updatedAt
            ?? tableContract(for: name)?.freshness.first?.columns.first?.root
    }

    /// Where a table's rows stay, a load brings a part of them; where they do not, it brings all.
    func driftScope(_ name: TableName) -> DriftSubject.Scope {
        (model(name)?.load ?? source(name)?.load)?.strategy.keepsRows == true ? .batch : .table
    }
}

extension RunHistory {
    /// What is needed to watch a table's load; nil when nobody asked for it. Nothing is read then.
    ///
    /// Without a history there is nothing to compare with: a state store that cannot be read stops no run, and was told
    /// already.
    func watch(_ name: TableName, in project: Project) async -> DriftWatch? {
        guard let store, let settings = project.watch(name) else { return nil }
        let subject = DriftSubject(node: environment.recorded(name), scope: project.driftScope(name))
        guard
            let past = try? await DriftPast.load(
                subject, ofRuns: true, settings: settings, before: started, from: store)
        else { return nil }
        return DriftWatch(
            table: name.description, subject: subject, settings: settings, past: past, now: started,
            timeColumn: project.timeColumn(name))
    }

    func record(drift node: NodeResult, in store: StateStore) async throws {
        guard let drift = node.drift else { return }
        try await drift.record(isPublished: node.status == .published, runID: runID, at: started, in: store)
    }
}

extension DriftReport {
    /// Why nothing may be published, where a table stops for what is unusual.
    var reasonToStop: String? {
        guard let first = alerts.first else { return nil }
        let others = alerts.count > 1 ? ", and \(Figures.count(Int64(alerts.count - 1), "other alert"))" : ""
        return
            "\(first.what) is unusual: \(first.why)\(others). `weir drift ack \(first.id) --normal` lets it pass from now on"
    }

    /// The load is over and took this long.
    mutating func take(milliseconds: Int) {
        guard let watch else { return }
        watch.take(seconds: Double(milliseconds) / 1000, &self)
    }

    func record(isPublished: Bool, runID: String?, at time: Date, in store: StateStore) async throws {
        let batch = DriftBatch(
            runID: runID, at: time, rows: Int64(rows), isPublished: isPublished,
            content: try StoredJSON.text(content))
        let points = points.map { point in
            var point = point
            point.isPublished = isPublished
            return point
        }
        let told = try alerts.map { alert in
            DriftAlertRecord(
                id: alert.id, subject: subject, runID: runID, at: UTC.date(alert.at) ?? time,
                metric: alert.metric.rawValue, column: alert.column ?? "", content: try StoredJSON.text(alert))
        }
        try await store.record(batch, points: points, alerts: told, of: subject)
    }
}
