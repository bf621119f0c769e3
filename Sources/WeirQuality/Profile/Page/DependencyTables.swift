import WeirCore

/// What the page says of columns that follow from others.
struct DependencyTables {
    let dependencies: DependencyFacts?

    var html: HTML {
        guard let dependencies else {
            return
                "<h3>Columns that follow from others</h3><p class=\"soft\">Not looked for; <code>--dependencies</code> does.</p>"
        }
        return """
            \(ProfilePage.table("Columns that follow from others", Self.heads, dependencies.exact.map(row)))
            \(ProfilePage.table("Columns that follow from others but for a few rows", Self.heads, dependencies.approximate.map(row)))
            <p class="soft">\(dependencies.summary)</p>
            """
    }

    private static let heads = ["from", "follows", "rows that differ", "rows that could", "plausible"]

    private func row(_ dependency: Dependency) -> HTML {
        "<tr><th scope=\"row\">\(dependency.from.joined(separator: " + "))</th><td>\(dependency.to)</td><td class=\"n\">\(Figures.count(dependency.violations))</td><td class=\"n\">\(Figures.count(dependency.repeats))</td><td class=\"n\">\(Percent.fraction(dependency.plausibility))</td></tr>"
    }
}

extension DependencyFacts {
    /// How much was searched, and what else there is, in one or two sentences.
    public var summary: String {
        var parts = [
            "\(Figures.count(Int64(minimal), "minimal dependency", "minimal dependencies")) of \(Figures.count(Int64(columns.count), "column")) in \(Figures.count(Int64(rows), "row"))"
        ]
        if fromKeys > 0 { parts.append("\(Figures.count(fromKeys)) of them only because the left side is a key") }
        if let sampledFrom {
            parts.append("searched in a sample, then counted on all \(Figures.count(Int64(sampledFrom), "row"))")
        }
        if let completeUpTo {
            parts.append(
                completeUpTo < 1
                    ? "the time was too short to prove any"
                    : "complete up to \(Figures.count(Int64(completeUpTo), "column")) on the left")
        }
        return parts.joined(separator: "; ") + "."
    }
}
