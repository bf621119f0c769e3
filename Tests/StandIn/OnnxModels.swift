import Foundation

/// Small ONNX files, written by hand: each does what a test can reckon on paper.
public enum OnnxModels {
    /// Types of elements, by their numbers in the format.
    public enum Element: Int, Sendable, CaseIterable {
        case float = 1
        case int32 = 6
        case int64 = 7
        case text = 8
        case bool = 9
        case double = 11
    }

    public struct Input: Sendable {
        public var name: String
        public var element: Element
        public var weight: Double
        /// Beside the rows: `[N, 1]` instead of `[N]`.
        public var isColumn: Bool

        public init(_ name: String, _ element: Element, times weight: Double, isColumn: Bool = false) {
            self.name = name
            self.element = element
            self.weight = weight
            self.isColumn = isColumn
        }
    }

    /// The sum of the inputs, each times its weight: `score`, a double a row. Texts are read as numbers.
    public static func sum(of inputs: [Input], version: Int = 3) -> Data {
        var nodes: [Proto] = []
        var constants: [Proto] = []
        for (index, input) in inputs.enumerated() {
            nodes.append(node("Cast", [input.name], "cast\(index)", [attribute("to", Element.double.rawValue)]))
            constants.append(tensor("weight\(index)", [1], doubles: [input.weight]))
            nodes.append(node("Mul", ["cast\(index)", "weight\(index)"], "part\(index)"))
        }
        nodes.append(node("Sum", inputs.indices.map { "part\($0)" }, "score"))
        let isColumn = inputs.contains { $0.isColumn }
        return model(
            nodes, constants, inputs: inputs.map { port($0.name, $0.element, $0.isColumn ? [nil, 1] : [nil]) },
            outputs: [port("score", .double, isColumn ? [nil, 1] : [nil])], version: version)
    }

    /// One input `X` of columns side by side, and three outputs: `probability` (the logistic function of the weighted
    /// sum, `[N, 1]`), `label` ("yes" above one half, else "no", `[N]`), and `both` (`[N, 2]`: it and its complement).
    ///
    /// - Parameters:
    ///   - rows: nil for any number.
    ///   - first: the output that comes first.
    public static func logistic(weights: [Float], bias: Float, rows: Int? = nil, first: String = "probability") -> Data
    {
        let width = weights.count
        let nodes = [
            node("Gemm", ["X", "weights", "bias"], "sum"), node("Sigmoid", ["sum"], "probability"),
            node("Squeeze", ["probability", "second"], "flat"), node("Greater", ["flat", "half"], "isAbove"),
            node("Where", ["isAbove", "yes", "no"], "label"), node("Sub", ["one", "probability"], "complement"),
            node("Concat", ["complement", "probability"], "both", [attribute("axis", 1)]),
        ]
        let constants = [
            tensor("weights", [width, 1], floats: weights), tensor("bias", [1], floats: [bias]),
            tensor("half", [1], floats: [0.5]), tensor("one", [1], floats: [1]), tensor("second", [1], ints: [1]),
            tensor("yes", [1], texts: ["yes"]), tensor("no", [1], texts: ["no"]),
        ]
        let outputs: [(String, Proto)] = [
            ("probability", port("probability", .float, [rows, 1])), ("label", port("label", .text, [rows])),
            ("both", port("both", .float, [rows, 2])),
        ]
        return model(
            nodes, constants, inputs: [port("X", .float, [rows, width])],
            outputs: outputs.filter { $0.0 == first }.map(\.1) + outputs.filter { $0.0 != first }.map(\.1))
    }

    /// As scikit-learn's are exported by default: a list of maps from class to probability.
    public static func zipMap() -> Data {
        let nodes = [
            node("Concat", ["X", "X"], "both", [attribute("axis", 1)]),
            node(
                "ZipMap", ["both"], "output_probability", [attribute("classlabels_strings", ["no", "yes"])],
                domain: "ai.onnx.ml"),
        ]
        return model(
            nodes, [], inputs: [port("X", .float, [nil, 1])],
            outputs: [Proto().text(1, "output_probability").message(2, listOfMaps)])
    }

    /// The element of a list of three that `place` names: a row that names another makes the whole call fail.
    public static func pick() -> Data {
        model(
            [node("Gather", ["list", "place"], "picked")], [tensor("list", [3], doubles: [10, 20, 30])],
            inputs: [port("place", .int64, [nil])], outputs: [port("picked", .double, [nil])])
    }

    /// Gives back each value as it is.
    public static func echo(_ element: Element = .text) -> Data {
        model(
            [node("Identity", ["s"], "same")], [], inputs: [port("s", element, [nil])],
            outputs: [port("same", element, [nil])])
    }

