import Foundation
import Testing

/// The project that `weir init` writes, made by the command itself.
enum SampleShop {
    /// - Parameter run: also `weir run`, which leaves one row in quarantine.
    static func make(run: Bool = true) async throws -> TempProject {
        let project = try TempProject()
        try project.remove("weir.yaml")
        let made = try await project.weir("init")
        try #require(made.code == 0, "\(made)")
        if run { try await project.run(expect: 0) }
        return project
    }
}

/// What a JSON text has, for comparing with what is documented.
enum JSONShape {
    /// The document, when the text is one and nothing but one.
    static func parse(_ text: String) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(text.utf8), options: [.fragmentsAllowed])
    }

    /// Every key with its path; the elements of a list count as one.
    static func keys(_ value: Any, _ path: String = "") -> Set<String> {
        if let list = value as? [Any] { return list.reduce(into: []) { $0.formUnion(keys($1, path + "[]")) } }
        guard let object = value as? [String: Any] else { return [] }
        return object.reduce(into: []) { found, field in
            found.insert("\(path).\(field.key)")
            found.formUnion(keys(field.value, "\(path).\(field.key)"))
        }
    }
}

/// Files of the repository that the tests hold to their word.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    static func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
    }

    /// The fenced code blocks of a language below a heading, until the next heading of its level.
    static func blocks(_ language: String, of path: String, under heading: String) throws -> [String] {
        let level = heading.prefix { $0 == "#" }
        var blocks: [String] = []
        var isUnder = false
        var block: String?
        for line in try text(path).split(separator: "\n", omittingEmptySubsequences: false) {
            if let begun = block {
                if line == "```" {
                    blocks.append(begun)
                    block = nil
                } else {
                    block = begun + line + "\n"
                }
            } else if line.hasPrefix("\(level) ") {
                isUnder = line == heading
            } else if isUnder, line == "```\(language)" {
                block = ""
            }
        }
        return blocks
    }
}
