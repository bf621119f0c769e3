import WeirCore

/// The page of one table.
struct TablePage {
    let table: DocsTable
    let site: DocsSite.Context

    func html() -> String {
        let body: HTML = """
            <header><nav aria-label="Breadcrumb"><a href="../index.html">\(site.model.project)</a></nav>
            <h1>\(table.name)</h1>\(why)</header>
            <main id="main">
            \(facts)\(list("Decisions", table.decisions))\(lineage)\(columns)\(list("Rules of the table", table.rules))\
            \(sql)\(tests)\(runs)
            </main>
            """
        return DocsLook.page(title: "\(table.name) – \(site.model.project)", body: body)
    }

    private var why: HTML {
        guard let why = table.why, !why.isEmpty else {
            return "<p class=\"soft\">Nobody has written down why this table is there.</p>"
        }
        return "<p class=\"why pre\">\(why)</p>"
    }

    private var facts: HTML {
        func fact(_ name: String, _ value: String?) -> HTML? {
            value.map { "<dt>\(name)</dt><dd>\($0)</dd>" }
        }
        let tags: [HTML] = table.tags.map { "<span class=\"tag\">\($0)</span>" }
        let tagFact: HTML? = tags.isEmpty ? nil : "<dt>Tags</dt><dd>\(tags)</dd>"
        return """
            <dl>\(fact("Kind", table.kind.rawValue))\(fact("Strategy", table.strategy))\(fact("Owner", table.owner))\
            \(fact("Reads from", table.origin))\(fact("Defined in", table.file))\(fact("Contract", table.contract))\
            \(tagFact)</dl>
            """
    }

    private func list(_ title: String, _ items: [String]) -> HTML? {
        if items.isEmpty { return nil }
        let entries: [HTML] = items.map { "<li class=\"pre\">\($0)</li>" }
        return "<section><h2>\(title)</h2><ul>\(entries)</ul></section>"
    }

    private var lineage: HTML {
        let layout = LineageLayout.around(table.name, inputs: site.inputs, readers: site.readers)
        let picture = LineagePicture.svg(
            layout, center: table.name, link: { site.link(to: $0, fromTable: true) }, kind: site.kind(of:))
        let more: HTML? =
            layout.hidden > 0 ? "<p class=\"soft\">\(layout.hidden) tables further away are not drawn.</p>" : nil
        return """
            <section><h2>Lineage</h2>\(picture)\(more)
            <p>Reads: \(links(Set(table.inputs).sorted())).</p><p>Read by: \(links(site.readers[table.name] ?? [])).</p></section>
            """
    }

    private func links(_ names: [String]) -> HTML {
        if names.isEmpty { return "nothing in this project" }
        let parts: [HTML] = names.enumerated().map { index, name in
            let comma: HTML? = index == 0 ? nil : ", "
            guard let address = site.link(to: name, fromTable: true) else { return "\(comma)\(name)" }
            return "\(comma)<a href=\"\(address)\">\(name)</a>"
        }
        return "\(parts)"
    }

    private var columns: HTML? {
        if table.columns.isEmpty { return nil }
        func items(_ texts: [String]) -> HTML? {
            if texts.isEmpty { return nil }
            let entries: [HTML] = texts.map { "<li>\($0)</li>" }
            return "<ul>\(entries)</ul>"
        }
        let rows: [HTML] = table.columns.map {
            """
            <tr><th scope="row"><code>\($0.name)</code></th><td><code>\($0.type)</code></td>\
            <td class="pre">\($0.description ?? "")</td><td data-label="Contract">\(items($0.rules))</td>\
            <td data-label="Made of">\(items($0.madeOf))</td></tr>

            """
        }
        return """
            <section><h2>Columns</h2><div class="scroll" tabindex="0" role="region" aria-label="Columns"><table class="stack">
            <thead><tr><th scope="col">Name</th><th scope="col">Type</th><th scope="col">Description</th>\
            <th scope="col">Contract</th><th scope="col">Made of</th></tr></thead>
            <tbody>\(rows)</tbody></table></div></section>
            """
    }

    private var sql: HTML? {
        table.sql.map { "<section><h2>SQL</h2><pre tabindex=\"0\"><code>\($0)</code></pre></section>" }
    }

    private var tests: HTML {
        if table.tests.isEmpty {
            return "<section><h2>Tests</h2><p class=\"soft\">This table has no test.</p></section>"
        }
        let entries: [HTML] = table.tests.map { test in
            let state: HTML? =
                switch test.passed {
                case true?: " <span class=\"good\">✓ passed</span>"
                case false?: " <span class=\"bad\">✗ failed</span>"
                case nil: nil
                }
            let time: HTML? = test.at.map { " <span class=\"soft\">\(DocsSite.time($0))</span>" }
            let file: HTML? = test.file.map { " <span class=\"soft\">– \($0)</span>" }
            return "<li>\(test.name)\(state)\(time)\(file)</li>"
        }
        return "<section><h2>Tests</h2><ul>\(entries)</ul></section>"
    }

    private var runs: HTML {
        if table.runs.isEmpty {
            return "<section><h2>Last runs</h2><p class=\"soft\">It has not been run.</p></section>"
        }
        func number(_ value: Int64?) -> HTML { "<td class=\"n\">\(value.map { Figures.count($0) } ?? "–")</td>" }
        let rows: [HTML] = table.runs.map { run in
            """
            <tr><th scope="row"><code>\(run.id)</code></th><td class="k">\(DocsSite.time(run.startedAt))</td>\
            <td class="\(DocsSite.tone(run.status))">\(run.status)</td>\
            <td class="n">\(Figures.duration(milliseconds: run.durationMs))</td>\(number(run.rowsIn))\
            \(number(run.rowsPublished))\(number(run.rowsQuarantined))\(number(run.rowsFiltered))\
            <td>\(run.reason ?? "")</td></tr>

            """
        }
        return """
            <section><h2>Last runs</h2><p class="soft">Rows in = published + quarantined + filtered by the model.</p>
            <div class="scroll" tabindex="0" role="region" aria-label="Last runs"><table>
            <thead><tr><th scope="col">Run</th><th scope="col">Started</th><th scope="col">Status</th>\
            <th scope="col" class="n">Time</th><th scope="col" class="n">Rows in</th><th scope="col" class="n">Published</th>\
            <th scope="col" class="n">Quarantined</th><th scope="col" class="n">Filtered</th><th scope="col">Why</th></tr></thead>
            <tbody>\(rows)</tbody></table></div></section>
            """
    }
}
