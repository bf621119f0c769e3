import Foundation
import WeirConnect
import WeirCore
import WeirEngine

/// Tells on which lines of their files rows stand, for the rows that leave.
///
/// DuckDB numbers the records it rejects and says nothing of those it accepts; both counts pass over line breaks
/// inside of values. So the files are walked over once more, and only when a row leaves.
struct LineNumbers: Sendable {
    struct File: Sendable {
        /// As staged rows and rejected lines name it.
        let path: String
        /// The same where it can be read as it is; nil for packed, remote or differently encoded files.
        let plain: String?
        /// In a file of one column an empty line is a row.
        let hasOneColumn: Bool
        /// What to read instead, where a copy stands in for it.
        var copy: String?
    }

    let files: [File]
    let dialect: RecordWalk.Dialect
    let options: FileOptions
    /// Folder for unpacked files.
    let scratch: String

    /// What is asked of one file: both counts start at 1.
    struct Wanted: Sendable, Hashable {
        /// Places among the accepted rows.
        var accepted: [Int] = []
        /// Places among all records, as ``RecordWalk/Record/number``.
        var rejected: [Int] = []
    }

    /// The same for files whose copies were read: every path is replaced by what it stands for.
    func renaming(_ names: [String: String]) -> LineNumbers {
        let files = files.map { file in
            guard let name = names[file.path] else { return file }
            return File(path: name, plain: file.plain, hasOneColumn: file.hasOneColumn, copy: file.path)
        }
        return LineNumbers(files: files, dialect: dialect, options: options, scratch: scratch)
    }

    /// The records of accepted rows and of rejected lines, in the order of what was wanted; a row that is not found
    /// (the file changed) has none.
    struct Found {
        var accepted: [RecordWalk.Record] = []
        var rejected: [RecordWalk.Record] = []
    }

    /// Most records to pass at once, so that the pages behind them can be let go.
    private static let mostPassed = 100_000

    /// - Parameter passed: is told how far the walk is; what lies before is not needed for it any more.
    static func find(
        _ wanted: Wanted, in bytes: UnsafeRawBufferPointer, dialect: RecordWalk.Dialect, hasHeader: Bool,
        hasOneColumn: Bool, passed: (Int) -> Void = { _ in }
    ) -> Found {
        var found = Found()
        var walk = RecordWalk(bytes, dialect)
        var place = 0
        var isHeaderAhead = hasHeader
        while found.accepted.count < wanted.accepted.count || found.rejected.count < wanted.rejected.count {
            if !isHeaderAhead, !hasOneColumn {
                // Up to the next row that is asked for there is nothing to look at.
                let next = found.accepted.count < wanted.accepted.count ? wanted.accepted[found.accepted.count] : .max
                let rejected =
                    found.rejected.count < wanted.rejected.count ? wanted.rejected[found.rejected.count] : .max
                place += walk.pass(
                    records: min(next - place - 1, mostPassed), lines: min(rejected - walk.number - 1, mostPassed))
            }
            passed(walk.position)
            guard let record = walk.next() else { break }
            if found.rejected.count < wanted.rejected.count, record.number == wanted.rejected[found.rejected.count] {
                found.rejected.append(record)
                continue
            }
            switch record.kind {
            case .skipped, .comment: continue
            case .blank where !hasOneColumn || isHeaderAhead: continue
            case .blank, .values, .broken: break
            }
            if isHeaderAhead {
                isHeaderAhead = false
                continue
            }
            place += 1
            if found.accepted.count < wanted.accepted.count, place == wanted.accepted[found.accepted.count] {
                found.accepted.append(record)
            }
        }
        return found
    }

    /// Writes `(file, accepted, place, line)` to a temporary table.
    ///
    /// - Parameters:
    ///   - accepted: a query of `(file, place)` of accepted rows.
    ///   - malformed: the temporary table of rejected lines, quoted, whose `line` is their record's number.
    func write(
        to table: String, accepted: String, malformed: String?, on connection: isolated Connection
    ) throws {
        try connection.execute(
            "CREATE OR REPLACE TEMP TABLE \(SQL.quote(table)) (file VARCHAR, accepted BOOLEAN, place BIGINT, line BIGINT)"
        )
        let wanted = try wanted(accepted: accepted, malformed: malformed, on: connection)
        for file in files {
            guard let wanted = wanted[file.path] else { continue }
            let rows: [(accepted: Bool, place: Int, line: Int)]
            do {
                rows = try withBytes(of: file, on: connection) { text in
                    let found = find(wanted, of: file, in: text)
                    return zip(wanted.accepted, found.accepted).map { (true, $0, $1.line) }
                        + zip(wanted.rejected, found.rejected).map { (false, $0, $1.line) }
                }
            } catch let error as WeirError where error.code == "sql.invalid-input" {
                // Packed so that only the engine can unpack it, and not all of it is text: the lines stay unknown.
                continue
            }
            try connection.append(
                to: TableName(schema: "main", table: table), catalog: "temp",
                rows: rows.lazy.map {
                    [.text(file.path), .bool($0.accepted), .int(Int64($0.place)), .int(Int64($0.line))]
                })
        }
    }

