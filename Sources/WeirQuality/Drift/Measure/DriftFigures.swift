import WeirCore

/// Measured numbers as people read them.
public enum DriftFigures {
    public static func text(_ value: Double, _ metric: DriftMetric) -> String {
        switch metric {
        case .rows, .volume, .distinct:
            abs(value) < 1e15 ? Figures.count(Int64(value.rounded())) : Distribution.short(value)
        case .nullShare: percent(value)
        case .duration, .freshness:
            (value < 0 ? "-" : "") + Figures.duration(milliseconds: Int64(min(abs(value), 1e12) * 1000))
        case .mean, .median, .minimum, .maximum, .distribution, .schema: number(value)
        }
    }

    /// Six significant digits at most.
    public static func number(_ value: Double) -> String {
        value.isFinite ? Distribution.short(value) : "\(value)"
    }

    /// `12.3%`, with as many digits as tell it from 0 and 100.
    public static func percent(_ share: Double) -> String {
        let percent = share * 100
        let scale: Double = percent > 0 && percent < 1 || percent > 99 && percent < 100 ? 100 : 10
        let rounded = (percent * scale).rounded() / scale
        return (rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)) + "%"
    }

    /// A line of blocks, one for each value, between the least and the largest of them.
    public static func sparkline(_ values: [Double], width: Int = 30) -> String {
        let shown = values.suffix(width).filter(\.isFinite)
        guard let low = shown.min(), let high = shown.max() else { return "" }
        let blocks = Array("▁▂▃▄▅▆▇█")
        return String(
            shown.map { value in
                high > low ? blocks[min(7, Int((value - low) / (high - low) * 8))] : blocks[3]
            })
    }
}
