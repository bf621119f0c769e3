import Foundation
import WeirCore

/// Writes a text file in another encoding as UTF-8, line by line what it was.
///
/// What stands for no character becomes a byte that is none in UTF-8 either, so that whoever reads the copy meets it:
/// the line is not lost, and nobody takes a question mark for what was written.
public enum TextDecoder {
    private static let noCharacter: UInt8 = 0xFF

    /// - Parameter limit: bytes to read, about: up to the end of a line. Nil reads all.
    /// - Throws: `system.cannot-write`, `system.cannot-read`.
    public static func copy(_ path: String, from encoding: TextEncoding, to copy: String, limit: Int? = nil) throws {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) else {
            throw WeirError("system.cannot-read", "\(path) cannot be read", outcome: .systemFailed)
        }
        let handle = try FileHandle.writing(anew: copy)
        defer { try? handle.close() }
        var out = Output(handle: handle, limit: limit ?? .max)
        try data.withUnsafeBytes { bytes in
            switch encoding {
            case .utf16: try utf16(bytes, &out)
            case .windows1252, .latin1, .utf8: try singleBytes(bytes, &out)
            }
        }
        try out.flush()
    }

    private struct Output {
        let handle: FileHandle
        let limit: Int
        var bytes = [UInt8]()

        /// - Returns: whether enough was read.
        mutating func isDone(at position: Int, isLineEnd: Bool) throws -> Bool {
            if bytes.count > 1 << 20 { try flush() }
            return isLineEnd && position >= limit
        }

        mutating func flush() throws {
            try Task.checkCancellation()
            try handle.write(contentsOf: Data(bytes))
            bytes.removeAll(keepingCapacity: true)
        }
    }

    // MARK: Windows-1252

    /// Of 0x80 to 0x9F; 0 means nothing (the WHATWG Encoding Standard gives those to control characters).
    private static let upper: [UInt16] = [
        0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
        0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E,
        0x0178,
    ]

    private static func singleBytes(_ bytes: UnsafeRawBufferPointer, _ out: inout Output) throws {
        let upper = upper.map { $0 == 0 ? [noCharacter] : Array(UTF8.encode(Unicode.Scalar($0) ?? " ") ?? .init()) }
        for (position, byte) in bytes.enumerated() {
            switch byte {
            case 0x80...0x9F: out.bytes.append(contentsOf: upper[Int(byte) - 0x80])
            case 0xA0...: out.bytes += [0xC0 | byte >> 6, 0x80 | byte & 0x3F]
            default: out.bytes.append(byte)
            }
            if byte == 0x0A || position & 0xFFFF == 0, try out.isDone(at: position, isLineEnd: byte == 0x0A) { return }
        }
    }

    // MARK: UTF-16

    /// Without a mark the zeros tell: in most texts the high byte of most characters is one.
    static func isHighByteFirst(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if bytes.count >= 2, bytes[0] == 0xFE, bytes[1] == 0xFF { return true }
        if bytes.count >= 2, bytes[0] == 0xFF, bytes[1] == 0xFE { return false }
        let start = bytes.prefix(4096)
        let zeros = start.indices.filter { start[$0] == 0 }
        return zeros.count { $0 % 2 == 0 } > zeros.count { $0 % 2 == 1 }
    }

    private static func utf16(_ bytes: UnsafeRawBufferPointer, _ out: inout Output) throws {
        let high = isHighByteFirst(bytes) ? 0 : 1
        func unit(_ position: Int) -> UInt16 {
            UInt16(bytes[position + high]) << 8 | UInt16(bytes[position + 1 - high])
        }
        var position = 0
        while position + 1 < bytes.count {
            let first = unit(position)
            position += 2
            if first == 0xFEFF, position == 2 { continue }
            var scalar = Unicode.Scalar(first)
            if (0xD800...0xDBFF).contains(first), position + 1 < bytes.count,
                case let second = unit(position), (0xDC00...0xDFFF).contains(second)
            {
                scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
                position += 2
            }
            if let scalar, scalar.value < 0x80 {
                out.bytes.append(UInt8(scalar.value))
            } else if let encoded = scalar.flatMap({ UTF8.encode($0) }) {
                out.bytes.append(contentsOf: encoded)
            } else {
                out.bytes.append(noCharacter)
            }
            if first == 0x0A || position & 0xFFFF == 0, try out.isDone(at: position, isLineEnd: first == 0x0A) {
                return
            }
        }
        // Half a character: the file was cut.
        if position < bytes.count { out.bytes.append(noCharacter) }
    }
}
