import Foundation
import StandIn

/// A project whose customers are scored with a file: `score = 2 × months + 10 × usage + 100 × isActive`.
struct OnnxProject: Sendable {
    let files: TempProject

    static let ai =
        "{ task: predict, model: models_onnx/churn.onnx, input: [months, usage, is_active], column: score }"

    static let columns = "customer_id, months, usage, is_active"

    static func model(months: Double = 2, version: Int = 3) -> Data {
        OnnxModels.sum(
            of: [
                .init("months", .int64, times: months), .init("usage", .double, times: 10),
                .init("is_active", .bool, times: 100),
            ], version: version)
    }

    /// - Parameter customers: lines of customer_id, months, usage and is_active.
    init(
        _ ai: String =
            "{ task: predict, model: models_onnx/churn.onnx, input: [months, usage, is_active], column: score }",
        header: String = "key: [customer_id]", customers: [String]
    ) throws {
        files = try TempProject(["sources/customers.yaml": "name: raw.customers\nfrom: { files: data/customers.csv }\n"]
        )
        try write(customers)
        try step(ai, header: header)
        try files.write("models_onnx/churn.onnx", Self.model())
    }

    func write(_ customers: [String]) throws {
        try files.write(
            "data/customers.csv", (["customer_id,months,usage,is_active"] + customers).joined(separator: "\n") + "\n")
    }

    func step(_ ai: String, header: String = "key: [customer_id]", columns: String = Self.columns) throws {
        try files.write(
            "models/mart/scores.sql", "/* weir\nai: \(ai)\n\(header)\n*/\nSELECT \(columns) FROM raw.customers\n")
    }

    func weir(
        _ arguments: String..., environment: [String: String] = TestOnnxRuntime.environment
    ) async throws -> Invocation {
        try await files.command(arguments, environment: environment)
    }

    /// All numbers are exact in binary, so that scores can be compared as they are.
    static func customers(_ count: Int) -> [String] {
        (1...count).map { "\($0),\($0 % 120),\(Double($0) / 4),\($0 % 3 == 0)" }
    }

    static let rightScore = "2 * months + 10 * usage + CASE WHEN is_active THEN 100 ELSE 0 END"
}
