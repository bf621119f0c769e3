import Foundation
import WeirCore

/// Looks at the mark with which UTF-16 files begin: read as anything else, such a file is one column of garbage, and no
/// row of it arrives.
public enum EncodingMark {
    /// - Throws: `source.encoding` for UTF-16 that is not said to be that, and for the byte order that the engine's
    ///   reader does not know. Compressed and remote files are not looked at.
    public static func check(_ file: InputFile, options: FileOptions, at place: Place) throws {
        guard file.isLocal, file.size >= 2, let handle = FileHandle(forReadingAtPath: file.path) else { return }
        defer { try? handle.close() }
        let mark = (try? handle.read(upToCount: 2)) ?? Data()
        if mark.elementsEqual([0xFE, 0xFF]) {
            throw WeirError(
                "source.encoding", "\(file.name) is UTF-16 with the high byte first, which cannot be read",
                hint: "convert it: iconv -f UTF-16BE -t UTF-8 IN > OUT", at: place, outcome: .gateFailed)
        }
        if mark.elementsEqual([0xFF, 0xFE]), options.encoding?.lowercased().hasPrefix("utf-16") != true {
            throw WeirError(
                "source.encoding", "\(file.name) is UTF-16, and the source reads it as \(options.encoding ?? "UTF-8")",
                hint: "say `encoding: utf-16` in the source", at: place, outcome: .gateFailed)
        }
    }
}
