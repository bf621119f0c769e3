import WeirCore
import WeirQuality

/// One table made from others: a file `models/<schema>/<table>.sql`.
public struct ModelDefinition: Sendable {
    public var name: TableName
    /// The whole file. The header is a comment to SQL, so positions in errors are positions in the file.
    public var text: SourceText
    public var load: LoadSettings
    public var contract: String?
    public var onFail: OnFail?
    /// Whether its loads are watched for drift.
    public var monitor: Bool?
    public var notes: TableNotes
    /// Has its rows answered by an AI service.
    public var ai: AIStep?
    /// Tables read, said by hand for SQL that DuckDB cannot take apart.
    public var dependsOn: [TableName]
    public var place: Place

    public var sql: String { text.text }
}
