/// The JSON of a run, as far as the tests read it.
struct RunReport: Decodable, Sendable {
    struct Balance: Decodable, Sendable, Equatable {
        let read: Int
        let published: Int
        let quarantined: Int
        let filtered: Int
        var holds: Bool { read == published + quarantined + filtered }
    }

    struct Changes: Decodable, Sendable, Equatable {
        let inserted: Int
        let updated: Int
        let deleted: Int
    }

    struct Place: Decodable, Sendable {
        let file: String?
        let line: Int?
        let column: Int?
    }

    struct Fault: Decodable, Sendable {
        let code: String
        let message: String
        let hint: String?
        let place: Place?
        let errors: [Fault]?
    }

    struct Check: Decodable, Sendable {
        let rule: String
        let status: String
        let severity: String
        let violating: Int?
        let measured: Double?
        let detail: String?
    }

    struct Node: Decodable, Sendable {
        let name: String
        let status: String
        let strategy: String
        let reason: String?
        let balance: Balance
        let changes: Changes
        let rows: Int?
        let notices: [String]
        let attempts: Int
        let error: Fault?
        let checks: [Check]?

        subscript(_ rule: String) -> Check? { checks?.first { $0.rule == rule } }
    }

    let nodes: [Node]

    subscript(_ name: String) -> Node? { nodes.first { $0.name == name } }

    /// Every table's status, in words, for one comparison.
    var statuses: [String: String] { Dictionary(nodes.map { ($0.name, $0.status) }, uniquingKeysWith: { $1 }) }
}