    /// Takes one row, and gives it as many values as it says.
    public static func ragged() -> Data {
        model(
            [
                node("Concat", ["one", "length"], "times", [attribute("axis", 0)]),
                node("Tile", ["half", "times"], "values"),
            ], [tensor("one", [1], ints: [1]), tensor("half", [1, 1], doubles: [0.5])],
            inputs: [port("length", .int64, [1])], outputs: [port("values", .double, [1, nil])])
    }

    /// All rows together make one number.
    public static func total() -> Data {
        model(
            [node("ReduceSum", ["x"], "total", [attribute("keepdims", 0)])], [], inputs: [port("x", .double, [nil])],
            outputs: [port("total", .double, [])])
    }

    // MARK: The parts of a file. https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

    private static func model(
        _ nodes: [Proto], _ constants: [Proto], inputs: [Proto], outputs: [Proto], version: Int = 0
    ) -> Data {
        var graph = Proto()
        for node in nodes { graph = graph.message(1, node) }
        graph = graph.text(2, "graph")
        for constant in constants { graph = graph.message(5, constant) }
        for input in inputs { graph = graph.message(11, input) }
        for output in outputs { graph = graph.message(12, output) }
        var model = Proto().int(1, 8)
        if version > 0 { model = model.int(5, version) }
        return model.message(7, graph).message(8, Proto().text(1, "").int(2, 13))
            .message(8, Proto().text(1, "ai.onnx.ml").int(2, 2)).bytes
    }

    private static func node(
        _ operation: String, _ inputs: [String], _ output: String, _ attributes: [Proto] = [], domain: String = ""
    ) -> Proto {
        var node = Proto()
        for input in inputs { node = node.text(1, input) }
        node = node.text(2, output).text(4, operation)
        for attribute in attributes { node = node.message(5, attribute) }
        return domain.isEmpty ? node : node.text(7, domain)
    }

    private static func attribute(_ name: String, _ value: Int) -> Proto {
        Proto().text(1, name).int(3, value).int(20, 2)
    }

    private static func attribute(_ name: String, _ values: [String]) -> Proto {
        values.reduce(Proto().text(1, name)) { $0.text(9, $1) }.int(20, 8)
    }

    private static func tensor(_ name: String, _ shape: [Int], floats: [Float]) -> Proto {
        raw(name, shape, .float, floats.map(\.bitPattern))
    }

    private static func tensor(_ name: String, _ shape: [Int], doubles: [Double]) -> Proto {
        raw(name, shape, .double, doubles.map(\.bitPattern))
    }

    private static func tensor(_ name: String, _ shape: [Int], ints: [Int64]) -> Proto {
        raw(name, shape, .int64, ints)
    }

    private static func tensor(_ name: String, _ shape: [Int], texts: [String]) -> Proto {
        let head = shape.reduce(Proto()) { $0.int(1, $1) }.int(2, Element.text.rawValue)
        return texts.reduce(head) { $0.text(6, $1) }.text(8, name)
    }

    private static func raw(
        _ name: String, _ shape: [Int], _ element: Element, _ values: [some FixedWidthInteger]
    ) -> Proto {
        let bytes = values.map(\.littleEndian).withUnsafeBytes { Data($0) }
        return shape.reduce(Proto()) { $0.int(1, $1) }.int(2, element.rawValue).text(8, name).data(9, bytes)
    }

    /// - Parameter shape: nil for any length.
    private static func port(_ name: String, _ element: Element, _ shape: [Int?]) -> Proto {
        var dimensions = Proto()
        for length in shape {
            dimensions = dimensions.message(1, length.map { Proto().int(1, $0) } ?? Proto().text(2, "N"))
        }
        let type = Proto().int(1, element.rawValue).message(2, dimensions)
        return Proto().text(1, name).message(2, Proto().message(1, type))
    }

    private static var listOfMaps: Proto {
        let number = Proto().message(1, Proto().int(1, Element.float.rawValue).message(2, Proto()))
        let map = Proto().message(5, Proto().int(1, Element.text.rawValue).message(2, number))
        return Proto().message(4, Proto().message(1, map))
    }
}

/// A message of protocol buffers, as far as ONNX files need them. https://protobuf.dev/programming-guides/encoding/
private struct Proto {
    var bytes = Data()

    func int(_ field: Int, _ value: Int) -> Proto {
        adding {
            $0.varint(field << 3)
            $0.varint(value)
        }
    }

    func text(_ field: Int, _ value: String) -> Proto { data(field, Data(value.utf8)) }

    func message(_ field: Int, _ value: Proto) -> Proto { data(field, value.bytes) }

    func data(_ field: Int, _ value: Data) -> Proto {
        adding { proto in
            proto.varint(field << 3 | 2)
            proto.varint(value.count)
            proto.bytes.append(value)
        }
    }

    private func adding(_ change: (inout Proto) -> Void) -> Proto {
        var proto = self
        change(&proto)
        return proto
    }

    private mutating func varint(_ value: Int) {
        var rest = UInt64(bitPattern: Int64(value))
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
