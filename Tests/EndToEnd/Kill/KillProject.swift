/// A project with every strategy, where every kind of load has rows to hold back.
enum KillProject {
    static let files: [String: String] = [
        "weir.yaml": """
        weir: 1
        name: kill
        warehouse: { type: duckdb, path: warehouse.duckdb, threads: 1 }
        connections: { desk: { type: sqlite, path: data/desk.db } }
        """,
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
        // One file a piece.
        "sources/moves.yaml": """
        name: raw.moves
        from: { files: "data/moves-*.csv" }
        columns: { move_id: INTEGER, place: VARCHAR, moved_at: TIMESTAMP }
        load: { strategy: merge, key: [move_id], watermark: moved_at, batch: 50 }
        """,
        // Pieces by the watermark.
        "sources/tickets.yaml": """
        name: raw.tickets
        from: { sqlite: desk, table: tickets }
        load: { strategy: merge, key: [ticket_id], watermark: changed, batch: 150 }
        contract: contracts/shop.yaml
        """,
        "sources/products.yaml": """
        name: raw.products
        from: { files: data/products.csv }
        columns: { product_id: INTEGER, name: VARCHAR, price: "DECIMAL(8,2)" }
        load: { strategy: merge, key: [product_id], delete_missing: true }
        contract: contracts/shop.yaml
        """,
        "contracts/shop.yaml": contract(mostOrdersADay: 430),
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
        interval: { column: day, grain: day, lookback: 1, batch: 2 }
        contract: contracts/shop.yaml
        */
        SELECT day::TIMESTAMP AS day, count(*) AS orders, sum(amount) AS amount FROM raw.orders GROUP BY ALL
        """,
        "models/mart/customer_history.sql": """
        /* weir
        strategy: scd2
        key: [customer_id]
        scd2: { updated_at: updated_at, deletes: close }
        contract: contracts/shop.yaml
        */
        SELECT customer_id, name, city, updated_at FROM raw.customers
        """,
        "models/mart/stock.sql": """
        /* weir
        strategy: merge
        key: [product_id]
        delete_missing: true
        contract: contracts/shop.yaml
        */
        SELECT product_id, upper(name) AS name, price FROM raw.products
        """,
        "models/mart/top.sql": "SELECT city, amount FROM mart.by_city ORDER BY amount DESC LIMIT 3",
    ]

    /// - Parameter mostOrdersADay: what `mart.daily` may count; days with more are held back.
    static func contract(mostOrdersADay: Int) -> String {
        """
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
          - name: tickets
            physicalName: raw.tickets
            properties:
              - name: state
                quality:
                  - { metric: invalidValues, arguments: { validValues: [open, closed] }, mustBe: 0 }
          - name: products
            physicalName: raw.products
            properties:
              - { name: price, logicalType: number, logicalTypeOptions: { minimum: 0 } }
          - name: stock
            physicalName: mart.stock
            properties:
              - { name: price, logicalType: number, logicalTypeOptions: { maximum: 90 } }
          - name: customer_history
            physicalName: mart.customer_history
            properties:
              - name: city
                quality:
                  - { metric: invalidValues, arguments: { validValues: [Oslo, Rome, Lima, Łódź, 'New "York"'] }, mustBe: 0 }
          - name: daily
            physicalName: mart.daily
            properties:
              - { name: orders, logicalType: integer, logicalTypeOptions: { maximum: \(mostOrdersADay) } }
        """
    }
}
