/// A table in which every value is a small number: equal numbers in a column are equal values, and null equals null.
///
/// Columns stand in the order of their number of values, the fewest first: a set of columns is a bit mask, and the
/// highest bits are those that tell the most rows apart.
struct CodedRows {
    let count: Int
    /// Codes column by column, from 0 without gaps.
    let columns: [[Int32]]
    /// The same codes row by row, to compare whole rows.
    let records: [Int32]
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
        let width = columns.count
        var records = [Int32](repeating: 0, count: count * width)
        for (index, column) in columns.enumerated() {
            for row in 0..<column.count { records[row * width + index] = column[row] }
        }
        self.records = records
    }
}

/// Gives the values of a column, known by their hashes, numbers from 0 in the order in which they come.
struct Encoder {
    private(set) var codes: [Int32] = []
    private(set) var distinct = 0
    private var slots: [Int32]
    private var hashes: [UInt64] = []

    init(rows: Int) {
        codes.reserveCapacity(rows)
        var size = 1024
        while size < rows * 2 { size *= 2 }
        slots = [Int32](repeating: -1, count: size)
    }

    mutating func add(_ values: [UInt64]) {
        let mask = slots.count - 1
        for hash in values {
            var place = Int(truncatingIfNeeded: hash &* 0x9E37_79B9_7F4A_7C15 >> 20) & mask
            while true {
                let code = slots[place]
                if code < 0 {
                    slots[place] = Int32(distinct)
                    codes.append(Int32(distinct))
                    hashes.append(hash)
                    distinct += 1
                    break
                }
                if hashes[Int(code)] == hash {
                    codes.append(code)
                    break
                }
                place = (place + 1) & mask
            }
        }
    }
}
