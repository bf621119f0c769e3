import WeirQuality

/// The project that `weir init` writes: one table in, two models, a contract with a row that breaks it, a test.
enum SampleProject {
    /// What every new project has.
    static func common(name: String) -> [NewFile] {
        [
            NewFile("weir.yaml", configuration.replacing("NAME", with: YAMLText.text(name))),
            NewFile(".gitignore", ignored, ifThere: .addLines),
            NewFile(".env", variables, ifThere: .keep),
        ]
    }

    static func files(name: String) -> [NewFile] {
        common(name: name) + [
            NewFile("data/orders.csv", orders), NewFile("sources/orders.yaml", source),
            NewFile("contracts/orders.yaml", contract), NewFile("models/staging/orders.sql", staging),
            NewFile("models/mart/sales_by_day.sql", mart), NewFile("tests/mart/sales_by_day.yaml", test),
        ]
    }

    private static let configuration = """
        weir: 1
        name: NAME
        warehouse: { type: duckdb, path: warehouse.duckdb }
        # `weir run --env dev` builds in schemas of its own, named dev__…, and leaves production alone.
        environments:
          dev: {}
        defaults: { owner: data-team, on_fail: quarantine }

        """

    private static let ignored = """
        .env
        .weir/
        *.duckdb
        *.duckdb.wal
        site/

        """

    private static let variables = """
        # Secrets and settings of this machine, one NAME=value a line. Files refer to them as ${NAME}.
        # This file is never committed. Example:
        # SHOP_URL=postgres://reader:password@localhost/shop

        """

    /// Order 7 has a negative quantity: the gate keeps it out.
    private static let orders = """
        order_id,ordered_at,customer,product,quantity,unit_price,status
        1,2026-03-01 09:12:00,ada,tea,2,4.50,paid
        2,2026-03-01 10:40:00,grace,coffee,1,7.20,paid
        3,2026-03-01 17:05:00,alan,tea,5,4.50,cancelled
        4,2026-03-02 08:31:00,ada,cups,6,3.00,paid
        5,2026-03-02 12:00:00,edsger,coffee,2,7.20,paid
        6,2026-03-02 16:45:00,barbara,tea,1,4.50,open
        7,2026-03-03 09:00:00,alan,cups,-4,3.00,paid
        8,2026-03-03 11:20:00,grace,tea,3,4.50,paid

        """

    private static let source = """
        name: raw.orders
        why: every order as the shop exports it
        from: { files: "data/orders*.csv" }
        load: { strategy: replace }
        contract: contracts/orders.yaml

        """

    private static let contract = """
        apiVersion: v3.1.0
        kind: DataContract
        id: orders
        name: orders
        version: 1.0.0
        status: active
        description:
          purpose: what an order must be before anybody counts it
        schema:
          - name: orders
            physicalName: raw.orders
            properties:
              - name: order_id
                logicalType: integer
                physicalType: BIGINT
                primaryKey: true
                required: true
              - name: ordered_at
                logicalType: timestamp
                physicalType: TIMESTAMP
                required: true
              - name: customer
                logicalType: string
                required: true
              - name: product
                logicalType: string
                required: true
              - name: quantity
                logicalType: integer
                physicalType: BIGINT
                required: true
                logicalTypeOptions: { minimum: 1 }
              - name: unit_price
                logicalType: number
                physicalType: DECIMAL(10,2)
                required: true
                logicalTypeOptions: { minimum: 0 }
              - name: status
                logicalType: string
                required: true
                quality:
                  - metric: invalidValues
                    arguments: { validValues: [open, paid, cancelled] }
                    mustBe: 0

        """

    private static let staging = """
        /* weir
        why: one row an order with its amount, so that no later model computes it in its own way
        owner: data-team
        strategy: view
        columns:
          amount: what the customer pays, in euros
        */
        SELECT
            order_id,
            ordered_at,
            CAST(ordered_at AS DATE) AS day,
            customer,
            product,
            quantity,
            quantity * unit_price AS amount,
            status
        FROM raw.orders

        """

    private static let mart = """
        /* weir
        why: the shop looks at what was sold each day; an order that was cancelled or is still open is no sale
        decisions:
          - a sale counts on the day of its order, not of its payment, because the export has no day of payment
        owner: data-team
        strategy: table
        columns:
          day: day of the order, UTC
          sales: orders paid
          revenue: what they bring, in euros
        */
        SELECT
            day,
            count(*) AS sales,
            sum(amount) AS revenue
        FROM staging.orders
        WHERE status = 'paid'
        GROUP BY day

        """

    private static let test = """
        model: mart.sales_by_day
        tests:
          - name: a cancelled order is no sale
            given:
              staging.orders:
                rows:
                  - { order_id: 1, day: 2026-03-01, amount: 10.00, status: paid }
                  - { order_id: 2, day: 2026-03-01, amount: 99.00, status: cancelled }
            expect:
              columns: subset
              rows:
                - { day: 2026-03-01, sales: 1, revenue: 10.00 }

        """
}
