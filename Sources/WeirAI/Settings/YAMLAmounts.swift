import WeirCore

extension YAMLMap {
    /// An amount of US dollars, written like `$2.50`; nil where there is none, or a mistake that is reported.
    public func money(_ key: String) -> Money? {
        guard let text = string(key) else { return nil }
        if let money = Money(text) { return money }
        report(
            "yaml.wrong-type", "\"\(text.prefix(40))\" is no amount of US dollars", hint: "write it like $2.50",
            key: key)
        return nil
    }

    /// A whole number above zero; nil where there is none, or a mistake that is reported.
    public func positive(_ key: String) -> Int? {
        guard let number = int(key) else { return nil }
        if number > 0 { return number }
        report("yaml.wrong-value", "\(key) must be above zero", key: key)
        return nil
    }

    /// A budget's `limit`, `soft` and `per`; nil where there is no limit.
    ///
    /// - Parameter usual: how long it holds where the map does not say so.
    public func budget(per usual: Budget.Period) -> Budget? {
        let limit = money("limit")
        if !has("limit") { report("yaml.missing-key", "a budget needs the key \"limit\"") }
        let soft = money("soft")
        let period = choice("per", Budget.Period.self) ?? usual
        return limit.map { Budget(limit: $0, soft: soft, per: period) }
    }
}
