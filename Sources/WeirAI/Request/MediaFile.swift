import Foundation
import WeirCore

/// Images and documents from files, told apart by their first bytes and not by their names.
public enum MediaFile {
    /// Bodies of requests end at about 32 MB, and base64 makes a third more of a file.
    public static let largest = 20_000_000

    /// - Throws: `ai.unreadable-file`, `ai.too-large`, `ai.not-an-image`.
    public static func image(_ path: String) throws -> AIMedia {
        let bytes = try read(path)
        guard let type = imageType(bytes) else {
            throw WeirError(
                "ai.not-an-image", "\(path) is no image that models read",
                hint: "PNG, JPEG, GIF and WebP are; convert it", at: Place(file: path))
        }
        return AIMedia(.bytes(bytes), mediaType: type, name: name(path))
    }

    /// A PDF or a text in UTF-8.
    ///
    /// - Throws: `ai.unreadable-file`, `ai.too-large`, `ai.not-a-document`.
    public static func document(_ path: String) throws -> AIMedia {
        let bytes = try read(path)
        if bytes.starts(with: Array("%PDF-".utf8)) {
            return AIMedia(.bytes(bytes), mediaType: "application/pdf", name: name(path))
        }
        guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else {
            throw WeirError(
                "ai.not-a-document", "\(path) is neither a PDF nor a text in UTF-8",
                hint: imageType(bytes) == nil ? "convert it" : "it is an image: give it with --image",
                at: Place(file: path))
        }
        return AIMedia(.bytes(bytes), mediaType: "text/plain", name: name(path))
    }

    /// The type of an image by its signature; nil when it is none.
    public static func imageType(_ bytes: [UInt8]) -> String? {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return "image/png" }
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
        if bytes.starts(with: Array("GIF87a".utf8)) || bytes.starts(with: Array("GIF89a".utf8)) { return "image/gif" }
        if bytes.count > 12, bytes.starts(with: Array("RIFF".utf8)), bytes[8..<12].elementsEqual("WEBP".utf8) {
            return "image/webp"
        }
        return nil
    }

    private static func name(_ path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }

    private static func read(_ path: String) throws -> [UInt8] {
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        if size > largest {
            throw WeirError(
                "ai.too-large", "\(path) has \(Figures.bytes(Int64(size))), more than a question may hold",
                hint: "make it smaller than \(Figures.bytes(Int64(largest)))", at: Place(file: path))
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw WeirError("ai.unreadable-file", "\(path) cannot be read", at: Place(file: path))
        }
        return Array(data)
    }
}
