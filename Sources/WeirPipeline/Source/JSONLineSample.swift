import Foundation
import WeirConnect
import WeirCore
import WeirEngine

/// The good lines of NDJSON files that have bad ones too, for finding out the columns: DuckDB's own look at such
/// a file fails, or finds no columns in it.
struct JSONLineSample {
    let files: [InputFile]
    let options: FileOptions
    let place: Place

    /// Calls `body` with copies of the good lines, under the names of the files that have some.
    ///
    /// - Throws: `source.unreadable` when there are none.
    func read(on connection: isolated Connection, _ body: ([InputFile]) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // A folder that means a column keeps meaning one.
        var copies: [InputFile] = []
        for (index, file) in files.enumerated() {
            let folders = options.partitions ? PathColumns.folders(of: file.path) : []
            let path = ([folder] + folders + ["\(index).ndjson"]).joined(separator: "/")
            if try copyGoodLines(of: file, to: path, on: connection) {
                copies.append(InputFile(path: path, name: file.name, size: file.size, modified: file.modified))
            }
        }
        guard !copies.isEmpty else {
            throw WeirError(
                "source.unreadable", "no line of \(files.first?.name ?? "the files") is a JSON object",
                hint: "NDJSON has one object a line; an array of objects is `format: json`", at: place,
                outcome: .gateFailed)
        }
        try body(copies)
    }

    /// False when the file has no good line.
    private func copyGoodLines(of file: InputFile, to path: String, on connection: isolated Connection) throws -> Bool {
        let out = try CopyFile(path)
        defer { out.close() }
        var isEmpty = true
        try connection.stream(
            """
            SELECT line FROM \(StructuredReader.lines([file], options: options))
            WHERE CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' ELSE false END
            """
        ) { _, chunk in
            for row in 0..<chunk.count {
                isEmpty = false
                try out.write(line: (chunk[row, 0].text ?? "").utf8)
            }
            return true
        }
        try out.flush()
        return !isEmpty
    }
}
