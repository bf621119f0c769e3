import CONNX
import Foundation
import WeirCore

/// An input or an output of a model.
struct OnnxPort: Sendable, Hashable {
    var name: String
    /// Nil where it is no tensor, or one of elements that Weir does not know.
    var element: OnnxElement?
    /// -1 where any number will do.
    var shape: [Int64] = []
}

/// A model that the runtime has open. Its calls block, so that they belong on a thread of their own.
///
/// https://onnxruntime.ai/docs/api/c/struct_ort_api.html
final class OnnxSession {
    let inputs: [OnnxPort]
    let outputs: [OnnxPort]
    /// Of the model; nil where whoever made it gave it none.
    let version: Int64?
    private let handle: OnnxHandle
    private let allocator: OpaquePointer

    /// Weights beside the file are found from where it is.
    ///
    /// - Throws: `ai.onnx-model` where it is no model, or one of a kind that this runtime does not know.
    init(_ file: OnnxFile, runtime: OnnxRuntime) throws {
        do {
            let options = try OnnxHandle(release: { ort_release_options($0) }, make: { ort_create_options(&$0) })
            handle = try OnnxHandle(
                release: { ort_release_session($0) },
                make: { made in
                    withExtendedLifetime(options) { weir_onnx_open(file.fullPath, options.pointer, &made) }
                })
        } catch let error as OnnxFault {
            throw WeirError(
                "ai.onnx-model",
                "\(file.path) is no model that ONNX Runtime \(runtime.version) can open: \(error.message)",
                hint: "export it again, for an opset that this runtime knows, or install a newer runtime")
        }
        var found: OpaquePointer?
        try OnnxFault.check(ort_default_allocator(&found))
        guard let found else { throw OnnxFault(message: "there is no allocator") }
        allocator = found
        let session = handle.pointer
        inputs = try Self.ports(
            allocator, count: { ort_input_count(session, &$0) },
            name: { ort_input_name(session, $0, found, &$1) }, type: { ort_input_type(session, $0, &$1) })
        outputs = try Self.ports(
            allocator, count: { ort_output_count(session, &$0) },
            name: { ort_output_name(session, $0, found, &$1) }, type: { ort_output_type(session, $0, &$1) })
        let metadata = try OnnxHandle(
            release: { ort_release_metadata($0) }, make: { ort_session_metadata(session, &$0) })
        var number: Int64 = 0
        try withExtendedLifetime(metadata) { try OnnxFault.check(ort_metadata_version(metadata.pointer, &number)) }
        // The largest number stands for none.
        version = number > 0 && number < .max ? number : nil
    }

    /// Runs the model once.
    func run(_ inputs: [(name: String, tensor: OnnxTensor)], output: String) throws -> OnnxTensor {
        let values = try inputs.map { try value(of: $0.tensor) }
        let result = try withTexts(inputs.map(\.name) + [output]) { names in
            let given = values.map { Optional($0.pointer) }
            // The runtime reads what only their pointers still name.
            return try withExtendedLifetime(values) {
                try OnnxHandle(
                    release: { ort_release_value($0) },
                    make: { made in
                        ort_run(
                            handle.pointer, nil, Array(names.dropLast()), given, given.count, Array(names.suffix(1)), 1,
                            &made)
                    })
            }
        }
        return try withExtendedLifetime(result) { try tensor(of: result) }
    }

    // MARK: What a model takes and gives

    private static func ports(
        _ allocator: OpaquePointer, count: (inout Int) -> OpaquePointer?,
        name: (Int, inout UnsafeMutablePointer<CChar>?) -> OpaquePointer?,
        type: (Int, inout OpaquePointer?) -> OpaquePointer?
    ) throws -> [OnnxPort] {
        var number = 0
        try OnnxFault.check(count(&number))
        return try (0..<number).map { index in
            var text: UnsafeMutablePointer<CChar>?
            try OnnxFault.check(name(index, &text))
            defer { if let text { _ = ort_free(allocator, text) } }
            let type = try OnnxHandle(release: { ort_release_type($0) }, make: { type(index, &$0) })
            var port = OnnxPort(name: text.map { String(cString: $0) } ?? "")
            // The shape belongs to its type, and goes with it.
            if let tensor = try withExtendedLifetime(type, { try tensorType(type.pointer) }) {
                (port.element, port.shape) = tensor
            }
            return port
        }
    }

    /// Nil where it is the type of no tensor.
    private static func tensorType(_ type: OpaquePointer) throws -> (OnnxElement?, [Int64])? {
        var kind: Int32 = 0
        try OnnxFault.check(ort_kind_of_type(type, &kind))
        guard Int(kind) == ORT_KIND_TENSOR else { return nil }
        var shape: OpaquePointer?
        try OnnxFault.check(ort_tensor_type(type, &shape))
        return try read(shape)
    }

