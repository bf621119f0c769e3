import Foundation

/// A project with every strategy, and three deliveries that use each of them.
enum KillProject {
    /// The time that each delivery's run counts as now.
    static let now = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"]

    static let files: [String: String] = [
        "weir.yaml": "weir: 1\nname: kill\nwarehouse: { type: duckdb, path: warehouse.duckdb, threads: 1 }\n",
        "sources/customers.yaml": """
        name: raw.customers
        from: { files: data/customers.csv }
        columns: { customer_id: INTEGER, name: VARCHAR, city: VARCHAR, updated_at: TIMESTAMP }
        contract: contracts/shop.yaml
        """,
        "sources/events.yaml": """
        name: raw.events
        from: { files: "data/events-*.csv" }
        columns: { event_id: INTEGER, kind: VARCHAR, happened_at: TIMESTAMP }
        load: { strategy: append }
        """,
        "sources/orders.yaml": """
        name: raw.orders
        from: { files: "data/orders-*.csv" }
        columns: { order_id: INTEGER, customer_id: INTEGER, amount: "DECIMAL(12,2)", day: DATE, updated_at: TIMESTAMP }
        load: { strategy: merge, key: [order_id], watermark: updated_at }
        contract: contracts/shop.yaml
        """,
        "contracts/shop.yaml": """
        apiVersion: v3.1.0
        kind: DataContract
        id: shop
        version: 1.0.0
        status: active
        schema:
          - name: customers
            physicalName: raw.customers
            properties:
              - { name: customer_id, required: true, primaryKey: true }
              - { name: city, required: true }
          - name: orders
            physicalName: raw.orders
            properties:
              - { name: order_id, required: true }
              - { name: amount, required: true, logicalType: number, logicalTypeOptions: { minimum: 0 } }
          - name: orders_merged
            physicalName: mart.orders_merged
            properties:
              - { name: order_id, required: true }
              - { name: amount, logicalType: number, logicalTypeOptions: { maximum: 900 } }
        """,
        "models/staging/large_orders.sql": """
        /* weir
        strategy: view
        */
        SELECT order_id, customer_id, amount, day, updated_at FROM raw.orders WHERE amount > 100
        """,
        "models/mart/by_city.sql": """
        SELECT c.city, count(*) AS orders, sum(o.amount) AS amount
        FROM raw.orders o JOIN raw.customers c USING (customer_id) GROUP BY c.city
        """,
        "models/mart/event_log.sql": """
        /* weir
        strategy: append
        watermark: happened_at
        */
        SELECT event_id, upper(kind) AS kind, happened_at FROM raw.events WHERE kind <> 'noise'
        """,
        "models/mart/orders_merged.sql": """
        /* weir
        strategy: merge
        key: [order_id]
        watermark: updated_at
        lookback: 2 days
        contract: contracts/shop.yaml
        */
        SELECT order_id, amount, day, updated_at FROM staging.large_orders
        """,
        "models/mart/daily.sql": """
        /* weir
        strategy: interval
        interval: { column: day, grain: day, lookback: 1 }
        */
        SELECT day::TIMESTAMP AS day, count(*) AS orders, sum(amount) AS amount FROM raw.orders GROUP BY ALL
        """,
        "models/mart/customer_history.sql": """
        /* weir
        strategy: scd2
        key: [customer_id]
        scd2: { updated_at: updated_at, deletes: close }
        */
        SELECT customer_id, name, city, updated_at FROM raw.customers
        """,
        "models/mart/top.sql": "SELECT city, amount FROM mart.by_city ORDER BY amount DESC LIMIT 3",
    ]

    /// Writes the files of one delivery (0, 1 or 2). Earlier ones stay as they are.
    static func deliver(_ number: Int, to project: TempProject) throws {
        var random = Seeded(UInt64(number) + 77)
        let time = Date(timeIntervalSince1970: 1_767_225_600 + Double(number) * 86_400)
        try project.write("data/customers.csv", customers(number, &random), modified: time)
        try project.write("data/events-\(number).csv", events(number, &random), modified: time)
        try project.write("data/orders-\(number).csv", orders(number, &random), modified: time)
    }

    private static func stamp(_ day: Int, _ second: Int) -> String {
        let clock = [second / 3600 % 24, second / 60 % 60, second % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "2025-12-\(10 + day) \(clock.joined(separator: ":"))"
    }

    private static let cities = ["Oslo", "Rome", "Lima", "Pune", "Łódź", "New \"\"York\"\""]

    /// Replaced whole: some leave, some move, some come back; two rows have no city.
    private static func customers(_ number: Int, _ random: inout Seeded) -> String {
        var text = "customer_id,name,city,updated_at\n"
        for id in 0..<400 where (id + number) % 7 != 0 {
            let moved = Int.random(in: 0..<4, using: &random) == 0
            let city = cities[(id + (moved ? number : 0)) % cities.count]
            let missing = id % 100 == 50
            text += "\(id),\"name, \(id)\",\(missing ? "" : "\"\(city)\""),\(stamp(moved ? number : 0, id))\n"
        }
        return text + "broken,row,with,a bad time\n1,2\n"
    }

    private static func events(_ number: Int, _ random: inout Seeded) -> String {
        var text = "event_id,kind,happened_at\n"
        for id in 0..<1500 {
            let kind = ["click", "view", "noise"][Int.random(in: 0..<3, using: &random)]
            if id == 700 { text += "\(id),\"never closed,\(stamp(number * 3, id))\n" }
            if id == 900 { text += "\(id),too,many,fields,here\n" }
            text += "\(number * 1500 + id),\(kind),\(stamp(number * 3, id * 50))\n"
        }
        return text
    }

    /// Merged: a third of the keys are known; some rows are older than what is there, some break a rule.
    private static func orders(_ number: Int, _ random: inout Seeded) -> String {
        var text = "order_id,customer_id,amount,day,updated_at\n"
        for row in 0..<1500 {
            let id = row % 3 == 0 ? Int.random(in: 0..<1000, using: &random) : number * 1000 + row
            let amount = Int.random(in: -20..<1000, using: &random)
            let day = 10 + number * 2 + Int.random(in: 0..<3, using: &random)
            let late = Int.random(in: 0..<20, using: &random) == 0
            let key = row % 500 == 499 ? "" : String(id)
            text += "\(key),\(id % 400),\(amount).50,2025-12-\(day),\(stamp(late ? 0 : number * 3, row * 40))\n"
        }
        return text + "12,34,not a number,2025-12-10,2025-12-10 00:00:00\n"
    }
}
