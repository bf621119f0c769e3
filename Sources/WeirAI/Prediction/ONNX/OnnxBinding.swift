import WeirCore

/// How the features of a step become the inputs of a model: each input takes the feature of its name, or the only input
/// takes all of them side by side, in their order.
struct OnnxBinding: Sendable, Hashable {
    private enum Feed: Hashable {
        /// For each input the place of its feature.
        case named([Int])
        /// The columns of one matrix.
        case matrix
    }

    let inputs: [OnnxPort]
    private let feed: Feed
    /// Some models are exported for one row at a time.
    let takesOneRow: Bool

    /// - Throws: `ai.onnx-input`, with every mistake at once.
    init(_ inputs: [OnnxPort], to features: [PredictionFeature]) throws {
        self.inputs = inputs
        let found = inputs.map { port in
            features.firstIndex { $0.name.lowercased() == port.name.lowercased() }
        }
        let named = found.compactMap(\.self)
        let isWide = inputs.contains { $0.shape.count == 2 && $0.shape[1] > 1 }
        if named.count == inputs.count, named.count == features.count, !isWide {
            feed = .named(named)
        } else if inputs.count == 1, features.count == 1, inputs[0].shape.count == 1 {
            feed = .named([0])
        } else if inputs.count == 1, inputs[0].shape.count == 2, found[0] == nil || features.count > 1 {
            feed = .matrix
        } else {
            throw Self.unmatched(inputs, found, features)
        }
        let rows = Set(inputs.compactMap(\.shape.first))
        takesOneRow = rows.contains(1)
        var mistakes = Self.shapeMistakes(inputs, isMatrix: feed == .matrix, features)
        for (index, port) in inputs.enumerated() {
            let given = feed == .matrix ? features : [features[named.isEmpty ? 0 : named[index]]]
            mistakes += given.compactMap { Self.mistake($0, for: port) }
        }
        try mistakes.throwIfAny()
    }

    /// The inputs of some rows.
    ///
    /// - Throws: `ai.onnx-value` where a value is one that its input cannot hold.
    func tensors(
        _ features: [PredictionFeature], rows: Range<Int>
    ) throws -> [(name: String, tensor: OnnxTensor)] {
        let count = Int64(rows.count)
        switch feed {
        case .named(let places):
            return try zip(inputs, places).map { port, place in
                let feature = features[place]
                return (
                    port.name,
                    try Self.tensor(
                        Array(feature.values[rows]), port, shape: port.shape.count == 2 ? [count, 1] : [count]
                    ) { (feature, $0) }
                )
            }
        case .matrix:
            let width = features.count
            let values = rows.flatMap { row in features.map { $0.values[row] } }
            return [
                (
                    inputs[0].name,
                    try Self.tensor(values, inputs[0], shape: [count, Int64(width)]) { (features[$0 % width], $0) }
                )
            ]
        }
    }

    private static func tensor(
        _ values: [JSONValue], _ port: OnnxPort, shape: [Int64],
        feature: (Int) -> (PredictionFeature, Int)
    ) throws -> OnnxTensor {
        switch OnnxTensor.packing(values, as: port.element ?? .float16, shape: shape) {
        case .success(let tensor): return tensor
        case .failure(let misfit):
            let (owner, place) = feature(misfit.index)
            throw WeirError(
                "ai.onnx-value",
                "\(owner.name) is \(values[place].line), which the input \"\(port.name)\" (\(port.words)) cannot hold")
        }
    }

    // MARK: Mistakes

