import WeirCore

/// A file of tests for one model, `tests/**/*.yaml`, read and not yet run.
struct ModelTestFile: Sendable {
    /// The text, for errors that are only found when a test runs.
    let source: SourceText
    /// Absolute folder of the file; data files are looked for in it.
    let folder: String
    let model: TableName
    let tests: [ModelTest]

    var path: String { source.path }
}

/// One test: rows that go into a model, and what must come out.
struct ModelTest: Sendable {
    let name: String
    let line: Int
    /// By key of the input's name. An input that is not named is an empty table.
    let given: [String: TestRows]
    /// What an AI service would answer.
    var answers: TestRows?
    let expect: Expectation

    enum Expectation: Sendable {
        case rows(ExpectedRows)
        /// A code, or a part of a message.
        case error(String, line: Int)
    }

    struct ExpectedRows: Sendable {
        let rows: TestRows
        /// Only columns that a row names are compared.
        let isSubset: Bool
        /// Rows must come in this order.
        let isOrdered: Bool
    }
}

/// Rows that a test file holds or names.
struct TestRows: Sendable {
    let content: Content
    /// Where they stand in the test file.
    let line: Int
    let column: Int

    enum Content: Sendable {
        /// Written in the test file, or read from a CSV file.
        case cells(TestCells)
        /// A data file that carries its own types; an absolute path.
        case file(String)
    }
}

/// Rows of text with the place of every cell.
struct TestCells: Sendable {
    struct Column: Sendable {
        let name: String
        let line: Int
        let column: Int?
    }

    struct Cell: Sendable {
        /// Nil is NULL.
        let text: String?
        /// The text is JSON: a list or a mapping was written.
        var isJSON = false
        /// A text and no number or boolean, as far as the file tells.
        var isText = false
        let line: Int
        /// Nil where it cannot be told.
        let column: Int?
    }

    struct Row: Sendable {
        let line: Int
        /// One for each column; nil where the row does not name the column.
        let cells: [Cell?]
    }

    /// The file that lines count in, where it is not the test file.
    var source: SourceText?
    let columns: [Column]
    let rows: [Row]
}
