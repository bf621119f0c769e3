import Foundation
import WeirConnect
import WeirCore
import WeirEngine

/// What delimited files hold: their headers, and the types that their texts look like.
extension SourceInspector {
    func inspectDelimited(
        _ origin: SourceDefinition.FileOrigin, into input: inout SourceInput, on connection: isolated Connection
    ) throws {
        for file in input.files { try EncodingMark.check(file, options: origin.options, at: source.place) }
        guard LocalCopies.encoding(origin) != nil else {
            return try inspectDelimited(origin, LocalCopies(of: origin, in: ""), into: &input, on: connection)
        }
        // The beginning of a file tells its columns.
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var copies = LocalCopies(of: origin, in: folder, limit: 4 << 20)
        try copies.make(for: input.files, on: connection)
        try inspectDelimited(copies.readable, copies, into: &input, on: connection)
    }

    private func inspectDelimited(
        _ origin: SourceDefinition.FileOrigin, _ copies: LocalCopies, into input: inout SourceInput,
        on connection: isolated Connection
    ) throws {
        let filled = try input.files.filter {
            try !DelimitedReader.isBlank(copies.readable($0), options: origin.options, on: connection)
        }
        let reader = try DelimitedReader(
            files: filled.map(copies.readable), format: origin.format, options: origin.options, on: connection)
        var inferred = try reader.inferredColumns(on: connection)
        input.reader = reader
        struct Head: Hashable {
            let names: [String]
            let blankLines: Int
        }
        var order: [Head] = []
        var byHead: [Head: [InputFile]] = [:]
        for file in filled {
            guard let (names, blank) = try header(of: copies.readable(file), reader, inferred: inferred, on: connection)
            else { continue }
            let head = Head(names: names, blankLines: blank)
            if byHead[head] == nil { order.append(head) }
            byHead[head, default: []].append(file)
        }
        if order.isEmpty { return try useDeclaredColumns(into: &input) }
        input.groups = order.map {
            SourceInput.Group(header: $0.names, files: byHead[$0] ?? [], blankLines: $0.blankLines)
        }
        for group in input.groups {
            let known = Set(inferred.map { $0.name.lowercased() })
            if group.header.allSatisfy({ known.contains($0.lowercased()) }) { continue }
            inferred += try reader.guessedColumns(
                group.header, files: group.files.map(copies.readable), blankLines: group.blankLines, on: connection)
        }
        if origin.options.partitions {
            for group in input.groups {
                for file in group.files {
                    try PathColumns(source: source, files: [file]).checkClash(group.header, of: file)
                }
            }
        }
        let types = Dictionary(
            inferred.map { ($0.name.lowercased(), $0.type) }, uniquingKeysWith: { first, _ in first })
        var names: [String] = []
        for group in input.groups {
            for name in group.header where !names.contains(where: { $0.lowercased() == name.lowercased() }) {
                names.append(name)
            }
        }
        let fromPath = try reader.pathColumns(names, files: filled, on: connection)
        input.columns = names.map { Column(name: $0, type: types[$0.lowercased()] ?? "VARCHAR") } + fromPath
        for column in fromPath { input.readerTypes[column.name.lowercased()] = column.type }
        applyDeclaredTypes(&input)
    }

    /// The names of a file's columns, and the empty lines before them. Without a header line they are the declared
    /// names, or DuckDB's. Nil for a file of empty lines.
    private func header(
        of file: InputFile, _ reader: DelimitedReader, inferred: [Column], on connection: isolated Connection
    ) throws -> (names: [String], blankLines: Int)? {
        let declared = declaredColumns()
        if !reader.options.hasHeader, !declared.isEmpty { return (declared.map(\.name), 0) }
        if !reader.options.hasHeader, !inferred.isEmpty { return (inferred.map(\.name), 0) }
        guard let (raw, blankLines) = try reader.firstRecord(of: file, on: connection) else { return nil }
        // DuckDB gives a column without a name its number.
        let width = String(max(0, raw.count - 1)).count
        let names = raw.enumerated().map { index, name in
            name.isEmpty || !reader.options.hasHeader
                ? "column" + String(index).leftPadded(to: width).replacing(" ", with: "0") : name
        }
        var seen = Set<String>()
        for name in names where !seen.insert(name.lowercased()).inserted {
            throw WeirError(
                "source.duplicate-column", "\(file.name) has two columns named \"\(name)\"",
                hint: "rename one of them in the file; names that differ in case only count as equal",
                at: Place(file: file.name, line: 1 + reader.options.skip + blankLines), outcome: .gateFailed)
        }
        return (names, reader.options.hasHeader ? blankLines : 0)
    }
}
