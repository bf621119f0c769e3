import Foundation
import WeirCore
import WeirStore

/// A limit on what may be spent.
public struct Budget: Sendable, Hashable {
    public enum Period: String, Sendable, Hashable, Codable, CaseIterable {
        case day, month, run
        /// For as long as the project lives.
        case total
    }

    public var limit: Money
    /// Warns from here on.
    public var soft: Money?
    public var period: Period
    /// Counts only this model, or all.
    public var model: String?
    /// Counts only this table's steps, or all.
    public var node: String?

    public init(
        limit: Money, soft: Money? = nil, per period: Period = .total, model: String? = nil, node: String? = nil
    ) {
        self.limit = limit
        self.soft = soft
        self.period = period
        self.model = model
        self.node = node
    }

    /// How people name it: `$20.00 a day for claude-opus-5-5`.
    public var name: String {
        let each =
            switch period {
            case .day: " a day"
            case .month: " a month"
            case .run: " a run"
            case .total: " in all"
            }
        return "\(limit)\(each)\(model.map { " for \($0)" } ?? "")\(node.map { " in \($0)" } ?? "")"
    }

    func applies(model: String, tag: AICallTag) -> Bool {
        if let wanted = self.model, wanted != model { return false }
        if let wanted = node, wanted != tag.node { return false }
        return period != .run || tag.runID != nil
    }

    /// The account in the state store that this budget is kept in. Its key leaves the limit out, so that raising it
    /// keeps what was spent.
    public func account(at date: Date, runID: String?) -> SpendAccount {
        let day = String(UTC.text(date).prefix(10))
        let window: String
        var since: Date?
        switch period {
        case .day:
            window = day
            since = UTC.date("\(day)T00:00:00Z")
        case .month:
            window = String(day.prefix(7))
            since = UTC.date("\(window)-01T00:00:00Z")
        case .run: window = runID ?? ""
        case .total: window = ""
        }
        return SpendAccount(
            key: "\(period.rawValue)|\(model ?? "")|\(node ?? "")", window: window, limit: limit.pico, since: since,
            runID: period == .run ? runID : nil, model: model, node: node)
    }
}
