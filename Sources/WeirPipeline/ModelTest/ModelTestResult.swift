import WeirCore

/// How one model test ended.
public struct ModelTestResult: Sendable, Encodable {
    public enum Status: String, Sendable, Codable {
        case passed, failed
        /// The test itself has a mistake, so it says nothing about the model.
        case invalid
    }

    public var name: String
    /// Nil where the test file does not tell.
    public var model: TableName?
    /// Path of the test file as shown to the user, and the test's line in it.
    public var file: String
    public var line: Int
    public var status: Status
    public var milliseconds = 0
    /// What went wrong, where rows do not tell it.
    public var message: String?
    /// How the rows differ.
    public var diff: RowDiff?
    /// Mistakes in the test, or the errors with which the model failed.
    public var errors: [WeirError] = []
}

extension ModelTestResult {
    /// A file whose tests cannot be run, because of mistakes in it.
    init(unreadable file: String, _ mistakes: [WeirError]) {
        self.init(
            name: "the file can be read", model: nil, file: file, line: mistakes.first?.place?.line ?? 1,
            status: .invalid, errors: mistakes)
    }
}
