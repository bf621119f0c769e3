import Foundation

/// Statistics that a few wild values cannot move.
enum Robust {
    /// The middle value; 0 of none.
    static func median(_ values: [Double]) -> Double { quantile(values, 0.5) }

    /// With linear interpolation between neighbours (type 7 of Hyndman and Fan, 1996).
    static func quantile(_ values: [Double], _ share: Double) -> Double {
        let sorted = values.sorted()
        guard let last = sorted.last else { return 0 }
        let place = share * Double(sorted.count - 1)
        let below = Int(place)
        guard below + 1 < sorted.count else { return last }
        return sorted[below] + (sorted[below + 1] - sorted[below]) * (place - Double(below))
    }

    /// The standard deviation of a normal distribution that has this median absolute deviation.
    static func deviation(_ values: [Double], from middle: Double) -> Double {
        1.4826 * median(values.map { abs($0 - middle) })
    }

    /// The line through points that the median of all slopes gives (Theil 1950, Sen 1968), at a place.
    static func line(_ x: [Double], _ y: [Double], at place: Double) -> Double {
        var slopes: [Double] = []
        slopes.reserveCapacity(x.count * (x.count - 1) / 2)
        for i in x.indices {
            for j in x.indices where j > i && x[j] > x[i] { slopes.append((y[j] - y[i]) / (x[j] - x[i])) }
        }
        let slope = median(slopes)
        return median(zip(x, y).map { $1 - slope * $0 }) + slope * place
    }
}
