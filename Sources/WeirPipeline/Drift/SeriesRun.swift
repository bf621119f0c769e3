import Foundation
import WeirCore
import WeirEngine
import WeirQuality

/// Finds the anomalies of time series in a file, a table or a query, each point judged by those before it.
///
/// The rows have a time, a value, and may have the name of their series. Columns are found by their names (`at`,
/// `value`, `series`), then by their types.
public struct SeriesRun: Sendable {
    public var target: String
    public var settings = Forecaster.Settings()
    public var kind = SeriesKind.amount
    public var project: Project?
    public var environment: String?
    /// Where relative paths begin.
    public var folder: String

    public init(target: String, project: Project? = nil, folder: String) {
        self.target = target
        self.project = project
        self.folder = folder
    }

    private struct Point: Sendable {
        let series: String
        let at: Date
        let value: Double
    }

    /// - Throws: `drift.no-time`, `drift.no-value`, and what reading the target throws.
    public func run() async throws -> SeriesReport {
        var reader = ProfileRun(target: target, project: project, folder: folder)
        reader.environment = environment
        let label = target
        let points = try await reader.withRows { relation, isTable, connection in
            try Self.read(isTable ? relation : "(\(relation)\n)", label, on: connection)
        }
        var order: [String] = []
        var series: [String: [SeriesPoint]] = [:]
        for point in points {
            if series[point.series] == nil { order.append(point.series) }
            series[point.series, default: []].append(SeriesPoint(at: point.at, value: point.value))
        }
        let forecaster = Forecaster(kind: kind, settings: settings)
        var report = SeriesReport(target: target)
        for name in order {
            try Task.checkCancellation()
            let judged = SeriesWatch.judge(series[name] ?? [], forecaster)
            report.series.append(
                .init(
                    name: name, points: judged.count, learning: judged.count { $0.verdict == .learning },
                    alarms: judged.filter(\.isAlarm).map { ToldPoint($0) }))
        }
        return report
    }

    private static func read(
        _ source: String, _ target: String, on connection: isolated Connection
    ) throws -> [Point] {
        let columns = try connection.columns(of: "SELECT * FROM \(source)")
        func named(_ names: [String]) -> Column? {
            names.lazy.compactMap { name in columns.first { $0.name.lowercased() == name } }.first
        }
        let isTime = { (column: Column) in column.type.hasPrefix("TIMESTAMP") || column.type == "DATE" }
        let isNumber = { (column: Column) in
            ["INT", "DECIMAL", "DOUBLE", "FLOAT"].contains { column.type.contains($0) }
        }
        guard let time = named(["at", "time", "timestamp", "date", "day"]) ?? columns.first(where: isTime) else {
            throw WeirError(
                "drift.no-time", "\(target) has no column with a time",
                hint: "name it `at`, or ask with a query: \"SELECT day AS at, n AS value FROM …\"")
        }
        let value =
            named(["value"])
            ?? columns.first { isNumber($0) && $0.name != time.name && $0.name.lowercased() != "label" }
        guard let value else {
            throw WeirError(
                "drift.no-value", "\(target) has no column with numbers",
                hint: "name it `value`, or ask with a query: \"SELECT day AS at, n AS value FROM …\"")
        }
        let name = named(["series", "name"]).map { "coalesce(CAST(\(SQL.quote($0.name)) AS VARCHAR), '')" } ?? "''"
        let at = "TRY_CAST(\(SQL.quote(time.name)) AS TIMESTAMP)"
        let rows = try connection.query(
            """
            SELECT \(name), epoch_us(\(at)), TRY_CAST(\(SQL.quote(value.name)) AS DOUBLE) FROM \(source) AS t
            WHERE isfinite(\(at)) AND TRY_CAST(\(SQL.quote(value.name)) AS DOUBLE) IS NOT NULL ORDER BY 1, 2
            """)
        return rows.map({ $0 }).compactMap { row in
            guard let micros = row[1].int, let value = row[2].double, value.isFinite else { return nil }
            return Point(
                series: row[0].display, at: Date(timeIntervalSince1970: Double(micros) / 1e6), value: value)
        }
    }
}

/// Series and their anomalies; the stable JSON of `weir drift --series`.
public struct SeriesReport: Sendable, Encodable {
    public var target: String
    public var series: [Series] = []

    public struct Series: Sendable, Encodable {
        /// Empty where the rows are one series.
        public var name: String
        public var points: Int
        /// Points at the beginning that nothing was said of.
        public var learning: Int
        public var alarms: [ToldPoint]
    }
}
