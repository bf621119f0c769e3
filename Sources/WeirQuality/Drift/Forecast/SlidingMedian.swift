/// The median of a window that moves on by one value at a time, without sorting it anew.
struct SlidingMedian {
    private var sorted: [Double] = []

    /// Of a part of the values.
    init(_ values: some Collection<Double>) { sorted = values.sorted() }

    var median: Double {
        let count = sorted.count
        if count == 0 { return 0 }
        return count.isMultiple(of: 2) ? (sorted[count / 2 - 1] + sorted[count / 2]) / 2 : sorted[count / 2]
    }

    mutating func insert(_ value: Double) { sorted.insert(value, at: place(of: value)) }

    /// - Parameter value: one that is in the window.
    mutating func remove(_ value: Double) {
        let place = place(of: value)
        if place < sorted.count { sorted.remove(at: place) }
    }

    /// The first that is not less.
    private func place(of value: Double) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
