import WeirCore
import WeirPipeline
import WeirQuality

/// Drift for people.
enum DriftText {
    // MARK: In a run's summary

    static func notice(_ drift: DriftReport, of node: NodeResult, _ style: Style) -> [String] {
        guard drift.status == .drifted else { return [] }
        // A load that was stopped for it has told the first one as its reason.
        let head = "\n\(style(node.name.description, .strong)): not as it used to be"
        return [head] + alerts(drift.alerts, style, most: 5)
    }

    private static func alerts(_ alerts: [DriftAlert], _ style: Style, most: Int) -> [String] {
        var lines = alerts.prefix(most).map { alert in
            "  \(style(alert.id, .faint))  \(style(alert.what, .warning)): \(alert.why)"
        }
        if alerts.count > most { lines.append("  and \(alerts.count - most) more: `weir drift`") }
        return lines
    }

    // MARK: All tables

    static func overview(_ overview: DriftOverview, on terminal: Terminal) -> String {
        let style = terminal.style
        var lines: [String] = []
        if overview.tables.isEmpty {
            lines.append(
                "No table is watched. `monitor: true` in a table's definition, or under `defaults:` in weir.yaml, has each run measure it."
            )
            return lines.joined(separator: "\n")
        }
        var table = TextTable(["table", "of", "status", "batches", "measured", "open alerts"])
        for entry in overview.tables {
            let status = entry.learning.map { "learning: \($0)" } ?? entry.status.rawValue
            table.add([
                .init(entry.table), .init(entry.scope == .batch ? "each load" : "whole table"),
                .init(status, tone(entry.status)), .init("\(entry.batches)"),
                .init(entry.measuredAt.map(minute) ?? "–"),
                .init(entry.openAlerts > 0 ? "\(entry.openAlerts)" : "", .warning),
            ])
        }
        lines.append(table.render(on: terminal))
        for entry in overview.tables where !entry.alerts.isEmpty {
            lines.append("\n\(style(entry.table, .strong))")
            lines += alerts(entry.alerts, style, most: 10)
        }
        if overview.tables.contains(where: { $0.status == .drifted }) {
            lines.append("\n`weir drift ack ID --normal` or `--anomaly` says what an alert is.")
        }
        if !overview.notWatched.isEmpty {
            lines.append(
                "\n\(Figures.count(Int64(overview.notWatched.count), "table is", "tables are")) not watched (`monitor: true` watches)."
            )
        }
        return lines.joined(separator: "\n")
    }

    private static func tone(_ status: DriftReport.Status) -> Tone? {
        switch status {
        case .normal: .good
        case .learning: .faint
        case .drifted: .bad
        }
    }

    // MARK: One table

