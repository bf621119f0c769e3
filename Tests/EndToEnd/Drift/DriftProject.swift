import Foundation
import Testing

/// A shop that is loaded once a day, with a contract that watches it.
struct DriftProject {
    let project: TempProject
    private static let start = Date(timeIntervalSince1970: 1_767_582_000)  // 2026-01-05 03:00 UTC, a Monday

    /// How long a run takes is left out: machines are busy at times.
    static let metrics = "metrics: [rows, null_share, mean, median, distinct, distribution, schema]"

    /// - Parameter anomaly: the value of `weir.anomaly`; nil watches by `monitor: true`.
    init(anomaly: String? = nil, isWatched: Bool = true) throws {
        let contract = anomaly.map {
            """
            apiVersion: v3.1.0
            kind: DataContract
            id: orders
            version: 1.0.0
            status: active
            schema:
              - name: raw.orders
                customProperties: [{ property: weir.anomaly, value: \($0) }]
                properties: [{ name: id, logicalType: integer }]
            """
        }
        project = try TempProject([
            "sources/orders.yaml": """
            name: raw.orders
            from: { files: "data/orders.csv" }
            load: { strategy: replace }
            \(contract == nil ? isWatched ? "monitor: true" : "" : "contract: contracts/orders.yaml")
            """
        ])
        if let contract { try project.write("contracts/orders.yaml", contract) }
    }

    /// What the shop delivers on a day, counted from 0: fewer rows at weekends, a hundredth of the addresses missing.
    func deliver(day: Int, without country: String? = nil, rows factor: Double = 1, extra: Bool = false) throws {
        let isWeekend = day % 7 >= 5
        let rows = Int(Double((isWeekend ? 300 : 900) + day * 37 % 40) * factor)
        var text = "id,country,email,amount,day\(extra ? ",price" : "")\n"
        for row in 0..<rows {
            let here = ["DE", "FR", "US"][(row + day) % 3]
            let isMissing = here == country ? row % 10 != 0 : row % 100 == 7
            let email = isMissing ? "" : "u\(row)@example.org"
            text +=
                "\(day * 10_000 + row),\(here),\(email),\(10 + (row * 7 + day) % 90).5,d\(day + 100)\(extra ? ",1" : "")\n"
        }
        try project.write("data/orders.csv", text)
    }

    static func time(_ day: Int) -> String {
        start.addingTimeInterval(Double(day) * 86_400).ISO8601Format()
    }

    /// Loads healthy days, one after the other.
    func live(_ days: Range<Int>) async throws {
        for day in days {
            try deliver(day: day)
            try await project.run("--now", Self.time(day), expect: 0)
        }
    }

    func run(day: Int, expect code: Int32) async throws -> Summary {
        let done = try await project.run("--now", Self.time(day), expect: code)
        return try JSONDecoder.snake.decode(Summary.self, from: Data(done.out.utf8))
    }

    struct Summary: Decodable {
        let nodes: [Node]

        struct Node: Decodable {
            let status: String
            let reason: String?
            let drift: Drift?
        }
    }

    struct Drift: Decodable {
        let status: String
        let judged: Int
        let learning: String?
        let alerts: [Alert]
    }

    struct Alert: Decodable {
        let id: String
        let metric: String
        let column: String?
        let observed: Double?
        let lower: Double?
        let upper: Double?
        let why: String
        let segment: Segment?
        let verdict: String?

        struct Segment: Decodable {
            let column: String
            let value: String
            let share: Double
        }
    }

    struct Overview: Decodable {
        let tables: [Table]
        let notWatched: [String]

        struct Table: Decodable {
            let table: String
            let status: String
            let batches: Int
            let learning: String?
            let alerts: [Alert]
            let openAlerts: Int
        }
    }

    func overview(expect code: Int32) async throws -> Overview {
        let done = try await project.weir("drift", "-o", "json")
        guard done.code == code else { throw Unexpected(done: done) }
        return try JSONDecoder.snake.decode(Overview.self, from: Data(done.out.utf8))
    }

    struct Unexpected: Error, CustomStringConvertible {
        let done: Invocation
        var description: String { "\(done)" }
    }
}
