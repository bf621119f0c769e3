import WeirCore
import WeirEngine

/// A part of a query's rows, as values of JSON.
public struct QueryPage: Sendable {
    public var columns: [Column]
    /// A list a row, in the order of the columns. Decimals and integers beyond 64 bits are texts, so that no reader
    /// rounds them.
    public var rows: [JSONValue]
    /// Rows of the whole query; nil where counting them was given up.
    public var total: Int?
    /// There are more rows behind these.
    public var hasMore: Bool
    /// Values that were too long and were cut.
    public var cutValues: Int
}

extension WarehouseQuery {
    /// Limits of a page.
    public struct PageLimits: Sendable {
        /// Rows before it.
        public var offset = 0
        public var rows = 100
        /// Bytes of JSON that its rows may take; at least one row is given.
        public var bytes = 16_000
        /// Characters of one text.
        public var text = 500
        /// How far rows behind the page are counted, for the total.
        public var counted = 1_000_000

        public init() {}
    }

    /// Some rows of a query, within limits. The query runs until it is known how many there are, or for as many as
    /// are counted.
    public func page(_ sql: String, _ limits: PageLimits = PageLimits()) async throws -> QueryPage {
        try await asking(sql) { connection in
            var page = QueryPage(columns: [], rows: [], total: nil, hasMore: false, cutValues: 0)
            var seen = 0
            var bytes = 0
            var isFull = false
            try connection.stream(
                sql, start: { page.columns = $0 },
                each: { _, chunk in
                    let first = max(0, limits.offset - seen)
                    if !isFull, first < chunk.count {
                        for row in first..<chunk.count {
                            guard page.rows.count < limits.rows else {
                                isFull = true
                                break
                            }
                            var cut = 0
                            let value = Self.row(chunk, row, limits.text, &cut)
                            let size = value.bytes.count
                            guard bytes + size <= limits.bytes || page.rows.isEmpty else {
                                isFull = true
                                break
                            }
                            page.rows.append(value)
                            page.cutValues += cut
                            bytes += size + 1
                        }
                    }
                    seen += chunk.count
                    return seen <= max(limits.counted, limits.offset + page.rows.count)
                })
            page.hasMore = seen > limits.offset + page.rows.count
            page.total = seen <= limits.counted ? seen : nil
            return page
        }
    }

    /// What the engine would do, or did, as its JSON.
    ///
    /// - Parameter runs: the query is run, and the plan tells times and rows.
    public func plan(_ sql: String, runs: Bool) async throws -> JSONValue {
        let rows = try await asking(sql) { connection in
            try connection.query("EXPLAIN (\(runs ? "ANALYZE, " : "")FORMAT json) \(sql.trimmingStatementEnd)")
        }
        let text = rows.map { $0.last?.text ?? "" }.last ?? ""
        return JSONValue(parsing: text) ?? .string(text)
    }

    private static func row(_ chunk: Chunk, _ row: Int, _ limit: Int, _ cut: inout Int) -> JSONValue {
        .array(
            chunk.columns.map { column in
                var bytes: [UInt8] = []
                JSONRows.write(column[row], to: &bytes)
                let value = JSONValue(parsing: bytes) ?? .null
                // Nested values are cut as the text that they are written as.
                let text = value.text ?? (bytes.count > 4 * limit ? String(decoding: bytes, as: UTF8.self) : nil)
                guard let text, text.utf8.count > limit, text.count > limit else { return value }
                cut += 1
                return .string(text.prefix(limit) + "…")
            })
    }
}
