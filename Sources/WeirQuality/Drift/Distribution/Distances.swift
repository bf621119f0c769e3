import Foundation

/// How far two distributions are from each other, from counts in the same buckets.
public enum Distances {
    /// Population stability index: Σ (q − p) · ln(q / p). 0 for equal ones; above 0.25 is commonly called a shift.
    ///
    /// A bucket that one side has none in counts as half a value there, so that the index stays finite.
    public static func psi(_ a: [Double], _ b: [Double]) -> Double {
        let (sumA, sumB) = (a.reduce(0, +), b.reduce(0, +))
        guard sumA > 0, sumB > 0 else { return 0 }
        return zip(a, b).reduce(0) { sum, pair in
            if pair.0 == 0, pair.1 == 0 { return sum }
            let p = max(pair.0, 0.5) / sumA
            let q = max(pair.1, 0.5) / sumB
            return sum + (q - p) * log(q / p)
        }
    }

    /// Jensen–Shannon distance with logarithms to base 2: 0 for equal distributions, 1 for those without a common
    /// value (Endres and Schindelin, 2003).
    public static func jensenShannon(_ a: [Double], _ b: [Double]) -> Double {
        let (sumA, sumB) = (a.reduce(0, +), b.reduce(0, +))
        guard sumA > 0, sumB > 0 else { return 0 }
        let divergence = zip(a, b).reduce(0.0) { sum, pair in
            let (p, q) = (pair.0 / sumA, pair.1 / sumB)
            let m = (p + q) / 2
            return sum + (p > 0 ? p * log2(p / m) : 0) / 2 + (q > 0 ? q * log2(q / m) : 0) / 2
        }
        return max(0, min(1, divergence)).squareRoot()
    }

    /// The largest difference of two cumulative distributions, from counts in the same ordered buckets.
    public static func kolmogorovSmirnov(_ a: [Double], _ b: [Double]) -> Double {
        let (sumA, sumB) = (a.reduce(0, +), b.reduce(0, +))
        guard sumA > 0, sumB > 0 else { return 0 }
        var (atA, atB, most) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            atA += x / sumA
            atB += y / sumB
            most = max(most, abs(atA - atB))
        }
        return min(1, most)
    }

    /// The same of two samples, exactly.
    public static func kolmogorovSmirnov(samples a: [Double], _ b: [Double]) -> Double {
        guard !a.isEmpty, !b.isEmpty else { return 0 }
        let (a, b) = (a.sorted(), b.sorted())
        var (i, j, most) = (0, 0, 0.0)
        while i < a.count, j < b.count {
            let value = min(a[i], b[j])
            while i < a.count, a[i] <= value { i += 1 }
            while j < b.count, b[j] <= value { j += 1 }
            most = max(most, abs(Double(i) / Double(a.count) - Double(j) / Double(b.count)))
        }
        return most
    }

    /// The probability of a difference at least this large between samples of one distribution (Kolmogorov's limit
    /// with the correction of Stephens, 1970).
    public static func kolmogorovSmirnovProbability(_ statistic: Double, _ n: Double, _ m: Double) -> Double {
        guard n > 0, m > 0 else { return 1 }
        let effective = (n * m / (n + m)).squareRoot()
        let x = (effective + 0.12 + 0.11 / effective) * statistic
        // The series does not converge near 0, where the probability is 1 anyway.
        if x < 0.2 { return 1 }
        var (sum, sign) = (0.0, 1.0)
        for k in 1...100 {
            let term = exp(-2 * Double(k * k) * x * x)
            sum += sign * term
            if term < 1e-16 { break }
            sign = -sign
        }
        return max(0, min(1, 2 * sum))
    }

    /// The value that a χ² variable stays below with a probability (Wilson and Hilferty, 1931).
    ///
    /// - Parameter z: the normal quantile of that probability: 3.719 for 0.9999.
    static func chiSquare(degrees: Int, z: Double) -> Double {
        let k = Double(max(1, degrees))
        let root = 1 - 2 / (9 * k) + z * (2 / (9 * k)).squareRoot()
        return k * root * root * root
    }

    /// The index that two samples of one distribution stay below: it is about χ² · (1/n + 1/m).
    static func psiNoise(buckets: Int, _ n: Double, _ m: Double) -> Double {
        guard n > 0, m > 0 else { return .infinity }
        return chiSquare(degrees: buckets - 1, z: 3.719) * (1 / n + 1 / m)
    }
}
