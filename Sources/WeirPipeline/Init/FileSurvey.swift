import Foundation
import WeirConnect
import WeirCore
import WeirEngine

/// Goes through the files of `weir init --from` and makes tables of them.
struct FileSurvey {
    let root: String
    let progress: @Sendable (String) -> Void

    struct Result: Sendable {
        var tables: [ExploredTable] = []
        var leftOut: [WeirError] = []
        var sql = PlainSQL(reserved: [])
    }

    func survey(_ patterns: [String], on connection: isolated Connection) throws -> Result {
        var result = Result()
        if patterns.contains(where: { $0.contains("://") }) { try connection.load(extension: "httpfs") }
        let reserved = try connection.query(
            "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category IN ('reserved', 'type_function')")
        result.sql = PlainSQL(reserved: Set(reserved.map { $0[0].display }))
        let files = try list(patterns, &result, on: connection)
        var groups: [FileGroup] = []
        for group in FileGrouping.group(files) { groups += try splitByColumns(group, on: connection) }
        let names = TidyName.distinct(
            groups.enumerated().map { TidyName.of($0.element.stem, fallback: "table_\($0.offset + 1)") })
        let explorer = TableExplorer(project: .bare(root: root, name: "init"))
        for (group, name) in zip(groups, names) {
            try connection.checkCancelled()
            progress("reading \(group.files.count == 1 ? group.files[0].name : "\(name), \(group.files.count) files")")
            do {
                result.tables.append(
                    try explorer.explore(
                        group, as: TableName(schema: "raw", table: name),
                        patterns: try sourcePatterns(of: group, on: connection),
                        on: connection))
            } catch let error as WeirError {
                result.leftOut.append(leftOut(group, error))
            }
        }
        try InitReferences.find(&result.tables, progress: progress, on: connection)
        return result
    }

    private func list(_ patterns: [String], _ result: inout Result, on connection: isolated Connection) throws
        -> [InputFile]
    {
        var files: [InputFile] = []
        for pattern in patterns {
            for file in try FileListing.find([pattern], in: root, on: connection)
            where !files.contains(where: { $0.path == file.path }) {
                if FileFormat(fileName: file.path) == nil {
                    result.leftOut.append(
                        WeirError(
                            "init.unknown-format", "the name \(file.name) does not tell a format that Weir reads",
                            hint:
                                "formats: \(FileFormat.allCases.map(\.rawValue).joined(separator: ", ")); write a source with `format:` for it",
                            at: Place(file: file.name)))
                } else {
                    files.append(file)
                }
            }
        }
        return files
    }

    private func leftOut(_ group: FileGroup, _ error: WeirError) -> WeirError {
        var error = error
        error.place = Place(file: group.files.first?.name)
        return error
    }

    // MARK: One table or several

    /// Files with like names and other columns are other tables.
    private func splitByColumns(_ group: FileGroup, on connection: isolated Connection) throws -> [FileGroup] {
        guard group.files.count > 1 else { return [group] }
        let columns = group.files.map { columnNames(of: $0, group.format, on: connection) }
        guard let first = columns.first(where: { !$0.isEmpty }) else { return [group] }
        let belongTogether = columns.allSatisfy { other in
            other.isEmpty || first.intersection(other).count * 2 >= first.union(other).count
        }
        return belongTogether ? [group] : group.apart
    }

    /// Empty where they cannot be read; the explorer says why.
    private func columnNames(of file: InputFile, _ format: FileFormat, on connection: isolated Connection) -> Set<
        String
    > {
        guard file.size > 0 else { return [] }
        let names: [String]?
        if format.isDelimited {
            var options = FileDialect.find([file], format: format, on: connection).options
            var file = file
            let origin = SourceDefinition.FileOrigin(patterns: [], format: format, options: options)
            let folder = FileManager.default.temporaryDirectory.appending(path: "weir-\(UUID().uuidString)").path
            defer { try? FileManager.default.removeItem(atPath: folder) }
            if LocalCopies.encoding(origin) != nil {
                var copies = LocalCopies(of: origin, in: folder, limit: 1 << 20)
                try? copies.make(for: [file], on: connection)
                file = copies.readable(file)
                options = copies.readable.options
            }
            let reader = try? DelimitedReader(files: [file], format: format, options: options, on: connection)
            if options.hasHeader {
                names = try? reader?.firstRecord(of: file, on: connection)?.fields
            } else {
                // The number of columns is all there is to compare.
                names = try? reader?.inferredColumns(on: connection).map(\.name)
            }
        } else {
            if let module = format.engineExtension { try? connection.load(extension: module) }
            let relation = StructuredReader.relation([file], format: format, options: FileOptions())
            names = try? connection.columns(of: "SELECT * FROM \(relation)").map(\.name)
        }
        return Set((names ?? []).map { $0.lowercased() })
    }

    // MARK: Names for the source

    /// A glob where it means just these files; else their paths.
    private func sourcePatterns(of group: FileGroup, on connection: isolated Connection) throws -> [String] {
        let paths = group.files.map(\.path)
        if let glob = FileGrouping.glob(paths), let found = try? FileListing.find([glob], in: root, on: connection),
            Set(found.map(\.path)) == Set(paths)
        {
            return [relative(glob)]
        }
        return paths.map(relative)
    }

    private func relative(_ path: String) -> String {
        path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) : path
    }
}
