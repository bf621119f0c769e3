import Foundation
import WeirCore

/// Asks a server for what a trained model predicts.
///
/// It speaks the Open Inference Protocol (KServe v2: Triton, MLServer, OpenVINO, KServe), where the address ends with
/// `/infer`, and its forerunner (KServe v1, TensorFlow Serving), where it ends with `:predict`.
/// https://github.com/kserve/open-inference-protocol
public struct PredictionClient: Sendable {
    /// One feature of all rows.
    public struct Feature: Sendable, Hashable {
        public var name: String
        /// In the protocol's words: `FP64`, `INT64`, `BOOL`, `BYTES`.
        public var datatype: String
        public var values: [JSONValue]

        public init(name: String, datatype: String, values: [JSONValue]) {
            self.name = name
            self.datatype = datatype
            self.values = values
        }
    }

    /// What the server says of each row.
    public struct Predictions: Sendable, Hashable {
        /// `churn:3`: the model and its version, where the server tells them.
        public var served: String
        /// A value a row: a number, a text, or an array of them.
        public var values: [JSONValue]
    }

    private let url: String
    private let exchanger: any Exchanger
    private let clock: AIClock
    private let retry: RetryPolicy

    public init(
        url: String, exchanger: any Exchanger = HTTPExchanger(), clock: AIClock = .system,
        retry: RetryPolicy = RetryPolicy()
    ) {
        self.url = url
        self.exchanger = exchanger
        self.clock = clock
        self.retry = retry
    }

    private var isOlder: Bool { url.hasSuffix(":predict") }

    /// - Parameters:
    ///   - features: each with a value for every row.
    ///   - output: the output to take where there are several of them; the first where it has none of that name.
    /// - Throws: `ai.bad-request` where the server refuses the rows, `ai.…` where it does not answer.
    public func predict(_ features: [Feature], rows: Int, output: String) async throws -> Predictions {
        let request = WireRequest.json(isOlder ? instances(features, rows) : inputs(features, rows), to: url)
        let began = clock.now()
        var attempt = 1
        while true {
            do { return try read(try await ask(request), rows: rows, output: output) } catch let fault as AIFault {
                guard case .again(let wait) = retry.decide(fault, attempt: attempt, elapsed: clock.now() - began) else {
                    throw fault.error(provider: "prediction server", model: url, attempts: attempt)
                }
                try await clock.sleep(wait)
                attempt += 1
            }
        }
    }

    private func ask(_ request: WireRequest) async throws -> JSONValue {
        let reply = try await exchanger.reply(to: request, timeout: .seconds(600))
        if (200..<300).contains(reply.head.status) {
            guard let body = JSONValue(parsing: reply.body) else {
                throw AIFault(.garbled, "the answer is not JSON", status: reply.head.status)
            }
            return body
        }
        let said = JSONValue(parsing: reply.body)?["error"]
        let message = said?.text ?? said?.line ?? String(decoding: reply.body.prefix(200), as: UTF8.self)
        throw AIFault(StatusKind.of(reply.head.status), message, status: reply.head.status)
    }

    // MARK: The two protocols

    private func inputs(_ features: [Feature], _ rows: Int) -> JSONValue {
        .object([
            "inputs": .array(
                features.map { feature in
                    .object([
                        "name": .string(feature.name), "shape": .array([.int(Int64(rows))]),
                        "datatype": .string(feature.datatype), "data": .array(feature.values),
                    ])
                })
        ])
    }

    private func instances(_ features: [Feature], _ rows: Int) -> JSONValue {
        .object([
            "instances": .array(
                (0..<rows).map { row in
                    .object(
                        Dictionary(features.map { ($0.name, $0.values[row]) }, uniquingKeysWith: { first, _ in first }))
                })
        ])
    }

    private func read(_ body: JSONValue, rows: Int, output: String) throws -> Predictions {
        if isOlder {
            let values = body["predictions"]?.items ?? []
            guard values.count == rows else { throw Self.miscounted(rows, values.count) }
            return Predictions(served: "", values: values)
        }
        let outputs = body["outputs"]?.items ?? []
        guard let found = outputs.first(where: { $0["name"]?.text == output }) ?? outputs.first else {
            throw AIFault(.garbled, "the answer has no outputs")
        }
        let data = Self.flat(found["data"]?.items ?? [])
        guard rows > 0, data.count >= rows, data.count.isMultiple(of: rows) else {
            throw Self.miscounted(rows, data.count)
        }
        let width = data.count / rows
        let values =
            width == 1
            ? data : (0..<rows).map { .array(Array(data[($0 * width)..<(($0 + 1) * width)])) }
        let name = body["model_name"]?.text ?? ""
        let version = body["model_version"]?.text.map { ":\($0)" } ?? ""
        return Predictions(served: name + version, values: values)
    }

    /// Servers nest tensors or do not.
    private static func flat(_ items: [JSONValue]) -> [JSONValue] {
        items.flatMap { item in if case .array(let inner) = item { flat(inner) } else { [item] } }
    }

    private static func miscounted(_ rows: Int, _ found: Int) -> AIFault {
        AIFault(.garbled, "\(rows) rows were sent and \(found) values came back")
    }
}
