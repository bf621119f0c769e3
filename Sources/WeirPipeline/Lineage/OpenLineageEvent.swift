import Foundation
import WeirCore

/// One run event of OpenLineage 2-0-2: a job's run began or ended.
///
/// Facets are documents with two keys of their own, `_producer` and `_schemaURL`; ``OpenLineageFacet`` makes them.
public struct OpenLineageEvent: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Codable {
        case start = "START"
        case complete = "COMPLETE"
        case fail = "FAIL"
        case abort = "ABORT"
    }

    public struct Run: Sendable, Hashable, Codable {
        /// A UUID, made from Weir's own run id by ``OpenLineageRunID``.
        public var runId: String
        public var facets: [String: JSONValue]
    }

    public struct Job: Sendable, Hashable, Codable {
        public var namespace: String
        public var name: String
        public var facets: [String: JSONValue]
    }

    public struct Dataset: Sendable, Hashable, Codable {
        public var namespace: String
        public var name: String
        public var facets: [String: JSONValue]
        /// Only of a dataset that was written.
        public var outputFacets: [String: JSONValue]?
        /// Only of a dataset that was read.
        public var inputFacets: [String: JSONValue]?

        fileprivate var value: JSONValue {
            var fields: [String: JSONValue] = [
                "namespace": .string(namespace), "name": .string(name), "facets": .object(facets),
            ]
            if let outputFacets { fields["outputFacets"] = .object(outputFacets) }
            if let inputFacets { fields["inputFacets"] = .object(inputFacets) }
            return .object(fields)
        }
    }

    public var eventType: Kind
    /// RFC 3339, UTC.
    public var eventTime: String
    public var producer: String
    public var schemaURL: String
    public var run: Run
    public var job: Job
    public var inputs: [Dataset]
    public var outputs: [Dataset]

    /// The event on one line of JSON, keys sorted, without a line break.
    public func line() -> String {
        JSONValue.object([
            "eventType": .string(eventType.rawValue), "eventTime": .string(eventTime), "producer": .string(producer),
            "schemaURL": .string(schemaURL),
            "run": .object(["runId": .string(run.runId), "facets": .object(run.facets)]),
            "job": .object([
                "namespace": .string(job.namespace), "name": .string(job.name), "facets": .object(job.facets),
            ]),
            "inputs": .array(inputs.map(\.value)), "outputs": .array(outputs.map(\.value)),
        ]).line
    }
}

/// Makes the UUIDs that OpenLineage wants out of Weir's run ids.
public enum OpenLineageRunID {
    /// Always the same for the same run and table, so that an event which is sent twice is known as one.
    ///
    /// - Parameter node: the table, or nil for the run as a whole.
    public static func uuid(run: String, node: String? = nil) -> String {
        var digits = Array(Fingerprint.of(["openlineage", run, node ?? ""] + (node == nil ? [] : ["node"])))
        // RFC 9562: version 8 is for UUIDs made in a way of one's own; the variant is 10 in binary.
        digits[12] = "8"
        digits[16] = ["8", "9", "a", "b"][(digits[16].hexDigitValue ?? 0) % 4]
        let text = String(digits)
        var groups: [Substring] = []
        var rest = Substring(text)
        for length in [8, 4, 4, 4, 12] {
            groups.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return groups.joined(separator: "-")
    }
}
