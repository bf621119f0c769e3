import Foundation

/// The JSON that programs read from Weir: one object, keys sorted, dates in ISO 8601 UTC.
///
/// Property names become `snake_case`. The keys of dictionaries are data and stay as they are.
public enum JSONOutput {
    /// Over several lines, for standard output.
    public static func pretty(_ value: some Encodable) throws -> String {
        try text(value, [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    }

    /// On one line, for NDJSON and storage.
    public static func line(_ value: some Encodable) throws -> String {
        try text(value, [.sortedKeys, .withoutEscapingSlashes])
    }

    /// Over several lines and with its keys as they are, for formats that are not ours.
    public static func foreign(_ value: some Encodable) throws -> String {
        try text(value, [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes], keys: .useDefaultKeys)
    }

    /// `{"error": {…}}` for a command that failed, with the exit code that it ends with.
    public static func failure(_ error: WeirError) -> String {
        struct Failure: Encodable {
            let error: WeirError
            let exitCode: Int32
        }
        let value = Failure(error: error, exitCode: error.outcome.rawValue)
        if let text = try? pretty(value) { return text }
        // An error report must not fail: what is left is what cannot break.
        return #"{"error": {"code": "system.unexpected", "message": "the error could not be written"}}"#
    }

    private static func text(
        _ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting,
        keys: JSONEncoder.KeyEncodingStrategy = .convertToSnakeCase
    ) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting
        encoder.keyEncodingStrategy = keys
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var box = encoder.singleValueContainer()
            try box.encode(UTC.text(date))
        }
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            throw WeirError("output.json", "the result cannot be written as JSON: \(error)", outcome: .systemFailed)
        }
    }
}
