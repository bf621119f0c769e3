import Foundation
import WeirAI
import WeirCore
import WeirEngine

/// A picture of a row: a file, an address, or the bytes themselves.
enum Picture {
    static func fullPath(_ path: String, root: String) -> String {
        path.hasPrefix("/") ? path : "\(root)/\(path)"
    }

    /// - Throws: `ai.not-an-image`, `ai.too-large`, `ai.unreadable-file`: of this row alone.
    static func media(_ value: Value, root: String) throws -> AIMedia? {
        switch value {
        case .blob(let bytes):
            guard bytes.count <= MediaFile.largest else {
                throw WeirError(
                    "ai.too-large", "a picture has \(Figures.bytes(Int64(bytes.count))), more than a question may hold")
            }
            guard let type = MediaFile.imageType(bytes) else {
                throw WeirError("ai.not-an-image", "the bytes are no PNG, JPEG, GIF or WebP")
            }
            return AIMedia(.bytes(bytes), mediaType: type)
        case .text(let text):
            if text.isEmpty { return nil }
            if text.hasPrefix("https://") || text.hasPrefix("http://") {
                return AIMedia(.url(text), mediaType: mediaType(ofAddress: text))
            }
            return try MediaFile.image(fullPath(text, root: root))
        default: return nil
        }
    }

    private static func mediaType(ofAddress text: String) -> String {
        let path = text.split(separator: "?").first.map { $0.lowercased() } ?? ""
        if path.hasSuffix(".png") { return "image/png" }
        if path.hasSuffix(".gif") { return "image/gif" }
        return path.hasSuffix(".webp") ? "image/webp" : "image/jpeg"
    }
}
