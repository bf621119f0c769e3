import WeirCore

/// What tables a project has and what they look like: as they are in the warehouse, or as they will be.
public struct Catalogue: Sendable {
    public struct Table: Sendable, Hashable {
        public var name: TableName
        /// What SQL calls it: in an environment without a warehouse of its own another schema stands before it.
        public var relation: TableName
        public var kind: NodeKind
        public var strategy: Strategy
        /// It is in the warehouse; its columns are those that it has there.
        public var isBuilt: Bool
        /// About how many rows it has; nil for views and where it is not built.
        public var rows: Int64?
        public var why: String?
        public var owner: String?
        public var tags: [String]
        public var decisions: [String]
        /// The file that defines it, relative to the project.
        public var file: String?
        /// What a source reads.
        public var origin: String?
        /// The contract's file, relative to the project.
        public var contract: String?
        public var primaryKey: [String]
        /// Columns that tell rows apart when they are loaded.
        public var loadKey: [String]
        /// Rules of the contract that concern the table as a whole, in words.
        public var rules: [String]
        public var inputs: [TableName]
        public var columns: [Column]
    }

    public struct Column: Sendable, Hashable {
        public var name: String
        public var type: String
        public var summary: String?
        /// How the contract classifies it, as `restricted`.
        public var classification: String?
        /// The contract's rules for it, in words; `primary key` among them.
        public var rules: [String]
    }

    /// By name.
    public var tables: [Table]
    /// Why the warehouse was not looked at, where it was not.
    public var note: String?
    private let byKey: [String: Int]

    init(tables: [Table], note: String?) {
        self.tables = tables.sorted { $0.name < $1.name }
        self.note = note
        byKey = Dictionary(
            self.tables.enumerated().map { ($1.name.key, $0) }, uniquingKeysWith: { first, _ in first })
    }

    public subscript(name: String) -> Table? { byKey[name.lowercased()].map { tables[$0] } }

    /// The table of that name; also by its plain name, where one table alone has it.
    ///
    /// - Throws: `table.unknown` with the nearest name.
    public func table(_ text: String) throws -> Table {
        if let found = self[text] { return found }
        let plain = tables.filter { $0.name.table.lowercased() == text.lowercased() }
        if plain.count == 1 { return plain[0] }
        let names = tables.map(\.name.description)
        let near =
            plain.isEmpty
            ? DidYouMean.hint(for: text, among: names) ?? nearPlain(text)
            : "did you mean \(plain.map { "\"\($0.name)\"" }.joined(separator: " or "))?"
        throw WeirError("table.unknown", "the project has no table \"\(text)\"", hint: near)
    }

    /// A misspelt table whose schema was left out, or is another one.
    private func nearPlain(_ text: String) -> String? {
        let wanted = text.split(separator: ".").last.map(String.init) ?? text
        guard let close = DidYouMean.closest(to: wanted, among: tables.map(\.name.table)),
            let table = tables.first(where: { $0.name.table == close })
        else { return nil }
        return "did you mean \"\(table.name)\"?"
    }
}

extension Catalogue.Table {
    /// - Throws: `column.unknown` with the nearest name.
    public func column(_ text: String) throws -> Catalogue.Column {
        if let found = columns.first(where: { $0.name.lowercased() == text.lowercased() }) { return found }
        throw WeirError(
            "column.unknown", "\(name) has no column \"\(text)\"",
            hint: DidYouMean.hint(for: text, among: columns.map(\.name)))
    }
}
