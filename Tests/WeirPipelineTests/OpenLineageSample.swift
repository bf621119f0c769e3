import Foundation
import WeirCore

@testable import WeirPipeline

/// A run with everything that an event can hold, and names that are hard to carry.
enum OpenLineageSample {
    static let start = Date(timeIntervalSince1970: 1_795_449_662.123)

    static let context = OpenLineageContext(
        namespace: "weir", project: "flights", runID: "20261123-160102-4f2a", weirVersion: "0.1.0",
        engineVersion: "1.5.5")

    static let node = OpenLineageNode(
        name: "mart.délais", kind: .model, description: "passengers feel a delay \"at the gate\"\n\u{1}",
        owners: ["data-team"], sql: "SELECT 'postgres://ana:s3cr3tpw@db/x' AS \"a\"\"b\" FROM staging.flights",
        inputs: [
            OpenLineageDataset(
                namespace: "duckdb:///w.duckdb", name: "staging.flights",
                fields: [.init(name: "select", type: "INTEGER", description: "ü")], sourceName: "warehouse",
                sourceURI: "file:///w.duckdb"),
            OpenLineageDataset(
                namespace: "postgres://db:5432", name: "x.public.t", sourceName: "shop",
                sourceURI: "postgres://ana:s3cr3tpw@db:5432/x"),
            OpenLineageDataset(namespace: "file", name: "/data/a b.csv", sourceURI: "no uri at all"),
        ],
        output: OpenLineageDataset(
            namespace: "duckdb:///w.duckdb", name: "mart.délais", description: "delays",
            fields: [.init(name: "a\"b", type: "DECIMAL(10,2)"), .init(name: "n")], owners: ["data-team"],
            sourceName: "warehouse"),
        columns: OpenLineageColumn.Change.allCases.map {
            OpenLineageColumn(
                output: $0.isDirect ? "a\"b" : nil, inputNamespace: "duckdb:///w.duckdb", inputName: "staging.flights",
                inputField: "select", change: $0)
        }, nominalStart: start.addingTimeInterval(-86_400), nominalEnd: start)

    static let quality = OpenLineageQuality(
        rowsPublished: 336_776, rowsChecked: 336_780,
        assertions: [
            .init(rule: "not_null", column: "a\"b", passed: false, severity: "error", expected: "0", actual: "4"),
            .init(rule: "row_count", passed: true, severity: "warn"),
        ],
        columns: ["a\"b": .init(nulls: 4, distinct: 10, count: 336_780, min: -1.5, max: .infinity), "n": .init()])

    static var events: [OpenLineageEvent] {
        let builder = OpenLineageBuilder(context)
        var bare = context
        bare.engineVersion = nil
        let small = OpenLineageNode(
            name: "raw.x", kind: .source, inputs: [],
            output: OpenLineageDataset(namespace: "n", name: "raw.x"))
        return [
            builder.runStarted(at: start), builder.nodeStarted(node, at: start),
            builder.nodeFinished(node, .complete, quality, at: start.addingTimeInterval(1)),
            builder.nodeFinished(node, .failed("cannot reach postgres://ana:s3cr3tpw@db"), quality, at: start),
            builder.nodeFinished(node, .aborted, at: start),
            OpenLineageBuilder(bare).nodeStarted(small, at: start),
            OpenLineageBuilder(bare).nodeFinished(small, .complete, at: start),
            builder.runFinished(.complete, at: start), builder.runFinished(.failed("x"), at: start),
            builder.runFinished(.aborted, at: start),
        ]
    }
}
