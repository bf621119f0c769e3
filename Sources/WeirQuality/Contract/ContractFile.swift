import Foundation
import WeirCore

/// A contract's file: what it says, what it means, and every mistake in it.
public struct ContractFile: Sendable {
    public let source: SourceText
    /// Nil when the file is no YAML mapping.
    public let document: ContractDocument?
    /// Nil when there is a mistake.
    public let contract: Contract?
    public let errors: [WeirError]
    /// What keeps nothing from working, and is worth a look: keys of later versions, deprecated forms.
    public let warnings: [WeirError]

    public init(path: String, text: String, variables: Variables? = nil) {
        let source = SourceText(path: path, text: text)
        self.source = source
        let problems = Problems()
        contract = ContractLoader.load(path: path, text: text, problems: problems, variables: variables)
        errors = problems.all
        // The mistakes of this second reading are those of the first.
        document = YAMLFile(path: path, text: text, problems: Problems()).root().map { ContractDocument(tree: $0.tree) }
        warnings = document.map { FormWarnings(source: source, tree: $0.tree).find() } ?? []
    }

    /// Reads a file.
    ///
    /// - Throws: `contract.unreadable`, `contract.encoding`.
    public init(readingFrom path: String, in folder: String = ".", variables: Variables? = nil) throws {
        self.init(path: path, text: try FileText.read(path, in: folder), variables: variables)
    }

    /// The contract.
    ///
    /// - Throws: every mistake in the file.
    public func valid() throws -> Contract {
        if let contract { return contract }
        throw WeirError.gathering("contract.invalid", { "\(source.path) has \($0) mistakes" }, errors)
    }
}

/// Texts of files that people name on the command line.
public enum FileText {
    /// - Parameter folder: where a relative path begins.
    /// - Throws: `contract.unreadable`, `contract.encoding`.
    public static func read(_ path: String, in folder: String) throws -> String {
        let full = path.hasPrefix("/") ? path : "\(folder)/\(path)"
        guard let data = FileManager.default.contents(atPath: full) else {
            throw WeirError(
                "contract.unreadable", "\(path) cannot be read",
                hint: FileManager.default.fileExists(atPath: full) ? nil : "there is no such file",
                at: Place(file: path))
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw WeirError(
                "contract.encoding", "\(path) is not UTF-8 text", hint: "save the file as UTF-8",
                at: Place(file: path))
        }
        return text
    }
}