    private static func read(_ shape: OpaquePointer?) throws -> (OnnxElement?, [Int64]) {
        var element: Int32 = 0
        try OnnxFault.check(ort_element(shape, &element))
        var count = 0
        try OnnxFault.check(ort_dimension_count(shape, &count))
        var dimensions = [Int64](repeating: 0, count: count)
        try OnnxFault.check(ort_dimensions(shape, &dimensions, count))
        return (OnnxElement(rawValue: element), dimensions)
    }

    // MARK: Values

    private func value(of tensor: OnnxTensor) throws -> OnnxHandle {
        let value = try OnnxHandle(
            release: { ort_release_value($0) },
            make: {
                ort_create_tensor(allocator, tensor.shape, tensor.shape.count, tensor.element.rawValue, &$0)
            })
        switch tensor.content {
        case .texts(let texts):
            try withTexts(texts) { try OnnxFault.check(ort_fill_texts(value.pointer, $0, $0.count)) }
        case .bytes(let bytes):
            var memory: UnsafeMutableRawPointer?
            try OnnxFault.check(ort_tensor_data(value.pointer, &memory))
            bytes.withUnsafeBytes { source in
                if let start = source.baseAddress { memory?.copyMemory(from: start, byteCount: source.count) }
            }
        }
        return value
    }

    private func tensor(of value: OnnxHandle) throws -> OnnxTensor {
        var kind: Int32 = 0
        try OnnxFault.check(ort_kind_of_value(value.pointer, &kind))
        guard Int(kind) == ORT_KIND_TENSOR else { throw OnnxFault(message: "the output is no tensor") }
        let shape = try OnnxHandle(release: { ort_release_shape($0) }, make: { ort_shape_of_value(value.pointer, &$0) })
        let (element, dimensions) = try withExtendedLifetime(shape) { try Self.read(shape.pointer) }
        guard let element, element != .float16 else { throw OnnxFault(message: "the output is of an unknown type") }
        let count = Int(dimensions.reduce(1, *))
        if element == .text {
            return OnnxTensor(
                element: element, shape: dimensions, content: .texts(try Self.texts(of: value, count: count)))
        }
        var memory: UnsafeMutableRawPointer?
        try OnnxFault.check(ort_tensor_data(value.pointer, &memory))
        let bytes = UnsafeRawBufferPointer(start: memory, count: memory == nil ? 0 : count * element.size)
        return OnnxTensor(element: element, shape: dimensions, content: .bytes(Array(bytes)))
    }

    private static func texts(of value: OnnxHandle, count: Int) throws -> [String] {
        var length = 0
        try OnnxFault.check(ort_texts_length(value.pointer, &length))
        guard count > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: max(1, length))
        var offsets = [Int](repeating: 0, count: count)
        try OnnxFault.check(ort_texts(value.pointer, &bytes, length, &offsets, count))
        return offsets.indices.map { index in
            let end = index + 1 < count ? offsets[index + 1] : length
            return String(decoding: bytes[offsets[index]..<end], as: UTF8.self)
        }
    }

    /// Texts as C has them, for as long as the body runs.
    private func withTexts<T>(_ texts: [String], _ body: ([UnsafePointer<CChar>?]) throws -> T) rethrows -> T {
        let copies = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return try body(copies.map { UnsafePointer($0) })
    }
}

extension OnnxElement {
    /// Bytes of one.
    fileprivate var size: Int {
        switch self {
        case .bool, .uint8, .int8: 1
        case .uint16, .int16, .float16: 2
        case .float, .int32, .uint32: 4
        case .double, .int64, .uint64: 8
        case .text: 0
        }
    }
}

/// Something of the runtime's, given back when nobody holds it any more.
final class OnnxHandle {
    let pointer: OpaquePointer
    private let release: (OpaquePointer) -> Void

    init(release: @escaping (OpaquePointer) -> Void, make: (inout OpaquePointer?) -> OpaquePointer?) throws {
        var made: OpaquePointer?
        try OnnxFault.check(make(&made))
        guard let made else { throw OnnxFault(message: "the runtime gave nothing") }
        pointer = made
        self.release = release
    }

    deinit { release(pointer) }
}

/// What the runtime says is wrong.
struct OnnxFault: Error, Hashable {
    var message: String

    /// - Parameter status: of a call; null where all is well.
    static func check(_ status: OpaquePointer?) throws {
        guard let status else { return }
        defer { ort_release_status(status) }
        throw OnnxFault(message: ort_message(status).map { String(cString: $0) } ?? "")
    }
}
