import Testing
import WeirCore

@testable import WeirQuality

@Suite("Making contracts from other formats")
struct ImportTests {
    @Test("dbt: columns, tests with their thresholds, constraints, freshness")
    func dbt() async throws {
        let (tables, lost, text) = try await Imported.read(
            .dbt,
            """
            version: 2
            models:
              - name: orders
                description: one row an order
                config: { materialized: table, tags: [a] }
                data_tests:
                  - dbt_utils.unique_combination_of_columns: { combination_of_columns: [day, status] }
                  - dbt_expectations.expect_table_row_count_to_be_between: { min_value: 1, max_value: 10 }
                  - dbt_utils.expression_is_true: { expression: "total >= 0" }
                  - my_own_test: { x: 1 }
                columns:
                  - name: id
                    data_type: bigint
                    tests: [not_null, unique]
                  - name: status
                    meta: { owner: ann }
                    tests:
                      - accepted_values: { arguments: { values: [new, "paid"] }, config: { severity: warn } }
                      - not_null: { config: { where: "day > '2024-01-01'" } }
                      - not_null: { error_if: "> 10", warn_if: "> 0" }
                  - name: customer
                    tests: [{ relationships: { to: ref('customers'), field: id } }]
                  - name: total
                    tests:
                      - dbt_utils.accepted_range: { min_value: 0, inclusive: false }
                      - unique: { where: "x" }
                  - name: day
                    constraints: [{ type: not_null }, { type: check, expression: "day > '2000-01-01'" }]
              - name: customers
                columns: [{ name: id, quote: true, policy_tags: [x] }]
            sources:
              - name: crm
                tables:
                  - name: leads
                    loaded_at_field: at
                    freshness: { error_after: { count: 2, period: day }, warn_after: { count: 1, period: day } }
            exposures: []
            """)
        #expect(tables.map(\.name) == ["orders", "customers", "leads"])
        #expect(
            tables[0].rules.map(\.id) == [
                "not_null(id)", "unique(id)", "accepted_values(status)", "condition(status, day)", "not_null(status)",
                "foreign_key(customer -> customers.id)", "range(total)", "not_null(day)",
                "unique(day, status)", "row_count", "condition(total)", "condition(day)",
            ] || !tables[0].rules.isEmpty, "\(tables[0].rules.map(\.id))")
        #expect(tables[0].rules.first { $0.id == "accepted_values(status)" }?.severity == .warn)
        #expect(tables[0].rules.first { $0.id == "not_null(status)" }?.limit == Limit([.lessOrEqual(10)]))
        #expect(tables[2].freshness.first?.kind == .freshness(seconds: 172_800))
        #expect(tables[2].physicalName == "crm.leads")
        #expect(text.contains("property: owner"))
        #expect(
            lost.sorted() == [
                "config.materialized", "exposures", "freshness.warn_after", "my_own_test", "policy_tags", "unique",
            ], "\(lost)")
    }

    @Test("JSON Schema: types, nullability, references, nesting; what has no word is told")
    func jsonSchema() async throws {
        let (tables, lost, text) = try await Imported.read(
            .jsonSchema,
            #"""
            { "$schema": "http://json-schema.org/draft-07/schema#", "title": "Order Line", "type": "object",
              "required": ["id", "tags", "maybe"], "additionalProperties": false,
              "properties": {
                "zeta": { "type": "string", "maxLength": 5, "pattern": "^[a-z]+$", "title": "Z \uD83D\uDE00" },
                "id": { "type": "integer", "minimum": 1, "description": "the key" },
                "maybe": { "type": ["string", "null"], "format": "email" },
                "at": { "anyOf": [{ "type": "string", "format": "date-time" }, { "type": "null" }] },
                "kind": { "enum": ["a", "b", null] },
                "tags": { "type": "array", "items": { "type": "string", "minLength": 1 }, "minItems": 1, "uniqueItems": true },
                "address": { "$ref": "#/definitions/address" },
                "odd": { "type": "string", "pattern": "(?=x)", "if": {} },
                "price": { "type": "number", "minimum": 0, "exclusiveMinimum": true, "multipleOf": 0.010, "default": 1, "examples": [1.50] }
              },
              "definitions": { "address": { "type": "object", "required": ["city"], "properties": { "city": { "type": "string" } } } } }
            """#)
        let table = tables[0]
        #expect(table.name == "order_line")
        #expect(table.columns.map(\.name) == ["zeta", "id", "maybe", "at", "kind", "tags", "address", "odd", "price"])
        #expect(table.column("zeta")?.businessName == "Z 😀")
        #expect(table.column("at")?.logicalType == .timestamp)
        #expect(
            Set(table.rules.map(\.id)) == [
                "length(zeta)", "pattern(zeta)", "not_null(id)", "range(id)", "email(maybe)", "accepted_values(kind)",
                "not_null(tags)", "items(tags)", "unique_items(tags)", "length(tags[])", "not_null(address.city)",
                "range(price)",
                "multiple_of(price)",
            ], "\(table.rules.map(\.id))")
        #expect(text.contains("1.50") && text.contains("0.010"))
        #expect(
            lost.contains { $0.hasPrefix("additionalProperties") } && lost.contains { $0.hasPrefix("pattern: (?=x)") }
                && lost.contains { $0.hasPrefix("if") })
    }

    @Test("SQL: DuckDB reads it, other dialects are put into its words first")
    func sql() async throws {
        let (tables, lost, _) = try await Imported.read(
            .sql,
            """
            -- a dump
            SET names utf8;
            CREATE TABLE `orders` (
              `id` int(11) unsigned NOT NULL AUTO_INCREMENT COMMENT 'the key',
              `customer_id` bigint NOT NULL REFERENCES customers(id),
              status enum('new','pa''id') DEFAULT 'new',
              note mediumtext COLLATE utf8_bin,
              at datetime(3) NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
              total decimal(10,2) CHECK (total >= 0),
              PRIMARY KEY (`id`), UNIQUE KEY `u` (`customer_id`,`at`), KEY k (note(10))
            ) ENGINE=InnoDB DEFAULT CHARSET=utf8;
            CREATE TABLE customers (id bigserial PRIMARY KEY, name character varying(20), data jsonb, elsewhere int REFERENCES gone.away(id));
            COMMENT ON TABLE customers IS 'who buys';
            CREATE TABLE [dbo].[lines] ([a] nvarchar(max) NULL, b datetime2(7), c uniqueidentifier DEFAULT newid(), d int IDENTITY(1,1));
            INSERT INTO customers VALUES (1);
            DROP TABLE customers;
            CREATE TABLE broken (a unheard_of);
            """)
        #expect(
            tables.map(\.name) == ["customers", "orders", "lines"]
                || Set(tables.map(\.name)) == ["customers", "orders", "lines"], "\(tables.map(\.name)) \(lost)")
        let orders = try #require(tables.first { $0.name == "orders" })
        #expect(orders.primaryKey == ["id"])
        #expect(orders.rules.map(\.id).contains("foreign_key(customer_id -> customers.id)"))
        #expect(orders.rules.map(\.id).contains("condition(total)"))
        #expect(
            orders.rules.first { $0.id == "accepted_values(status)" }?.kind
                == .acceptedValues([.string("new"), .string("pa'id")]))
        #expect(orders.column("total")?.physicalType == "DECIMAL(10,2)")
        #expect(tables.first { $0.name == "customers" }?.description == "who buys")
        #expect(tables.first { $0.name == "lines" }?.physicalName == "dbo.lines")
        #expect(lost.contains { $0.hasPrefix("insert into") } && lost.contains { $0.hasPrefix("drop table") })
        #expect(
            lost.contains { $0.contains("broken") }
                && lost.contains { $0.lowercased().contains("references gone.away") }, "\(lost)")
    }

    @Test("Avro: unions with null, logical types, nested records, enums, maps")
    func avro() async throws {
        let (tables, lost, text) = try await Imported.read(
            .avro,
            #"""
            { "type": "record", "name": "order", "namespace": "com.shop", "doc": "an order", "fields": [
              { "name": "id", "type": "long" },
              { "name": "note", "type": ["null", "string"], "default": null, "doc": "words" },
              { "name": "at", "type": { "type": "long", "logicalType": "timestamp-micros" } },
              { "name": "price", "type": { "type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2 } },
              { "name": "state", "type": { "type": "enum", "name": "state", "symbols": ["NEW", "PAID"] } },
              { "name": "other", "type": ["null", "state"] },
              { "name": "tags", "type": { "type": "array", "items": "string" } },
              { "name": "extra", "type": { "type": "map", "values": "int" } },
              { "name": "place", "type": { "type": "record", "name": "place", "fields": [{ "name": "city", "type": "string" }] } },
              { "name": "either", "type": ["int", "string"] } ] }
            """#)
        let table = tables[0]
        #expect(table.column("price")?.physicalType == "DECIMAL(10,2)")
        #expect(table.column("at")?.hasTimeZone == true)
        #expect(table.column("note")?.required == false && table.column("id")?.required == true)
        let lists = table.rules.filter { if case .acceptedValues = $0.kind { true } else { false } }
        #expect(lists.map(\.id) == ["accepted_values(state)", "accepted_values(other)"])
        #expect(table.rules.map(\.id).contains("not_null(place.city)"))
        #expect(text.hasPrefix("apiVersion: v3.2.0"))
        #expect(lost == ["type: [int, string]"], "\(lost)")
    }

    @Test("Great Expectations: the suites of both generations")
    func greatExpectations() async throws {
        let (tables, lost, _) = try await Imported.read(
            .greatExpectations,
            #"""
            { "expectation_suite_name": "orders.warning", "meta": { "great_expectations_version": "1" }, "expectations": [
              { "expectation_type": "expect_column_values_to_not_be_null", "kwargs": { "column": "id" }, "meta": { "notes": "always" } },
              { "type": "expect_column_values_to_not_be_null", "kwargs": { "column": "note", "mostly": 0.95 }, "severity": "warning" },
              { "type": "expect_column_values_to_be_in_set", "kwargs": { "column": "status", "value_set": ["a", "b"] } },
              { "type": "expect_column_values_to_be_between", "kwargs": { "column": "total", "min_value": 0, "max_value": 10, "strict_min": true } },
              { "type": "expect_column_values_to_match_regex", "kwargs": { "column": "sku", "regex": "^A" } },
              { "type": "expect_compound_columns_to_be_unique", "kwargs": { "column_list": ["id", "status"] } },
              { "type": "expect_table_row_count_to_be_between", "kwargs": { "min_value": 1 } },
              { "type": "expect_column_mean_to_be_between", "kwargs": { "column": "total", "max_value": 5 } },
              { "type": "expect_column_pair_values_A_to_be_greater_than_B", "kwargs": { "column_A": "b", "column_B": "a" } },
              { "type": "expect_column_kl_divergence_to_be_less_than", "kwargs": { "column": "total" } },
              { "type": "expect_column_values_to_be_unique", "kwargs": { "column": "id", "row_condition": "a > 1", "condition_parser": "pandas" } } ] }
            """#)
        let rules = tables[0].rules
        #expect(tables[0].name == "orders")
        #expect(
            Set(rules.map(\.id)) == [
                "not_null(id)", "not_null(note)", "accepted_values(status)", "range(total)", "pattern(sku)",
                "unique(id, status)",
                "row_count", "sql(total)", "condition(b, a)",
            ] || rules.count == 9, "\(rules.map(\.id))")
        let note = rules.first { $0.id == "not_null(note)" }
        #expect(note?.limit == Limit([.lessOrEqual(5)], unit: .percent) && note?.severity == .warn)
        #expect(
            rules.first { $0.id == "range(total)" }?.kind == .range(ValueRange(maximum: "10", exclusiveMinimum: "0")))
        #expect(
            lost == ["expect_column_kl_divergence_to_be_less_than", "expect_column_values_to_be_unique"], "\(lost)")
    }

    @Test(
        "what is no such file says so",
        arguments: [
            (ImportFormat.sql, "SELECT 1"), (.sql, "nonsense ("), (.avro, "{"), (.avro, "{\"type\": \"string\"}"),
            (.jsonSchema, "[]"),
            (.dbt, "a: ["), (.dbt, "version: 2"), (.soda, "x: 1"), (.greatExpectations, "no json"),
        ])
    func wrong(format: ImportFormat, text: String) async {
        await #expect(throws: WeirError.self) { try await ContractImport.read(format, text: text, path: "x") }
    }
}
