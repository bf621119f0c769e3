import Foundation

/// The scale on which a series is steady: counts that double on Mondays do so by a factor.
enum SeriesScale: Sendable, Hashable {
    case plain
    /// log(1 + x), for values that are never below zero.
    case logarithm
    /// For counts so small that their noise is what they mostly are.
    case root

    func forward(_ value: Double) -> Double {
        switch self {
        case .plain: value
        case .logarithm: log1p(max(0, value))
        case .root: max(0, value).squareRoot()
        }
    }

    func back(_ value: Double) -> Double {
        switch self {
        case .plain: value
        case .logarithm: expm1(min(value, 700))
        case .root: max(0, value) * max(0, value)
        }
    }

    /// The scale on which the values scatter alike whether they are high or low.
    ///
    /// - Parameter lag: points to one that is comparable: of the same weekday, or the same hour.
    static func fitting(_ kind: SeriesKind, _ values: [Double], lag: Int = 1) -> SeriesScale {
        switch kind {
        case .share, .distinct, .age: return .plain
        case .duration: return .logarithm
        case .count:
            return Robust.median(values) >= 10 ? .logarithm : .root
        case .amount:
            // A zero among figures that are all above it is most often a load that brought nothing.
            let positive = values.filter { $0 > 0 }
            guard values.allSatisfy({ $0 >= 0 }), positive.count * 20 >= values.count * 19, values.count >= 12,
                Robust.quantile(positive, 0.95) > 1.5 * Robust.quantile(positive, 0.05)
            else { return .plain }
            let far = positive.count >= 4 * lag ? lag : 1
            let plain = imbalance(positive, far)
            let logarithm = imbalance(positive.map { log1p($0) }, far)
            return logarithm < plain * 1.2 ? .logarithm : .plain
        }
    }

    /// How many times more the higher half of the values moves than the lower one, or the other way round.
    private static func imbalance(_ values: [Double], _ lag: Int) -> Double {
        let middle = Robust.median(values)
        var (low, high): ([Double], [Double]) = ([], [])
        for (a, b) in zip(values, values.dropFirst(lag)) {
            if (a + b) / 2 < middle { low.append(abs(b - a)) } else { high.append(abs(b - a)) }
        }
        guard low.count >= 4, high.count >= 4 else { return 1 }
        let (x, y) = (Robust.median(low), Robust.median(high))
        guard x > 0, y > 0 else { return 1 }
        return max(x / y, y / x)
    }
}
