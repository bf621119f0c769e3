import Foundation
import WeirConnect
import WeirCore
import WeirEngine

/// Copies of a source's text files that stand in for them while they are read: UTF-8, and on this machine.
///
/// A remote file is fetched once, so that it can be looked at byte by byte: whether it is whole, and whether it has
/// lines that the engine's reader would skip. A file in an encoding that the engine cannot read is written as UTF-8.
struct LocalCopies {
    let origin: SourceDefinition.FileOrigin
    let folder: String
    /// Most bytes of a file to decode, about, where its beginning is enough.
    var limit: Int?
    /// What to read instead of each file that has a copy.
    private(set) var copies: [InputFile: InputFile] = [:]
    private(set) var notices: [String] = []

    init(of origin: SourceDefinition.FileOrigin, in folder: String, limit: Int? = nil) {
        self.origin = origin
        self.folder = folder
        self.limit = limit
    }

    /// The encoding of the files, where the engine cannot read it.
    static func encoding(_ origin: SourceDefinition.FileOrigin) -> TextEncoding? {
        guard origin.format.isDelimited, let encoding = origin.options.encoding.flatMap(TextEncoding.init(name:)) else {
            return nil
        }
        return encoding.needsCopy ? encoding : nil
    }

    /// The origin as the copies have it.
    var readable: SourceDefinition.FileOrigin {
        var readable = origin
        if Self.encoding(origin) != nil { readable.options.encoding = nil }
        return readable
    }

    // MARK: Making

    /// Fetches what is remote and decodes what must be.
    mutating func make(for files: [InputFile], on connection: isolated Connection) throws {
        for (index, file) in files.enumerated() where file.size > 0 {
            var readable = file
            if isToFetch(file), let fetched = try fetch(file, index, on: connection) { readable = fetched }
            if let encoding = Self.encoding(origin) {
                readable = try decode(readable, encoding, "\(index)-text", original: file)
            }
            if readable != file { copies[file] = readable }
        }
    }

    private func isToFetch(_ file: InputFile) -> Bool {
        guard !file.isLocal else { return false }
        if origin.format.isDelimited { return true }
        return [.json, .ndjson].contains(origin.format) && file.isPacked
    }

    /// Nil where memory does not allow it: the engine holds the whole file for a moment.
    private mutating func fetch(
        _ file: InputFile, _ index: Int, on connection: isolated Connection
    ) throws -> InputFile? {
        let path = place(file, "\(index)")
        // By its own name the engine would pack once more what is packed.
        let whole = "\(folder)/fetched-\(index)"
        do {
            try connection.execute(
                """
                COPY (SELECT content FROM read_blob(\(SQL.literal(file.path)))) TO \(SQL.literal(whole)) (FORMAT blob)
                """)
        } catch let error as WeirError where error.code == "engine.out-of-memory" {
            if file.isPacked {
                notices.append(
                    "\(file.name) is too large to be fetched whole: whether its end was cut off is not known")
            }
            return nil
        }
        let size = try FileManager.default.attributesOfItem(atPath: whole)[.size] as? Int ?? 0
        guard size == file.size else {
            throw WeirError(
                "source.file-in-motion", "\(file.name) has \(size) bytes and was listed with \(file.size)",
                hint: "it is read again", isTransient: true, outcome: .systemFailed)
        }
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.moveItem(atPath: whole, toPath: path)
        return InputFile(path: path, name: file.name, size: file.size, modified: file.modified)
    }

    private func decode(
        _ file: InputFile, _ encoding: TextEncoding, _ name: String, original: InputFile
    ) throws -> InputFile {
        var plain = file.path
        defer { if plain != file.path { try? FileManager.default.removeItem(atPath: plain) } }
        if file.isPacked || !file.isLocal {
            guard file.isLocal, file.path.lowercased().hasSuffix(".gz") else {
                throw WeirError(
                    "source.encoding",
                    "\(file.name) is packed or far away, and \(encoding.rawValue) cannot be read there",
                    hint: "convert it: zstd -dc IN | iconv -f \(encoding.rawValue) -t utf-8 | gzip > OUT.gz",
                    at: Place(file: file.name), outcome: .gateFailed)
            }
            plain = "\(folder)/\(name).bytes"
            try CompressedFile.unpack(file.path, to: plain)
        }
        let copy = place(original, name, suffix: ".csv")
        try TextDecoder.copy(plain, from: encoding, to: copy, limit: limit)
        let size = try FileManager.default.attributesOfItem(atPath: copy)[.size] as? Int ?? file.size
        return InputFile(path: copy, name: file.name, size: size, modified: file.modified)
    }

    /// Where a copy lies: folders named key=value are part of what the rows say.
    private func place(_ file: InputFile, _ name: String, suffix: String? = nil) -> String {
        let folders = origin.options.partitions ? PathColumns.folders(of: file.path) : []
        let folder = ([folder, name] + folders).joined(separator: "/")
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // A URL may go on behind the name.
        let last = file.path.split(separator: "/").last?.prefix { $0 != "?" }
        return "\(folder)/\(suffix.map { "rows\($0)" } ?? last.map(String.init) ?? "rows")"
    }

    // MARK: Standing in

    func readable(_ file: InputFile) -> InputFile { copies[file] ?? file }

    /// The input as it is read.
    func standIn(for input: SourceInput) -> SourceInput {
        guard !copies.isEmpty else { return input }
        var readable = input
        readable.files = input.files.map(self.readable)
        readable.groups = input.groups.map { group in
            SourceInput.Group(
                header: group.header, files: group.files.map(self.readable), blankLines: group.blankLines)
        }
        return readable
    }

    /// Gives rows and rejected lines back the names of the files that they came from.
    func restoreNames(
        in staged: inout StagedRows, malformed: String, on connection: isolated Connection
    ) throws {
        guard !copies.isEmpty else { return }
        let names = copies.map { "(\(SQL.literal($1.path)), \(SQL.literal($0.path)))" }.joined(separator: ", ")
        let table = "(VALUES \(names)) AS n(copy, original)"
        try connection.execute(
            "UPDATE temp.\(SQL.quote(malformed)) AS m SET file = n.original FROM \(table) WHERE m.file = n.copy")
        let file = SQL.quote(DelimitedReader.fileColumn)
        if staged.hasFileColumn {
            try connection.execute(
                "UPDATE \(staged.table.sql) AS s SET \(file) = n.original FROM \(table) WHERE s.\(file) = n.copy")
        }
        let originals = Dictionary(copies.map { ($1.path, $0.path) }, uniquingKeysWith: { first, _ in first })
        staged.onlyFile = staged.onlyFile.map { originals[$0] ?? $0 }
        staged.lineNumbers = staged.lineNumbers?.renaming(originals)
    }
}
