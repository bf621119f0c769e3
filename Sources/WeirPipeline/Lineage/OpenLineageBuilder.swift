import Foundation
import WeirCore

/// Makes the events of a run. Pure: the same input gives the same events.
///
/// A run is one job, the project; each table built in it is a job of its own that names the run as its parent.
///
/// ```swift
/// let lineage = OpenLineageBuilder(context)
/// emit(lineage.runStarted(at: start))
/// emit(lineage.nodeStarted(node, at: t1))
/// emit(lineage.nodeFinished(node, .complete, quality, at: t2))
/// emit(lineage.runFinished(.complete, at: end))
/// ```
public struct OpenLineageBuilder: Sendable {
    public let context: OpenLineageContext
    private let facet: OpenLineageFacet

    public init(_ context: OpenLineageContext) {
        self.context = context
        facet = OpenLineageFacet(producer: context.producer)
    }

    public func runStarted(at date: Date) -> OpenLineageEvent {
        runEvent(.start, at: date)
    }

    public func runFinished(_ outcome: OpenLineageOutcome, at date: Date) -> OpenLineageEvent {
        var event = runEvent(Self.kind(outcome), at: date)
        if case .failed(let message) = outcome { event.run.facets["errorMessage"] = facet.error(message) }
        return event
    }

    public func nodeStarted(_ node: OpenLineageNode, at date: Date) -> OpenLineageEvent {
        nodeEvent(.start, node, at: date)
    }

    /// - Parameter quality: what was measured; also useful when the gate did not let the table through.
    public func nodeFinished(
        _ node: OpenLineageNode, _ outcome: OpenLineageOutcome, _ quality: OpenLineageQuality = OpenLineageQuality(),
        at date: Date
    ) -> OpenLineageEvent {
        var event = nodeEvent(Self.kind(outcome), node, at: date)
        if case .failed(let message) = outcome { event.run.facets["errorMessage"] = facet.error(message) }
        if !quality.assertions.isEmpty {
            event.outputs[0].facets["dataQualityAssertions"] = facet.assertions(quality.assertions)
        }
        if !quality.columns.isEmpty {
            event.outputs[0].facets["dataQualityMetrics"] = facet.metrics(quality.columns, rows: quality.rowsChecked)
        }
        if let rows = quality.rowsPublished {
            event.outputs[0].outputFacets = ["outputStatistics": facet.statistics(rows: rows)]
        }
        return event
    }

    // MARK: Checks

    /// A table that is only looked at: a job of its own that reads it and writes nothing.
    public func checkStarted(_ table: OpenLineageDataset, of name: String, at date: Date) -> OpenLineageEvent {
        checkEvent(.start, table, name, at: date)
    }

    /// The job is complete when the table could be checked, whatever was found; what was found is in its assertions.
    public func checkFinished(
        _ table: OpenLineageDataset, of name: String, _ outcome: OpenLineageOutcome, _ quality: OpenLineageQuality,
        at date: Date
    ) -> OpenLineageEvent {
        var event = checkEvent(Self.kind(outcome), table, name, at: date)
        if case .failed(let message) = outcome { event.run.facets["errorMessage"] = facet.error(message) }
        var facets: [String: JSONValue] = [:]
        if !quality.assertions.isEmpty { facets["dataQualityAssertions"] = facet.assertions(quality.assertions) }
        if let rows = quality.rowsChecked { facets["dataQualityMetrics"] = facet.metrics([:], rows: rows) }
        if !facets.isEmpty { event.inputs[0].inputFacets = facets }
        return event
    }

    private func checkEvent(
        _ kind: OpenLineageEvent.Kind, _ table: OpenLineageDataset, _ name: String, at date: Date
    ) -> OpenLineageEvent {
        event(
            kind, at: date, run: OpenLineageRunID.uuid(run: context.runID, node: "check \(name)"), runFacets: [:],
            job: "\(context.project).\(name).check", jobFacets: ["jobType": facet.jobType("CHECK")],
            inputs: [dataset(table)], outputs: [])
    }

    // MARK: Parts

    private static func kind(_ outcome: OpenLineageOutcome) -> OpenLineageEvent.Kind {
        switch outcome {
        case .complete: .complete
        case .failed: .fail
        case .aborted: .abort
        }
    }

    private func runEvent(_ kind: OpenLineageEvent.Kind, at date: Date) -> OpenLineageEvent {
        event(
            kind, at: date, run: OpenLineageRunID.uuid(run: context.runID), runFacets: [:], job: context.project,
            jobFacets: ["jobType": facet.jobType("RUN")], inputs: [], outputs: [])
    }

    private func nodeEvent(_ kind: OpenLineageEvent.Kind, _ node: OpenLineageNode, at date: Date) -> OpenLineageEvent {
        var runFacets = [
            "parent": facet.parent(
                run: OpenLineageRunID.uuid(run: context.runID), namespace: context.namespace, job: context.project)
        ]
        if let start = node.nominalStart {
            runFacets["nominalTime"] = facet.nominalTime(from: start, to: node.nominalEnd)
        }
        var jobFacets = ["jobType": facet.jobType(node.kind.rawValue)]
        if let sql = node.sql { jobFacets["sql"] = facet.sql(sql, dialect: context.engine) }
        if let text = node.description { jobFacets["documentation"] = facet.jobDocumentation(text) }
        if !node.owners.isEmpty { jobFacets["ownership"] = facet.jobOwners(node.owners) }
        var output = dataset(node.output)
        if !node.columns.isEmpty { output.facets["columnLineage"] = facet.columnLineage(node.columns) }
        // A run that backfills in batches builds one table several times: each interval is a run of its own.
        let part = node.nominalStart.map { "\(node.name)@\(UTC.text($0))" } ?? node.name
        return event(
            kind, at: date, run: OpenLineageRunID.uuid(run: context.runID, node: part), runFacets: runFacets,
            job: "\(context.project).\(node.name)", jobFacets: jobFacets, inputs: node.inputs.map(dataset),
            outputs: [output])
    }

    private func event(
        _ kind: OpenLineageEvent.Kind, at date: Date, run: String, runFacets: [String: JSONValue], job: String,
        jobFacets: [String: JSONValue], inputs: [OpenLineageEvent.Dataset], outputs: [OpenLineageEvent.Dataset]
    ) -> OpenLineageEvent {
        var runFacets = runFacets
        if let version = context.engineVersion {
            runFacets["processing_engine"] = facet.engine(
                name: context.engine, version: version, weir: context.weirVersion)
        }
        return OpenLineageEvent(
            eventType: kind, eventTime: UTC.text(date), producer: context.producer,
            schemaURL: "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
            run: .init(runId: run, facets: runFacets),
            job: .init(namespace: context.namespace, name: job, facets: jobFacets), inputs: inputs, outputs: outputs)
    }

    private func dataset(_ dataset: OpenLineageDataset) -> OpenLineageEvent.Dataset {
        var facets: [String: JSONValue] = [:]
        if !dataset.fields.isEmpty { facets["schema"] = facet.schema(dataset.fields) }
        if let text = dataset.description { facets["documentation"] = facet.documentation(text) }
        if !dataset.owners.isEmpty { facets["ownership"] = facet.owners(dataset.owners) }
        facets["dataSource"] = facet.dataSource(name: dataset.sourceName, uri: dataset.sourceURI)
        return .init(namespace: dataset.namespace, name: dataset.name, facets: facets)
    }
}
