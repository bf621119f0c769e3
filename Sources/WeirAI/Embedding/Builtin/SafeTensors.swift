import Foundation
import WeirCore

/// A file of tensors: eight bytes that tell the length of a JSON header, the header, then numbers in little-endian order
/// (github.com/huggingface/safetensors, "Format").
struct SafeTensors {
    let path: String
    private let data: Data
    private let header: JSONValue
    private let start: Int

    /// A table of numbers of half precision, row after row, as it is in the file.
    struct Table: Sendable {
        let rows: Int
        let columns: Int
        fileprivate let data: Data
        fileprivate let start: Int

        /// Numbers that are read at a time.
        static let lane = 16

        /// Adds up rows, one after the other in single precision.
        ///
        /// - Parameter sums: as many as there are columns.
        func add(_ rows: [Int32], to sums: UnsafeMutableBufferPointer<Float>) {
            data.withUnsafeBytes { bytes in
                let sums = UnsafeMutableRawBufferPointer(sums)
                for row in rows {
                    let from = start + Int(row) * columns * 2
                    for column in stride(from: 0, to: columns, by: Self.lane) {
                        let halves = bytes.loadUnaligned(fromByteOffset: from + column * 2, as: SIMD16<UInt16>.self)
                        let sum = sums.loadUnaligned(fromByteOffset: column * 4, as: SIMD16<Float>.self)
                        sums.storeBytes(
                            of: sum + SafeTensors.singles(halves), toByteOffset: column * 4, as: SIMD16<Float>.self)
                    }
                }
            }
        }
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

    /// A tensor of two dimensions, of half precision.
    func table(_ name: String) throws -> Table {
        guard let entry = header[name], let kind = entry["dtype"]?.text, let shape = entry["shape"]?.items,
            shape.count == 2, let rows = shape[0].integer.map(Int.init), let columns = shape[1].integer.map(Int.init),
            let from = entry["data_offsets"]?[0]?.integer.map(Int.init),
            let to = entry["data_offsets"]?[1]?.integer.map(Int.init)
        else { throw Self.broken(path, "it holds no table \(name)") }
        guard kind == "F16" else { throw Self.broken(path, "its numbers are \(kind)") }
        guard rows > 0, columns > 0, columns.isMultiple(of: Table.lane), from >= 0, to <= data.count - start,
            to - from == rows * columns * 2
        else { throw Self.broken(path, "the table \(name) is cut short") }
        return Table(rows: rows, columns: columns, data: data, start: start + from)
    }

    /// IEEE 754 binary16 as binary32, where every finite half is exact; tables of vectors hold no others.
    ///
    /// Exponent and fraction move to their places at once, and a product sets the exponent right: that of numbers with a
    /// leading zero too.
    static func singles(_ halves: SIMD16<UInt16>) -> SIMD16<Float> {
        let bits = SIMD16<UInt32>(truncatingIfNeeded: halves.littleEndianLanes)
        let sizes =
            SIMD16<Float>(bitPattern: (bits & 0x7FFF) &<< 13) * Float(sign: .plus, exponent: 112, significand: 1)
        return SIMD16<Float>(bitPattern: sizes.bitPattern | (bits & 0x8000) &<< 16)
    }

    private static func broken(_ path: String, _ reason: String) -> WeirError {
        WeirError(
            "ai.embedder", "\(path) is no table of vectors: \(reason)",
            hint: "run scripts/native --force in Weir's checkout", outcome: .systemFailed)
    }
}

extension SIMD16<UInt16> {
    /// Files are little-endian, whatever the machine is.
    fileprivate var littleEndianLanes: Self {
        #if _endian(little)
            self
        #else
            (self &>> 8) | (self &<< 8)
        #endif
    }
}

extension SIMD16<Float> {
    fileprivate init(bitPattern bits: SIMD16<UInt32>) { self = unsafeBitCast(bits, to: Self.self) }
    fileprivate var bitPattern: SIMD16<UInt32> { unsafeBitCast(self, to: SIMD16<UInt32>.self) }
}
