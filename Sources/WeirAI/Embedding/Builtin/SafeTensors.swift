import Foundation
import WeirCore

/// A file of tensors: eight bytes that tell the length of a JSON header, the header, then numbers in little-endian order
/// (github.com/huggingface/safetensors, "Format").
struct SafeTensors {
    let path: String
    private let data: Data
    private let header: JSONValue
    private let start: Int

    /// A table of numbers, row after row.
    struct Table {
        let rows: Int
        let columns: Int
        let values: [Float]
    }

    init(path: String) throws {
        self.path = path
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe) else {
            throw Self.broken(path, "it cannot be read")
        }
        self.data = data
        let length =
            data.count < 8 ? 0 : data.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        guard length > 0, let size = Int(exactly: length), size <= data.count - 8 else {
            throw Self.broken(path, "it does not begin with a header")
        }
        guard let header = JSONValue(parsing: Array(data[data.startIndex + 8..<data.startIndex + 8 + size])) else {
            throw Self.broken(path, "its header is no JSON")
        }
        self.header = header
        start = 8 + size
    }

    /// A tensor of two dimensions, of half or single precision.
    func table(_ name: String) throws -> Table {
        guard let entry = header[name], let kind = entry["dtype"]?.text, let shape = entry["shape"]?.items,
            shape.count == 2, let rows = shape[0].integer.map(Int.init), let columns = shape[1].integer.map(Int.init),
            let from = entry["data_offsets"]?[0]?.integer.map(Int.init),
            let to = entry["data_offsets"]?[1]?.integer.map(Int.init)
        else { throw Self.broken(path, "it holds no table \(name)") }
        let width = kind == "F16" ? 2 : 4
        guard kind == "F16" || kind == "F32" else { throw Self.broken(path, "its numbers are \(kind)") }
        guard rows > 0, columns > 0, from >= 0, to <= data.count - start, to - from == rows * columns * width else {
            throw Self.broken(path, "the table \(name) is cut short")
        }
        let values = data.withUnsafeBytes { bytes in
            let numbers = UnsafeRawBufferPointer(rebasing: bytes[(start + from)..<(start + to)])
            return kind == "F16" ? Self.halves(numbers) : Self.singles(numbers)
        }
        return Table(rows: rows, columns: columns, values: values)
    }

    private static func singles(_ bytes: UnsafeRawBufferPointer) -> [Float] {
        let count = bytes.count / 4
        return [Float](unsafeUninitializedCapacity: count) { out, filled in
            for index in 0..<count {
                let bits = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
                out.initializeElement(at: index, to: Float(bitPattern: bits))
            }
            filled = count
        }
    }

    private static func halves(_ bytes: UnsafeRawBufferPointer) -> [Float] {
        // A processor without instructions for halves is not slower this way.
        let known = (0..<UInt32(1 << 16)).map { single(half: $0) }
        let count = bytes.count / 2
        return known.withUnsafeBufferPointer { known in
            [Float](unsafeUninitializedCapacity: count) { out, filled in
                for index in 0..<count {
                    let bits = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self))
                    out.initializeElement(at: index, to: known[Int(bits)])
                }
                filled = count
            }
        }
    }

    /// IEEE 754 binary16 as binary32; every half is exact there.
    static func single(half bits: UInt32) -> Float {
        let sign = (bits & 0x8000) << 16
        let exponent = bits >> 10 & 0x1F
        let fraction = bits & 0x3FF
        switch exponent {
        case 0: return (sign == 0 ? 1 : -1) * Float(fraction) * Float(sign: .plus, exponent: -24, significand: 1)
        case 0x1F: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
        default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }

    private static func broken(_ path: String, _ reason: String) -> WeirError {
        WeirError(
            "ai.embedder", "\(path) is no table of vectors: \(reason)",
            hint: "run scripts/native --force in Weir's checkout", outcome: .systemFailed)
    }
}