    private static func unmatched(
        _ inputs: [OnnxPort], _ found: [Int?], _ features: [PredictionFeature]
    ) -> WeirError {
        let known = inputs.map { "\($0.name) (\($0.words))" }.joined(separator: ", ")
        var mistakes: [WeirError] = []
        let free = features.filter { feature in
            !inputs.contains { $0.name.lowercased() == feature.name.lowercased() }
        }
        for (port, place) in zip(inputs, found) where place == nil {
            let near = DidYouMean.closest(to: port.name, among: free.map(\.name))
            mistakes.append(
                WeirError(
                    "ai.onnx-input", "the model takes an input \"\(port.name)\", and `input:` names no such column",
                    hint: near.map { "is \"\($0)\" meant? Write \($0) AS \(port.name) in the SELECT" }
                        ?? "it takes \(known)"))
        }
        for feature in free {
            mistakes.append(
                WeirError(
                    "ai.onnx-input", "the model takes no input \"\(feature.name)\"", hint: "it takes \(known)"))
        }
        if mistakes.isEmpty {
            mistakes.append(
                WeirError(
                    "ai.onnx-input", "the model takes several numbers a row in one input, beside others: \(known)",
                    hint: "export it with an input for each column, or with one for all of them"))
        }
        return .gathering("ai.onnx-input", { "the model's inputs and `input:` differ in \($0) ways" }, mistakes)
    }

    private static func shapeMistakes(
        _ inputs: [OnnxPort], isMatrix: Bool, _ features: [PredictionFeature]
    ) -> [WeirError] {
        inputs.compactMap { port in
            if let rows = port.shape.first, rows > 1 {
                return WeirError(
                    "ai.onnx-input", "the input \"\(port.name)\" takes exactly \(rows) rows at once",
                    hint: "export the model with a first dimension of any length")
            }
            if port.element != nil, port.shape.isEmpty || port.shape.count > 2 {
                return WeirError(
                    "ai.onnx-input",
                    "the input \"\(port.name)\" has \(port.shape.count) dimensions; rows of columns have one or two",
                    hint: "export the model with an input for each column, or with one for all of them")
            }
            if isMatrix, port.shape[1] >= 0, Int(port.shape[1]) != features.count {
                return WeirError(
                    "ai.onnx-input",
                    "the model takes \(port.shape[1]) columns, and `input:` names \(features.count): \(features.map(\.name).joined(separator: ", "))",
                    hint: "name them in the order in which the model was trained")
            }
            return nil
        }
    }

    private static func mistake(_ feature: PredictionFeature, for port: OnnxPort) -> WeirError? {
        guard let element = port.element, element != .float16 else {
            return WeirError(
                "ai.onnx-input", "the input \"\(port.name)\" is \(port.words), which Weir cannot fill",
                hint: "export the model with inputs of float, double, int64, int32, bool or string")
        }
        let wanted: String?
        switch (element, feature.datatype) {
        case (.text, .text), (.bool, .truth): wanted = nil
        case (.text, _): wanted = "VARCHAR"
        case (.bool, _): wanted = "BOOLEAN"
        case (_, .truth), (_, .integer): wanted = nil
        case (_, .number): wanted = element.isWhole ? "BIGINT" : nil
        case (_, .text): wanted = element.isWhole ? "BIGINT" : "DOUBLE"
        }
        return wanted.map { wanted in
            WeirError(
                "ai.onnx-input",
                "the input \"\(port.name)\" takes \(port.words), and the column \(feature.name) is \(feature.datatype.words)",
                hint:
                    "write \(feature.name)::\(wanted) AS \(feature.name) in the SELECT, if that is what it was trained with"
            )
        }
    }
}

extension OnnxPort {
    /// What it holds, as an error calls it.
    var words: String { element?.words ?? "a sequence, a map or another value that is no tensor" }
}

extension PredictionFeature.Datatype {
    fileprivate var words: String {
        switch self {
        case .number: "a number with a fraction"
        case .integer: "a whole number"
        case .truth: "true or false"
        case .text: "a text"
        }
    }
}

extension [WeirError] {
    fileprivate func throwIfAny() throws {
        if isEmpty { return }
        throw WeirError.gathering("ai.onnx-input", { "the model's inputs and `input:` differ in \($0) ways" }, self)
    }
}
