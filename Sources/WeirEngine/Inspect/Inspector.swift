import WeirCore

/// The one thing inspection asks of an engine: run a query with texts as its values, give back its first value.
///
/// The code that reads trees and plans knows nothing of connections, so it can be tested and timed without one.
struct Inspector {
    let ask: (_ sql: String, _ values: [String]) throws -> String?

    func text(_ sql: String, _ values: [String] = []) throws -> String {
        guard let text = try ask(sql, values) else {
            throw WeirError(
                "sql.not-inspectable", "the engine gave no description of the statement", outcome: .systemFailed)
        }
        return text
    }
}
