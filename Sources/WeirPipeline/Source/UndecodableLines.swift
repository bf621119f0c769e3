import Foundation
import WeirConnect
import WeirCore
import WeirEngine

/// Gives rejected lines that are no text back their bytes.
///
/// DuckDB shows a question mark for what it cannot decode. Kept so, the line could be read again as if somebody had
/// written one. Here a byte that belongs to no character is shown as `\xE9`, and the line has no format that it could
/// be read in again: its file must be mended, or its encoding said.
enum UndecodableLines {
    static let reason = "malformed(bad encoding)"

    /// - Parameters:
    ///   - table: the temporary table of rejected lines, whose `line` is a record's number, or a line's where the
    ///     text has no records.
    ///   - isRecords: whether values may hold line ends.
    static func restore(
        in table: String, numbers: LineNumbers, isRecords: Bool, on connection: isolated Connection
    ) throws {
        let name = "temp.\(SQL.quote(table))"
        let condition = "list_contains(reasons, \(SQL.literal(reason)))"
        var wanted: [String: Set<Int>] = [:]
        try connection.stream("SELECT DISTINCT file, line FROM \(name) WHERE \(condition)") { _, chunk in
            for row in 0..<chunk.count {
                if let file = chunk[row, 0].text, let line = chunk[row, 1].int {
                    wanted[file, default: []].insert(Int(line))
                }
            }
            return true
        }
        if wanted.isEmpty { return }
        try connection.execute("UPDATE \(name) SET format = NULL WHERE \(condition)")
        let texts = "weir_bytes"
        try connection.execute(
            "CREATE OR REPLACE TEMP TABLE \(texts) (file VARCHAR, line BIGINT, raw VARCHAR)")
        defer { _ = try? connection.execute("DROP TABLE IF EXISTS temp.\(texts)") }
        for file in numbers.files {
            guard let lines = wanted[file.path] else { continue }
            let found: [(Int, String)]
            do {
                found = try numbers.withBytes(of: file, on: connection) {
                    Self.find(lines, in: $0, numbers.dialect, isRecords: isRecords)
                }
            } catch let error as WeirError where error.code == "sql.invalid-input" {
                continue
            }
            try connection.append(
                to: TableName(schema: "main", table: texts), catalog: "temp",
                rows: found.lazy.map { [.text(file.path), .int(Int64($0.0)), .text($0.1)] })
        }
        try connection.execute(
            """
            UPDATE \(name) AS m SET raw = b.raw FROM temp.\(texts) b
            WHERE m.file = b.file AND m.line = b.line AND \(condition)
            """)
    }

    private static func find(
        _ wanted: Set<Int>, in file: MappedText, _ dialect: RecordWalk.Dialect, isRecords: Bool
    ) -> [(Int, String)] {
        let bytes = file.bytes
        var found: [(Int, String)] = []
        if isRecords {
            var walk = RecordWalk(bytes, dialect)
            while found.count < wanted.count, let record = walk.next() {
                file.release(before: record.first.lowerBound)
                guard wanted.contains(record.number) else { continue }
                let all = record.first.lowerBound..<(record.rest.last ?? record.first).upperBound
                found.append((record.number, text(bytes[all])))
            }
        } else {
            var lines = LineSplitter(bytes: bytes)
            var number = 0
            while found.count < wanted.count, let line = lines.next() {
                number += 1
                file.release(before: line.lowerBound)
                if wanted.contains(number) { found.append((number, text(bytes[line]))) }
            }
        }
        return found
    }

    /// The text, with every byte that belongs to no character as `\x` and two digits.
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        var out = String.UnicodeScalarView()
        let bytes = Array(bytes)
        var position = 0
        while position < bytes.count {
            let length = 1 + max(0, (~bytes[position]).leadingZeroBitCount - 1)
            let end = min(position + length, bytes.count)
            if let text = String(validating: bytes[position..<end], as: UTF8.self) {
                out.append(contentsOf: text.unicodeScalars)
                position = end
            } else {
                let digits = String(bytes[position], radix: 16, uppercase: true)
                out.append(contentsOf: "\\x\(digits.count < 2 ? "0" : "")\(digits)".unicodeScalars)
                position += 1
            }
        }
        return String(out)
    }
}
