import Foundation
import WeirCore

/// Writes the documentation of a project as a folder of pages that need no server and no network.
///
/// ```swift
/// try DocsSite.write(to: "site", model: model)   // site/index.html, site/tables/mart.delays.html …
/// ```
public enum DocsSite {
    /// Writes the site and removes the pages of tables that are gone. Equal models give equal bytes.
    ///
    /// - Returns: the path of the first page.
    /// - Throws: `docs.not-written` when the folder cannot be written.
    @discardableResult
    public static func write(to folder: String, model: DocsModel) throws -> String {
        let root = URL(fileURLWithPath: folder, isDirectory: true)
        let tables = root.appendingPathComponent("tables", isDirectory: true)
        do {
            try FileManager.default.createDirectory(at: tables, withIntermediateDirectories: true)
            let pages = pages(of: model)
            for (path, text) in pages.sorted(by: { $0.key < $1.key }) {
                try Data(text.utf8).write(to: root.appendingPathComponent(path), options: .atomic)
            }
            try removeStale(in: tables, keeping: Set(pages.keys.map { $0.replacing("tables/", with: "") }))
        } catch {
            throw WeirError(
                "docs.not-written", "the site cannot be written: \(error.localizedDescription)",
                hint: "check that the folder can be written", at: Place(file: folder), outcome: .systemFailed)
        }
        return root.appendingPathComponent("index.html").path
    }

    /// Every page by its path in the folder.
    static func pages(of model: DocsModel) -> [String: String] {
        let context = Context(model)
        var pages = ["index.html": IndexPage(site: context).html()]
        for table in context.tables {
            pages["tables/" + PageName.file(of: table.name)] = TablePage(table: table, site: context).html()
        }
        return pages
    }

    /// What all pages need to know of the whole.
    struct Context: Sendable {
        let model: DocsModel
        /// By name; of two with one name the first.
        let tables: [DocsTable]
        let inputs: [String: [String]]
        let readers: [String: [String]]
        private let kinds: [String: String]

        init(_ model: DocsModel) {
            self.model = model
            var seen: Set<String> = []
            tables = model.tables.filter { seen.insert($0.name).inserted }.sorted { $0.name < $1.name }
            inputs = Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0.inputs) })
            kinds = Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0.kind.rawValue) })
            readers = LineageLayout.readers(inputs)
        }

        /// A relative address, or nil for a table that has no page.
        func link(to name: String, fromTable: Bool) -> String? {
            if kinds[name] == nil { return nil }
            return (fromTable ? "" : "tables/") + PageName.file(of: name)
        }

        func kind(of name: String) -> String { kinds[name] ?? "outside" }
    }

    /// `2026-11-23 17:01 UTC`: for people, who need no milliseconds.
    static func time(_ date: Date) -> String { UTC.text(date).prefix(16).replacing("T", with: " ") + " UTC" }

    static func tone(_ status: String) -> String {
        switch status {
        case "published": "good"
        case "failed", "stopped": "bad"
        case "blocked": "warn"
        default: "soft"
        }
    }

    /// Only pages that this site wrote are removed: the folder may hold the user's own.
    private static func removeStale(in folder: URL, keeping pages: Set<String>) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
        where name.hasSuffix(".html") && !pages.contains(name) {
            let url = folder.appendingPathComponent(name)
            let head = try FileHandle(forReadingFrom: url).read(upToCount: 100) ?? Data()
            if String(decoding: head, as: UTF8.self).contains(DocsLook.marker) {
                try FileManager.default.removeItem(at: url)
            }
        }
    }
}
