/// Measures of how two columns go together. Rows where either is missing (not a number) are left out.
enum Correlations {
    static func pearson(_ a: [Double], _ b: [Double]) -> Double? {
        var (n, sumA, sumB) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) where !x.isNaN && !y.isNaN {
            n += 1
            sumA += x
            sumB += y
        }
        guard n > 2 else { return nil }
        let (meanA, meanB) = (sumA / n, sumB / n)
        var (both, varA, varB) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) where !x.isNaN && !y.isNaN {
            both += (x - meanA) * (y - meanB)
            varA += (x - meanA) * (x - meanA)
            varB += (y - meanB) * (y - meanB)
        }
        guard varA > 0, varB > 0 else { return nil }
        let value = both / (varA.squareRoot() * varB.squareRoot())
        return value.isFinite ? max(-1, min(1, value)) : nil
    }

    /// Ranks from 1, equal values share their mean rank: the Pearson correlation of ranks is Spearman's.
    static func ranks(_ values: [Double]) -> [Double] {
        var ranks = [Double](repeating: .nan, count: values.count)
        let order = values.indices.filter { !values[$0].isNaN }.sorted { values[$0] < values[$1] }
        var start = 0
        while start < order.count {
            var end = start
            while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
            for place in start...end { ranks[order[place]] = Double(start + end) / 2 + 1 }
            start = end + 1
        }
        return ranks
    }

    /// Cramér's V with the correction for bias of Bergsma (2013): 0 for no relation, 1 for a full one.
    static func cramersV(_ a: [Double], _ b: [Double]) -> Double? {
        var cells: [Int: Double] = [:]
        var (rows, columns): ([Int: Double], [Int: Double]) = ([:], [:])
        var n = 0.0
        for (x, y) in zip(a, b) where !x.isNaN && !y.isNaN {
            let (i, j) = (Int(x), Int(y))
            cells[i << 20 | j, default: 0] += 1
            rows[i, default: 0] += 1
            columns[j, default: 0] += 1
            n += 1
        }
        guard n > 10, rows.count > 1, columns.count > 1 else { return nil }
        // Σ (o − e)² / e = Σ o² / e − n, over cells that are there.
        let chi =
            cells.reduce(0.0) { sum, cell in
                let expected = (rows[cell.key >> 20] ?? 0) * (columns[cell.key & 0xFFFFF] ?? 0) / n
                return expected > 0 ? sum + cell.value * cell.value / expected : sum
            } - n
        let (r, k) = (Double(rows.count), Double(columns.count))
        let phi = max(0, chi / n - (k - 1) * (r - 1) / (n - 1))
        let (rr, kk) = (r - (r - 1) * (r - 1) / (n - 1), k - (k - 1) * (k - 1) / (n - 1))
        let least = min(rr - 1, kk - 1)
        return least > 0 ? min(1, (phi / least).squareRoot()) : nil
    }
}
