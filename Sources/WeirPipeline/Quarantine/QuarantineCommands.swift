import WeirConnect
import WeirCore
import WeirEngine

/// What a replay takes and how it mends it.
public struct ReplayRequest: Sendable {
    public var table: TableName
    /// Beginnings of row ids; empty takes every row of the table.
    public var ids: [String] = []
    /// `column=SQL expression`, evaluated on the row.
    public var set: [String] = []

    public init(table: TableName) { self.table = table }
}

extension Runner {
    /// Sends rows from quarantine through the gate again. See ``QuarantineReader`` for what is there.
    public func replay(
        _ request: ReplayRequest, events: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) async throws -> RunSummary {
        let name = try QuarantineReader(project: project, environment: options.environment).known(request.table)
        let mending = try request.set.map { text -> (column: String, expression: String) in
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw WeirError(
                    "quarantine.bad-set", "\"\(text)\" does not say what to set",
                    hint: "write column=expression, like --set \"wind_speed=NULL\"")
            }
            return (String(text[..<equals]).trimmed, String(text[text.index(after: equals)...]))
        }
        return try await change("quarantine replay \(name)", events) { warehouse, planned, history in
            let context = try nodeContext(name, planned, history)
            return try await warehouse.withConnection { connection in
                try await connection.perform { connection in
                    [try QuarantineReplay(context: context, mending: mending, ids: request.ids).run(on: connection)]
                }
            }
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return String(text.drop(while: \.isWhitespace))
    }
}
