import WeirConnect
import WeirCore
import WeirQuality

/// A table or query of another database, to be checked there: spelt as `weir diff` spells it, or as
/// `connection.schema.table`.
struct DatabaseTarget: Sendable {
    let address: DiffTarget.Address
    let content: DiffTarget.Content
    /// As it was asked for, without secrets.
    let label: String

    /// - Returns: nil for what is in no other database.
    /// - Throws: `check.no-table` for a database without a table.
    init?(_ text: String, project: Project?, folder: String) throws {
        label = Redaction.clean(text)
        do {
            if case .database(let address, let content) = try DiffTarget(text, in: folder) {
                self.address = address
                self.content = content
                return
            }
        } catch let error as WeirError where error.code == "diff.no-table" {
            throw Self.own(error)
        } catch is WeirError {
            // What it is instead, others say better.
            return nil
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, !parts.contains(""), project?.connections[parts[0]] != nil else { return nil }
        address = .connection(parts[0])
        content = .table(schema: parts[1], name: parts[2])
    }

    /// An error of the code that opens databases for comparisons, under the name of this command.
    static func own(_ error: WeirError) -> WeirError {
        guard error.code.hasPrefix("diff.") else { return error }
        return WeirError(
            "check." + error.code.dropFirst(5), error.message, hint: error.hint, at: error.place,
            isTransient: error.isTransient, outcome: error.outcome)
    }

    /// The name by which a contract knows the table.
    ///
    /// - Parameter chosen: the name that the user gives.
    func declared(_ chosen: String?) -> TableName {
        switch content {
        case .table(let schema, let name): TableName(schema: schema ?? "data", table: chosen ?? name)
        case .query: TableName(schema: "data", table: chosen ?? "query")
        }
    }

    /// The table that a rule of the contract names.
    ///
    /// - Parameter contract: whose objects may be meant by their logical names.
    func neighbour(_ name: String, in contract: Contract) -> DiffTarget {
        let object = contract.tables.first { $0.name.lowercased() == name.lowercased() }
        let physical = object?.physicalName ?? name
        if let full = TableName(physical) {
            return .database(address, .table(schema: full.schema, name: full.table))
        }
        guard case .table(let schema, _) = content else {
            return .database(address, .table(schema: nil, name: physical))
        }
        return .database(address, .table(schema: schema, name: physical))
    }
}
