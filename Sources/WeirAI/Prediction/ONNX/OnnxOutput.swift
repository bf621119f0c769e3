import WeirCore

/// The output of a model that is taken: the one of the column's name, else the first.
struct OnnxOutput: Sendable, Hashable {
    let port: OnnxPort

    /// - Throws: `ai.onnx-output` where it is nothing that a column could hold.
    init(_ outputs: [OnnxPort], named name: String) throws {
        guard let port = outputs.first(where: { $0.name.lowercased() == name.lowercased() }) ?? outputs.first else {
            throw WeirError("ai.onnx-output", "the model has no outputs")
        }
        guard let element = port.element, element != .float16 else {
            let others = outputs.filter { $0.element != nil && $0 != port }.map(\.name)
            throw WeirError(
                "ai.onnx-output", "the output \"\(port.name)\" is \(port.words), which no column can hold",
                hint: port.element == nil
                    ? "export a scikit-learn model with options={\"zipmap\": False}"
                        + (others.isEmpty
                            ? "" : ", or name another output under `column:` (\(others.joined(separator: ", ")))")
                    : "export the model with an output of float")
        }
        self.port = port
    }

    /// Holds what comes out against the type of the column, as far as the model tells it beforehand.
    ///
    /// - Parameter type: as the step names it; nil for DOUBLE.
    func check(type: String?) throws {
        let named = (type ?? "DOUBLE").uppercased()
        let isList = named.hasSuffix("]")
        let width = port.shape.count == 2 ? port.shape[1] : 1
        if width > 1, !isList {
            throw WeirError(
                "ai.onnx-output", "the output \"\(port.name)\" is \(width) values a row, and the column takes one",
                hint: "say `type: \(usualType)[]`")
        }
        let inner = named.split(separator: "[").first.map(String.init) ?? named
        let isNumber =
            inner.hasSuffix("INT") || ["INTEGER", "FLOAT", "DOUBLE", "REAL"].contains(inner)
            || inner.hasPrefix("DECIMAL") || inner.hasPrefix("NUMERIC")
        let isWhole = inner.hasSuffix("INT") || inner == "INTEGER"
        let fits: Bool
        switch port.element {
        case .text: fits = !isNumber && inner != "BOOLEAN"
        case .bool: fits = !isNumber
        case .float, .double: fits = !isWhole && inner != "BOOLEAN"
        default: fits = inner != "BOOLEAN"
        }
        guard !fits else { return }
        throw WeirError(
            "ai.onnx-output",
            "the output \"\(port.name)\" is \(port.words), which a column of type \(type ?? "DOUBLE") cannot hold",
            hint: "say `type: \(usualType)\(isList ? "[]" : "")`, or name another output under `column:`")
    }

    private var usualType: String {
        switch port.element {
        case .text: "VARCHAR"
        case .bool: "BOOLEAN"
        case .float, .double: "DOUBLE"
        default: "BIGINT"
        }
    }

    /// The values of some rows, those of a row side by side.
    ///
    /// - Throws: `ai.onnx-output` where they are not so many rows, or a row is more than a list.
    func values(of tensor: OnnxTensor, rows: Int) throws -> [JSONValue] {
        let isOneRow = rows == 1 && tensor.shape.isEmpty
        guard isOneRow || (tensor.shape.first == Int64(rows) && (1...2).contains(tensor.shape.count)) else {
            let shape = tensor.shape.map { "\($0)" }.joined(separator: " × ")
            throw WeirError(
                "ai.onnx-output",
                "\(rows) rows went in, and the output \"\(port.name)\" is \(shape.isEmpty ? "one value" : shape)",
                hint: "export a model that gives a value, or a list of values, for each row")
        }
        return tensor.values
    }
}
