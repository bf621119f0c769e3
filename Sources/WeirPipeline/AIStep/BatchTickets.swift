import Synchronization
import WeirAI
import WeirCore
import WeirEngine

/// The batches that providers work on, by the table whose step handed them over: `weir_meta.ai_batches`.
extension AnswerStore {
    struct Pending: Sendable {
        var ticket: AIBatchTicket
        var runID: String
        /// What its questions were made by, which the step may have left behind.
        var recipe: String
    }

    private var owner: String { (target ?? resolved.table).description }

    /// The step's own batches, those of earlier recipes too. Another table, or the same of another environment, may ask
    /// by the same recipe: it has its own.
    func pending(on connection: isolated Connection) throws -> [Pending] {
        try connection.query(
            "SELECT ticket, run_id, recipe FROM \(Self.batches.sql) WHERE lower(name) = lower(?) ORDER BY submitted_at",
            [.text(owner)]
        ).map { row in
            AIBatchTicket(kept: row[0].display).map {
                Pending(ticket: $0, runID: row[1].display, recipe: row[2].display)
            }
        }.compactMap(\.self)
    }

    /// Ids of the batches of all tables.
    func taken(on connection: isolated Connection) throws -> Set<String> {
        let ids = try connection.query("SELECT json_extract_string(ticket, '$.id') FROM \(Self.batches.sql)")
        return Set(ids.map { $0[0].display })
    }

    /// Keeps a ticket; one without an id is replaced once the id is known.
    func remember(_ batch: Pending, on connection: isolated Connection) throws {
        try connection.transaction { connection in
            try forget(batch.ticket, on: connection)
            try connection.execute(
                "INSERT INTO \(Self.batches.sql) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    .text(owner), .text(batch.recipe), .text(try batch.ticket.kept()),
                    .int(Int64(batch.ticket.questions ?? 0)), .text(batch.runID), .text(now),
                ])
        }
    }

    /// Forgets a batch that the provider never got, or that is over.
    func forget(_ ticket: AIBatchTicket, on connection: isolated Connection) throws {
        try connection.execute(
            "DELETE FROM \(Self.batches.sql) WHERE json_extract_string(ticket, '$.reservation') = ?",
            [.text(ticket.reservation)])
    }

    /// Stores a batch's answers, those to rows that are no longer there too: they may come back. What is answered
    /// already, as by the same batch at an earlier try, stays as it is.
    func keep(_ answers: [KeptAnswer], of batch: Pending, on connection: isolated Connection) throws {
        if answers.isEmpty { return }
        let isOld = batch.recipe != resolved.recipe
        let origin = isOld ? (batch.recipe, "\(batch.ticket.provider)/\(batch.ticket.model)") : nil
        let known = try known(answers.map(\.hash), on: connection)
        try connection.append(
            to: Self.table, rows: answers.filter { !known.contains($0.hash) }.map { row($0, from: origin) })
    }

    private func known(_ hashes: [String], on connection: isolated Connection) throws -> Set<String> {
        let found = TableName(schema: "main", table: "weir_ai_found_\(resolved.recipe.prefix(12))")
        let name = SQL.quote(found.table)
        try connection.execute("CREATE OR REPLACE TEMP TABLE \(name) (hash VARCHAR)")
        try connection.append(to: found, catalog: "temp", rows: hashes.map { [.text($0)] })
        defer { _ = try? connection.execute("DROP TABLE temp.\(name)") }
        let rows = try connection.query(
            "SELECT DISTINCT a.hash FROM temp.\(name) f JOIN \(Self.table.sql) a ON a.hash = f.hash WHERE a.status <> 'again'"
        )
        return Set(rows.map { $0[0].display })
    }
}

/// Which step of a run looks after which batch. Parts of a backfill run side by side, and see each other's tickets.
final class BatchClaims: Sendable {
    private let holders = Mutex<[String: String]>([:])

    /// - Parameter step: a name of the asking that differs from all others.
    /// - Returns: false where another one has it.
    func claim(_ ticket: AIBatchTicket, for step: String) -> Bool {
        holders.withLock { holders in
            if let holder = holders[ticket.reservation] { return holder == step }
            holders[ticket.reservation] = step
            return true
        }
    }

    /// Gives back all that a step had, when it has ended, however.
    func release(of step: String) {
        holders.withLock { holders in holders = holders.filter { $0.value != step } }
    }
}
