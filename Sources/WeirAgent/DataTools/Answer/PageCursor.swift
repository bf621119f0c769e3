import Foundation
import WeirCore

/// Where the next part of an answer begins. It fits the call that it was given for, and no other.
struct PageCursor: Sendable, Hashable {
    let offset: Int
    let mark: String

    var text: String { Data("\(offset).\(mark)".utf8).base64EncodedString() }

    init(offset: Int, mark: String) {
        self.offset = offset
        self.mark = mark
    }

    init?(_ text: String) {
        guard let data = Data(base64Encoded: text) else { return nil }
        let parts = String(decoding: data, as: UTF8.self).split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let offset = Int(parts[0]), offset >= 0 else { return nil }
        self.init(offset: offset, mark: String(parts[1]))
    }
}

extension ToolArguments {
    /// What tells this call from those with other arguments, its cursor aside.
    var mark: String {
        var others = values
        others["cursor"] = nil
        return String(Fingerprint.of([tool, JSONValue.object(others).line]).prefix(12))
    }

    /// Items before the part that is asked for.
    ///
    /// - Throws: `tool.bad-cursor`.
    func offset() throws -> Int {
        guard let text = try optionalText("cursor") else { return 0 }
        guard let cursor = PageCursor(text), cursor.mark == mark else {
            throw WeirError(
                "tool.bad-cursor", "\(tool): the cursor does not belong to this call",
                hint: "give back `next_cursor` with the very arguments that it came from, or leave it out")
        }
        return cursor.offset
    }
}
