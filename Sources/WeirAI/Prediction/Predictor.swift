import WeirCore

/// Tells what a trained model makes of rows: a server that is asked, or a file that is run here.
public protocol Predictor: Sendable {
    /// - Parameters:
    ///   - features: each with a value for every row.
    ///   - output: the output to take where there are several of them; the first where it has none of that name.
    func predict(_ features: [PredictionFeature], rows: Int, output: String) async throws -> Predictions
}

/// One feature of all rows.
public struct PredictionFeature: Sendable, Hashable {
    /// What its values are, in the words of the Open Inference Protocol.
    public enum Datatype: String, Sendable, Hashable {
        case number = "FP64"
        case integer = "INT64"
        case truth = "BOOL"
        case text = "BYTES"
    }

    public var name: String
    public var datatype: Datatype
    public var values: [JSONValue]

    public init(name: String, datatype: Datatype, values: [JSONValue]) {
        self.name = name
        self.datatype = datatype
        self.values = values
    }
}

/// What a model says of each row.
public struct Predictions: Sendable, Hashable {
    /// `churn:3`: the model and its version, where they are told.
    public var served: String
    /// A value a row: a number, a text, or an array of them.
    public var values: [JSONValue]

    /// The rows of one flat list of numbers or texts: several a row are an array.
    init(served: String, flat: [JSONValue], rows: Int) {
        let width = rows > 0 ? flat.count / rows : 0
        self.served = served
        values =
            width == 1 ? flat : (0..<rows).map { .array(Array(flat[($0 * width)..<(($0 + 1) * width)])) }
    }

    init(served: String, values: [JSONValue]) {
        self.served = served
        self.values = values
    }
}
