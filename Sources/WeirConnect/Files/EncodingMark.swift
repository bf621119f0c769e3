import Foundation
import WeirCore

/// Looks at the bytes with which a text file begins: read as what it is not, such a file is a column of garbage, and no
/// row of it arrives.
public enum EncodingMark {
    /// - Throws: `source.encoding` for UTF-16 that is not said to be that; `source.wrong-name` for a packed file whose
    ///   name does not say so. Remote files and `.zst` are not looked at: their first line is, when it is read.
    public static func check(_ file: InputFile, options: FileOptions, at place: Place) throws {
        guard file.isLocal, file.size >= 2 else { return }
        let name = file.path.lowercased()
        let start: [UInt8]
        if name.hasSuffix(".gz") {
            start = CompressedFile.start(of: file.path, count: 512)
        } else if [".zst", ".zstd"].contains(where: name.hasSuffix) {
            return
        } else {
            start = beginning(of: file.path)
            if let found = packed.first(where: { start.starts(with: $0.mark) }) {
                throw WeirError(
                    "source.wrong-name", "\(file.name) is no text: it is packed by \(found.program)",
                    hint: CompressedFile.conversion(of: "a.\(found.suffix)").map { "convert it: \($0)" }
                        ?? "give it the name that it should have, with .\(found.suffix) at the end",
                    at: Place(file: file.name), outcome: .gateFailed)
            }
        }
        if isUTF16(start), options.encoding.flatMap(TextEncoding.init(name:)) != .utf16 {
            throw WeirError(
                "source.encoding", "\(file.name) is UTF-16, and the source reads it as \(options.encoding ?? "UTF-8")",
                hint: "say `encoding: utf-16` in the source", at: place, outcome: .gateFailed)
        }
    }

    private static let packed: [(mark: [UInt8], program: String, suffix: String)] = [
        ([0x1F, 0x8B], "gzip", "gz"), ([0x28, 0xB5, 0x2F, 0xFD], "zstd", "zst"), ([0x42, 0x5A, 0x68], "bzip2", "bz2"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "xz", "xz"), ([0x50, 0x4B, 0x03, 0x04], "zip", "zip"),
    ]

    private static func beginning(of path: String) -> [UInt8] {
        guard let handle = FileHandle(forReadingAtPath: path) else { return [] }
        defer { try? handle.close() }
        return [UInt8]((try? handle.read(upToCount: 512)) ?? Data())
    }

    /// The mark, or without one zeros in every second place: half a character of most texts.
    private static func isUTF16(_ start: [UInt8]) -> Bool {
        if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) { return true }
        let zeros = (0...1).map { side in start.indices.count { $0 % 2 == side && start[$0] == 0 } }
        return start.count >= 4 && zeros.contains { $0 * 4 > start.count } && zeros.contains(0)
    }
}
