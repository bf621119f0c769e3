import WeirCore

/// A profile as one page that works from a file: charts are inline SVG, nothing is fetched, and without scripts
/// everything can still be read.
public struct ProfilePage {
    public let profile: DataProfile
    /// A second profile to stand beside the first.
    public let other: DataProfile?

    public init(profile: DataProfile, other: DataProfile? = nil) {
        self.profile = profile
        self.other = other
    }

    public var html: String {
        let body: HTML = """
            <header>
            <h1>\(profile.target)</h1>
            <p class="facts">\(facts)</p>
            \(sample)
            <p class="jump"><a href="#findings">What stands out</a> <a href="#columns">Columns</a> <a href="#together">Together</a>\(other == nil ? nil : HTML?(" <a href=\"#against\">Side by side</a>"))</p>
            </header>
            <main id="main">
            \(findings)
            \(against)
            <section id="columns"><h2>Columns</h2>
            <p class="search" hidden><label for="q">Find a column</label> <input id="q" type="search" autocomplete="off"> <span id="found" role="status"></span></p>
            \(overview)
            \(profile.columns.enumerated().map { ColumnCard(facts: $0.element, rows: profile.rows, number: $0.offset).html })
            </section>
            \(together)
            </main>
            <footer><p>Made by Weir with \(profile.engine). Findings are observations about these rows, not rules.</p></footer>
            """
        return PageLook.page(title: "Profile of \(profile.target)", body: body)
    }

    private var facts: String {
        var parts = [Figures.count(Int64(profile.rows), "row"), Figures.count(Int64(profile.columns.count), "column")]
        if let bytes = profile.bytes { parts.append(Figures.bytes(Int64(bytes))) }
        if profile.unreadableRows > 0 { parts.append("\(Figures.count(profile.unreadableRows)) unreadable") }
        if let doubles = profile.table.duplicateRows { parts.append("\(Figures.count(doubles)) duplicate") }
        return parts.joined(separator: " · ")
    }

    private var sample: HTML? {
        profile.sample.map { sample in
            let of = sample.of.map { " of \(Figures.count($0))" } ?? ""
            return
                "<p class=\"warn\">These figures are of a sample of \(Figures.count(profile.rows))\(of) rows: \(sample.why).</p>"
        }
    }

    // MARK: Findings

    private var findings: HTML {
        if profile.findings.isEmpty {
            return "<section id=\"findings\"><h2>What stands out</h2><p>Nothing.</p></section>"
        }
        let items: [HTML] = profile.findings.map { finding in
            let sql = finding.sql.map { text -> HTML in "<p>See the rows:</p><pre>\(text)</pre>" }
            let check = finding.check.map { text -> HTML in "<p>Guard against it in the contract:</p><pre>\(text)</pre>"
            }
            let more: HTML? =
                sql == nil && check == nil
                ? nil : "<details><summary>Evidence and check</summary>\(sql)\(check)</details>"
            return
                "<li class=\"\(finding.weight.word)\"><span class=\"weight\">\(finding.weight.word)</span> \(finding.message)\(more)</li>"
        }
        return
            "<section id=\"findings\"><h2>What stands out <span class=\"soft\">\(profile.findings.count)</span></h2><ul class=\"findings\">\(items)</ul></section>"
    }

    private var against: HTML? {
        guard let other else { return nil }
        let pair = ProfilePair(first: profile, second: other)
        let rows: [HTML] = pair.changes.map {
            "<tr><th scope=\"row\">\($0.column.isEmpty ? "(table)" : $0.column)</th><td>\($0.what)</td><td>\($0.first)</td><td>\($0.second)</td></tr>"
        }
        return """
            <section id="against"><h2>Side by side</h2><p>\(profile.target) and \(other.target)</p>
            <div class="scroll" tabindex="0"><table><thead><tr><th scope="col">column</th><th scope="col">what</th><th scope="col">first</th><th scope="col">second</th></tr></thead><tbody>\(rows)</tbody></table></div></section>
            """
    }

    // MARK: Columns

    private var overview: HTML {
        let rows: [HTML] = profile.columns.enumerated().map { number, facts in
            """
            <tr data-find="\(facts.name.lowercased()) \(facts.type.lowercased()) \(facts.meaning?.kind.words ?? "")"><th scope="row"><a href="#c\(number)">\(facts.name)</a></th><td>\(facts.type.prefix(40).description)</td><td class="n">\(facts.nulls == 0 ? "" : Percent.text(facts.nulls, of: profile.rows))</td><td class="n">\(facts.distinct.isExact ? "" : "≈ ")\(Figures.count(facts.distinct.count))</td><td>\(facts.meaning?.kind.words ?? "")</td></tr>
            """
        }
        return """
            <div class="scroll" tabindex="0"><table><thead><tr><th scope="col">column</th><th scope="col">type</th><th scope="col" class="n">missing</th><th scope="col" class="n">distinct</th><th scope="col">what it is</th></tr></thead><tbody>\(rows)</tbody></table></div>
            """
    }

    // MARK: Together

    private var together: HTML {
        let keys: [HTML] = profile.table.keys.map {
            "<tr><th scope=\"row\">\($0.columns.joined(separator: " + "))</th><td class=\"n\">\(Figures.count($0.duplicates))</td><td class=\"n\">\(Percent.fraction($0.plausibility))</td></tr>"
        }
        let related: [HTML] = profile.table.correlations.map {
            "<tr><th scope=\"row\">\($0.first)</th><th scope=\"row\">\($0.second)</th><td>\($0.kind == .cramersV ? "Cramér's V" : $0.kind == .pearson ? "Pearson" : "Spearman")</td><td class=\"n\">\(Percent.fraction($0.value))</td></tr>"
        }
        let missing: [HTML] = profile.table.missing.map {
            "<tr><th scope=\"row\">\($0.columns.joined(separator: ", "))</th><td class=\"n\">\(Figures.count($0.rows))</td><td class=\"n\">\(Percent.text($0.rows, of: profile.rows))</td></tr>"
        }
        return """
            <section id="together"><h2>Together</h2>
            \(Self.table("Keys: columns that tell every row from every other", ["columns", "rows too many", "plausible"], keys))
            \(DependencyTables(dependencies: profile.table.dependencies).html)
            \(Self.table("Columns that go together (in a sample)", ["column", "with", "measure", "value"], related))
            \(Self.table("Columns that are missing in the same rows", ["columns", "rows", "share"], missing))
            </section>
            """
    }

    static func table(_ title: String, _ heads: [String], _ rows: [HTML]) -> HTML {
        if rows.isEmpty { return "<h3>\(title)</h3><p class=\"soft\">None.</p>" }
        let cells: [HTML] = heads.map { "<th scope=\"col\">\($0)</th>" }
        return
            "<h3>\(title)</h3><div class=\"scroll\" tabindex=\"0\"><table><thead><tr>\(cells)</tr></thead><tbody>\(rows)</tbody></table></div>"
    }
}
