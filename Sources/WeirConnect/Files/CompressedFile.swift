import CZlib
import Foundation
import WeirCore

/// Tells whether a compressed local file is whole.
///
/// DuckDB reads what there is of a file that was cut, and takes its end for the end of the data, without a word.
public enum CompressedFile {
    /// - Parameter longestLine: most bytes of a line; the engine's reader skips a longer one, and what follows it,
    ///   without a word. Nil where the file has no lines. It is looked for in `.gz` files only.
    /// - Throws: `source.damaged-file`, `source.line-too-long`.
    public static func check(_ file: InputFile, longestLine: Int? = nil) throws {
        try refuseForeign(file)
        guard file.isLocal, file.size > 0 else { return }
        let name = file.path.lowercased()
        let isWhole: Bool
        if name.hasSuffix(".gz") {
            isWhole = try gzip(at: file.path, longestLine: longestLine) {
                throw LineLength.tooLong($0, in: file, most: $1)
            }
        } else if name.hasSuffix(".zst") || name.hasSuffix(".zstd") {
            let data = try Data(contentsOf: URL(fileURLWithPath: file.path), options: .alwaysMapped)
            isWhole = data.withUnsafeBytes { zstandard($0) }
        } else {
            return
        }
        guard isWhole else {
            throw WeirError(
                "source.damaged-file", "\(file.name) is damaged or not complete",
                hint: "nothing of it was published; fetch it again and run again", at: Place(file: file.name),
                outcome: .systemFailed)
        }
    }

    /// How to read what the engine cannot unpack, by the end of the name.
    private static let foreign = [
        ("bz2", "bunzip2 -c IN.bz2 | gzip > OUT.gz"), ("xz", "xz -dc IN.xz | gzip > OUT.gz"),
        ("zip", "unzip -p IN.zip | gzip > OUT.gz"), ("7z", "7z e -so IN.7z | gzip > OUT.gz"),
        ("lz4", "lz4 -dc IN.lz4 | gzip > OUT.gz"), ("z", "gzip -dc IN.Z | gzip > OUT.gz"),
        ("br", "brotli -dc IN.br | gzip > OUT.gz"),
    ]

    /// The command that makes a file readable whose name says that it is packed in a way that the engine does not know;
    /// nil for all others.
    public static func conversion(of name: String) -> String? {
        let end = name.lowercased().split(separator: "/").last?.split(separator: ".", omittingEmptySubsequences: false)
        guard let end, end.count > 1 else { return nil }
        return foreign.first { $0.0 == end[end.count - 1] }?.1
    }

    /// - Throws: `source.unknown-compression` with the command that converts it.
    public static func refuseForeign(_ file: InputFile) throws {
        guard let command = conversion(of: file.name) else { return }
        throw WeirError(
            "source.unknown-compression", "\(file.name) is packed in a way that cannot be read",
            hint: "only .gz and .zst can be; convert it: \(command)", at: Place(file: file.name))
    }

    /// Unpacks to nowhere; zlib compares length and checksum of every member.
    private static func gzip(
        at path: String, longestLine: Int?, tooLong: (_ line: Int, _ most: Int) throws -> Void
    ) throws -> Bool {
        var lines = OpenLine()
        return try inflate(path) { bytes in
            if let longestLine, lines.add(bytes) > longestLine { try tooLong(lines.longest, longestLine) }
            return true
        }
    }

    /// Writes what a local `.gz` file holds, byte for byte, as far as it can be read.
    ///
    /// - Throws: `system.cannot-write`.
    public static func unpack(_ path: String, to copy: String) throws {
        let handle = try FileHandle.writing(anew: copy)
        defer { try? handle.close() }
        _ = try inflate(path) { bytes in
            try handle.write(contentsOf: Data(bytes))
            return true
        }
    }

    /// The first bytes that a local `.gz` file holds.
    static func start(of path: String, count: Int) -> [UInt8] {
        var found: [UInt8] = []
        _ = try? inflate(path) { bytes in
            found += bytes.prefix(count - found.count)
            return found.count < count
        }
        return found
    }

