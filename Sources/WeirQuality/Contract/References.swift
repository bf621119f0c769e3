import WeirCore

/// Finds what the references of a contract point to.
struct References {
    let objects: [ObjectHeader]
    /// The object whose relationships are read.
    let own: ObjectHeader

    enum Target {
        case column(table: String, column: String)
        /// A property of another contract's object.
        case linked(file: String, object: String, property: String)
        /// Well formed, and beyond what can be checked.
        case elsewhere(why: String)
    }

    /// Reads `object.property`, `schema.table.column`, `schema/<id>/properties/<id>` and
    /// `file.yaml#schema/…`. Reports a reference that leads nowhere.
    func resolve(_ value: YAMLValue) -> Target? {
        guard let text = value.string() else { return nil }
        if text.contains("#") {
            return ContractLink.parse(text).map { .linked(file: $0.file, object: $0.object, property: $0.property) }
                ?? .elsewhere(why: "\"\(text)\" points into another contract, and at no property of it")
        }
        return text.contains("/") ? resolvePath(text, value) : resolveNames(text, value)
    }

    private func resolvePath(_ text: String, _ value: YAMLValue) -> Target? {
        let parts = text.split(separator: "/").map(String.init)
        guard parts.count >= 4, parts[0] == "schema", parts[2] == "properties" else {
            value.report(
                "contract.bad-reference", "\"\(text)\" is not a reference",
                hint: "write object.property or schema/<id>/properties/<id>")
            return nil
        }
        guard let object = objects.first(where: { $0.id == parts[1] }) ?? objects.first(where: { $0.name == parts[1] })
        else {
            unknown("the contract has no object with the id \"\(parts[1])\"", parts[1], objects.compactMap(\.id), value)
            return nil
        }
        guard
            let column = object.columns.first(where: { $0.id == parts[3] })
                ?? object.columns.first(where: { $0.name == parts[3] })
        else {
            unknown(
                "\(object.name) has no property with the id \"\(parts[3])\"", parts[3], object.columns.compactMap(\.id),
                value)
            return nil
        }
        if parts.count > 4 { return .elsewhere(why: "a key inside an object cannot be looked up") }
        return .column(table: object.physicalName ?? object.name, column: column.columnName)
    }

    private func resolveNames(_ text: String, _ value: YAMLValue) -> Target? {
        // An object's own name may hold dots: the longest one that fits counts.
        let fitting = objects.filter { !$0.name.isEmpty && text.lowercased().hasPrefix($0.name.lowercased() + ".") }
        if let object = fitting.max(by: { $0.name.count < $1.name.count }) {
            let name = String(text.dropFirst(object.name.count + 1))
            if let column = object.columns.first(where: { $0.name.lowercased() == name.lowercased() }) {
                return .column(table: object.physicalName ?? object.name, column: column.columnName)
            }
            if let first = name.split(separator: ".").first, object.columns.contains(where: { $0.name == first }) {
                return .elsewhere(why: "a key inside an object cannot be looked up")
            }
            unknown("\(object.name) has no property \"\(name)\"", name, object.columns.map(\.name), value)
            return nil
        }
        guard let dot = text.lastIndex(of: "."), dot != text.startIndex, text.index(after: dot) != text.endIndex else {
            value.report(
                "contract.bad-reference", "\"\(text)\" is not a reference",
                hint: "write object.property, or schema.table.column for a table outside this contract")
            return nil
        }
        return .column(table: String(text[..<dot]), column: String(text[text.index(after: dot)...]))
    }

    private func unknown(_ message: String, _ name: String, _ known: [String], _ value: YAMLValue) {
        value.report("contract.unknown-reference", message, hint: DidYouMean.hint(for: name, among: known))
    }
}
