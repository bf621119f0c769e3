import Foundation
import WeirConnect
import WeirCore
import WeirEngine

/// Finds out how delimited files are written, before they are read.
enum FileDialect {
    struct Found: Sendable {
        var options = FileOptions()
        var notes: [String] = []
    }

    static func find(_ files: [InputFile], format: FileFormat, on connection: isolated Connection) -> Found {
        var found = Found()
        guard format.isDelimited, let file = files.first(where: { $0.size > 0 }) else { return found }
        for file in files where file.isLocal && found.options.encoding == nil {
            found.options.encoding = encoding(of: file.path)
        }
        if let encoding = found.options.encoding { found.notes.append("the text is \(encoding)") }
        var arguments = [SQL.literal(file.path), "strict_mode = false", "ignore_errors = true"]
        if let encoding = found.options.encoding { arguments.append("encoding = \(SQL.literal(encoding))") }
        let sniffed = try? connection.query(
            "SELECT Delimiter, HasHeader FROM sniff_csv(\(arguments.joined(separator: ", ")))"
        ).first
        if sniffed?[1].bool == false {
            found.options.hasHeader = false
            found.notes.append(
                "the first line looks like a row, so the columns have no names; if it is a header, set `header: true`")
        }
        return found
    }

    /// Nil for UTF-8. Compressed files are taken for UTF-8.
    static func encoding(of path: String) -> String? {
        if [".gz", ".zst", ".zstd", ".bz2"].contains(where: path.lowercased().hasSuffix) { return nil }
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        var isFirst = true
        var rest = Data()
        while let data = try? handle.read(upToCount: 1 << 20), !data.isEmpty {
            if isFirst, data.starts(with: [0xFF, 0xFE]) || data.starts(with: [0xFE, 0xFF]) { return "utf-16" }
            isFirst = false
            rest.append(data)
            guard let whole = validPrefix(rest) else { return oneByte(of: path) }
            rest = Data(rest.dropFirst(whole))
        }
        return rest.isEmpty ? nil : oneByte(of: path)
    }

    /// Bytes from 0x80 to 0x9F mean nothing in latin-1, and characters to Windows.
    private static func oneByte(of path: String) -> String {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) else {
            return TextEncoding.latin1.rawValue
        }
        let isWindows = data.withUnsafeBytes { $0.contains { (0x80...0x9F).contains($0) } }
        return (isWindows ? TextEncoding.windows1252 : .latin1).rawValue
    }

    /// Bytes of whole characters at the start; nil when a byte belongs to none. Up to three bytes at the end
    /// may wait for the rest of their character.
    private static func validPrefix(_ data: Data) -> Int? {
        for cut in 0...3 where data.count >= cut {
            // Over a plain buffer the check runs in the standard library's own fast path.
            let isText = data.withUnsafeBytes { bytes in
                String(validating: UnsafeRawBufferPointer(rebasing: bytes.dropLast(cut)), as: UTF8.self) != nil
            }
            if isText { return data.count - cut }
        }
        return nil
    }
}
