import Foundation
import WeirCore

/// How a test ended when it was last run.
public struct TestRecord: Sendable, Hashable, Codable {
    public enum Status: String, Sendable, Hashable, Codable {
        case passed, failed
        /// The test itself has a mistake.
        case invalid
    }

    /// `schema.table`; empty where the test does not tell.
    public var node: String
    /// The file that holds the test, relative to the project: a file of tests, or a contract.
    public var file: String
    public var name: String
    /// Nil for production, and for tests that look at no warehouse.
    public var environment: String?
    public var status: Status
    public var durationMs: Int64
    public var at: Date

    public init(
        node: String, file: String, name: String, environment: String? = nil, status: Status, durationMs: Int64 = 0,
        at: Date = Date()
    ) {
        self.node = node
        self.file = file
        self.name = name
        self.environment = environment
        self.status = status
        self.durationMs = durationMs
        self.at = UTC.rounded(at)
    }
}
