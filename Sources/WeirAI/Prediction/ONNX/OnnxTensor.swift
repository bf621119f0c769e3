import WeirCore

/// What the elements of a tensor are, by the number that the ONNX format gives it.
///
/// https://onnx.ai/onnx/api/classes.html#tensorproto
enum OnnxElement: Int32, Sendable, Hashable {
    case float = 1
    case uint8, int8, uint16, int16, int32, int64
    case text
    case bool
    case float16
    case double
    case uint32, uint64

    var isWhole: Bool {
        switch self {
        case .uint8, .int8, .uint16, .int16, .int32, .int64, .uint32, .uint64: true
        case .float, .text, .bool, .float16, .double: false
        }
    }

    /// As an error calls it.
    var words: String {
        switch self {
        case .text: "string"
        default: "\(self)"
        }
    }
}

/// Numbers or texts in rows and columns.
struct OnnxTensor: Sendable, Hashable {
    enum Content: Sendable, Hashable {
        /// Elements side by side, as the runtime wants them.
        case bytes([UInt8])
        case texts([String])
    }

    var element: OnnxElement
    var shape: [Int64]
    var content: Content

    /// A tensor of values that are known to fit.
    ///
    /// - Returns: the place of the first value that does not fit, where there is one.
    static func packing(
        _ values: [JSONValue], as element: OnnxElement, shape: [Int64]
    ) -> Result<OnnxTensor, Misfit> {
        func packed<T>(_ read: (JSONValue) -> T?) -> Result<OnnxTensor, Misfit> {
            var items: [T] = []
            items.reserveCapacity(values.count)
            for (index, value) in values.enumerated() {
                guard let item = read(value) else { return .failure(Misfit(index: index)) }
                items.append(item)
            }
            let bytes = items.withUnsafeBytes { Array($0) }
            return .success(OnnxTensor(element: element, shape: shape, content: .bytes(bytes)))
        }
        func whole<T: FixedWidthInteger>(_: T.Type) -> Result<OnnxTensor, Misfit> {
            packed { value in value.wholeNumber.flatMap { T(exactly: $0) } }
        }
        switch element {
        case .float: return packed { $0.anyNumber.map { Float($0) } }
        case .double: return packed { $0.anyNumber }
        case .bool: return packed { $0.truth.map { $0 ? UInt8(1) : 0 } }
        case .uint8: return whole(UInt8.self)
        case .int8: return whole(Int8.self)
        case .uint16: return whole(UInt16.self)
        case .int16: return whole(Int16.self)
        case .int32: return whole(Int32.self)
        case .int64: return whole(Int64.self)
        case .uint32: return whole(UInt32.self)
        case .uint64: return whole(UInt64.self)
        case .float16: return .failure(Misfit(index: 0))
        case .text:
            var texts: [String] = []
            for (index, value) in values.enumerated() {
                // The runtime takes texts up to the first zero byte.
                guard let text = value.text, !text.utf8.contains(0) else { return .failure(Misfit(index: index)) }
                texts.append(text)
            }
            return .success(OnnxTensor(element: element, shape: shape, content: .texts(texts)))
        }
    }

    /// A value that its element cannot hold.
    struct Misfit: Error, Hashable { var index: Int }

    /// Its values, row after row. Numbers are what they are, also those that are none.
    var values: [JSONValue] {
        switch content {
        case .texts(let texts): return texts.map { .string($0) }
        case .bytes(let bytes):
            func read<T>(_ type: T.Type, _ value: (T) -> JSONValue) -> [JSONValue] {
                bytes.withUnsafeBytes { $0.bindMemory(to: type).map(value) }
            }
            switch element {
            case .float: return read(Float.self) { .exact(Double($0)) }
            case .double: return read(Double.self) { .exact($0) }
            case .bool: return read(UInt8.self) { .bool($0 != 0) }
            case .uint8: return read(UInt8.self) { .int(Int64($0)) }
            case .int8: return read(Int8.self) { .int(Int64($0)) }
            case .uint16: return read(UInt16.self) { .int(Int64($0)) }
            case .int16: return read(Int16.self) { .int(Int64($0)) }
            case .int32: return read(Int32.self) { .int(Int64($0)) }
            case .int64: return read(Int64.self) { .int($0) }
            case .uint32: return read(UInt32.self) { .int(Int64($0)) }
            case .uint64: return read(UInt64.self) { Int64(exactly: $0).map { .int($0) } ?? .literal("\($0)") }
            case .float16, .text: return []
            }
        }
    }
}

extension JSONValue {
    /// A number for a model: a truth is 1 or 0, as libraries of models have it.
    fileprivate var anyNumber: Double? { truth.map { $0 ? 1 : 0 } ?? number }

    fileprivate var wholeNumber: Int64? { truth.map { $0 ? 1 : 0 } ?? integer }

    /// JSON has no word for what is no finite number; the warehouse reads these.
    fileprivate static func exact(_ number: Double) -> JSONValue {
        if number.isNaN { return "NaN" }
        return number.isFinite ? .double(number) : .string(number > 0 ? "Infinity" : "-Infinity")
    }
}
