import Testing

@testable import WeirQuality

extension Sample {
    /// A contract that uses most of the standard.
    static let full = #"""
        apiVersion: v3.2.0
        kind: DataContract
        id: orders-contract
        name: Orders
        version: 1.2.0
        status: active
        tenant: shop
        domain: sales
        dataProduct: orders
        tags: [a, b]
        contractCreatedTs: 2024-01-01T00:00:00Z
        description:
          purpose: who bought what
          usage: any
          limitations: none
          authoritativeDefinitions: [{ url: "https://example.com", type: tutorial }]
        servers:
          - { server: dw, type: duckdb, database: dw.duckdb, schema: raw, environment: prod }
        team: { name: t, members: [{ username: ann, role: owner, dateIn: 2024-01-01 }] }
        roles: [{ role: reader, access: read }]
        support: [{ channel: "#orders", tool: slack }]
        price: { priceAmount: 9.95, priceCurrency: EUR, priceUnit: month }
        customProperties: [{ property: anything, value: { a: [1, 2] } }]
        slaProperties:
          - { property: latency, value: 4, unit: d, element: orders.ordered_at }
          - { property: retention, value: 3, unit: y, element: orders.ordered_at }
        schema:
          - name: orders
            id: orders_tbl
            physicalName: raw.orders
            physicalType: table
            logicalType: object
            description: one row an order
            businessName: Orders
            dataGranularityDescription: an order
            deprecated: false
            synonyms: [{ synonym: purchases, locale: en }]
            context: any
            tags: [x]
            customProperties:
              - { property: weir.onFail, value: quarantine }
              - { property: tolerance, value: 1%, vendor: weir }
              - { property: tolerance, value: whatever, vendor: someone }
            properties:
              - { name: order_id, logicalType: integer, physicalType: bigint, primaryKey: true, primaryKeyPosition: 1, required: true, unique: true, examples: [1, 2] }
              - name: customer
                physicalName: customer_no
                logicalType: integer
                relationships: [{ type: foreignKey, to: crm.customers.customer_id }]
              - name: email
                logicalType: string
                classification: confidential
                encryptedName: email_enc
                criticalDataElement: true
                transformLogic: lower(email)
                transformSourceObjects: [a]
                semanticType: dimension
                logicalTypeOptions: { pattern: '^[^@]+@', format: email }
                customProperties: [{ property: weir.onFail, value: stop }]
                quality:
                  - { id: few_nulls, metric: nullValues, mustBeLessThan: 1, unit: percent, severity: warning, dimension: completeness }
                  - { metric: missingValues, arguments: { missingValues: [null, '', N/A] }, mustBe: 0 }
              - name: status
                logicalType: string
                enum: [{ value: new, label: New }, { value: paid }]
              - { name: amount, logicalType: number, physicalType: "decimal(10,2)", logicalTypeOptions: { minimum: 0, exclusiveMaximum: 1000, multipleOf: 0.01, format: f64 } }
              - { name: sku, logicalType: string, logicalTypeOptions: { minLength: 9, maxLength: 9 }, partitioned: true, partitionKeyPosition: 1 }
              - { name: ordered_at, logicalType: timestamp, logicalTypeOptions: { timezone: true, defaultTimezone: Etc/UTC } }
              - { name: tags, logicalType: array, items: { logicalType: string }, logicalTypeOptions: { maxItems: 5, uniqueItems: true } }
              - name: address
                logicalType: object
                properties: [{ name: city, logicalType: string, required: true }]
            quality:
              - { metric: duplicateValues, arguments: { properties: [customer, ordered_at] }, mustBe: 0 }
              - { type: library, metric: rowCount, mustBeBetween: [1, 1000000] }
              - { name: no future orders, type: sql, query: "SELECT count(*) FROM {object} WHERE ordered_at > now()", mustBe: 0 }
              - { name: words, type: text, description: be nice }
              - { name: gx, type: custom, engine: greatExpectations, implementation: { type: x } }
            relationships:
              - { from: orders.customer, to: crm.customers.customer_id }
        """#

    struct Mistake: Sendable, CustomTestStringConvertible {
        let body: String
        let code: String
        var extra = ""
        var testDescription: String { "\(code): \(extra)\(body)" }
    }

    private static func column(_ keys: String) -> String { "properties: [{ name: a, \(keys) }]" }
    private static func text(_ options: String) -> String {
        column("logicalType: string, logicalTypeOptions: { \(options) }")
    }
    private static func number(_ options: String) -> String {
        column("logicalType: number, logicalTypeOptions: { \(options) }")
    }
    private static func rule(_ keys: String) -> String { "quality: [{ \(keys) }]" }
    private static func columnRule(_ keys: String) -> String { column("quality: [{ \(keys) }]") }

    static let mistakes: [Mistake] = [
        Mistake(body: "propertis: []", code: "yaml.unknown-key"),
        Mistake(body: "properties: [{ logicalType: string }]", code: "yaml.missing-key"),
        Mistake(body: "properties: [{ name: a }, { name: A }]", code: "contract.duplicate-column"),
        Mistake(body: "logicalType: table", code: "contract.unknown-value"),
        Mistake(body: column("id: 'a b'"), code: "contract.bad-id"),
        Mistake(body: column("required: maybe"), code: "yaml.wrong-type"),
        Mistake(body: column("primaryKeyPosition: 1"), code: "contract.key-position"),
        Mistake(body: column("primaryKey: true, primaryKeyPosition: 0"), code: "contract.key-position"),
        Mistake(body: column("authoritativeDefinitions: [{ url: x }]"), code: "contract.missing-key"),
        Mistake(body: text("pattern: '(a'"), code: "contract.bad-pattern"),
        Mistake(body: text("pattern: '(?=a)'"), code: "contract.bad-pattern"),
        Mistake(body: text("minLength: 5, maxLength: 4"), code: "contract.contradiction"),
        Mistake(body: text("minLength: -1"), code: "contract.bad-bound"),
        Mistake(body: text("minimum: 1"), code: "yaml.unknown-key"),
        Mistake(body: number("minimum: low"), code: "contract.bad-bound"),
        Mistake(body: number("minimum: inf"), code: "contract.bad-bound"),
        Mistake(body: number("minimum: 5, maximum: 4"), code: "contract.contradiction"),
        Mistake(body: number("exclusiveMinimum: true"), code: "contract.bad-bound"),
        Mistake(body: number("multipleOf: 0"), code: "contract.bad-bound"),
        Mistake(body: number("format: f16"), code: "contract.unknown-value"),
        Mistake(
            body: column("logicalType: date, logicalTypeOptions: { minimum: 2013-02-30 }"), code: "contract.bad-bound"),
        Mistake(body: column("enum: [{ label: a }]"), code: "contract.missing-key"),
        Mistake(body: column("relationships: [{ to: orders.b }]"), code: "contract.unknown-reference"),
        Mistake(body: column("relationships: [{ to: nothing }]"), code: "contract.bad-reference"),
        Mistake(body: column("relationships: [{ from: a, to: orders.a }]"), code: "contract.misplaced-key"),
        Mistake(body: column("relationships: [{ type: friend, to: orders.a }]"), code: "contract.unknown-value"),
        Mistake(body: "relationships: [{ to: x.y.z }]", code: "contract.missing-key"),
        Mistake(body: "relationships: [{ from: a, to: x.y.z }]", code: "contract.unknown-column"),
        Mistake(
            body: column("logicalType: string") + "\nrelationships: [{ from: [a], to: [x.y.z, x.y.w] }]",
            code: "contract.bad-reference"),
        Mistake(
            body: column("logicalType: string") + "\nrelationships: [{ from: [a, a], to: [x.y.z, x.q.w] }]",
            code: "contract.bad-reference"),
        Mistake(body: columnRule("metric: rowCount, mustBe: 0"), code: "contract.misplaced-metric"),
        Mistake(body: rule("metric: nullValues, mustBe: 0"), code: "contract.misplaced-metric"),
        Mistake(body: rule("metric: rowCount"), code: "contract.no-operator"),
        Mistake(body: rule("mustBe: 0"), code: "contract.missing-key"),
        Mistake(body: rule("type: sql, mustBe: 0"), code: "contract.missing-key"),
        Mistake(body: rule("type: sql, query: '  ', mustBe: 0"), code: "contract.empty-query"),
        Mistake(body: rule("type: sql, query: SELECT 1"), code: "contract.no-operator"),
        Mistake(body: rule("type: text, query: SELECT 1"), code: "contract.misplaced-key"),
        Mistake(body: rule("type: custom, engine: x"), code: "contract.missing-key"),
        Mistake(body: rule("type: sqll"), code: "yaml.unknown-value"),
        Mistake(body: rule("metric: rowCount, mustBe: many"), code: "yaml.wrong-type"),
        Mistake(body: rule("metric: rowCount, mustBeBetween: [2, 1]"), code: "contract.contradiction"),
        Mistake(body: rule("metric: rowCount, mustBeBetween: [1]"), code: "contract.bad-bound"),
        Mistake(body: rule("metric: rowCount, mustBeBetween: 1"), code: "yaml.wrong-type"),
        Mistake(body: rule("metric: rowCount, mustBe: 1, unit: cows"), code: "contract.unknown-value"),
        Mistake(body: rule("metric: rowCount, mustBe: 1, dimension: beauty"), code: "contract.unknown-value"),
        Mistake(body: rule("metric: duplicateValues, mustBe: 0"), code: "contract.missing-key"),
        Mistake(body: rule("metric: duplicateValues, arguments: { properties: [z] }"), code: "contract.unknown-column"),
        Mistake(body: columnRule("metric: invalidValues"), code: "contract.missing-key"),
        Mistake(body: columnRule("metric: invalidValues, arguments: { validvalues: [a] }"), code: "yaml.unknown-key"),
        Mistake(
            body: columnRule("metric: invalidValues, arguments: { validValues: [a], pattern: a }"),
            code: "contract.contradiction"),
        Mistake(body: columnRule("metric: missingValues"), code: "contract.missing-key"),
        Mistake(body: "customProperties: [{ property: weir.onFial, value: stop }]", code: "contract.unknown-setting"),
        Mistake(body: "customProperties: [{ property: weir.onFail, value: explode }]", code: "contract.unknown-value"),
        Mistake(body: "customProperties: [{ property: weir.tolerance, value: some }]", code: "contract.bad-tolerance"),
        Mistake(body: "customProperties: [{ property: weir.tolerance }]", code: "contract.missing-key"),
        Mistake(
            body: "tags: []", code: "contract.unknown-value",
            extra: "slaProperties: [{ property: latency, value: 1, unit: moons, element: a }]"),
        Mistake(
            body: "tags: []", code: "contract.unknown-column",
            extra: "slaProperties: [{ property: latency, value: 1, element: orders.a }]"),
        Mistake(
            body: "tags: []", code: "contract.bad-bound",
            extra: "slaProperties: [{ property: latency, value: -1, element: orders.a }]"),
        Mistake(body: "tags: []", code: "contract.missing-key", extra: "slaProperties: [{ property: latency }]"),
        Mistake(body: "tags: []", code: "contract.missing-key", extra: "servers: [{ type: duckdb }]"),
        Mistake(
            body: "tags: []", code: "yaml.unknown-key", extra: "servers: [{ server: a, type: duckdb, pasword: x }]"),
    ]
}
