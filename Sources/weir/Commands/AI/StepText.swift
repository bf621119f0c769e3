import WeirAI
import WeirCore
import WeirPipeline

/// AI steps for people.
enum StepText {
    static func forecast(_ forecast: AIForecast, of name: TableName, _ style: Style) -> String {
        let head = style(name.description, .strong)
        let rows = Figures.count(Int64(forecast.rows), "row")
        if forecast.open == 0 { return "\(head) asks nothing: all answers for its \(rows) are kept" }
        let kept = forecast.known > 0 ? ", \(Figures.count(forecast.known)) answers are kept" : ""
        let cost =
            forecast.cost.map { "about \($0)" } ?? (forecast.isFree ? "which costs nothing" : "no price is known")
        let model = forecast.model.isEmpty ? "" : " of \(forecast.model)"
        let rough = forecast.isRough ? "; its inputs change first, so there may be more" : ""
        let from =
            forecast.earlierCalls > 0
            ? " (from \(Figures.count(Int64(forecast.earlierCalls), "earlier call")))" : ""
        let way =
            forecast.isBatch ? "through the batch service" : "in \(Figures.count(Int64(forecast.calls), "call"))"
        return
            "\(head) asks \(Figures.count(Int64(forecast.open), "question")) for \(rows) \(way)\(model), \(cost)\(from)\(kept)\(rough)"
    }

    static func progress(_ progress: AskingProgress) -> String {
        let batch = progress.inBatches > 0 ? ", \(Figures.count(progress.inBatches)) with the batch service" : ""
        return
            "\(Figures.count(progress.done)) of \(Figures.count(progress.total)) answered, \(Int(progress.tokensPerSecond)) tokens/s, \(progress.spent) spent, about \(progress.toCome) to come\(batch)"
    }

    static func report(_ report: AskingReport, of name: TableName) -> String {
        var parts = ["\(Figures.count(Int64(report.asked), "question")) asked"]
        if report.known > 0 { parts.append("\(Figures.count(report.known)) answers were kept") }
        if report.blank > 0 { parts.append("\(Figures.count(Int64(report.blank), "row")) had nothing to ask about") }
        if report.invalid > 0 { parts.append("\(Figures.count(report.invalid)) without a valid answer") }
        if report.calls > 0 {
            let tokens = Figures.count(Int(report.inputTokens + report.outputTokens))
            let price = report.unpriced == report.calls ? "no price known" : "\(report.cost)"
            parts.append("\(Figures.count(Int64(report.calls), "call")), \(tokens) tokens, \(price)")
        }
        return "\(name): \(parts.joined(separator: ", "))"
    }
}
