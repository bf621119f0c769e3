import Foundation
import WeirCore

/// Finds lines that DuckDB's CSV reader would drop without a word.
///
/// A line over `max_line_size` is rejected and told; one that covers a whole read buffer (16 such sizes, at least
/// 32 MB) is skipped silently.
public enum LineLength {
    private static let defaultLimit = 2_000_000

    /// - Throws: `source.line-too-long` with the line's number. Compressed and remote files are not looked at.
    public static func check(_ file: InputFile, options: FileOptions) throws {
        let longest = 8 * (options.maxLineSize ?? defaultLimit)
        guard file.isLocal, file.size > longest else { return }
        if [".gz", ".zst", ".zstd"].contains(where: { file.path.lowercased().hasSuffix($0) }) { return }
        let data = try Data(contentsOf: URL(fileURLWithPath: file.path), options: .alwaysMapped)
        let line: Int? = data.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var start = 0
            var number = 1
            while start < bytes.count {
                let end = memchr(base + start, 0x0A, bytes.count - start).map { base.distance(to: $0) } ?? bytes.count
                if end - start > longest { return number }
                start = end + 1
                number += 1
            }
            return nil
        }
        guard let line else { return }
        throw WeirError(
            "source.line-too-long", "line \(line) of \(file.name) has more than \(longest) bytes",
            hint: "a quote that never closes, or a damaged file? otherwise set `max_line_size:` in the source",
            at: Place(file: file.name, line: line), outcome: .gateFailed)
    }
}
