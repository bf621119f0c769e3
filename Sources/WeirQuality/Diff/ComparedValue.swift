import WeirCore

/// A value on its way to be compared in DuckDB: both sides in the same type, so that equal means equal.
struct ComparedValue {
    let column: DiffColumn
    let comparison: Comparison
    /// Handed over by another engine, as ``Wire`` has it.
    let isWired: Bool
    let options: DiffOptions

    /// DuckDB SQL.
    func sql(_ value: String) -> String {
        let family = column.family
        switch comparison {
        case .native: return value
        case .decimal(let width, let scale): return "CAST(\(value) AS DECIMAL(\(width),\(scale)))"
        case .digits: return isWired ? value : Self.digits(of: value, family)
        case .float: return Self.coarse(value, family)
        case .double: return "CAST(\(value) AS DOUBLE)"
        case .moment: return moment(value)
        case .clock: return "CAST(\(value) AS VARCHAR)"
        case .text(let trimsEnd): return loosened(trimsEnd ? "rtrim(\(value), ' ')" : value)
        case .json:
            let text = "CAST(\(value) AS VARCHAR)"
            return "CASE WHEN json_valid(\(text)) THEN CAST(json(\(text)) AS VARCHAR) ELSE \(text) END"
        case .truth: return "CAST(\(value) AS BIGINT)"
        case .numberInText:
            if family.isText { return Self.digits(written: value) }
            return isWired ? value : Self.digits(of: value, family)
        case .valueInText(let type):
            let typed = family.isText ? "TRY_CAST(\(value) AS \(type))" : typed(value, type)
            return family.isText
                ? "coalesce(CAST(\(typed) AS VARCHAR), \(value))" : "CAST(\(typed) AS VARCHAR)"
        case .asText: return loosened("CAST(\(value) AS VARCHAR)")
        }
    }

    /// A DOUBLE beside a FLOAT, as exact as that and no more. What a FLOAT cannot hold stays as it is.
    static func coarse(_ value: String, _ family: DiffFamily) -> String {
        let double = "CAST(\(value) AS DOUBLE)"
        return family == .float ? double : "coalesce(CAST(TRY_CAST(\(value) AS FLOAT) AS DOUBLE), \(double))"
    }

    private func typed(_ value: String, _ type: String) -> String {
        type == "TIMESTAMP" ? moment(value) : "CAST(\(value) AS \(type))"
    }

    private func moment(_ value: String) -> String {
        column.family == .timestampTZ && !isWired ? "(\(value) AT TIME ZONE 'UTC')" : "CAST(\(value) AS TIMESTAMP)"
    }

    private func loosened(_ text: String) -> String {
        var text = text
        if options.ignoresBlanks { text = "regexp_replace(trim(\(text), ' \t\r\n'), '\\s+', ' ', 'g')" }
        return options.ignoresCase ? "lower(\(text))" : text
    }

    /// The digits of an exact number, without zeros that say nothing.
    static func digits(of value: String, _ family: DiffFamily) -> String {
        guard case .decimal(let width, let scale) = family, scale > 0 else { return "CAST(\(value) AS VARCHAR)" }
        // DuckDB leaves out the zero before the point where the type has no room for it.
        let text = "CAST(\(value) AS VARCHAR)"
        let whole = width == scale ? "regexp_replace(\(text), '^(-?)\\.', '\\10.')" : text
        return "rtrim(rtrim(\(whole), '0'), '.')"
    }

    /// The same of a number that somebody wrote; other texts stay as they are.
    private static func digits(written value: String) -> String {
        let text = "trim(\(value))"
        let plain = "regexp_replace(regexp_replace(\(text), '^\\+', ''), '^(-?)0+(\\d)', '\\1\\2')"
        let trimmed =
            "CASE WHEN contains(\(text), '.') THEN rtrim(rtrim(\(plain), '0'), '.') ELSE \(plain) END"
        return """
            CASE WHEN regexp_full_match(\(text), '[+-]?\\d+(\\.\\d*)?') \
            THEN CASE WHEN regexp_full_match(\(text), '[+-]?0+(\\.0*)?') THEN '0' ELSE \(trimmed) END ELSE \(value) END
            """
    }

    /// DuckDB SQL that is true where two such values differ.
    static func differ(_ a: String, _ b: String, _ comparison: Comparison, _ options: DiffOptions) -> String {
        let differ = "\(a) IS DISTINCT FROM \(b)"
        guard options.hasTolerance, comparison.takesTolerance else { return differ }
        let x = "TRY_CAST(\(a) AS DOUBLE)"
        let y = "TRY_CAST(\(b) AS DOUBLE)"
        var bounds: [String] = []
        if let bound = options.tolerance { bounds.append("\(bound)::DOUBLE") }
        if let share = options.relativeTolerance { bounds.append("\(share)::DOUBLE * greatest(abs(\(x)), abs(\(y)))") }
        let bound = bounds.count == 1 ? bounds[0] : "greatest(\(bounds.joined(separator: ", ")))"
        // The rounding of the subtraction itself must not decide: 1.1 - 1.0 is a little more than 0.1.
        let isNear = "abs(\(x) - \(y)) <= \(bound) * (1 + 1e-9) + 1e-15 * abs(\(x))"
        return "(\(differ) AND NOT coalesce(isfinite(\(x)) AND isfinite(\(y)) AND \(isNear), false))"
    }
}
