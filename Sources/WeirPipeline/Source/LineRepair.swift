import Foundation

/// Finds the lines of a delimited file whose quotes do not close, so that the lines after them can be read.
///
/// A CSV parser that meets a lone quote must take everything up to the next quote for one value; DuckDB's then
/// drops what it swallowed. Here a broken line is set aside alone.
struct LineRepair {
    let dialect: RecordWalk.Dialect
    /// Leaves broken lines out instead of leaving them empty: in a file of one column an empty line is a row.
    var leavesOut = false

    struct BrokenLine: Sendable, Hashable {
        /// 1-based line of the file.
        let line: Int
        /// The record's place in the file, as ``RecordWalk/Record/number``.
        let record: Int
        let text: String
    }

    /// Copies the file, each broken line left empty so that the numbers of the others stay (or left out, where
    /// ``leavesOut`` says so), and returns those lines. Line ends become `\n`.
    func run(from path: String, to copy: String) throws -> [BrokenLine] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        let out = try CopyFile(copy)
        defer { out.close() }
        var broken: [BrokenLine] = []
        try data.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
            var walk = RecordWalk(bytes, dialect)
            while let record = walk.next() {
                if record.kind == .broken {
                    let text = String(decoding: bytes[record.first], as: UTF8.self)
                    broken.append(BrokenLine(line: record.line, record: record.number, text: text))
                    if !leavesOut { try out.write(line: []) }
                } else {
                    try out.write(line: bytes[record.first])
                    for line in record.rest { try out.write(line: bytes[line]) }
                }
            }
        }
        try out.flush()
        return broken
    }
}