    /// Writes `(file, place, number, raw)` of accepted rows to a temporary table: the text of each as its file has it,
    /// and its record's number.
    ///
    /// - Parameters: as of ``write(to:accepted:malformed:on:)``.
    /// - Returns: how many rows were found.
    func writeTexts(
        to table: String, accepted: String, malformed: String?, on connection: isolated Connection
    ) throws -> Int {
        try connection.execute(
            "CREATE OR REPLACE TEMP TABLE \(SQL.quote(table)) (file VARCHAR, place BIGINT, number BIGINT, raw VARCHAR)")
        let wanted = try wanted(accepted: accepted, malformed: malformed, on: connection)
        var rows = 0
        for file in files {
            guard let wanted = wanted[file.path], !wanted.accepted.isEmpty else { continue }
            try withBytes(of: file, on: connection) { text in
                let found = find(wanted, of: file, in: text)
                rows += found.accepted.count
                try connection.append(
                    to: TableName(schema: "main", table: table), catalog: "temp",
                    rows: zip(wanted.accepted, found.accepted).lazy.map { place, record in
                        let lines = ([record.first] + record.rest).map {
                            String(decoding: text.bytes[$0], as: UTF8.self)
                        }
                        return [
                            .text(file.path), .int(Int64(place)), .int(Int64(record.number)),
                            .text(lines.joined(separator: "\n")),
                        ]
                    })
            }
        }
        return rows
    }

    private func wanted(
        accepted: String, malformed: String?, on connection: isolated Connection
    ) throws -> [String: Wanted] {
        var wanted: [String: Wanted] = [:]
        try collect("SELECT DISTINCT file, place FROM (\(accepted)) ORDER BY place", on: connection) {
            wanted[$0, default: Wanted()].accepted.append($1)
        }
        if let malformed {
            try collect("SELECT DISTINCT file, line FROM \(malformed) ORDER BY line", on: connection) {
                wanted[$0, default: Wanted()].rejected.append($1)
            }
        }
        return wanted
    }

    private func collect(
        _ query: String, on connection: isolated Connection, take: (String, Int) -> Void
    ) throws {
        try connection.stream(query) { _, chunk in
            for row in 0..<chunk.count {
                if let file = chunk[row, 0].text, let number = chunk[row, 1].int { take(file, Int(number)) }
            }
            return true
        }
    }

    private func find(_ wanted: Wanted, of file: File, in text: MappedText) -> Found {
        Self.find(
            wanted, in: text.bytes, dialect: dialect, hasHeader: options.hasHeader, hasOneColumn: file.hasOneColumn,
            passed: text.release(before:))
    }

    /// Calls `body` with what a file holds, unpacked.
    func withBytes<R>(
        of file: File, on connection: isolated Connection, _ body: (MappedText) throws -> R
    ) throws -> R {
        var path = file.plain ?? "\(scratch)/lines-\(UUID().uuidString).txt"
        defer { if file.plain == nil { try? FileManager.default.removeItem(atPath: path) } }
        if file.plain == nil {
            path = try PlainCopy.write(file.copy ?? file.path, options: options, to: path, on: connection)
        }
        return try MappedText.with(path, body)
    }
}

/// A packed, remote or differently encoded text file written out as plain UTF-8 lines.
enum PlainCopy {
    /// A local `.gz` file is written byte for byte, whatever the bytes are.
    ///
    /// - Returns: the path, for use in an expression.
    /// - Throws: `sql.invalid-input` for other files that are not all text.
    @discardableResult
    static func write(
        _ file: String, options: FileOptions, to path: String, on connection: isolated Connection
    ) throws -> String {
        if options.encoding == nil, !file.contains("://"), file.lowercased().hasSuffix(".gz") {
            try CompressedFile.unpack(file, to: path)
            return path
        }
        try FileManager.default.createDirectory(
            at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        try connection.execute(
            """
            COPY (SELECT line FROM \(DelimitedReader.plainLines(of: file, options: options))) TO \(SQL.literal(path))
            (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\u{1F}', COMPRESSION 'none')
            """)
        return path
    }
}
