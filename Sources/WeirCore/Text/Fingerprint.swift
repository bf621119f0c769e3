import Crypto
import Foundation

/// A short, stable mark of a content: equal content, equal mark.
public enum Fingerprint {
    /// The first 128 bits of SHA-256 as 32 hexadecimal digits. Parts are framed by their length, so that
    /// `["ab", "c"]` and `["a", "bc"]` differ.
    public static func of(_ parts: [String]) -> String {
        var hasher = SHA256()
        for part in parts {
            let bytes = Data(part.utf8)
            withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { hasher.update(bufferPointer: $0) }
            hasher.update(data: bytes)
        }
        return hex(hasher.finalize().prefix(16))
    }

    /// SHA-256 of a local file's content, read in blocks.
    public static func ofFile(at path: String) throws -> String {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw WeirError("source.unreadable", "the file \(path) cannot be read", outcome: .systemFailed)
        }
        defer { try? handle.close() }
        var hasher = SHA256()
        while let block = try handle.read(upToCount: 1 << 20), !block.isEmpty { hasher.update(data: block) }
        return hex(hasher.finalize())
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