    static func detail(_ detail: DriftDetail, on terminal: Terminal) -> String {
        let style = terminal.style
        var lines = [style(detail.table, .strong)]
        if !detail.isWatched {
            lines[0] += ": not watched; what every run leaves behind is shown (`monitor: true` has runs measure more)"
        }
        let hasScopes = Set(detail.series.map(\.scope)).count > 1
        var table = TextTable((hasScopes ? ["of"] : []) + ["metric", "last 30", "newest", "band", "points", "cycles"])
        for series in detail.series {
            let text = { (value: Double) in DriftFigures.text(value, series.metric) }
            let band =
                if let lower = series.lower, let upper = series.upper {
                    "\(text(lower)) to \(text(upper))"
                } else {
                    "learning: \(series.learning ?? "")"
                }
            let isBad = series.verdict == .high || series.verdict == .low
            table.add(
                (hasScopes ? [.init(series.scope == .batch ? "each load" : "whole table")] : []) + [
                    .init(series.column.map { "\(series.metric.rawValue) of \($0)" } ?? series.metric.rawValue),
                    .init(DriftFigures.sparkline(series.recent)), .init(text(series.value), isBad ? .bad : nil),
                    .init(band, series.lower == nil ? .faint : nil), .init("\(series.points)"),
                    .init(series.seasons.joined(separator: ", ")),
                ])
        }
        lines.append(table.render(on: terminal))
        let open = detail.alerts.filter { $0.verdict == nil }
        let said = detail.alerts.filter { $0.verdict != nil }
        if !open.isEmpty {
            lines.append("\nOpen alerts")
            lines += open.prefix(20).map { line($0, style) }
        }
        if !said.isEmpty {
            lines.append("\nAcknowledged")
            lines += said.prefix(10).map { alert in
                line(alert, style) + " – \(alert.verdict?.rawValue ?? "")\(alert.note.map { ": \($0)" } ?? "")"
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func line(_ alert: DriftAlert, _ style: Style) -> String {
        "  \(style(alert.id, .faint))  \(minute(alert.measuredAt))  \(style(alert.what, .warning)): \(alert.why)"
    }

    static func measured(_ measured: [DriftMeasured], on terminal: Terminal) -> String {
        let style = terminal.style
        return measured.map { entry in
            let drift = entry.drift
            let sample = drift.sampled < drift.rows ? ", estimates from \(Figures.count(drift.sampled)) of them" : ""
            let rows = Figures.count(Int64(drift.rows), "row")
            let status = drift.status == .learning ? "learning: \(drift.learning ?? "")" : drift.status.rawValue
            var lines = [
                "\(style(entry.table, .strong)): \(rows)\(sample), \(style(status, tone(drift.status) ?? .strong))"
            ]
            lines += alerts(drift.alerts, style, most: 20)
            return lines.joined(separator: "\n")
        }.joined(separator: "\n")
    }

    static func decided(_ alerts: [DriftAlert], on terminal: Terminal) -> String {
        alerts.map { alert in
            let what =
                alert.verdict == .normal
                ? "normal from now on; bands reach at least as far" : "an anomaly; nothing is learnt from it"
            return
                "\(terminal.style(alert.id, .faint))  \(alert.what) of \(alert.table) of \(minute(alert.at)) is \(what)."
        }.joined(separator: "\n")
    }

    static func history(_ history: DriftHistory, on terminal: Terminal) -> String {
        var table = TextTable(["at", "value", "from", "to", "verdict", "said"])
        for point in history.points {
            let text = { (value: Double?) in value.map { DriftFigures.text($0, history.metric) } ?? "" }
            let isBad = point.verdict == .high || point.verdict == .low
            table.add([
                .init(minute(point.at)), .init(text(point.value)),
                .init(text(point.lower)),
                .init(text(point.upper)), .init(point.verdict.rawValue, isBad ? .bad : nil),
                .init(point.standing == .plain ? "" : point.standing?.rawValue ?? ""),
            ])
        }
        let what = history.column.map { "\(history.metric.rawValue) of \($0)" } ?? history.metric.rawValue
        return
            "\(terminal.style("\(history.table), \(what)", .strong))  \(DriftFigures.sparkline(history.points.map(\.value), width: 60))\n"
            + table.render(on: terminal)
    }

    // MARK: Without a project

    private static func pair(_ pair: DriftComparison.Pair, _ text: (Double) -> String) -> String {
        if pair.before == pair.now { return pair.now.map(text) ?? "" }
        return "\(pair.before.map(text) ?? "–") → \(pair.now.map(text) ?? "–")"
    }

    private static func cells(_ column: DriftComparison.ColumnDrift) -> [TextTable.Item] {
        let drift = column.distribution
        var cells: [TextTable.Item] = [.init(column.name), .init(column.hasDrifted ? "yes" : "", .bad)]
        for value in [drift?.psi, drift?.threshold, drift?.jensenShannon, drift?.kolmogorovSmirnov] {
            cells.append(.init(value.map(figure) ?? ""))
        }
        cells.append(.init(pair(column.nullShare, DriftFigures.percent)))
        cells.append(.init(pair(column.mean, DriftFigures.number)))
        var moved = ""
        if column.hasDrifted, let most = drift?.moved.first {
            moved = "\(most.bucket): \(DriftFigures.percent(most.before)) → \(DriftFigures.percent(most.now))"
        }
        cells.append(.init(moved))
        return cells
    }

    static func comparison(_ found: DriftComparison, on terminal: Terminal) -> String {
        let style = terminal.style
        var lines = ["\(found.against) → \(found.target)"]
        lines.append("rows: \(pair(found.rows) { DriftFigures.text($0, .rows) })")
        if !found.schemaChange.isEmpty { lines.append("columns: \(style(found.schemaChange, .warning))") }
        var table = TextTable(["column", "drift", "PSI", "usual up to", "JS", "KS", "nulls", "mean", "changed most"])
        for column in found.columns { table.add(cells(column)) }
        lines.append("")
        lines.append(table.render(on: terminal))
        let drifted = found.columns.count(where: \.hasDrifted)
        lines.append(
            found.hasDrifted
                ? "\n\(Figures.count(Int64(drifted), "column")) drifted\(found.schemaChange.isEmpty ? "" : ", and the columns changed")."
                : "\nNothing drifted.")
        return lines.joined(separator: "\n")
    }

    /// `2026-11-25 03:00`.
    private static func minute(_ time: String) -> String { String(time.prefix(16).replacing("T", with: " ")) }

    private static func figure(_ value: Double) -> String { DriftFigures.number((value * 1000).rounded() / 1000) }

    static func series(_ report: SeriesReport, on terminal: Terminal) -> String {
        if report.series.isEmpty { return "There is no point with a time and a value." }
        return report.series.flatMap { series in
            [head(series, report.target, terminal.style)] + series.alarms.map { line($0, terminal.style) }
        }.joined(separator: "\n")
    }

    private static func head(_ series: SeriesReport.Series, _ target: String, _ style: Style) -> String {
        let name = style(series.name.isEmpty ? target : series.name, .strong)
        let points = Figures.count(Int64(series.points), "point")
        let alarms = Figures.count(Int64(series.alarms.count), "alarm")
        return "\(name): \(points), \(alarms)" + (series.learning > 0 ? ", learning for \(series.learning)" : "")
    }

    private static func line(_ alarm: ToldPoint, _ style: Style) -> String {
        let value = style(DriftFigures.number(alarm.value), .warning)
        let (low, high) = (DriftFigures.number(alarm.lower ?? .nan), DriftFigures.number(alarm.upper ?? .nan))
        return "  \(minute(alarm.at))  \(value)  expected \(low) to \(high)"
    }
}
