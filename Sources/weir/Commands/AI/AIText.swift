import WeirAI
import WeirCore
import WeirPipeline
import WeirStore

/// What the commands about AI services print for people.
enum AIText {
    static func usage(_ lines: [UsageLine], by grouping: UsageGrouping, on terminal: Terminal) -> String {
        if lines.isEmpty { return "Nothing was asked." }
        var table = TextTable(
            [
                grouping.rawValue, "calls", "failed", "cached", "tokens in", "from cache", "tokens out", "cost",
            ], alignments: [.left, .right, .right, .right, .right, .right, .right, .right])
        for line in lines {
            table.add([
                line.name.isEmpty ? "–" : line.name, Figures.count(line.calls), Figures.count(line.failed),
                Figures.count(line.cached), Figures.count(line.inputTokens), Figures.count(line.cacheReadTokens),
                Figures.count(line.outputTokens), line.cost.description,
            ])
        }
        let sum = lines.reduce(Money.zero) { $0 + $1.cost }
        let unpriced = lines.reduce(0) { $0 + $1.unpriced }
        let note =
            unpriced > 0 ? " \(Figures.count(unpriced, "try", "tries")) had no known price and is not in it." : ""
        return "\(table.render(on: terminal))\n\nIn all \(terminal.style(sum.description, .strong)).\(note)"
    }

    /// Lines end in a line feed each but the last, as `print` adds it.
    static func csv(_ lines: [UsageLine], by grouping: UsageGrouping) -> String {
        let head =
            "\(grouping.rawValue),calls,attempts,failed,cached,input_tokens,cache_read_tokens,output_tokens,cost_usd,unpriced"
        let rows = lines.map { line in
            // RFC 4180: a quote inside quotes is doubled.
            let name =
                line.name.contains { ",\"\r\n".contains($0) }
                ? "\"\(line.name.replacing("\"", with: "\"\""))\"" : line.name
            let figures = [
                line.calls, line.attempts, line.failed, line.cached, line.inputTokens, line.cacheReadTokens,
                line.outputTokens,
            ].map(String.init)
            return ([name] + figures + [line.cost.exact, String(line.unpriced)]).joined(separator: ",")
        }
        return ([head] + rows).joined(separator: "\n")
    }

    static func budgets(_ budgets: [BudgetState], on terminal: Terminal) -> String {
        if budgets.isEmpty { return "No budget is set. `ai: budgets:` in weir.yaml sets one." }
        var table = TextTable(["per", "for", "limit", "spent", "set aside", "left", "status"])
        for budget in budgets {
            let subject = [budget.model, budget.table].compactMap(\.self).joined(separator: " in ")
            let tone: Tone = budget.status == "ok" ? .good : budget.status == "soft" ? .warning : .bad
            table.add([
                .init(budget.per.rawValue), .init(subject.isEmpty ? "everything" : subject),
                .init(budget.limit.description), .init(budget.spent.description), .init(budget.reserved.description),
                .init(budget.left.description), .init(budget.status, tone),
            ])
        }
        return table.render(on: terminal)
    }

    static func models(_ models: [AIModelReport], on terminal: Terminal) -> String {
        var table = TextTable(["provider", "model", "kind", "reads", "writes", "in $/M", "out $/M"])
        for model in models {
            table.add([
                model.provider, model.model, model.kind ?? "–", model.maxInputTokens.map(Figures.count) ?? "–",
                model.maxOutputTokens.map(Figures.count) ?? "–", price(model.inputPrice), price(model.outputPrice),
            ])
        }
        return table.render(on: terminal)
    }

    static func prices(_ report: AIPriceReport, on terminal: Terminal) -> String {
        var table = TextTable(["model", "in $/M", "out $/M", "from cache $/M", "ends"])
        for entry in report.prices {
            table.add([
                entry.model, price(entry.inputPrice), price(entry.outputPrice), price(entry.cacheReadPrice),
                entry.ends ?? "",
            ])
        }
        return "\(table.render(on: terminal))\n\nPrices of \(report.version), in US dollars for a million tokens."
    }

    private static func price(_ money: Money?) -> String { money.map { String($0.description.dropFirst()) } ?? "–" }
}
