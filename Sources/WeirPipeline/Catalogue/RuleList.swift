import WeirQuality

extension TableContract {
    /// What the contract asks of one column, in words; `primary key` first.
    func words(for column: String) -> [String] {
        let key = column.lowercased()
        var words = rules.filter { $0.columns.count == 1 && $0.columns[0].root.lowercased() == key }.map { rule in
            rule.columns[0].parts.count > 1 ? "\(rule.columns[0]): \(rule.words)" : rule.words
        }
        if primaryKey.contains(where: { $0.lowercased() == key }) { words.insert("primary key", at: 0) }
        return words
    }
}
