import Foundation
import WeirCore

/// Makes facets, each with the schema version that it is written to.
struct OpenLineageFacet: Sendable {
    let producer: String

    private func facet(_ type: String, _ version: String, _ fields: [String: JSONValue?]) -> JSONValue {
        var object = fields.compactMapValues(\.self)
        object["_producer"] = .string(producer)
        object["_schemaURL"] = .string(
            "https://openlineage.io/spec/facets/\(version)/\(type).json#/$defs/\(type)")
        return .object(object)
    }

    // MARK: Of a run

    func parent(run: String, namespace: String, job: String) -> JSONValue {
        facet(
            "ParentRunFacet", "1-2-0",
            [
                "run": ["runId": .string(run)],
                "job": ["namespace": .string(namespace), "name": .string(job)],
                "root": [
                    "run": ["runId": .string(run)],
                    "job": ["namespace": .string(namespace), "name": .string(job)],
                ],
            ])
    }

    func error(_ message: String) -> JSONValue {
        facet(
            "ErrorMessageRunFacet", "1-0-1",
            ["message": .string(Redaction.clean(message)), "programmingLanguage": "SQL"])
    }

    func nominalTime(from start: Date, to end: Date?) -> JSONValue {
        facet(
            "NominalTimeRunFacet", "1-0-1",
            ["nominalStartTime": .string(UTC.text(start)), "nominalEndTime": end.map { .string(UTC.text($0)) }])
    }

    func engine(name: String, version: String, weir: String) -> JSONValue {
        facet(
            "ProcessingEngineRunFacet", "1-1-1",
            ["name": .string(name), "version": .string(version), "openlineageAdapterVersion": .string(weir)])
    }

    // MARK: Of a job

    func jobType(_ type: String) -> JSONValue {
        facet(
            "JobTypeJobFacet", "2-0-4",
            ["processingType": "BATCH", "integration": "WEIR", "jobType": .string(type)])
    }

    func sql(_ query: String, dialect: String) -> JSONValue {
        facet(
            "SQLJobFacet", "1-1-0", ["query": .string(Redaction.clean(query)), "dialect": .string(dialect)])
    }

    func jobDocumentation(_ text: String) -> JSONValue {
        facet("DocumentationJobFacet", "1-1-0", ["description": .string(text), "contentType": "text/plain"])
    }

    func jobOwners(_ names: [String]) -> JSONValue {
        facet("OwnershipJobFacet", "1-0-1", ["owners": Self.owners(names)])
    }

    // MARK: Of a dataset

    func documentation(_ text: String) -> JSONValue {
        facet("DocumentationDatasetFacet", "1-1-0", ["description": .string(text), "contentType": "text/plain"])
    }

    func owners(_ names: [String]) -> JSONValue {
        facet("OwnershipDatasetFacet", "1-0-1", ["owners": Self.owners(names)])
    }

    func schema(_ fields: [OpenLineageDataset.Field]) -> JSONValue {
        let items = fields.enumerated().map { index, field in
            JSONValue.object(
                [
                    "name": .string(field.name), "type": field.type.map(JSONValue.string),
                    "description": field.description.map(JSONValue.string),
                    "ordinal_position": .int(Int64(index) + 1),
                ].compactMapValues(\.self))
        }
        return facet("SchemaDatasetFacet", "1-2-0", ["fields": .array(items)])
    }

    /// Nil when there is nothing to say. An address that is no URI is left out rather than sent wrong.
    func dataSource(name: String?, uri: String?) -> JSONValue? {
        let address = uri.map { Redaction.clean($0) }.flatMap { text in
            URL(string: text, encodingInvalidCharacters: false)?.scheme == nil ? nil : text.replacing("***@", with: "")
        }
        if name == nil, address == nil { return nil }
        return facet(
            "DatasourceDatasetFacet", "1-0-1",
            ["name": name.map(JSONValue.string), "uri": address.map(JSONValue.string)])
    }

    func columnLineage(_ columns: [OpenLineageColumn]) -> JSONValue {
        var fields: [String: [JSONValue]] = [:]
        var whole: [JSONValue] = []
        for column in columns {
            let change: JSONValue = [
                "type": .string(column.change.isDirect ? "DIRECT" : "INDIRECT"),
                "subtype": .string(column.change.rawValue), "description": "", "masking": false,
            ]
            let input: JSONValue = [
                "namespace": .string(column.inputNamespace), "name": .string(column.inputName),
                "field": .string(column.inputField), "transformations": [change],
            ]
            if let output = column.output { fields[output, default: []].append(input) } else { whole.append(input) }
        }
        return facet(
            "ColumnLineageDatasetFacet", "1-2-0",
            [
                "fields": .object(fields.mapValues { ["inputFields": .array($0)] }),
                "dataset": whole.isEmpty ? nil : .array(whole),
            ])
    }

    func statistics(rows: Int64) -> JSONValue {
        facet("OutputStatisticsOutputDatasetFacet", "1-0-2", ["rowCount": .int(rows)])
    }

    func metrics(_ columns: [String: OpenLineageQuality.ColumnMetrics], rows: Int64?) -> JSONValue {
        let items = columns.mapValues { column in
            JSONValue.object(
                [
                    "nullCount": column.nulls.map(JSONValue.int), "distinctCount": column.distinct.map(JSONValue.int),
                    "count": column.count.map(JSONValue.int), "min": Self.number(column.min),
                    "max": Self.number(column.max),
                ].compactMapValues(\.self))
        }
        return facet(
            "DataQualityMetricsDatasetFacet", "1-0-0",
            ["rowCount": rows.map(JSONValue.int), "columnMetrics": .object(items)])
    }

    func assertions(_ assertions: [OpenLineageQuality.Assertion]) -> JSONValue {
        let items = assertions.map { assertion in
            JSONValue.object(
                [
                    "assertion": .string(assertion.rule), "success": .bool(assertion.passed),
                    "column": assertion.column.map(JSONValue.string),
                    "severity": assertion.severity.map(JSONValue.string),
                    "expected": assertion.expected.map(JSONValue.string),
                    "actual": assertion.actual.map(JSONValue.string),
                ].compactMapValues(\.self))
        }
        return facet("DataQualityAssertionsDatasetFacet", "1-1-0", ["assertions": .array(items)])
    }

    private static func owners(_ names: [String]) -> JSONValue {
        .array(names.map { ["name": .string($0), "type": "OWNER"] })
    }

    private static func number(_ value: Double?) -> JSONValue? {
        value.flatMap { $0.isFinite ? .double($0) : nil }
    }
}