    /// - Parameter each: sees what was unpacked, piece by piece; false stops.
    /// - Returns: whether the file is whole; false when it was stopped, too.
    private static func inflate(_ path: String, each: (UnsafeRawBufferPointer) throws -> Bool) throws -> Bool {
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? handle.close() }
        var stream = z_stream()
        guard weir_inflate_init(&stream) == Z_OK else { return false }
        defer { inflateEnd(&stream) }
        var output = [UInt8](repeating: 0, count: 1 << 18)
        var isAtEnd = false
        while var piece = try handle.read(upToCount: 1 << 18), !piece.isEmpty {
            try Task.checkCancellation()
            let goesOn = try piece.withUnsafeMutableBytes { input -> Bool in
                stream.next_in = input.bindMemory(to: UInt8.self).baseAddress
                stream.avail_in = UInt32(input.count)
                while stream.avail_in > 0 {
                    // Another member may follow; zeros after the last are padding.
                    if isAtEnd {
                        if stream.next_in?.pointee == 0 { return true }
                        inflateReset(&stream)
                        isAtEnd = false
                    }
                    let code = output.withUnsafeMutableBufferPointer { buffer in
                        stream.next_out = buffer.baseAddress
                        stream.avail_out = UInt32(buffer.count)
                        return CZlib.inflate(&stream, Z_NO_FLUSH)
                    }
                    let count = output.count - Int(stream.avail_out)
                    let isWanted = try output.withUnsafeBytes {
                        try each(UnsafeRawBufferPointer(rebasing: $0[..<count]))
                    }
                    if code == Z_STREAM_END { isAtEnd = true } else if code != Z_OK { return false }
                    if !isWanted { return false }
                }
                return true
            }
            if !goesOn { return false }
        }
        // A flush of what zlib still holds: input ended where a member did, or it did not.
        return isAtEnd
    }

    /// The line that the text so far ends in.
    private struct OpenLine {
        private var number = 1
        private var length = 0
        /// Number of the longest line of the text added last.
        private(set) var longest = 1

        /// Adds text, and returns the length of the longest line that ended or goes on in it.
        mutating func add(_ text: UnsafeRawBufferPointer) -> Int {
            guard let base = text.baseAddress else { return length }
            var most = 0
            var start = 0
            while start < text.count, let found = memchr(base + start, 0x0A, text.count - start) {
                let end = base.distance(to: found)
                if length + end - start > most {
                    most = length + end - start
                    longest = number
                }
                length = 0
                number += 1
                start = end + 1
            }
            length += text.count - start
            if length > most { longest = number }
            return max(most, length)
        }
    }

    /// Walks over the frames and blocks by their lengths (RFC 8878), which is enough to see that the end is missing.
    private static func zstandard(_ bytes: UnsafeRawBufferPointer) -> Bool {
        func number(_ position: Int, _ length: Int) -> Int? {
            guard position + length <= bytes.count else { return nil }
            return (0..<length).reduce(0) { $0 | Int(bytes[position + $1]) << (8 * $1) }
        }
        var position = 0
        while position < bytes.count {
            guard let magic = number(position, 4) else { return false }
            if magic & 0xFFFF_FFF0 == 0x184D_2A50 {
                guard let size = number(position + 4, 4) else { return false }
                position += 8 + size
                continue
            }
            guard magic == 0xFD2F_B528, let descriptor = number(position + 4, 1) else { return false }
            let isSingle = descriptor & 0x20 != 0
            let sizeField = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]
            position += 5 + (isSingle ? 0 : 1) + [0, 1, 2, 4][descriptor & 3] + sizeField
            while true {
                guard let block = number(position, 3) else { return false }
                // A run-length block holds one byte, however long what it stands for.
                position += 3 + ((block >> 1) & 3 == 1 ? 1 : block >> 3)
                if block & 1 == 1 { break }
            }
            if descriptor & 4 != 0 { position += 4 }
        }
        return position == bytes.count
    }
}
