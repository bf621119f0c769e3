/// Something in the data that a careful person would point out.
public struct Finding: Sendable, Hashable, Codable {
    public enum Weight: Int, Sendable, Hashable, Codable, Comparable {
        /// Worth knowing.
        case note = 1
        /// Worth a look: likely to hurt somebody downstream.
        case warning
        /// Almost surely wrong.
        case problem

        public static func < (a: Weight, b: Weight) -> Bool { a.rawValue < b.rawValue }
        public var word: String { ["note", "warning", "problem"][rawValue - 1] }
        public func encode(to encoder: any Encoder) throws {
            var box = encoder.singleValueContainer()
            try box.encode(word)
        }
        public init(from decoder: any Decoder) throws {
            let word = try decoder.singleValueContainer().decode(String.self)
            self = word == "problem" ? .problem : word == "warning" ? .warning : .note
        }
    }

    /// Stable name of the kind of finding: `duplicate-key`, `hidden-type`.
    public var code: String
    public var weight: Weight
    public var columns: [String]
    /// One sentence with the figures.
    public var message: String
    /// Rows concerned; nil where it is not about rows.
    public var rows: Int?
    /// A query that shows it; `{table}` stands for what was profiled.
    public var sql: String?
    /// The part of a contract that would guard against it, in YAML.
    public var check: String?

    public init(
        _ code: String, _ weight: Weight, columns: [String] = [], _ message: String, rows: Int? = nil,
        sql: String? = nil, check: String? = nil
    ) {
        self.code = code
        self.weight = weight
        self.columns = columns
        self.message = message
        self.rows = rows
        self.sql = sql
        self.check = check
    }
}
