import Foundation
import WeirCore

/// Asks a server for what a trained model predicts.
///
/// The end of the address says what it speaks: the Open Inference Protocol (`/infer`; KServe v2: Triton, MLServer,
/// OpenVINO, KServe), its forerunner (`:predict`; KServe v1, TensorFlow Serving), or the classification of texts in
/// OpenAI's style (`/classify`; vLLM, SGLang).
/// https://github.com/kserve/open-inference-protocol, https://docs.vllm.ai/en/stable/serving/openai_compatible_server
public struct PredictionClient: Predictor {
    /// What a server speaks.
    public enum Dialect: Sendable, Hashable {
        case tensors, instances, texts

        /// By the end of its address.
        public init(url: String) {
            let path = url.split(separator: "?", maxSplits: 1).first ?? ""
            self = path.hasSuffix(":predict") ? .instances : path.hasSuffix("/classify") ? .texts : .tensors
        }
    }

    private let url: String
    private let model: String
    private let exchanger: any Exchanger
    private let clock: AIClock
    private let retry: RetryPolicy
    private let sign: @Sendable (WireRequest) async throws -> WireRequest
    private let secrets: [Secret]

    /// Asks without a key; ``AIClient/predictor(url:model:)`` knows the keys.
    ///
    /// - Parameter model: as a server of several models knows it; empty where it needs no name.
    public init(
        url: String, model: String = "", exchanger: any Exchanger = HTTPExchanger(), clock: AIClock = .system,
        retry: RetryPolicy = RetryPolicy()
    ) {
        self.init(url: url, model: model, exchanger: exchanger, clock: clock, retry: retry, secrets: []) { $0 }
    }

    /// - Parameters:
    ///   - secrets: what no error may repeat.
    ///   - sign: adds the server's key.
    init(
        url: String, model: String, exchanger: any Exchanger, clock: AIClock, retry: RetryPolicy, secrets: [Secret],
        sign: @escaping @Sendable (WireRequest) async throws -> WireRequest
    ) {
        self.url = url
        self.model = model
        self.exchanger = exchanger
        self.clock = clock
        self.retry = retry
        self.secrets = secrets
        self.sign = sign
    }

    private var dialect: Dialect { Dialect(url: url) }

    /// - Throws: `ai.bad-request` where the server refuses the rows, `ai.…` where it does not answer.
    public func predict(_ features: [PredictionFeature], rows: Int, output: String) async throws -> Predictions {
        let request = WireRequest.json(body(features, rows), to: url)
        let began = clock.now()
        var attempt = 1
        while true {
            do { return try read(try await ask(request), rows: rows, output: output) } catch let fault as AIFault {
                guard case .again(let wait) = retry.decide(fault, attempt: attempt, elapsed: clock.now() - began) else {
                    throw fault.error(
                        provider: "prediction server", model: url, attempts: attempt, secrets: secrets)
                }
                try await clock.sleep(wait)
                attempt += 1
            }
        }
    }

    private func ask(_ request: WireRequest) async throws -> JSONValue {
        let reply = try await exchanger.reply(to: try await sign(request), timeout: .seconds(600))
        if (200..<300).contains(reply.head.status) {
            guard let body = JSONValue(parsing: reply.body) else {
                throw AIFault(.garbled, "the answer is not JSON", status: reply.head.status)
            }
            return body
        }
        let said = JSONValue(parsing: reply.body)?["error"]
        let message =
            said?.text ?? said?["message"]?.text ?? said?.line
            ?? String(decoding: reply.body.prefix(200), as: UTF8.self)
        throw AIFault(StatusKind.of(reply.head.status), message, status: reply.head.status)
    }

    // MARK: The protocols

    private func body(_ features: [PredictionFeature], _ rows: Int) -> JSONValue {
        switch dialect {
        case .tensors: inputs(features, rows)
        case .instances: instances(features, rows)
        case .texts: texts(features)
        }
    }

    private func inputs(_ features: [PredictionFeature], _ rows: Int) -> JSONValue {
        .object([
            "inputs": .array(
                features.map { feature in
                    .object([
                        "name": .string(feature.name), "shape": .array([.int(Int64(rows))]),
                        "datatype": .string(feature.datatype.rawValue), "data": .array(feature.values),
                    ])
                })
        ])
    }

    private func texts(_ features: [PredictionFeature]) -> JSONValue {
        var body: [String: JSONValue] = ["input": .array(features.first?.values ?? [])]
        if !model.isEmpty { body["model"] = .string(model) }
        return .object(body)
    }

    private func instances(_ features: [PredictionFeature], _ rows: Int) -> JSONValue {
        .object([
            "instances": .array(
                (0..<rows).map { row in
                    .object(
                        Dictionary(features.map { ($0.name, $0.values[row]) }, uniquingKeysWith: { first, _ in first }))
                })
        ])
    }

    private func read(_ body: JSONValue, rows: Int, output: String) throws -> Predictions {
        switch dialect {
        case .tensors: return try readTensors(body, rows: rows, output: output)
        case .instances:
            let values = body["predictions"]?.items ?? []
            guard values.count == rows else { throw Self.miscounted(rows, values.count) }
            return Predictions(served: "", values: values)
        case .texts: return try readClasses(body, rows: rows, output: output)
        }
    }

    /// Each text has a label, and how likely each label is.
    private func readClasses(_ body: JSONValue, rows: Int, output: String) throws -> Predictions {
        let data = body["data"]?.items ?? []
        guard data.count == rows else { throw Self.miscounted(rows, data.count) }
        let member = output.lowercased() == "probs" ? "probs" : "label"
        var values = [JSONValue?](repeating: nil, count: rows)
        for (position, entry) in data.enumerated() {
            let index = entry["index"]?.integer.flatMap { Int(exactly: $0) } ?? position
            guard values.indices.contains(index), values[index] == nil else {
                throw AIFault(.garbled, "the answer has no text \(index), or has it twice")
            }
            guard let value = entry[member], value != .null else {
                throw AIFault(.garbled, "the answer has no \(member) for text \(index)")
            }
            values[index] = value
        }
        return Predictions(served: body["model"]?.text ?? model, values: values.compactMap(\.self))
    }

    private func readTensors(_ body: JSONValue, rows: Int, output: String) throws -> Predictions {
        let outputs = body["outputs"]?.items ?? []
        guard let found = outputs.first(where: { $0["name"]?.text == output }) ?? outputs.first else {
            throw AIFault(.garbled, "the answer has no outputs")
        }
        let data = Self.flat(found["data"]?.items ?? [])
        guard rows > 0, data.count >= rows, data.count.isMultiple(of: rows) else {
            throw Self.miscounted(rows, data.count)
        }
        let name = body["model_name"]?.text ?? ""
        let version = body["model_version"]?.text.map { ":\($0)" } ?? ""
        return Predictions(served: name + version, flat: data, rows: rows)
    }

    /// Servers nest tensors or do not.
    private static func flat(_ items: [JSONValue]) -> [JSONValue] {
        items.flatMap { item in if case .array(let inner) = item { flat(inner) } else { [item] } }
    }

    private static func miscounted(_ rows: Int, _ found: Int) -> AIFault {
        AIFault(.garbled, "\(rows) rows were sent and \(found) values came back")
    }
}
