import WeirCore

/// The first page: every table, a search box, and the picture of the whole.
struct IndexPage {
    let site: DocsSite.Context

    func html() -> String {
        let model = site.model
        let environment: HTML? = model.environment.map { " Environment: \($0)." }
        let updated: HTML? = model.updatedAt.map { " As of \(DocsSite.time($0))." }
        let body: HTML = """
            <header><h1>\(model.project)</h1>
            <p class="soft">\(Figures.count(Int64(site.tables.count), "table")).\(environment)\(updated) \
            Written by Weir \(model.weirVersion).</p></header>
            <main id="main">
            <div id="searching" hidden><label for="search">Search tables by name, column, tag, owner or why</label>
            <input id="search" type="search" autocomplete="off"><p id="found" class="soft" role="status"></p></div>
            \(list)\(picture)
            </main>
            """
        return DocsLook.page(title: model.project, body: body, script: true)
    }

    private var list: HTML {
        if site.tables.isEmpty { return "<p>This project has no tables yet.</p>" }
        let rows: [HTML] = site.tables.map { table in
            let last = table.runs.first
            let tags: [HTML] = table.tags.map { "<span class=\"tag\">\($0)</span>" }
            let status: HTML? = last.map { "<span class=\"\(DocsSite.tone($0.status))\">\($0.status)</span>" }
            return """
                <tr data-find="\(words(table))"><th scope="row"><a href="\(site.link(to: table.name, fromTable: false) ?? "")">\
                \(table.name)</a></th><td data-label="Kind">\(table.kind.rawValue)</td><td>\(table.why ?? "") \(tags)</td>\
                <td class="k" data-label="Owner">\(table.owner ?? "")</td><td class="n" data-label="Rows published">\(last?.rowsPublished.map { Figures.count($0) } ?? "")</td>\
                <td data-label="Last run">\(status)</td></tr>

                """
        }
        return """
            <section><h2>Tables</h2><div class="scroll" tabindex="0" role="region" aria-label="Tables"><table class="stack">
            <thead><tr><th scope="col">Table</th><th scope="col">Kind</th><th scope="col">Why</th><th scope="col">Owner</th>\
            <th scope="col" class="n">Rows published</th><th scope="col">Last run</th></tr></thead>
            <tbody>\(rows)</tbody></table></div></section>
            """
    }

    private func words(_ table: DocsTable) -> String {
        let parts =
            [table.name, table.kind.rawValue, table.why ?? "", table.owner ?? ""] + table.tags
            + table.columns.map(\.name)
        return parts.joined(separator: " ").lowercased()
    }

    private var picture: HTML? {
        if site.tables.isEmpty { return nil }
        guard let layout = LineageLayout.all(site.inputs) else {
            return
                "<section><h2>Lineage</h2><p>There are too many tables for one picture; each table's page has its own.</p></section>"
        }
        let svg = LineagePicture.svg(
            layout, center: nil, link: { site.link(to: $0, fromTable: false) }, kind: site.kind(of:))
        return
            "<section><h2>Lineage</h2>\(svg)<p class=\"soft\">Each table's page says in words what it reads and what reads it.</p></section>"
    }
}
