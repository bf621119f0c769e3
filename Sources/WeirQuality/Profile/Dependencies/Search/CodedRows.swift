/// A table in which every value is a small number: equal numbers in a column are equal values, and null equals null.
///
/// Columns stand in the order of their number of values, the fewest first: a set of columns is a bit mask, and the
/// highest bits are those that tell the most rows apart.
struct CodedRows {
    let count: Int
    /// Codes column by column, from 0 without gaps.
    let columns: [[Int32]]
    /// The same codes row by row, four to a lane, to compare whole rows.
    private let records: [SIMD4<Int32>]
    private let lanes: Int
    /// Codes of each column.
    let distinct: [Int]

    var width: Int { columns.count }
    /// A bit mask holds so many columns and one mark for "the row itself".
    static let mostColumns = 63

    /// - Parameter columns: at most ``mostColumns``, all of the same length.
    init(columns: [[Int32]], distinct: [Int]) {
        self.columns = columns
        self.distinct = distinct
        count = columns.first?.count ?? 0
        lanes = (columns.count + 3) / 4
        var records = [SIMD4<Int32>](repeating: .zero, count: count * lanes)
        for (index, column) in columns.enumerated() {
            for row in 0..<column.count { records[row * lanes + index / 4][index % 4] = column[row] }
        }
        self.records = records
    }

    /// The columns in which two rows agree.
    func agreement(_ a: Int, _ b: Int) -> UInt64 { comparing { $0(a, b) } }

    /// Hands over the comparison of two rows, for many of them.
    func comparing<R>(_ body: ((Int, Int) -> UInt64) -> R) -> R {
        let (lanes, all) = (lanes, all)
        return records.withUnsafeBufferPointer { records in
            body { a, b in
                let (a, b) = (a * lanes, b * lanes)
                var set: UInt64 = 0
                var lane = 0
                // Eight lanes fill the 32 bits of a half.
                while lane < lanes {
                    var bits = SIMD4<UInt32>(1, 2, 4, 8)
                    var half = SIMD4<UInt32>.zero
                    let start = lane
                    while lane < lanes, lane < start + 8 {
                        half.replace(with: half | bits, where: records[a + lane] .== records[b + lane])
                        bits &<<= 4
                        lane += 1
                    }
                    set |= UInt64(half.wrappedSum()) << UInt64(truncatingIfNeeded: start * 4)
                }
                return set & all
            }
        }
    }

    /// Every column.
    var all: UInt64 { (1 << UInt64(width)) - 1 }
}

/// Gives the values of a column, known by their hashes, numbers from 0 in the order in which they come.
struct ValueNumbers {
    private(set) var codes: [Int32] = []
    private var hashes: [UInt64] = []
    private var slots = [Int32](repeating: -1, count: 1024)

    var distinct: Int { hashes.count }

    mutating func add(_ values: [UInt64]) {
        for hash in values {
            var place = Self.place(hash, slots.count)
            while true {
                let code = slots[place]
                if code < 0 { break }
                if hashes[Int(code)] == hash { break }
                place = (place + 1) & (slots.count - 1)
            }
            if slots[place] < 0 {
                slots[place] = Int32(hashes.count)
                hashes.append(hash)
                codes.append(Int32(hashes.count - 1))
                if hashes.count * 2 > slots.count { grow() }
            } else {
                codes.append(slots[place])
            }
        }
    }

    private static func place(_ hash: UInt64, _ count: Int) -> Int {
        Int(truncatingIfNeeded: (hash &* 0x9E37_79B9_7F4A_7C15) >> 24) & (count - 1)
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for (code, hash) in hashes.enumerated() {
            var place = Self.place(hash, slots.count)
            while slots[place] >= 0 { place = (place + 1) & (slots.count - 1) }
            slots[place] = Int32(code)
        }
    }
}
