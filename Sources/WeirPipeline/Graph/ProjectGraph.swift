import WeirCore
import WeirEngine
import WeirQuality

/// One table of the project and what it reads.
public struct GraphNode: Sendable {
    public let name: TableName
    public let kind: NodeKind
    /// Tables whose rows it reads, in the project, sorted.
    public let inputs: [TableName]
    /// Tables that must be published first although no row of them is read: foreign keys of the contract.
    public let waitsFor: [TableName]
    /// Nil for sources, and for models that DuckDB cannot take apart.
    public let query: ParsedQuery?
    /// Of the definition: normalised SQL and settings. Formatting and comments do not count.
    public let fingerprint: String
    /// Of what its contract asks; nil without one. Apart from the definition, because rows that are published
    /// already must be held against it.
    let contractMark: String?
    /// Its SQL names tables that the project does not have; each was reported where it stands.
    var hasUnknownInputs = false
}

/// The tables of a project and how they depend on each other.
public struct ProjectGraph: Sendable {
    /// Every table, inputs before the tables that read them.
    public let order: [GraphNode]
    private let byKey: [String: GraphNode]
    private let readers: [String: [TableName]]

    public subscript(name: TableName) -> GraphNode? { byKey[name.key] }

    /// Tables that read this one, directly.
    public func consumers(of name: TableName) -> [TableName] { readers[name.key] ?? [] }

    /// The table and everything that it is made from (`upstream`) or that is made from it.
    public func closure(of names: [TableName], upstream: Bool) -> Set<String> {
        var found = Set(names.map(\.key))
        var queue = names
        while let name = queue.popLast() {
            for next in upstream ? byKey[name.key]?.inputs ?? [] : consumers(of: name)
            where found.insert(next.key).inserted {
                queue.append(next)
            }
        }
        return found
    }

    init(sorted: [GraphNode]) {
        order = sorted
        byKey = Dictionary(sorted.map { ($0.name.key, $0) }, uniquingKeysWith: { first, _ in first })
        var readers: [String: [TableName]] = [:]
        for node in sorted { for input in node.inputs { readers[input.key, default: []].append(node.name) } }
        self.readers = readers
    }
}
